//! Defines the scopes and what each lets an app do.

/// The scopes that can be asked for, and what the page says about each.
pub(super) const SCOPES: [(&str, &str); 4] = [
    ("profile", "See your name"),
    ("email", "See your email address"),
    ("notes.read", "Read your notes"),
    ("notes.write", "Write and delete your notes"),
];

/// What the page says about a scope; `None` if there is no such scope.
pub(super) fn meaning(scope: &str) -> Option<&'static str> {
    SCOPES.iter().find(|(name, _)| *name == scope).map(|(_, text)| *text)
}
