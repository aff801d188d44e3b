//! `client`: one's own developer app, and that an account goes on with the client it was
//! connected with.

use crate::support::{Home, Ran, Sandbox, browse, query};
use std::io::Write;
use std::process::Stdio;

const APP: &str = "sandbox-oauth2";

/// Sets a client; its secret comes from a file.
fn set(home: &Home, id: &str, secret: &str, more: &[&str]) -> Ran {
    home.write("secret.txt", &format!("{secret}\n"));
    let arguments = ["client", "set", APP, "--id", id, "--secret", "@secret.txt"];
    home.run(&[&arguments[..], more].concat())
}

#[test]
fn setting_a_client_says_what_to_register_and_keeps_the_secret_sealed() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let ran = set(&home, "practice", "practice-secret", &[]).expect(0);
    let ran = ran.says("\n  http://127.0.0.1/callback\n").says("to the letter").says("may be any");
    let ran = ran.says("uses your client practice from now on").says("written and read back");
    assert!(!ran.stderr.contains("practice-secret"), "{}", ran.stderr);
    assert_eq!(home.kept(), 1);
    let shown = home.run(&["client", "show", APP]).expect(0).prints("practice (yours)");
    shown.prints("http://127.0.0.1/callback (any port)").prints("secret    in the sealed file");
    let mut waiting = home.start_connect(&[APP]);
    assert_eq!(query(&waiting.url)["client_id"], "practice");
    browse(&waiting.url);
    waiting.finish().expect(0).says("with client practice");
    let on_disk = walk(home.path()).join("\n");
    assert_eq!(on_disk.matches("practice-secret").count(), 1, "only in the test's own file");
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => walk(&path),
            false => vec![String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()],
        })
        .collect()
}

#[test]
fn the_id_of_the_client_is_known_wherever_a_request_is_made() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let app =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/sandbox-oauth2.yaml"));
    let identity = "{{response.email}} through {{client_id}}";
    let app = app.unwrap().replace("{{response.email}}", identity);
    home.define(APP, &format!("{app}headers:\n  Client-Id: '{{{{client_id}}}}'\n"));
    home.connect(&[APP]).expect(0).says("as ada@sandbox.test through practice-public");
    home.run(&["test", APP]).expect(0).prints("ada@sandbox.test through practice-public");
    let answer = home.run(&["call", APP, "/api/x"]).expect(0).json();
    assert_eq!(answer["headers"]["client-id"], "practice-public", "{answer}");
}

#[test]
fn a_secret_comes_from_a_file_or_standard_input_and_never_from_the_command_line() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let stdin = ["client", "set", APP, "--id", "practice", "--secret", "-"];
    home.run_with_input(&stdin, "practice-secret\n").expect(0);
    home.connect(&[APP]).expect(0);
    let home = sandbox.home();
    let literal = ["client", "set", APP, "--id", "practice", "--secret", "practice-secret"];
    let ran = home.run(&literal).expect(2).says("does not belong on the command line");
    let ran = ran.says("--secret @FILE");
    assert!(!ran.stderr.contains("practice-secret"), "{}", ran.stderr);
    let gone = ["client", "set", APP, "--id", "practice", "--secret", "@gone"];
    home.run(&gone).expect(2).says("cannot be read");
    assert_eq!(home.kept(), 0);
}

#[test]
fn what_is_missing_is_named_at_once() {
    let home = Home::new();
    let ran = home.run(&["client", "set", APP]).expect(2).says("`client_id` and `client_secret`");
    ran.says("TIELINE_SANDBOX_OAUTH2_CLIENT_ID and TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET");
    home.run(&["client", "set", "sandbox-basic"]).expect(2).says("no OAuth");
    home.run(&["client", "show", "sandbox-oaut2"]).expect(2).says("did you mean");
    home.run(&["client", "remove", APP]).expect(2).says("has no client of yours");
}

#[test]
fn a_public_client_has_no_secret() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run(&["client", "set", APP, "--id", "practice-public", "--public"]).expect(0);
    home.connect(&[APP]).expect(0);
    let both = ["client", "set", APP, "--id", "x", "--public", "--secret", "-"];
    home.run(&both).expect(2);
}

#[test]
fn scopes_and_redirect_uri_of_the_client_are_used() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let uri = format!("http://127.0.0.1:{port}/callback");
    let more = ["--scope", "notes.read", "--redirect-uri", &uri];
    set(&home, "practice", "practice-secret", &more).expect(0).says(&format!("\n  {uri}\n"));
    home.run(&["client", "show", APP]).expect(0).prints(&uri).prints("notes.read");
    let mut waiting = home.start_connect(&[APP]);
    assert_eq!((&waiting.redirect_uri(), &*query(&waiting.url)["scope"]), (&uri, "notes.read"));
    browse(&waiting.url);
    waiting.finish().expect(0).says("scopes    notes.read");
    for wrong in ["http://elsewhere.test/callback", "callback", "javascript:alert(1)"] {
        set(&home, "practice", "x", &["--redirect-uri", wrong]).expect(2).says("redirect URI");
    }
}

