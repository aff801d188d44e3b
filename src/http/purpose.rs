//! What requests are for: the one table that the trace and the reports tell their steps from.

use serde::Serialize;

/// Who takes part in an authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The person and the browser.
    Person,
    /// This program.
    Tieline,
    /// Who gives tokens.
    AuthorizationServer,
    /// Who takes them.
    Api,
}

/// What a request is for.
#[derive(Debug)]
pub struct Purpose {
    /// The name by which code and reports know it.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub sentence: &'static str,
    /// Who is asked.
    pub asked: Party,
    /// What says how it has to go.
    pub rule: Option<&'static str>,
}

const fn purpose(
    name: &'static str,
    sentence: &'static str,
    asked: Party,
    rule: Option<&'static str>,
) -> Purpose {
    Purpose { name, sentence, asked, rule }
}

use Party::{Api, AuthorizationServer as Server, Tieline};

const ALL: &[Purpose] = &[
    purpose(
        "discovery",
        "Ask the issuer for its endpoints.",
        Server,
        Some("RFC 8414, section 3; OpenID Connect Discovery 1.0, section 4"),
    ),
    purpose(
        "protected resource",
        "Ask the API who gives tokens for it.",
        Api,
        Some("RFC 9728, section 5"),
    ),
    purpose(
        "resource metadata",
        "Read what the API says of itself.",
        Api,
        Some("RFC 9728, section 3"),
    ),
    purpose(
        "client registration",
        "Register a client with the provider.",
        Server,
        Some("RFC 7591, section 3"),
    ),
    purpose(
        "pushed authorization request",
        "Hand the authorization request to the provider beforehand.",
        Server,
        Some("RFC 9126, section 2"),
    ),
    purpose(
        "device authorization",
        "Ask for a code that a person enters on another device.",
        Server,
        Some("RFC 8628, section 3.1"),
    ),
    purpose(
        "authorization",
        "Ask the person to agree, in the browser.",
        Server,
        Some("RFC 6749, section 4.1.1"),
    ),
    purpose(
        "callback",
        "Take what the browser brings back.",
        Tieline,
        Some("RFC 6749, section 4.1.2"),
    ),
    purpose("token", "Trade the grant for an access token.", Server, Some("RFC 6749, section 5")),
    purpose(
        "request token",
        "Ask for a temporary token to send the browser with.",
        Server,
        Some("RFC 5849, section 2.1"),
    ),
    purpose(
        "access token",
        "Trade the temporary token for a lasting one.",
        Server,
        Some("RFC 5849, section 2.3"),
    ),
    purpose("refresh", "Ask for a new access token.", Server, Some("RFC 6749, section 6")),
    purpose("login", "Log in with what was given, for a session.", Server, None),
    purpose(
        "signature keys",
        "Fetch the keys that the provider signs with.",
        Server,
        Some("OpenID Connect Core 1.0, section 10.1"),
    ),
    purpose("lookup", "Look up a value that later requests need.", Api, None),
    purpose("user information", "Ask whose credential it is.", Api, Some("RFC 6750, section 3")),
    purpose(
        "introspection",
        "Ask the provider what the token is good for.",
        Server,
        Some("RFC 7662, section 2"),
    ),
    purpose(
        "revocation",
        "Tell the provider to end the token.",
        Server,
        Some("RFC 7009, section 2"),
    ),
    purpose("call", "Call the API as the account.", Api, Some("RFC 6750, section 3")),
    purpose("redirect", "Follow where the answer leads.", Api, Some("RFC 9110, section 15.4")),
    purpose("proxy", "Pass on another program's request.", Api, None),
    purpose("doctor", "See whether the host can be reached.", Api, None),
    purpose("ftp", "Talk to the FTP server.", Api, Some("RFC 959, section 4")),
];

/// What a name stands for; a request of another name is a call.
#[must_use]
pub fn purpose_of(name: &str) -> &'static Purpose {
    static OTHER: Purpose = purpose("request", "Call the API.", Api, None);
    ALL.iter().find(|purpose| purpose.name == name).unwrap_or(&OTHER)
}
