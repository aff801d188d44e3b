//! Variables that a definition names for `exec`: what a command gets, what flags and other
//! definitions do to it, and what is told of it.

use crate::support::{Home, Ran, Sandbox};

/// A home with an app of two ways in, of which the second has its own variables.
fn home(sandbox: &Sandbox) -> Home {
    let home = sandbox.home().set("PATH", std::env::var("PATH").unwrap());
    let server = &sandbox.url;
    let acme = format!(
        "title: Acme
base_url: {server}/api-key
headers: {{ X-Region: '{{{{region}}}}' }}
fields:
  region: {{ label: Region, optional: true }}
environment:
  ACME_KEY: token
  ACME_URL: base_url
  ACME_REGION: region
authorizations:
  key:
    type: api_key
    user_info_endpoint:
      url: /me
      response: {{ user_identity: '{{{{response.email}}}}', extras: {{ who: '{{{{response.email}}}}' }} }}
    environment:
      ACME_WHO: extras.who
  pair:
    type: api_key_secret
    base_url: {server}/api-key-secret
    request: {{ headers: {{ X-Api-Key: '{{{{api_key}}}}', X-Api-Secret: '{{{{api_secret}}}}' }} }}
    user_info_endpoint: null # not asked here
    environment:
      ACME_KEY: api_key
      ACME_SECRET: api_secret
      ACME_URL: null
"
    );
    home.define("acme", &acme);
    home
}

fn connect(home: &Home, account: &str, more: &[&str]) {
    let arguments = [&["connect", account, "-f", "api_key=practice-key"], more].concat();
    home.run(&arguments).expect(0);
}

/// What a command finds of these names, in their order.
fn found(home: &Home, options: &[&str]) -> Ran {
    let script = "env | grep -E '^(ACME|MY|OTHER)' | sort";
    home.run(&[&["exec"], options, &["--", "sh", "-c", script]].concat())
}

#[test]
fn a_command_gets_what_the_definition_names_beside_the_usual() {
    let sandbox = Sandbox::start(&[]);
    // An optional field that nobody gave is no variable, not even another account's.
    let home = home(&sandbox).set("ACME_REGION", "elsewhere").set("ACME_ROOM", "stays");
    connect(&home, "acme", &[]);
    assert_eq!(
        found(&home, &["acme"]).expect(0).stdout,
        format!(
            "ACME_API_KEY=practice-key\nACME_BASE_URL={0}/api-key\nACME_KEY=practice-key\n\
             ACME_ROOM=stays\nACME_URL={0}/api-key\nACME_WHO=ada@sandbox.test\n",
            sandbox.url
        )
    );
    connect(&home, "acme", &["-f", "region=eu"]);
    let with_region = found(&home, &["acme"]).expect(0).stdout;
    assert_eq!(with_region.matches("ACME_REGION=eu\n").count(), 1, "{with_region}");
}

#[test]
fn an_authorization_lays_its_variables_over_those_of_the_app() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    connect(&home, "acme", &["--auth", "pair", "-f", "api_secret=practice-api-secret"]);
    assert_eq!(
        found(&home, &["acme"]).expect(0).stdout,
        format!(
            "ACME_API_KEY=practice-key\nACME_API_SECRET=practice-api-secret\n\
             ACME_BASE_URL={0}/api-key-secret\nACME_KEY=practice-key\nACME_SECRET=practice-api-secret\n",
            sandbox.url
        )
    );
}

#[test]
fn a_flag_goes_before_the_definition_and_for_its_own_account_only() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    connect(&home, "acme", &[]);
    let flagged = found(&home, &["acme", "--env", "ACME_KEY=extras.who"]).expect(0).stdout;
    assert_eq!(flagged, "ACME_KEY=ada@sandbox.test\n");
    home.define("other", "extends: acme\ntitle: Other\n");
    connect(&home, "other", &[]);
    let mixed = ["acme", "other", "--env", "MY_KEY=acme:token"];
    assert_eq!(
        found(&home, &mixed).expect(0).stdout,
        format!(
            "ACME_KEY=practice-key\nACME_URL={0}/api-key\nACME_WHO=ada@sandbox.test\nMY_KEY=practice-key\n\
             OTHER_API_KEY=practice-key\nOTHER_BASE_URL={0}/api-key\n",
            sandbox.url
        )
    );
}

