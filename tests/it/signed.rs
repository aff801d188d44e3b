//! Requests that are signed as a whole, against a provider that computes the signature anew.

use crate::support::{Home, Sandbox};

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.define(
        "aws",
        &format!(
            r#"title: Sandbox (AWS)
base_url: {}/aws-sigv4
authorizations:
  key:
    type: api_key_secret
    request:
      signature:
        aws_sigv4: {{service: practice, region: eu-central-1}}
    user_info_endpoint:
      url: /me
      response:
        user_identity: "{{{{response.email}}}}"
"#,
            sandbox.url
        ),
    );
    let secret = ["connect", "aws", "-f", "api_key=practice-key", "-f", "api_secret=-"];
    home.run_with_input(&secret, "practice-api-secret\n").expect(0).says("ada@sandbox.test");
    home
}

#[test]
fn a_connection_is_tested_with_a_signature_for_aws() {
    let sandbox = Sandbox::start(&[]);
    connected(&sandbox).run(&["test", "aws"]).expect(0).prints("aws works");
}

#[test]
fn a_wrong_key_is_refused() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let wrong = ["connect", "aws", "-f", "api_key=practice-key", "-f", "api_secret=-"];
    home.run_with_input(&wrong, "another\n").expect(5).says("the signature does not match");
}

#[test]
fn a_scheme_of_an_apps_own_is_described_in_a_header() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.define(
        "own",
        &format!(
            r#"title: Sandbox (HMAC)
base_url: {}/hmac
authorizations:
  key:
    type: api_key_secret
    request:
      headers:
        X-API-Key: "{{{{api_key}}}}"
        X-Timestamp: "{{{{now}}}}"
        X-Signature: '{{{{hmac "sha256" api_secret (lines request.method request.path (now) request.body)}}}}'
    user_info_endpoint:
      url: /me
      response:
        user_identity: "{{{{response.email}}}}"
"#,
            sandbox.url
        ),
    );
    let secret = ["connect", "own", "-f", "api_key=practice-key", "-f", "api_secret=-"];
    home.run_with_input(&secret, "practice-api-secret\n").expect(0).says("ada@sandbox.test");
    home.run(&["call", "own", "POST", "/api/x", "-f", "a=b c"]).expect(0);
    home.run_with_input(&secret, "another\n").expect(5);
}

#[test]
fn a_file_is_signed_for_aws_before_it_is_sent() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("body.json", "{\"a\": [1, 2, 3]}");
    home.run(&["call", "aws", "POST", "/api/x?b=2&a=1", "-d", "@body.json"]).expect(0);
    home.run(&["call", "aws", "POST", "/api/x", "-f", "a=b"]).expect(0);
    home.run(&["call", "aws", "/api/a%20b?c=%2F"]).expect(0);
}
