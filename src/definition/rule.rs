//! The rules of lint: whatever can be found wrong with a definition has one entry in this table.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition cannot be used.
    Error,
    /// It can be used, and is likely not what was meant.
    Warning,
}

impl Severity {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What is known of a rule.
#[derive(Debug)]
pub struct Entry {
    /// The rule.
    pub rule: Rule,
    /// Its stable name, such as `unknown-key`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it finds, in a sentence.
    pub finds: &'static str,
    /// Why that matters, in a sentence.
    pub matters: &'static str,
}

/// One list makes the names and the table, so that no rule can be without its entry.
macro_rules! rules {
    ($($rule:ident $id:literal $severity:ident: $finds:literal $matters:literal)+) => {
        /// A rule by its name; [`Rule::entry`] tells the rest.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $finds] $rule,)+
        }

        /// Every rule, in the order of the names.
        pub static RULES: &[Entry] = &[$(Entry {
            rule: Rule::$rule,
            id: $id,
            severity: Severity::$severity,
            finds: $finds,
            matters: $matters,
        },)+];
    };
}

rules! {
    BodyAndParams "body-and-params" Error:
        "`body` and `params` stand at one endpoint."
        "`body` is the whole request, so the parameters would never be sent."
    ChooseFrom "choose-from" Error:
        "`from` or `items` is no path in the answer."
        "Rows and pages are found in what the app answered; a path elsewhere gives none."
    CredentialNotSent "credential-not-sent" Error:
        "No template of a call names the key, password or token that was asked for."
        "The app would answer as if nobody had signed in."
    DuplicateKey "duplicate-key" Error:
        "A key stands twice in one mapping."
        "Only one of the two values would count, and no reader can tell which."
    Extends "extends" Error:
        "`extends` names no definition, or leads back to itself."
        "Without its parent a definition is a fragment."
    FixedValue "fixed-value" Error:
        "A response template is the text `response.…` without braces."
        "Every account would get that very text in place of the app's value."
    Ftp "ftp" Error:
        "An FTP server is described with what only HTTP has."
        "It knows a user name and a password; nothing else would reach it."
    Grant "grant" Error:
        "`grant` lists grants that cannot stand together."
        "A grant without a person asks for other fields than one with a browser."
    HeaderName "header-name" Error:
        "The name of a header has characters that no header may have."
        "The request could not be built (RFC 9110 section 5.1)."
    HiddenCharacter "hidden-character" Error:
        "A text holds a character that no screen shows."
        "It could steer a terminal, or make a host or a name look like another."
    HostFromAnswer "host-from-answer" Error:
        "An answer decides the host, and `hosts` does not say which it may be."
        "A wrong or hostile answer could send the credential anywhere."
    HostNotListed "host-not-listed" Error:
        "A URL that gets the credential leads to a host that is not among `hosts`."
        "Each request there would be stopped before it is sent."
    HostNotPinned "host-not-pinned" Error:
        "A field without `options`, or whose `pattern` allows a dot, is part of a host."
        "A value with a dot in it would make it another host, which then gets the credential."
    HostPattern "host-pattern" Error:
        "An entry of `hosts` is no host name, or covers a whole top-level domain."
        "A pattern that matches nothing stops every call; one too wide stops none."
    Issuer "issuer" Error:
        "`issuer` is no issuer identifier (RFC 8414 section 2)."
        "Discovery and the check of `iss` in the redirect compare it to the letter."
    MissingKey "missing-key" Error:
        "A key is missing that the definition, type, grant or endpoint needs."
        "The first command that needs it would fail, perhaps after the person signed in."
    NoEffect "no-effect" Warning:
        "A key is written that nothing here would ever look at."
        "Its author expects something of it that will not happen."
    NotHttps "not-https" Error:
        "A URL is `http://` and does not stay on this machine."
        "The credential could be read on the way (RFC 6749 section 1.6)."
    Online "online" Warning:
        "Something is written in another way than the issuer itself says (`lint --online`)."
        "Either the definition is out of date, or a comment should say why it differs."
    Pattern "pattern" Error:
        "A field's `pattern` is no regular expression."
        "No answer could be held against it."
    PkceOff "pkce-off" Warning:
        "`pkce: none` stands there without a comment behind or above it."
        "Without PKCE a stolen code is enough (RFC 9700 section 2.1.1), so its reason should be known."
    RedirectUri "redirect-uri" Error:
        "`redirect_uri` is neither https nor http on this machine, or does not fit with `port`."
        "A code must not cross a network in the clear (RFC 8252 sections 7 and 8)."
    ReservedName "reserved-name" Error:
        "A field has a name that templates or variables already know."
        "`{{code}}` or `TIELINE_<APP>_ACCOUNT` could then mean two things."
    Resource "resource" Error:
        "`resource` is no absolute URI, or has a fragment."
        "Authorization servers refuse it (RFC 8707 section 2)."
    SampleDoesNotFit "sample-does-not-fit" Error:
        "A field's own `example` or `default` does not fit its `pattern`, `options` or `format`."
        "Whoever follows the example is told that it is wrong."
    ScopeSeparator "scope-separator" Error:
        "One scope of the list holds the separator."
        "It would be sent as several, and is one for everything that counts scopes."
    SecretInDefinition "secret-in-definition" Error:
        "A secret, or what looks like one, is written out."
        "Definitions are shared and committed; secrets belong into the keyring."
    SecretInUrl "secret-in-url" Error:
        "A secret is part of the address that the browser is sent to."
        "It would stay in the history, in logs and on the screen (RFC 6749 section 2.3.1)."
    SecretShown "secret-shown" Error:
        "`extras` or `user_identity` reads a secret."
        "Both are kept in the clear and shown by `accounts`; `secrets` are not."
    Template "template" Error:
        "A template cannot be read, or uses what is not allowed at its place."
        "It would fail, or send something else than was meant."
    Todo "todo" Warning:
        "`TODO` or `FIXME` stands in a value or a comment."
        "Something is known to be missing."
    TooLarge "too-large" Error:
        "A file is longer than 1 MiB."
        "The longest definition that is known has a hundredth of that."
    UnknownKey "unknown-key" Error:
        "A key is none of those known at its place."
        "A misspelt key would be ignored, and its default used in silence."
    UnknownName "unknown-name" Error:
        "A template reads a name that nothing gives at its place."
        "The value would be missing when the request is made."
    UnknownPart "unknown-part" Error:
        "`environment` names a part that an account does not have."
        "The program would find nothing there, and say that nobody is signed in."
    UnknownValue "unknown-value" Error:
        "A value is none of the words that its key takes."
        "Nobody could act on it."
    Unreadable "unreadable" Error:
        "A file is not there, is no text in UTF-8, or its name is no app's."
        "Nothing of it can be checked."
    UnusedChoice "unused-choice" Warning:
        "`choose` picks a row, and nothing reads `chosen`."
        "A person would be asked for something that is forgotten at once."
    VariableName "variable-name" Error:
        "`environment` has a name that is no variable's, or one that steers programs."
        "A definition from elsewhere could make the program run, load or trust what it likes."
    WrongPlace "wrong-place" Error:
        "`choose` stands at an endpoint whose answer gives no choice."
        "It would never be asked."
    WrongType "wrong-type" Error:
        "A value is a list, mapping or text where another sort is needed."
        "It cannot be read as what it should be."
    WrongTypeForKey "wrong-type-for-key" Error:
        "A key belongs to another type of authorization."
        "The type at hand would ignore it."
    WrongValue "wrong-value" Error:
        "A value is out of range, or does not fit with another."
        "The request would be refused, or could not be signed."
    Yaml "yaml" Error:
        "The file is no YAML, or nests or repeats more than any definition needs."
        "Nothing of it can be used."
}

impl Rule {
    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        &RULES[self as usize]
    }

    /// Its stable name.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.entry().severity
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_order_and_the_spelling_of_their_rules() {
        assert!(RULES.is_sorted_by(|a, b| a.id < b.id));
        for entry in RULES {
            let name = format!("{:?}", entry.rule);
            assert_eq!(name.to_lowercase(), entry.id.replace('-', ""));
            assert!(std::ptr::eq(entry.rule.entry(), entry));
        }
    }
}
