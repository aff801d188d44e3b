//! What an issuer or an API says of itself is enough to connect, and believed only where it may be.

use crate::support::{Sandbox, query};
use std::time::{Duration, Instant};

const APP: &str = "sandbox-oauth2";

#[test]
fn an_issuer_is_enough_and_its_id_token_is_checked() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let ran = home.connect(&[APP, "--auth", "openid", "-v"]).expect(0);
    let ran = ran.says("the ID token is signed by the provider, for this client and this request");
    assert!(ran.stderr.contains("discovery: GET"), "{}", ran.stderr);
    sandbox.expire();
    let ran = home.run(&["call", APP, "/userinfo", "-v"]).expect(0);
    assert!(!ran.stderr.contains("discovery"), "what is known is not asked again: {}", ran.stderr);
    home.run(&["disconnect", APP]).expect(0).says("revoked at the provider");
}

#[test]
fn metadata_of_another_issuer_is_not_believed() {
    let sandbox = Sandbox::start(&["--misbehave", "metadata-issuer"]);
    let home = sandbox.home();
    let ran = home.run(&["connect", APP, "--auth", "openid", "--no-browser"]).expect(5);
    ran.says("RFC 8414 section 3.3");
}

#[test]
fn openid_connects_own_address_of_the_metadata_works_too() {
    let sandbox = Sandbox::start(&["--misbehave", "no-oauth-metadata"]);
    sandbox.home().connect(&[APP, "--auth", "openid"]).expect(0);
}

#[test]
fn an_address_of_an_issuer_becomes_an_app_with_a_client_of_its_own() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let ran = home.connect(&[&sandbox.url]).expect(0).says("as ada@sandbox.test");
    let ran = ran.says("gave this computer the client").says("Wrote what");
    let name = sandbox.url.trim_start_matches("http://").replace(['.', ':'], "-");
    home.run(&["call", &name, "/userinfo"]).expect(0);
    home.run(&["lint", &format!("home/apps/{name}.yaml")]).expect(0);
    drop(ran);
    let again = home.connect(&[&sandbox.url]).expect(0);
    assert!(!again.stderr.contains("gave this computer"), "{}", again.stderr);
    assert_eq!(sandbox.state()["requests"]["/register"], 1);
}

#[test]
fn an_address_of_an_api_leads_to_whoever_gives_tokens_for_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let address = format!("{}/mcp", sandbox.url);
    let mut waiting = home.start_connect(&[&address]);
    assert_eq!(query(&waiting.url)["resource"], address);
    waiting.browse_and_finish().expect(0).says("-mcp /mcp\n");
    let name = address.trim_start_matches("http://").replace(['.', ':', '/'], "-");
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#;
    home.run(&["call", &name, "POST", "/mcp", "-d", ping]).expect(0).prints("\"jsonrpc\"");
    sandbox.expire();
    home.run(&["call", &name, "POST", "/mcp", "-d", ping]).expect(0);
}

#[test]
fn a_port_that_is_taken_keeps_no_address_from_being_connected() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    // Another test may have it, and lets it go soon.
    let end = Instant::now() + Duration::from_secs(60);
    let held = loop {
        match std::net::TcpListener::bind("127.0.0.1:8917") {
            Ok(listener) => break listener,
            Err(error) => {
                assert!(Instant::now() < end, "{error}");
                std::thread::yield_now();
            }
        }
    };
    let mut waiting = home.start_connect(&[&sandbox.url]);
    assert_ne!(waiting.redirect_uri(), "http://127.0.0.1:8917/callback");
    waiting.browse_and_finish().expect(0).says("as ada@sandbox.test");
    drop(held);
}

#[test]
fn metadata_of_another_resource_is_not_believed() {
    let sandbox = Sandbox::start(&["--misbehave", "metadata-resource"]);
    let home = sandbox.home();
    let ran = home.run(&["connect", &format!("{}/mcp", sandbox.url), "--no-browser"]).expect(5);
    ran.says("RFC 9728 section 3.3");
    assert!(!home.path().join("home/apps").exists(), "nothing is written");
}

#[test]
fn an_address_where_nothing_is_said_is_told() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let ran = home.run(&["connect", &format!("{}/userinfo", sandbox.url), "--no-browser"]);
    ran.expect(5).says("does not say how it is authorized");
    home.run(&["connect", "https://u:p@example.com/", "--no-browser"]).expect(2);
    let ran = home.run(&["connect", "http://192.0.2.1/x", "--no-browser"]).expect(2);
    ran.says("over https only").says("tieline connect https://192.0.2.1/x");
    let ran = home.run(&["connect", "ftp://example.com", "--no-browser"]).expect(2);
    ran.says("no address of an app");
    let tls = sandbox.url.replace("http:", "https:");
    home.run(&["connect", &tls, "--no-browser"]).expect(6).says("does not speak TLS");
    assert!(!home.path().join("home/apps").exists(), "nothing is written");
}