#[test]
fn a_redirect_uri_of_ones_own_is_answered_by_pasting() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let uri = "https://practice.example/callback";
    set(&home, "practice", "practice-secret", &["--redirect-uri", uri]).expect(0).says("pasted");
    let mut child =
        home.command(&["connect", APP, "--no-browser"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
    let url = lines.find_map(|line| line.ok().filter(|line| line.starts_with("http"))).unwrap();
    let answer = crate::support::request("GET", &url, "");
    let pasted = &answer.headers["location"];
    assert!(pasted.starts_with(uri), "{pasted}");
    writeln!(child.stdin.take().unwrap(), "{pasted}").unwrap();
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert!(child.wait().unwrap().success(), "{rest:?}");
    assert!(rest.join("\n").contains("Connected sandbox-oauth2"), "{rest:?}");
}

/// `client set --test`, with the test playing the browser.
fn set_and_test(home: &Home, id: &str, secret: &str, more: &[&str]) -> Ran {
    home.write("secret.txt", secret);
    let arguments = ["client", "set", APP, "--id", id, "--secret", "@secret.txt", "--test"];
    let all = [&arguments[..], &["--no-browser"], more].concat();
    home.start(&all).browse_and_finish()
}

#[test]
fn a_client_takes_effect_only_if_its_test_succeeds() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let ran = set_and_test(&home, "practice", "wrong-canary", &[]).expect(5);
    let ran = ran.says("so nothing was changed").says("invalid_client");
    assert!(ran.page.contains("does not work"), "{}", ran.page);
    assert!(!ran.stderr.contains("wrong-canary"), "{}", ran.stderr);
    assert_eq!(home.kept(), 0);
    home.run(&["client", "show", APP]).expect(0).prints("practice-public (the definition's)");
    let ran = set_and_test(&home, "practice", "practice-secret", &[]).expect(0);
    assert!(ran.page.contains("works"), "{}", ran.page);
    home.run(&["client", "show", APP]).expect(0).prints("practice (yours)");
    home.run(&["accounts"]).expect(0).says("No account is connected.");
    set_and_test(&home, "practice-2", "wrong", &[]).expect(5);
    home.run(&["client", "show", APP]).expect(0).prints("practice (yours)");
    assert_eq!(home.kept(), 1);
}

#[test]
fn a_test_takes_the_fields_of_an_account_too() {
    let sandbox = Sandbox::start(&[]);
    let home = Home::new();
    let server = format!("server={}", sandbox.url);
    set_and_test(&home, "practice", "practice-secret", &["--field", &server]).expect(0);
}

#[test]
fn an_account_goes_on_with_the_client_it_was_connected_with() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    set(&home, "practice", "practice-secret", &[]).expect(0);
    home.connect(&["sandbox-oauth2/old"]).expect(0);
    set(&home, "practice-2", "practice-2-secret", &[]).expect(0);
    home.connect(&["sandbox-oauth2/new"]).expect(0);
    let client = |account: &str| {
        let shown = home.run(&["accounts", "show", account, "--json"]).expect(0).json();
        shown["client_id"].as_str().unwrap().to_owned()
    };
    assert_eq!(client("sandbox-oauth2/old"), "practice");
    assert_eq!(client("sandbox-oauth2/new"), "practice-2");
    sandbox.expire();
    // The sandbox takes a refresh token from the client that it was issued to, and from no other.
    home.run(&["call", "sandbox-oauth2/old", "/api/x"]).expect(0);
    home.run(&["call", "sandbox-oauth2/new", "/api/x"]).expect(0);
    assert_eq!(sandbox.state()["refreshes"], 2);
    // Reconnecting moves the account over.
    home.connect(&["sandbox-oauth2/old"]).expect(0);
    assert_eq!(client("sandbox-oauth2/old"), "practice-2");
    sandbox.expire();
    home.run(&["call", "sandbox-oauth2/old", "/api/x"]).expect(0);
}

#[test]
fn a_new_secret_for_the_same_client_serves_its_accounts() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    set(&home, "practice", "practice-secret", &[]).expect(0);
    home.connect(&[APP]).expect(0);
    set(&home, "practice", "wrong", &[]).expect(0);
    sandbox.expire();
    home.run(&["call", APP, "/api/x"]).expect(5).says("invalid_client");
    set(&home, "practice", "practice-secret", &[]).expect(0);
    home.run(&["call", APP, "/api/x"]).expect(0);
}

