//! `lint` on OAuth 2.0: likely mistakes in grants, proofs and safeguards, each with what to do.

use crate::lint::{around, finding, lint};
use crate::support::Home;

const TOKEN: &str = "token_endpoint: https://a.example/t";

/// A definition around one OAuth 2.0 authorization of these lines.
fn oauth2(lines: &[&str]) -> String {
    around(&lines.join("\n    ")).replace("type: api_key", "type: oauth2")
}

/// The rule of the one finding, whose help and message have this text.
#[track_caller]
fn told(lines: &[&str], rule: &str, text: &str) {
    let yaml = oauth2(lines);
    assert_eq!(finding(&yaml).split(' ').next(), Some(rule), "{yaml}");
    let home = Home::new();
    home.write("a.yaml", &yaml);
    lint(&home, "a.yaml").expect(4).prints(text);
}

#[track_caller]
fn clean(lines: &[&str]) {
    let home = Home::new();
    home.write("a.yaml", &oauth2(lines));
    lint(&home, "a.yaml").expect(0);
}

#[test]
fn a_grant_without_what_it_needs_names_it() {
    let uri = "authorization_uri: https://a.example/a";
    told(&[TOKEN], "missing-key", "`authorization_code` needs `authorization_uri`");
    told(&[uri], "missing-key", "needs `token_endpoint`, or an `issuer`");
    told(
        &["grant: device_code", TOKEN],
        "missing-key",
        "`device_code` needs `device_authorization_endpoint`",
    );
    told(&["grant: password"], "missing-key", "`password` needs `token_endpoint`");
    told(&["grant: jwt_bearer", TOKEN], "missing-key", "`jwt_bearer` needs an `assertion`");
    clean(&["issuer: https://a.example", "grant: [authorization_code, device_code]"]);
}

#[test]
fn a_grant_that_is_none_is_told_with_the_nearest() {
    told(&["grant: device", TOKEN], "unknown-value", "did you mean `device_code`?");
    told(&["grant: implicit", TOKEN], "unknown-value", "one of authorization_code");
    told(&["grant: []", TOKEN], "missing-key", "empty list");
    let twice = ["grant: [client_credentials, client_credentials]", TOKEN];
    told(&twice, "grant", "stands twice");
}

#[test]
fn what_a_grant_without_a_person_never_looks_at_is_told() {
    for key in [
        "authorization_uri: https://a.example/a",
        "authorization_params: { a: b }",
        "pkce: S256",
        "redirect_uri: http://127.0.0.1/callback",
        "response_mode: query",
        "device_authorization_endpoint: https://a.example/d",
        "pushed_authorization_request_endpoint: https://a.example/p",
    ] {
        for grant in ["client_credentials", "password", "token_exchange"] {
            let grant = format!("grant: {grant}");
            told(&[&grant, TOKEN, key], "no-effect", "nobody is asked");
        }
    }
    let two = ["grant: [authorization_code, password]", TOKEN, "issuer: https://a.example"];
    told(&two, "grant", "write an authorization for it");
}

#[test]
fn a_proof_needs_its_key_and_the_right_algorithm() {
    let grant = "grant: client_credentials";
    let by_key = "client_authentication: private_key_jwt";
    told(&[grant, TOKEN, by_key], "missing-key", "needs an `assertion`");
    let key = "key: \"{{client_secret}}\"";
    let assertion = |rest: &str| format!("assertion: {{ {key}{rest} }}");
    told(&[grant, TOKEN, &assertion("")], "no-effect", "client_authentication: private_key_jwt");
    let hs = assertion(", algorithm: HS256");
    let by_secret = "client_authentication: client_secret_jwt";
    told(&[grant, TOKEN, by_secret, &assertion("")], "wrong-value", "not by RS256");
    clean(&[grant, TOKEN, by_secret, &hs]);
    clean(&[
        grant,
        "token_endpoint: { url: https://a.example/t, params: { a: \"{{assertion}}\" } }",
        &hs,
    ]);
    for none in ["none", "RS257", "rs256", "ES256K"] {
        let assertion = assertion(&format!(", algorithm: {none}"));
        told(&[grant, TOKEN, &assertion], "unknown-value", "is no signature algorithm");
    }
    let with_field = [grant, TOKEN, by_key, "fields: { pem: { label: PEM, secret: true } }"];
    let shared = "assertion: { key: \"{{pem}}\", algorithm: HS256 }";
    told(&[&with_field[..], &[shared]].concat(), "wrong-value", "client_secret_jwt");
    clean(&[&with_field[..], &["assertion: { key: \"{{pem}}\", algorithm: ES256 }"]].concat());
    let by_certificate = "client_authentication: tls_client_auth";
    told(&[grant, TOKEN, by_certificate], "missing-key", "needs `tls`");
}

