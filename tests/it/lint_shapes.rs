//! Rules of `lint` in more shapes than their fixtures show, each with what is said of it.

use crate::lint::{around, finding, lint};
use crate::support::Home;

/// The rule of the only finding, and words that are said.
#[track_caller]
fn told(yaml: &str, rule: &str, words: &str) {
    assert_eq!(finding(yaml).split(' ').next(), Some(rule), "{yaml}");
    let home = Home::new();
    home.write("a.yaml", yaml);
    let ran = lint(&home, "a.yaml");
    assert!(ran.stdout.contains(words), "`{words}` is not in:\n{}", ran.stdout);
}

#[track_caller]
fn clean(yaml: &str) {
    let home = Home::new();
    home.write("a.yaml", yaml);
    lint(&home, "a.yaml").expect(0).prints("no findings");
}

fn oauth2(lines: &str) -> String {
    let uri = "authorization_uri: https://a.example/a\n    token_endpoint: https://a.example/t";
    around(&format!("{uri}\n    {lines}")).replace("type: api_key", "type: oauth2")
}

/// A definition whose user information call has these lines.
fn asking(lines: &str) -> String {
    let endpoint = format!("user_info_endpoint:\n      url: /me\n      {lines}");
    around("").replace("user_info_endpoint: null", &endpoint)
}

const IDENTITY: &str = "response: { user_identity: \"{{response.email}}\" }";

#[test]
fn a_name_is_known_where_it_has_a_value() {
    let request = |value: &str| {
        around(&format!("request: {{ headers: {{ A: \"{{{{api_key}}}}\", B: \"{value}\" }} }}"))
    };
    told(&request("{{code}}"), "unknown-name", "`code` exists only while a token is asked for");
    told(&request("{{chosen.id}}"), "unknown-name", "`chosen` exists only where an answer is read");
    told(&request("{{response.id}}"), "unknown-name", "name `extras.…` here");
    told(&request("{{uper api_key}}"), "template", "did you mean `upper`?");
    told(&request("{{#if (eqq api_key 1)}}a{{/if}}"), "template", "did you mean `eq`?");
    told(
        &request("{{request.path}}")
            .replace("https://a.example", "https://a.example/{{request.path}}"),
        "unknown-name",
        "`request` exists only in `request`",
    );
    let chosen = "response: { user_identity: \"{{chosen.email}}\" }";
    told(&asking(chosen), "unknown-name", "`chosen` exists only beside a `choose`");
    told(
        &asking(&format!("query: {{ state: \"{{{{state}}}}\" }}\n      {IDENTITY}")),
        "unknown-name",
        "`state` exists only",
    );
    clean(&request("{{lower request.path}}"));
    clean(&oauth2("authorization_params: { a: \"{{state}}\" }"));
}

#[test]
fn a_secret_is_neither_shown_nor_part_of_an_address() {
    let lookup = |extra: &str| {
        around(&format!("lookups: [{{ url: /x, response: {{ extras: {{ x: \"{extra}\" }} }} }}]"))
    };
    told(&lookup("{{response.access_token}}"), "secret-shown", "keep it under `secrets`");
    told(&lookup("{{response.data.client_secret}}"), "secret-shown", "`x` would show");
    told(&lookup("{{secrets.a}}"), "secret-shown", "`secrets.a`, which is secret");
    told(&asking("response: { user_identity: \"{{api_key}}\" }"), "secret-shown", "`api_key`");
    clean(&lookup("{{response.token_name}}"));
    clean(&asking(
        "response: { user_identity: \"{{#with (claims response.id_token)}}{{email}}{{/with}}\" }",
    ));
    let uri =
        oauth2("").replace("https://a.example/a", "\"https://a.example/a?s={{client_secret}}\"");
    told(&uri, "secret-in-url", "`client_secret` would stand in the browser's address bar");
    let field = oauth2("authorization_params: { k: \"{{client.key}}\" }");
    let client = "client: { fields: { key: { label: K, secret: true } } }\nauthorizations:";
    told(&field.replace("authorizations:", client), "secret-in-url", "`k` would put a secret");
}

#[test]
fn what_looks_like_a_secret_is_seen_anywhere() {
    let token = format!("xoxb-{}", "12ab".repeat(6));
    told(
        &around(&format!("headers: {{ A: {token} }}")),
        "secret-in-definition",
        "looks like a secret",
    );
    told(
        &format!("# curl -H 'Authorization: Bearer {token}'\n{}", around("")),
        "secret-in-definition",
        "1 |",
    );
    told(&format!("# FIXME\n{}", around("")), "todo", "`FIXME`");
    clean(&format!("# Slack's begin with xoxb-.\n{}", around("")));
}

#[test]
fn a_credential_is_sent_somewhere_and_to_listed_hosts_only() {
    let both = around("request: { headers: { A: \"{{api_key}}\" } }")
        .replace("type: api_key", "type: api_key_secret");
    told(&both, "credential-not-sent", "`api_secret` is nowhere sent");
    let login = around(
        "token_endpoint: { url: /login, params: { k: \"{{api_key}}\" } }\n    request: { headers: { A: \"{{api_key}}\" } }",
    );
    told(&login, "credential-not-sent", "`access_token` is nowhere sent");
    clean(&oauth2("request: { headers: { Authorization: \"Token {{secrets.bot}}\" } }"));
    let regions = |hosts: &str| {
        format!(
            "hosts: [{hosts}]\nfields: {{ at: {{ label: At, options: [eu, com] }} }}\n{}",
            around("").replace("https://a.example", "\"https://a.{{at}}\"")
        )
    };
    told(&regions("a.eu"), "host-not-listed", "`a.com` gets the credential");
    clean(&regions("a.eu, a.com"));
}

#[test]
fn a_url_that_leaves_the_machine_is_https_whatever_it_looks_like() {
    for url in [
        "http://localhost.evil.example",
        "HTTP://a.example",
        "ws://a.example",
        "http://127.0.0.1.example",
    ] {
        told(&around("").replace("https://a.example", url), "not-https", "only travels over https");
    }
    for url in ["http://127.0.0.1:80/x", "http://[::1]:80", "http://localhost"] {
        clean(&around("").replace("https://a.example", url));
    }
}

#[test]
fn what_is_asked_for_is_used() {
    let with = |fields: &str| format!("fields: {{ {fields} }}\n{}", asking(IDENTITY));
    told(&with("team: { label: Team }"), "no-effect", "`team` is asked for, and nothing reads it");
    clean(&with("api_key: { label: The key }"));
    // Where the app does not tell who is connected, a field may.
    clean(&format!("fields: {{ team: {{ label: Team }} }}\n{}", around("")));
}

#[test]
fn pages_need_what_their_type_needs() {
    let with = |pages: &str| format!("{}pagination: {{ {pages} }}\n", around(""));
    told(&with("param: page"), "missing-key", "needs a `type`");
    told(&with("type: pages, param: page"), "unknown-value", "did you mean `page`?");
    told(&with("type: next_url"), "missing-key", "needs `from`");
    clean(&with("type: link_header"));
}

#[test]
fn pkce_is_off_for_a_reason() {
    told(&oauth2("pkce: none"), "pkce-off", "say in a comment here why");
    clean(&oauth2("pkce: none # Refused by the app."));
    clean(&oauth2("# Refused by the app.\n    pkce: none"));
    clean(&oauth2("pkce: plain"));
}
