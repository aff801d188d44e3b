//! Grants without a person: where the client comes from, what is asked again, and what happens when
//! its token is over.

use crate::support::{Home, Ran, Sandbox};

const APP: &str = "sandbox-oauth2";
const SERVICE: [&str; 4] = ["connect", APP, "--auth", "client-credentials"];

fn connect(home: &Home, more: &[&str]) -> Ran {
    home.write("secret.txt", "practice-secret");
    home.run(&[&SERVICE[..], more].concat())
}

#[test]
fn a_service_is_known_by_its_client() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
    connect(&home, &client).expect(0).says("Connected sandbox-oauth2 as practice");
    home.run(&["test", APP, "--json"]).expect(0).prints("\"identity\": \"practice\"");
}

#[test]
fn a_client_that_is_given_goes_before_the_one_that_is_set() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let set = ["client", "set", APP, "--id", "practice-2", "--secret", "-"];
    home.run_with_input(&set, "practice-2-secret").expect(0);
    let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
    connect(&home, &[&client[..], &["--account", "own"]].concat()).expect(0).says("as practice\n");
    connect(&home, &["--account", "set"]).expect(0).says("as practice-2\n");
    sandbox.expire();
    for (account, user) in [("own", "practice"), ("set", "practice-2")] {
        let account = format!("{APP}/{account}");
        let ran = home.run(&["call", &account, "/api"]).expect(0);
        assert_eq!(ran.json()["user"], user);
    }
}

#[test]
fn connecting_again_asks_for_the_secret_alone() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
    connect(&home, &client).expect(0);
    let ran = home.run(&["connect", APP]).expect(2).says("needs `client_secret`, and");
    assert!(!ran.stderr.contains("`client_id`"), "{}", ran.stderr);
    home.run(&["connect", APP, "-f", "client_secret=@secret.txt"]).expect(0);
}

#[test]
fn an_id_from_the_environment_does_not_keep_the_secret_from_being_asked_for() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice");
    connect(&home, &[]).expect(2).says("needs `client_secret`, and");
    connect(&home, &["-f", "client_secret=@secret.txt"]).expect(0);
    let home = sandbox.home().set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice");
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET", "practice-secret");
    connect(&home, &[]).expect(0);
}

#[test]
fn what_belongs_to_the_client_is_asked_with_it_and_kept_with_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.define(
        "service",
        &format!(
            r#"title: Service
base_url: {server}
client:
  fields:
    tenant: {{ label: Tenant }}
    developer_token: {{ label: Developer token, secret: true }}
authorizations:
  main:
    type: oauth2
    grant: client_credentials
    token_endpoint: {server}/token
    request:
      headers:
        Authorization: "Bearer {{{{access_token}}}}"
        X-Tenant: "{{{{client.tenant}}}}"
        X-Developer: "{{{{client.developer_token}}}}"
    user_info_endpoint: null
"#,
            server = sandbox.url
        ),
    );
    let ran = home.run(&["connect", "service"]).expect(2);
    let ran = ran.says("`client_id` and `client_secret` and `tenant` and `developer_token`");
    drop(ran);
    home.write("secret.txt", "practice-secret");
    home.write("token.txt", "developer-token-of-mine");
    let fields = [
        ["-f", "client_id=practice"],
        ["-f", "client_secret=@secret.txt"],
        ["-f", "tenant=acme"],
        ["-f", "developer_token=@token.txt"],
    ];
    let ran = home.run(&[&["connect", "service", "-vv"], &fields.concat()[..]].concat()).expect(0);
    assert!(!ran.stderr.contains("developer-token-of-mine"), "{}", ran.stderr);
    let seen = home.run(&["call", "service", "/api"]).expect(0).json();
    assert_eq!(seen["headers"]["x-tenant"], "acme");
    let shown = home.run(&["accounts", "show", "service"]).expect(0);
    assert!(!shown.stdout.contains("developer-token-of-mine"), "{}", shown.stdout);
}

