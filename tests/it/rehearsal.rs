//! `test --against-sandbox`: what comes of a definition when the app fails.

use crate::support::Home;
use serde_json::Value;

const ACME: &str = r#"title: Acme
base_url: https://api.acme.example/v1
authorizations:
  oauth:
    type: oauth2
    authorization_uri: https://id.acme.example/authorize
    token_endpoint: https://id.acme.example/token
    request:
      fails_if: "{{response.problem}}"
    user_info_endpoint:
      url: /me
      response:
        user_identity: "{{response.name}}"
errors:
  TOKEN_OLD:
    meaning: the token is over
    expired: EXPIRED
"#;

/// The troubles of the only rehearsal, by their names.
fn troubles(report: &Value) -> Vec<(&str, &Value)> {
    let all = report["rehearsals"][0]["troubles"].as_array().unwrap();
    all.iter().map(|one| (one["trouble"].as_str().unwrap(), one)).collect()
}

#[test]
fn a_definition_is_seen_to_fare_well_whatever_its_app_does() {
    let home = Home::new();
    home.write("acme.yaml", &ACME.replace("EXPIRED", "true"));
    let ran = home.run(&["test", "./acme.yaml", "--against-sandbox"]).expect(0);
    for row in [
        "✓ the access token is over               renewed, and works",
        "✓ the same, told as TOKEN_OLD            renewed, and works",
        "✓ twice, and a refresh token works once  renewed, and works",
        "✓ one call is answered 401               renewed, and works",
        "✓ the credential was revoked             invalid_grant",
        "✓ 429, and to wait for 7 s               GET api.acme.example answered 429:",
        "✓ no answer                              `api.acme.example` did not answer in time",
        "all as it should be",
    ] {
        assert!(ran.stdout.contains(row), "no {row:?} in:\n{}", ran.stdout);
    }
    assert_eq!(home.kept(), 0, "nothing of it is the person's");
}

#[test]
fn what_ends_badly_is_marked_and_fails() {
    let home = Home::new();
    let wrong = "expired: true\n  \"401\":\n    meaning: no\n    expired: false";
    home.define("acme", &ACME.replace("expired: EXPIRED", wrong));
    let report = home.run(&["test", "acme", "--against-sandbox", "--json"]).expect(1).json();
    let bad = troubles(&report).into_iter().filter(|(_, one)| one["well"] == false);
    let bad: Vec<_> = bad.map(|(name, one)| (name, one["exit_status"].clone())).collect();
    // By its own code it is still known.
    let status = |name: &str| bad.iter().find(|(known, _)| *known == name).map(|(_, s)| s.clone());
    assert_eq!(status("the access token is over"), Some(3.into()), "{bad:?}");
    assert_eq!(status("one call is answered 401"), Some(3.into()), "{bad:?}");
    assert_eq!(status("the same, told as TOKEN_OLD"), None, "{bad:?}");
    home.run(&["test", "acme", "--against-sandbox"]).expect(1).prints("not as it should be");
}

#[test]
fn every_way_in_can_be_rehearsed() {
    let home = Home::new();
    // A redirect of OAuth 1.0a, a PIN, a login, a key, a client on its own behalf, another device, a client
    // with a field that every request needs, and an app without a call that says who is connected.
    for (app, auth, first) in [
        ("flickr", "oauth1", "one call is answered 401"),
        ("etrade", "oauth1", "the access token is over"),
        ("magento", "admin", "the access token is over"),
        ("freshdesk", "api_key", "one call is answered 401"),
        ("zoom", "server", "the access token is over"),
        ("zoom", "device", "the access token is over"),
        ("basecamp", "oauth", "the access token is over"),
        ("servicetitan", "client", "the access token is over"),
        ("sandbox-oauth2", "bound", "the access token is over"),
    ] {
        let all = ["test", app, "--against-sandbox", "--json", "--auth", auth];
        let report = home.run(&all).expect(0).json();
        assert_eq!(troubles(&report)[0].0, first, "{app}");
    }
}

#[test]
fn what_does_not_even_work_without_trouble_is_told() {
    let home = Home::new();
    let without = ACME
        .replace("EXPIRED", "true")
        .replace("    request:\n", "    authorization_params: { state: fixed }\n    request:\n");
    home.define("acme", &without);
    let ran = home.run(&["test", "acme", "--against-sandbox"]).expect(4);
    ran.says("`acme` cannot be connected to its own stand-in").says("sandbox --app acme`");
    home.write("mine.yaml", &without);
    let ran = home.run(&["test", "./mine.yaml", "--against-sandbox"]).expect(4);
    ran.says("sandbox --app ./mine.yaml`");
    for (app, auth) in [("copper", "oauth"), ("netsuite", "tba")] {
        let ran = home.run(&["test", app, "--auth", auth, "--against-sandbox"]).expect(2);
        ran.says("cannot be rehearsed");
    }
    home.run(&["test", "ftp", "--against-sandbox"]).expect(2).says("an FTP server");
    home.run(&["test", "--all", "--against-sandbox"]).expect(2);
}
