//! `lint`: every mistake in one run, each with its place.

use crate::support::{Home, Ran};
use std::time::{Duration, Instant};

pub(crate) fn lint(home: &Home, target: &str) -> Ran {
    let started = Instant::now();
    let ran = home.run(&["lint", target]);
    assert!(started.elapsed() < Duration::from_secs(5), "{target} took {:?}", started.elapsed());
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

/// A definition around one authorization.
pub(crate) fn around(authorization: &str) -> String {
    format!(
        "title: A\nbase_url: https://a.example\nauthorizations:\n  main:\n    type: api_key\n    \
         user_info_endpoint: null\n    {authorization}\n"
    )
}

/// The one finding that a text has, as `rule line:column`.
#[track_caller]
pub(crate) fn finding(text: &str) -> String {
    let home = Home::new();
    home.write("a.yaml", text);
    let ran = lint(&home, "a.yaml");
    let is_finding = |line: &&str| line.starts_with("error[") || line.starts_with("warning[");
    let found: Vec<String> = ran.stdout.lines().filter(is_finding).map(ToOwned::to_owned).collect();
    assert_eq!(found.len(), 1, "{}", ran.stdout);
    let rule = found[0].split(['[', ']']).nth(1).unwrap();
    let place = ran.stdout.lines().find(|line| line.contains("--> ")).unwrap();
    let text = format!("{rule} {}", place.split_once("a.yaml:").unwrap().1);
    let status = if found[0].starts_with("warning[") { 0 } else { 4 };
    ran.expect(status);
    text
}

#[test]
fn the_catalogue_has_no_findings() {
    let apps = concat!(env!("CARGO_MANIFEST_DIR"), "/apps");
    Home::new().run(&["lint", apps]).expect(0).prints("no findings");
}

const MANY: &str = r#"title: Bad
titel: Worse
docs: [1]
base_url: "http://api.bad.example"
fields:
  code: { label: C }
  sub: { label: Sub, example: "ÄÖ", pattern: "[a-z]+" }
  free: { label: Free }
authorizations:
  oauth2:
    type: oauth2
    authorization_uri: "https://bad.example/auth"
    authorization_params: { client_secret: "{{client_secret}}" }
    token_endpoint:
      url: "https://bad.example/{{{sub}}}/token"
  key:
    type: api_key
    base_url: "https://{{free}}.example.com"
    request:
      headers: { X-Key: "{{api_kye}}", X-Twig: "{% if x %}y{% endif %}" }
    user_info_endpoint:
      url: /me
      method: POST
      body: '<a>{{api_key}}</a>'
      response: { user_identity: "{{response.email}}" }
  third:
    type: api_key
    user_info_endpoint: null
    user_info_endpoint: null
"#;

#[test]
fn every_mistake_is_told_in_one_run_with_its_place() {
    let home = Home::new();
    home.write("bad.yaml", MANY);
    let ran = lint(&home, "bad.yaml").expect(4);
    let mut told = Vec::new();
    let mut rule = String::new();
    for line in ran.stdout.lines() {
        if let Some(rest) = line.strip_prefix("error[") {
            rule = rest.split(']').next().unwrap().to_owned();
        } else if let Some((_, place)) = line.split_once("bad.yaml:") {
            told.push(format!("{rule} {place}"));
        }
    }
    let expected = [
        "unknown-key 2:1",
        "wrong-type 3:7",
        "not-https 4:11",
        "reserved-name 6:9",
        "sample-does-not-fit 7:31",
        "missing-key 11:5",
        "secret-in-url 13:29",
        "template 15:36",
        "host-not-pinned 18:16",
        "unknown-name 20:28",
        "template 20:49",
        "template 24:19",
        "duplicate-key 29:5",
    ];
    let mut missing = Vec::new();
    for place in expected {
        if !told.iter().any(|told| told.starts_with(place)) {
            missing.push(place);
        }
    }
    assert!(missing.is_empty(), "not told: {missing:?}; told: {told:?}");
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for help in [
        "did you mean `title`?",
        "did you mean `api_key`?",
        "write `{{#if x}}`",
        "must be text, and this is a list",
        "13 errors",
    ] {
        assert!(ran.stdout.contains(help), "{help} is not in:\n{}", ran.stdout);
    }
}

#[test]
fn each_mistake_alone_is_one_finding() {
    assert_eq!(finding(&around("request: { header: {} }")), "unknown-key 7:16");
    assert_eq!(finding(&around("type: basic")), "duplicate-key 7:5");
    assert_eq!(
        finding(&around("request: { headers: { A: \"{{nobody}}\" } }")),
        "unknown-name 7:33"
    );
    assert_eq!(finding(&around("base_url: http://b.example")), "not-https 7:15");
    assert_eq!(
        finding(&around("base_url: \"https://a.example/{{{api_key}}}\"")).split(' ').next(),
        Some("template")
    );
    assert_eq!(
        finding(&around("request: { headers: { A: \"{% x %}\" } }")).split(' ').next(),
        Some("template")
    );
    assert_eq!(
        finding(&around("request: { headers: { A: \"{{#if api_key}}\" } }")).split(' ').next(),
        Some("template")
    );
    assert_eq!(
        finding(&around("request: { headers: { A: \"{{> other}}\" } }")).split(' ').next(),
        Some("template")
    );
    assert_eq!(
        finding("title: A\nbase_url: https://a.example\n").split(' ').next(),
        Some("missing-key")
    );
    assert_eq!(finding("").split(' ').next(), Some("wrong-type"));
    assert_eq!(finding("- a\n- b\n").split(' ').next(), Some("wrong-type"));
    assert_eq!(
        finding(&around("").replace("api_key", "api_kee")).split(' ').next(),
        Some("unknown-value")
    );
}

#[test]
fn a_host_is_a_name_and_nothing_more() {
    let with = |host: &str| format!("hosts: [{host}]\n{}", around(""));
    for host in [
        "https://a.example",
        "a.example/v1",
        "\"*.example\"",
        "a.example:443",
        "\"\"",
        "\"a b\"",
        "\"{{sub}}.example\"",
        ".com",
        "127.1",
        "bücher.example",
        "ada@a.example",
    ] {
        assert_eq!(finding(&with(host)).split(' ').next(), Some("host-pattern"), "{host}");
    }
    let home = Home::new();
    for host in ["a.example", ".a.example", "A.Example", "127.0.0.1", "\"[::1]\"", "localhost"] {
        home.write("a.yaml", &with(&format!("a.example, {host}")));
        lint(&home, "a.yaml").expect(0);
    }
}

/// A definition around one OAuth authorization.
fn around_oauth2(lines: &str) -> String {
    let yaml = around(lines).replace("type: api_key", "type: oauth2");
    yaml.replace("    user_info", "    authorization_uri: https://a.example/a\n    user_info")
}

#[test]
fn a_redirect_uri_is_https_or_http_on_this_machine() {
    let with = |uri: &str| {
        around_oauth2(&format!("token_endpoint: https://a.example/t\n    redirect_uri: \"{uri}\""))
    };
    for uri in ["ftp://127.0.0.1/x", "http://a.example/", "javascript:alert(1)", "callback"] {
        assert_eq!(finding(&with(uri)).split(' ').next(), Some("redirect-uri"), "{uri}");
    }
    let home = Home::new();
    for uri in ["http://127.0.0.1:8917/x", "http://localhost/x", "https://a.example/x"] {
        home.write("a.yaml", &with(uri));
        lint(&home, "a.yaml").expect(0);
    }
}

#[test]
fn choosing_at_a_token_endpoint_is_told_and_not_ignored() {
    let choose = "{ url: /t, choose: { from: response.rows } }";
    let told = finding(&around_oauth2(&format!("token_endpoint: {choose}")));
    assert_eq!(told.split(' ').next(), Some("wrong-place"));
    let told = finding(&around(&format!("token_endpoint: {choose}")));
    assert_eq!(told.split(' ').next(), Some("wrong-place"));
}

#[test]
fn a_wrong_url_does_not_hide_the_rest_of_its_endpoint() {
    let home = Home::new();
    let endpoint =
        "token_endpoint: { url: \"http://a.example\", methd: PUT, body: \"{{api_key}}\" }";
    home.write("a.yaml", &around(endpoint));
    let ran = lint(&home, "a.yaml").expect(4);
    for part in ["error[not-https]", "did you mean `method`?", "not escaped for the body"] {
        assert!(ran.stdout.contains(part), "{part} is not in:\n{}", ran.stdout);
    }
}

#[test]
fn a_wrong_definition_is_not_used_and_names_its_first_mistakes() {
    let home = Home::new();
    home.write("home/apps/bad.yaml", MANY);
    home.run(&["connect", "bad"]).expect(4).says("bad.yaml:2:1").says("tieline lint bad");
    home.run(&["lint", "bad"]).expect(4);
    home.run(&["lint"]).expect(4);
    home.run(&["call", "github", "/user"]).expect(3);
}

#[test]
fn a_parent_that_is_unknown_or_its_own_child_is_told() {
    let home = Home::new();
    home.write("orphan.yaml", "title: A\nextends: nobody\n");
    lint(&home, "orphan.yaml")
        .expect(4)
        .prints("there is no definition `nobody`")
        .prints("orphan.yaml:2:10");
    home.write("one.yaml", "title: A\nextends: two\n");
    home.write("two.yaml", "title: A\nextends: one\n");
    home.write("self.yaml", "title: A\nextends: self\n");
    lint(&home, "one.yaml").expect(4).prints("extends itself");
    lint(&home, "self.yaml").expect(4).prints("extends itself");
    home.write("odd.yaml", "title: A\nextends: ../../etc/passwd\n");
    lint(&home, "odd.yaml").expect(4).prints("no app's name");
    home.write("child.yaml", "title: A\nextends: github\n");
    lint(&home, "child.yaml").expect(0);
}

#[test]
fn what_is_not_there_is_a_mistake_of_the_person() {
    let home = Home::new();
    home.run(&["lint"]).expect(2).says("no definition to check");
    home.run(&["lint", "nowhere.yaml"]).expect(2).says("nowhere.yaml");
    home.run(&["lint", "nobody"]).expect(2).says("there is no app `nobody`");
}
