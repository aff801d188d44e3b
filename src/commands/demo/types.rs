//! The types that the demo shows, each with the sandbox's own credential.

/// A key, password or pair of them, and how it is handed over.
pub(super) struct Type {
    pub(super) app: &'static str,
    pub(super) title: &'static str,
    pub(super) secret: &'static str,
    pub(super) typed: &'static str,
    pub(super) arguments: &'static [&'static str],
}

pub(super) const TYPES: &[Type] = &[
    Type {
        app: "sandbox-api-key",
        title: "an API key",
        secret: "practice-key",
        typed: "printf %s \"$KEY\" | ",
        arguments: &["--field", "api_key=-"],
    },
    Type {
        app: "sandbox-api-secret",
        title: "an API secret",
        secret: "practice-api-secret",
        typed: "printf %s \"$SECRET\" | ",
        arguments: &["--field", "api_secret=-"],
    },
    Type {
        app: "sandbox-api-key-secret",
        title: "an API key with a secret",
        secret: "practice-api-secret",
        typed: "printf %s \"$SECRET\" | ",
        arguments: &["--field", "api_key=@key.txt", "--field", "api_secret=-"],
    },
    Type {
        app: "sandbox-api-key-url",
        title: "an API key of one's own server",
        secret: "practice-key",
        typed: "printf %s \"$KEY\" | ",
        arguments: &["--field", "api_key=-"],
    },
    Type {
        app: "sandbox-basic",
        title: "user name and password",
        secret: "practice-password",
        typed: "printf %s \"$PASSWORD\" | ",
        arguments: &["--field", "username=ada", "--field", "password=-"],
    },
    Type {
        app: "sandbox-basic-url",
        title: "user name and password on one's own server",
        secret: "practice-password",
        typed: "printf %s \"$PASSWORD\" | ",
        arguments: &["--field", "username=ada", "--field", "password=-"],
    },
    Type {
        app: "sandbox-basic-api-key",
        title: "user name, password and a key",
        secret: "practice-password",
        typed: "printf %s \"$PASSWORD\" | ",
        arguments: &[
            "--field",
            "username=ada",
            "--field",
            "api_key=@key.txt",
            "--field",
            "password=-",
        ],
    },
    Type {
        app: "sandbox-login",
        title: "a login that gives a token",
        secret: "practice-password",
        typed: "printf %s \"$PASSWORD\" | ",
        arguments: &["--field", "username=ada", "--field", "password=-"],
    },
];
