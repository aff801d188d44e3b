//! A definition that says one thing otherwise than the server that was made from the original: it must fail, and
//! the server must say in what.

use crate::stand_in::{Stage, Way};
use crate::support::Home;
use std::fmt::Write as _;
use std::path::Path;

/// App, authorization, what stands in its file, what stands there instead, what the server says.
type Change = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Runs the changed definition against the original's server.
fn refusal(change: &Change) -> Result<String, String> {
    let (app, auth, from, to, _) = change;
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("apps/{app}.yaml"));
    let text = std::fs::read_to_string(&original).unwrap();
    let start = text.find(&format!("\n  {auth}:")).unwrap();
    let at = text[start..].find(from).unwrap_or_else(|| panic!("{app} / {auth} has no {from:?}"));
    let changed = format!("{}{to}{}", &text[..start + at], &text[start + at + from.len()..]);
    let home = Home::new();
    home.define(app, &changed);
    let file = home.path().join(format!("home/apps/{app}.yaml"));
    let (server, client) = (Way::of(&original, auth), Way::of(&file, auth));
    match Stage::new(&server, &client, home).play() {
        Ok(done) => Err(format!("{} was taken", done.row())),
        Err(refusal) => Ok(refusal),
    }
}

#[track_caller]
fn all_are_refused(changes: &[Change]) {
    let mut failures = String::new();
    for change in changes {
        let (app, auth, from, to, says) = change;
        let found = refusal(change);
        if !found.as_ref().is_ok_and(|refusal| refusal.contains(says)) {
            let _ = writeln!(
                failures,
                "--- {app} / {auth}: {from:?} as {to:?}\nnot `{says}`, but {found:?}"
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn a_key_elsewhere_is_refused() {
    all_are_refused(&[
        (
            "activecampaign",
            "api_key",
            "Api-Token:",
            "X-Api-Token:",
            "the header `api-token` is missing",
        ),
        (
            "activecampaign",
            "api_key",
            "headers:",
            "query:",
            "`Api-Token` has nothing to do in the query",
        ),
        (
            "freshdesk",
            "api_key",
            "username: \"{{api_key}}\"\n        password: X",
            "username: X\n        password: \"{{api_key}}\"",
            "the header `authorization` has another value",
        ),
        (
            "ontraport",
            "api_key",
            "Api-Key: \"{{api_key}}\"\n        Api-Appid: \"{{api_secret}}\"",
            "Api-Key: \"{{api_secret}}\"\n        Api-Appid: \"{{api_key}}\"",
            "the header `api-key` has another value",
        ),
        ("sendy", "api_key", "params:", "query:", "`api_key` has nothing to do in the query"),
        ("sendy", "api_key", "params:", "headers:", "the header `api_key` has nothing to do here"),
        (
            "woocommerce",
            "query",
            "query:\n        consumer_key",
            "headers:\n        consumer_key",
            "`consumer_key` is missing in the query",
        ),
        (
            "monday",
            "token",
            "Authorization: \"{{api_key}}\"",
            "Authorization: \"Bearer {{api_key}}\"",
            "the header `authorization` has another value",
        ),
        (
            "jira",
            "api_token",
            "username: \"{{email}}\"",
            "username: \"{{site}}\"",
            "the header `authorization` has another value",
        ),
        (
            "teamgate",
            "api_key",
            "X-Auth-Token: \"{{api_secret}}\"",
            "Cookie: \"{{api_secret}}\"",
            "the header `cookie` has nothing to do here",
        ),
    ]);
}

#[test]
fn a_token_elsewhere_is_refused() {
    all_are_refused(&[
        (
            "zoho",
            "oauth",
            "Zoho-oauthtoken {{",
            "Bearer {{",
            "the header `authorization` has another value",
        ),
        (
            "hubspot",
            "oauth",
            "      params:\n        client_id",
            "      query:\n        client_id",
            "`client_secret` has nothing to do in the query",
        ),
        ("hubspot", "oauth", "method: POST", "method: GET", "the method is GET, and not POST"),
        (
            "magento",
            "admin",
            "password: \"{{password}}\"",
            "secret: \"{{password}}\"",
            "the JSON member `password` is another",
        ),
    ]);
}

#[test]
fn another_authorization_request_is_refused() {
    all_are_refused(&[
        ("notion", "oauth", "owner: user", "owner: me", "`owner` in the query has another value"),
        (
            "notion",
            "oauth",
            "http://localhost:8917/callback",
            "http://localhost:8917/other",
            "`redirect_uri` in the query has another value",
        ),
        (
            "notion",
            "oauth",
            "http://localhost:8917/callback",
            "http://127.0.0.1:8917/callback",
            "`redirect_uri` in the query has another value",
        ),
        (
            "slack",
            "oauth",
            "scope_separator: \",\"",
            "scope_separator: \" \"",
            "`scope` in the query has another value",
        ),
        (
            "slack",
            "oauth",
            "[users:read, team:read]",
            "[users:read]",
            "`scope` in the query has another value",
        ),
        ("zoom", "oauth", "pkce: S256", "pkce: none", "`code_challenge` is missing in the query"),
        (
            "zoom",
            "oauth",
            "pkce: S256",
            "pkce: plain",
            "`code_challenge_method` in the query has another value",
        ),
        (
            "slack",
            "bot",
            "fields: {}\n    authorization_params: {}",
            "port: any",
            "`user_scope` has nothing to do in the query",
        ),
    ]);
}

#[test]
fn another_token_request_is_refused() {
    all_are_refused(&[
        (
            "notion",
            "oauth",
            "encoding: json",
            "encoding: form",
            "the content type is not application/json",
        ),
        (
            "notion",
            "oauth",
            "client_authentication: client_secret_basic",
            "client_authentication: client_secret_post",
            "the header `authorization` is missing",
        ),
        (
            "hubspot",
            "oauth",
            "client_authentication: client_secret_post",
            "client_authentication: client_secret_basic",
            "`client_secret` is missing in the form",
        ),
        (
            "basecamp",
            "oauth",
            "grant_type: null",
            "grant_type: web_server",
            "`grant_type` has nothing to do in the form",
        ),
        (
            "zoom",
            "server",
            "account_id: \"{{account_id}}\"\n    rev",
            "account: \"{{account_id}}\"\n    rev",
            "`account_id` is missing in the form",
        ),
        (
            "keap",
            "oauth",
            "client_authentication: client_secret_basic",
            "client_authentication: none",
            "the refresh request",
        ),
        (
            "github",
            "oauth",
            "User-Agent: tieline\n      response",
            "User-Agent: other\n      response",
            "the header `user-agent` has another value",
        ),
    ]);
}

#[test]
fn another_signature_is_refused() {
    all_are_refused(&[
        ("amazon-ses", "access_key", "service: sts", "service: ses", "Credential is not scoped"),
        (
            "amazon-ses",
            "access_key",
            "region: \"{{region}}\"\n          session_token: \"{{session_token}}\"\n      #",
            "region: \"{{region}}\"\n      #",
            "`x-amz-security-token` is not the one that is expected",
        ),
        (
            "evernote",
            "oauth1",
            "parameters_in: query",
            "parameters_in: header",
            "belong into the query",
        ),
        (
            "evernote",
            "oauth1",
            "HMAC-SHA1",
            "HMAC-SHA256",
            "`oauth_signature_method` is not the one that is expected",
        ),
        (
            "woocommerce",
            "http",
            "consumer_secret: \"{{api_secret}}\"",
            "consumer_secret: \"{{api_secret}}x\"",
            "the signature is wrong",
        ),
        (
            "google",
            "service_account",
            "kid: \"{{key_file.private_key_id}}\"",
            "kid: mine",
            "`assertion` in the form has another value",
        ),
        (
            "docusign",
            "jwt",
            "sub: \"{{user_id}}\"",
            "sub: \"{{client_id}}\"",
            "`assertion` in the form has another value",
        ),
        (
            "github",
            "app",
            "iss: \"{{app}}\"",
            "iss: \"me\"",
            "the claim `iss` of the JWT is not the one expected",
        ),
    ]);
}