#[test]
fn an_assertion_that_names_what_belongs_to_a_client_asks_for_it() {
    let home = Home::new();
    let yaml = |rest: &str| {
        format!(
            r#"title: Bearer
base_url: https://a.example
client:
  fields:
    private_key: {{ label: Private key, secret: true }}
authorizations:
  main:
    type: oauth2
    grant: jwt_bearer
    token_endpoint: https://a.example/token
    fields: {{ pem: {{ label: PEM, secret: true }} }}
    user_info_endpoint: null
    {rest}
"#
        )
    };
    for (rest, wanted) in [
        (r#"assertion: { key: "{{pem}}" }"#, "needs `pem`, and"),
        (
            r#"assertion: { key: "{{pem}}", claims: { iss: "{{client_id}}" } }"#,
            "needs `client_id` and `pem` and `private_key`, and",
        ),
        (
            r#"assertion: { key: "{{client.private_key}}" }"#,
            "needs `client_id` and `pem` and `private_key`, and",
        ),
    ] {
        home.define("bearer", &yaml(rest));
        home.run(&["connect", "bearer"]).expect(2).says(wanted);
    }
}

#[test]
fn a_refresh_token_that_is_over_costs_nothing_where_the_password_is_kept() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("secret.txt", "practice-secret");
    home.write("password.txt", "practice-password");
    let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
    let person = ["-f", "username=ada", "-f", "password=@password.txt"];
    let connect = ["connect", APP, "--auth", "password"];
    home.run(&[&connect[..], &client, &person].concat()).expect(0);
    sandbox.revoke();
    let ran = home.run(&["call", "-v", APP, "/userinfo"]).expect(0).prints("Ada Lovelace");
    ran.says("the grant is run again");
    sandbox.expire();
    home.run(&["call", APP, "/userinfo"]).expect(0);
    assert_eq!(sandbox.state()["refreshes"], 1, "by the refresh token that came with it");
    sandbox.revoke();
    sandbox.misbehave(&["invalid-grant"]);
    let ran = home.run(&["call", APP, "/userinfo"]).expect(3).says("invalid_grant");
    ran.says("tieline connect sandbox-oauth2");
}

#[test]
fn a_token_that_was_traded_and_is_over_is_told_and_costs_no_account() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("secret.txt", "practice-secret");
    let body = "grant_type=password&client_id=practice&client_secret=practice-secret\
                &username=ada&password=practice-password&scope=profile";
    let answer = sandbox.post_form("/token", body);
    home.write("token.txt", answer["access_token"].as_str().unwrap());
    let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
    let connect = ["connect", APP, "--auth", "exchange", "-f", "subject_token=@token.txt"];
    home.run(&[&connect[..], &client].concat()).expect(0);
    sandbox.expire();
    home.run(&["call", APP, "/api"]).expect(5).says("the subject_token does not count");
    home.run(&["accounts"]).expect(0).prints(APP);
}

#[test]
fn an_account_without_a_name_can_be_named_beside_others() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home.connect(&[APP, "--account", "other"]).expect(0);
    home.run(&["call", "-v", APP, "/userinfo"]).expect(0).says("account sandbox-oauth2, named");
    home.run(&["test", "--all"]).expect(0).prints("2 work, 0 not verified, 0 failed");
    home.run(&["accounts", "default", "sandbox-oauth2/other"]).expect(0);
    home.run(&["call", "-v", APP, "/userinfo"]).expect(0).says("sandbox-oauth2/other, the default");
    // Each is tested, whatever the default is.
    let ran = home.run(&["test", "--all", "--json"]).expect(0).json();
    let tested: Vec<_> = ran["tests"].as_array().unwrap().iter().map(|t| &t["account"]).collect();
    assert_eq!(tested, ["sandbox-oauth2", "sandbox-oauth2/other"]);
}
