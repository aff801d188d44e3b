//! Keys as other formats and the RFCs' metadata call them, and what they are called here.

/// What was meant by a key that is unknown, if a key of this place goes by another name elsewhere.
pub(super) fn meant(key: &str, known: &[&str]) -> Option<&'static str> {
    let found = NAMES.iter().find(|(names, name)| names.contains(&key) && known.contains(name));
    found.map(|(_, name)| *name)
}

/// What to do about a key whose value has no place in a definition, or another one.
pub(super) fn advice(key: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(name, _)| *name == key).map(|(_, advice)| *advice)
}

const NAMES: &[(&[&str], &str)] = &[
    (
        &["authorization_endpoint", "authorization_url", "authorize_url", "auth_url", "auth_uri"],
        "authorization_uri",
    ),
    (&["token_url", "token_uri", "access_token_url"], "token_endpoint"),
    (&["refresh_url", "refresh_token_url"], "refresh_endpoint"),
    (&["revoke_endpoint", "revocation_url", "revoke_url"], "revocation_endpoint"),
    (&["userinfo_endpoint", "userinfo_url", "user_info", "identity"], "user_info_endpoint"),
    (&["introspect_endpoint", "introspection_url"], "introspection_endpoint"),
    (&["device_endpoint", "device_code_url"], "device_authorization_endpoint"),
    (&["par_endpoint"], "pushed_authorization_request_endpoint"),
    (&["grant_type", "grant_types", "flow"], "grant"),
    (&["scope"], "scopes"),
    (&["token_endpoint_auth_method", "auth_method"], "client_authentication"),
    (&["redirect_url", "redirect_uris", "callback_url", "callback_uri"], "redirect_uri"),
    (&["discovery", "discovery_url", "well_known", "jwks_uri"], "issuer"),
    (&["code_challenge_method"], "pkce"),
    (&["alg"], "algorithm"),
    (&["private_key", "secret"], "key"),
    (&["cert", "crt"], "certificate"),
    (&["env", "variables", "environment_variables"], "environment"),
];

const ADVICE: &[(&str, &str)] = &[
    ("client_secret", "a definition holds no secret: `tieline client set` takes it"),
    ("secret", "a definition holds no secret: `tieline client set` takes it"),
    ("client_id", "a public client is `client: { id: … }` beside `authorizations`"),
];