#[test]
fn a_removed_client_stays_as_long_as_an_account_needs_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    set(&home, "practice", "practice-secret", &[]).expect(0);
    home.connect(&[APP]).expect(0);
    assert_eq!(home.kept(), 2);
    home.run(&["client", "remove", APP]).expect(0).says("kept for  sandbox-oauth2");
    home.run(&["client", "show", APP]).expect(0).prints("practice-public (the definition's)");
    assert_eq!(home.kept(), 2);
    sandbox.expire();
    home.run(&["call", APP, "/api/x"]).expect(0);
    home.run(&["disconnect", APP]).expect(0).says("revoked at the provider");
    assert_eq!(home.kept(), 0);
    set(&home, "practice", "practice-secret", &[]).expect(0);
    home.run(&["client", "remove", APP]).expect(0);
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_client_can_come_from_the_environment() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox
        .home()
        .set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice")
        .set("TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET", "practice-secret");
    home.connect(&[APP]).expect(0).says("with client practice");
    let home = home
        .set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "")
        .set("TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET", "");
    sandbox.expire();
    home.run(&["call", APP, "/api/x"]).expect(0);
    home.run(&["client", "show", APP]).expect(0).prints("practice-public (the definition's)");
}

#[test]
fn a_client_from_the_environment_keeps_what_was_set_of_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let uri = format!("http://127.0.0.1:{port}/callback");
    // The secret that is kept is not the one in force any more.
    set(&home, "practice", "old-secret", &["--scope", "notes.read", "--redirect-uri", &uri])
        .expect(0);
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice");
    let connect = |home: &Home| {
        let mut waiting = home.start_connect(&[APP]);
        let sent = (waiting.redirect_uri(), query(&waiting.url)["scope"].clone());
        assert_eq!(sent, (uri.clone(), "notes.read".to_owned()));
        browse(&waiting.url);
        waiting.finish()
    };
    connect(&home).expect(5).says("invalid_client");
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET", "practice-secret");
    connect(&home).expect(0);
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "");
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET", "");
    connect(&home).expect(0);
    home.run(&["client", "show", APP]).expect(0).prints("notes.read").prints(&uri);
    // Another client has nothing of it.
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice-public");
    let waiting = home.start_connect(&[APP]);
    assert_eq!(query(&waiting.url)["scope"], "profile email");
}

#[test]
fn clients_that_are_set_at_once_leave_one_of_them_whole() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for round in 0..3 {
        let children: Vec<_> = (0..8)
            .map(|at| {
                let (id, right) =
                    if at % 2 == 0 { ("practice", true) } else { ("practice-2", false) };
                let secret = if right { format!("{id}-secret") } else { format!("wrong-{at}") };
                let file = format!("@{}", home.write(&format!("secret-{at}"), &secret).display());
                let scope = format!("scope-{round}-{at}");
                let arguments = ["client", "set", APP, "--id", id, "--secret", &file];
                let arguments = [&arguments[..], &["--scope", &scope]].concat();
                home.command(&arguments).spawn().unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let shown = home.run(&["client", "show", APP]).expect(0).stdout;
        let scope = format!("scope-{round}-");
        let at = shown.split_once(&scope).and_then(|(_, rest)| rest.lines().next()).unwrap();
        let right = at.parse::<u32>().unwrap() % 2 == 0;
        let mut waiting = home.start_connect(&[APP, "--scope", "profile"]);
        let id = if right { "practice" } else { "practice-2" };
        assert_eq!(query(&waiting.url)["client_id"], id);
        browse(&waiting.url);
        // The secret of another would end it the other way.
        waiting.finish().expect(if right { 0 } else { 5 });
        if right {
            home.run(&["disconnect", APP]).expect(0);
        }
        assert_eq!(home.kept(), 1, "the others were swept");
    }
}

#[test]
fn the_client_of_a_parent_is_shown_for_its_children_with_its_accounts() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    set(&home, "practice", "practice-secret", &[]).expect(0);
    home.define("child", "extends: sandbox-oauth2\ntitle: Child\n");
    let shown = home.run(&["client", "show", "child"]).expect(0);
    shown.prints("practice (yours, set for `sandbox-oauth2`)");
    let server = format!("server={}", sandbox.url);
    home.connect(&["child", "--field", &server]).expect(0);
    home.run(&["client", "show", APP]).expect(0).prints("accounts  child (practice)");
}