#[test]
fn two_accounts_that_would_set_one_variable_are_both_named() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    home.define("other", "extends: acme\ntitle: Other\n");
    connect(&home, "acme", &[]);
    connect(&home, "other", &[]);
    let told = found(&home, &["acme", "other"])
        .expect(2)
        .says("both `acme` and `other` would set ACME_KEY")
        .says("`--env NAME=acme:PART --env NAME=other:PART`");
    assert_eq!(told.stdout, "");
}

#[test]
fn a_child_changes_single_variables_of_its_parent() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    home.define(
        "other",
        "extends: acme\ntitle: Other\nenvironment: { ACME_URL: null, ACME_KEY: base_url }\n\
         authorizations: { key: { environment: { ACME_WHO: null, OTHER_KEY: token } } }\n",
    );
    connect(&home, "other", &[]);
    assert_eq!(
        found(&home, &["other"]).expect(0).stdout,
        format!(
            "ACME_KEY={0}/api-key\nOTHER_API_KEY=practice-key\nOTHER_BASE_URL={0}/api-key\n\
             OTHER_KEY=practice-key\n",
            sandbox.url
        )
    );
}

#[test]
fn what_has_no_token_of_its_own_is_handed_over_in_the_parts_that_are_named() {
    let sandbox = Sandbox::start(&[]);
    let home = crate::oauth1::home(&sandbox)
        .set("PATH", std::env::var("PATH").unwrap())
        .set("TIELINE_OTHER_SERVER", &sandbox.url);
    home.connect(&["sandbox-oauth1"]).expect(0);
    let usual = ["exec", "sandbox-oauth1", "--", "env"];
    home.run(&usual).expect(2).says("each request is signed");
    home.define(
        "other",
        "extends: sandbox-oauth1\ntitle: Other\n\
         environment: { OTHER_TOKEN: access_token, OTHER_SECRET: token_secret }\n",
    );
    home.connect(&["other"]).expect(0);
    let found = found(&home, &["other"]).expect(0).stdout;
    let names: Vec<&str> = found.lines().filter_map(|line| line.split('=').next()).collect();
    assert_eq!(names, ["OTHER_SECRET", "OTHER_TOKEN"]);
    assert!(found.lines().all(|line| line.split_once('=').is_some_and(|(_, v)| v.len() > 10)));
}

#[test]
fn what_a_command_would_get_is_shown_without_any_value() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    connect(&home, "acme", &[]);
    let shown = home.run(&["apps", "show", "acme"]).expect(0).stdout;
    for line in ["exec sets ACME_KEY=token\n", "ACME_WHO=extras.who\n", "ACME_SECRET=api_secret\n"]
    {
        assert!(shown.contains(line), "{line:?} is not in:\n{shown}");
    }
    assert!(!shown.contains("practice-key"), "{shown}");
    let json = home.run(&["apps", "show", "acme", "--auth", "pair", "--json"]).expect(0).json();
    assert_eq!(
        json["authorizations"][0]["environment"],
        serde_json::json!({
            "ACME_REGION": "region", "ACME_KEY": "api_key", "ACME_SECRET": "api_secret"
        })
    );
}

#[test]
fn a_definition_that_would_steer_the_command_is_refused_before_anything_runs() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    connect(&home, "acme", &[]);
    for name in ["PATH", "LD_PRELOAD", "BASH_ENV", "NODE_OPTIONS", "HTTPS_PROXY", "GIT_SSH_COMMAND"]
    {
        home.define(
            "other",
            &format!("extends: acme\ntitle: Other\nenvironment: {{ {name}: base_url }}\n"),
        );
        let told = home.run(&["exec", "other", "--", "true"]).expect(4);
        told.says("[variable-name]").says(&format!("`{name}` is not for a definition to set: it "));
    }
}
