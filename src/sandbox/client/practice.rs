//! Defines the clients that are registered from the start.

use crate::sandbox::grants::GrantType;
use crate::sandbox::practice_keys;

use super::{Client, Method};

/// The id of the first confidential client.
pub const CLIENT_ID: &str = "practice";
/// Its secret, unless [`crate::sandbox::Options::client_secret`] says otherwise.
pub const CLIENT_SECRET: &str = "practice-secret";
/// The id of the second confidential client.
pub const SECOND_CLIENT_ID: &str = "practice-2";
/// Its secret.
pub const SECOND_CLIENT_SECRET: &str = "practice-2-secret";
/// The id of the client that has no secret (RFC 6749 section 2.1: "public").
pub const PUBLIC_CLIENT_ID: &str = "practice-public";
/// The id of the client whose authorization requests must be pushed (RFC 9126 section 6).
pub const PUSHING_CLIENT_ID: &str = "practice-par";
/// Its secret.
pub const PUSHING_CLIENT_SECRET: &str = "practice-par-secret";

/// The id of the client that authenticates with `client_secret_jwt`.
pub const SIGNING_CLIENT_ID: &str = "practice-jwt";
/// Its secret, as long as RFC 7518 section 3.2 demands of a key for HS256.
pub const SIGNING_CLIENT_SECRET: &str = "practice-jwt-secret-of-more-than-32-bytes";
/// The id of the client that authenticates with `private_key_jwt`, and any of the practice keys.
pub const KEY_CLIENT_ID: &str = "practice-key";
/// The service account that asks for tokens with assertions of its own (RFC 7523 section 2.1).
pub const SERVICE_ACCOUNT: &str = "practice-service@sandbox.test";

/// The practice clients; the first has the given secret.
pub(in crate::sandbox) fn registered(first_secret: &str) -> Vec<Client> {
    vec![
        with_secret(CLIENT_ID, "Practice", first_secret),
        with_secret(SECOND_CLIENT_ID, "Practice 2", SECOND_CLIENT_SECRET),
        Client {
            methods: vec![Method::None],
            secret: None,
            ..with_secret(PUBLIC_CLIENT_ID, "Practice (public)", "")
        },
        Client {
            must_push: true,
            ..with_secret(PUSHING_CLIENT_ID, "Practice (PAR)", PUSHING_CLIENT_SECRET)
        },
        Client {
            methods: vec![Method::ClientSecretJwt],
            ..with_secret(SIGNING_CLIENT_ID, "Practice (secret JWT)", SIGNING_CLIENT_SECRET)
        },
        with_keys(KEY_CLIENT_ID, "Practice (private key)"),
        Client {
            grant_types: Some(vec![GrantType::JwtBearer]),
            ..with_keys(SERVICE_ACCOUNT, "Practice service account")
        },
    ]
}

fn with_secret(id: &str, name: &str, secret: &str) -> Client {
    Client {
        id: id.to_owned(),
        name: name.to_owned(),
        methods: vec![Method::ClientSecretBasic, Method::ClientSecretPost],
        secret: Some(secret.to_owned()),
        keys: None,
        redirect_uris: None,
        grant_types: None,
        must_push: false,
        must_prove: false,
    }
}

fn with_keys(id: &str, name: &str) -> Client {
    Client {
        methods: vec![Method::PrivateKeyJwt],
        secret: None,
        keys: Some(practice_keys::public()),
        ..with_secret(id, name, "")
    }
}