#[test]
fn a_secret_in_the_text_is_told_and_what_names_one_is_not() {
    let uri = "authorization_uri: https://a.example/a";
    let token = |rest: &str| format!("token_endpoint: {{ url: https://a.example/t, {rest} }}");
    for rest in [
        "params: { client_secret: abc }",
        "query: { refresh_token: abc }",
        "headers: { Authorization: Basic YTpi }",
    ] {
        told(&[uri, &token(rest)], "secret-in-definition", "holds no secret");
    }
    for rest in [
        "params: { client_secret: null }",
        "params: { client_secret: \"\" }",
        "params: { client_secret: \"{{client_secret}}\" }",
        "headers: { Authorization: \"Basic {{base64 client_id}}\" }",
        "response: { access_token: \"{{response.token}}\" }",
    ] {
        clean(&[uri, &token(rest)]);
    }
    told(&[uri, TOKEN, "client_secret: abc"], "unknown-key", "`tieline client set` takes it");
    let tls = "tls: { certificate: \"{{pem}}\", key: abc }";
    let fields = "fields: { pem: { label: PEM } }";
    told(&[uri, TOKEN, fields, tls], "secret-in-definition", "a key never stands");
    let pem = "assertion: { key: abc }";
    told(&["grant: jwt_bearer", TOKEN, pem], "secret-in-definition", "a key never stands");
}

#[test]
fn a_template_without_its_braces_or_quotes_is_told() {
    let uri = "authorization_uri: https://a.example/a";
    let token = |rest: &str| format!("token_endpoint: {{ url: https://a.example/t, {rest} }}");
    let bare = token("response: { access_token: response.token }");
    told(&[uri, &bare], "fixed-value", "write \"{{response.token}}\"");
    let extra = token("response: { extras: { id: \"response.users.[0].id\" } }");
    told(&[uri, &extra], "fixed-value", "write \"{{response.users.[0].id}}\"");
    let unquoted = token("response: { access_token: {{response.token}} }");
    told(&[uri, &unquoted], "yaml", "a template stands in quotes");
}

#[test]
fn an_issuer_and_a_resource_are_what_their_standards_say() {
    told(&["issuer: a.example"], "issuer", "a whole URL");
    told(&["issuer: http://a.example"], "not-https", "only travels over https");
    told(&["issuer: https://a.example/?x=1"], "issuer", "neither query nor fragment");
    told(
        &["issuer: https://a.example/.well-known/openid-configuration"],
        "issuer",
        "write what stands there as `issuer`",
    );
    let issuer = "issuer: https://a.example";
    told(&[issuer, "resource: api"], "resource", "goes into `audience`");
    told(&[issuer, "resource: https://a.example/#x"], "resource", "without a fragment");
    clean(&[issuer, "resource: [https://a.example/mcp, \"urn:example:api\"]", "audience: api"]);
}

#[test]
fn a_key_that_others_call_otherwise_is_recognized() {
    let issuer = "issuer: https://a.example";
    for (key, name) in [
        ("auth_url: https://a.example/a", "authorization_uri"),
        ("authorization_endpoint: https://a.example/a", "authorization_uri"),
        ("token_url: https://a.example/t", "token_endpoint"),
        ("scope: profile", "scopes"),
        ("grant_type: password", "grant"),
        ("callback_url: http://127.0.0.1/", "redirect_uri"),
        ("token_endpoint_auth_method: none", "client_authentication"),
    ] {
        told(&[issuer, key], "unknown-key", &format!("did you mean `{name}`?"));
    }
    told(&[issuer, "client_id: abc"], "unknown-key", "`client: { id: … }`");
}

#[test]
fn a_safeguard_at_another_type_is_told() {
    for key in ["dpop: true", "pkce: S256", "issuer: https://a.example", "assertion: { key: x }"] {
        let home = Home::new();
        home.write("a.yaml", &around(key));
        lint(&home, "a.yaml").expect(4).prints("wrong-type-for-key").prints("belongs to `oauth2`");
    }
}
