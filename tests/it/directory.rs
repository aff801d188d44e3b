//! `.tieline.yaml`: which account a directory means, and that nobody follows one unasked.

use crate::support::{Home, Ran, Sandbox};
use serde_json::json;
use std::path::Path;

const APP: &str = "sandbox-api-key";

/// Two accounts of one app, in a repository.
fn home() -> (Sandbox, Home) {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let key = ["connect", APP, "-f", "api_key=practice-key"];
    home.run(&key).expect(0);
    for name in ["work", "private"] {
        home.run(&[&key[..], &["--account", name, "--add"]].concat()).expect(0);
    }
    home.write("repository/.git/HEAD", "");
    home.write("repository/src/deep/x", "");
    (sandbox, home)
}

fn names(home: &Home, name: &str) {
    home.write("repository/.tieline.yaml", &format!("accounts:\n  {APP}: {name}\n"));
}

fn run_in(home: &Home, folder: &str, arguments: &[&str]) -> Ran {
    let mut command = home.command(arguments);
    command.current_dir(home.path().join(folder));
    Ran::new(arguments, command.output().unwrap())
}

/// Which account is taken, and why: the first line of the trace.
fn picked(home: &Home, folder: &str) -> String {
    let ran = run_in(home, folder, &["call", "-v", APP, "/me"]);
    let line = ran.stderr.lines().find(|line| line.contains("account ")).unwrap_or_default();
    line.trim_start_matches("- account ").to_owned()
}

fn trust(home: &Home) -> Ran {
    run_in(home, "repository/src/deep", &["config", "trust"])
}

#[test]
fn it_is_ignored_with_a_notice_until_it_is_trusted_and_again_when_it_changes() {
    let (_sandbox, home) = home();
    names(&home, "work");
    let deep = "repository/src/deep";
    let ran = run_in(&home, deep, &["call", APP, "/me"]).expect(0);
    ran.says(".tieline.yaml` is not followed yet").says("run `tieline config trust`");
    assert!(picked(&home, deep).starts_with("sandbox-api-key,"));
    trust(&home).expect(0).says("is followed until it changes").says("sandbox-api-key means");
    assert_eq!(picked(&home, deep), "sandbox-api-key/work, named in .tieline.yaml");
    assert_eq!(picked(&home, "repository"), "sandbox-api-key/work, named in .tieline.yaml");
    names(&home, "private");
    run_in(&home, deep, &["call", APP, "/me"]).expect(0).says("is not followed yet");
    trust(&home).expect(0);
    assert_eq!(picked(&home, deep), "sandbox-api-key/private, named in .tieline.yaml");
    run_in(&home, deep, &["config", "trust", "--undo"]).expect(0).says("not followed any more");
    let quiet = run_in(&home, deep, &["call", APP, "/me"]).expect(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn what_is_named_by_hand_goes_before_it_and_the_default_after_it() {
    let (_sandbox, home) = home();
    names(&home, "work");
    trust(&home).expect(0);
    home.run(&["accounts", "default", "sandbox-api-key/private"]).expect(0);
    assert_eq!(picked(&home, "repository"), "sandbox-api-key/work, named in .tieline.yaml");
    assert_eq!(picked(&home, "."), "sandbox-api-key/private, the default");
    let ran = run_in(&home, "repository", &["call", "-v", "sandbox-api-key/private", "/me"]);
    ran.expect(0).says("sandbox-api-key/private, named on the command line");
    let home = home.set("TIELINE_SANDBOX_API_KEY_ACCOUNT", "private");
    assert_eq!(picked(&home, "repository"), "sandbox-api-key/private, named in the environment");
}

#[test]
fn show_and_the_list_say_what_it_chooses() {
    let (_sandbox, home) = home();
    names(&home, "work");
    let (work, private) = ("sandbox-api-key/work", "sandbox-api-key/private");
    let run = |arguments: &[&str]| run_in(&home, "repository", arguments).expect(0);
    let show = |account| run(&["accounts", "show", account]);
    let of_list = |at: usize| run(&["accounts", "--json"]).json()["accounts"][at].clone();
    run(&["accounts", "default", private]);
    let yet = show(private).prints("names sandbox-api-key/work and is not followed yet");
    assert_eq!(yet.stderr, "");
    assert_eq!(of_list(1)["directory"]["followed"], false);
    assert!(run(&["accounts"]).stdout.contains("sandbox-api-key/private *"));

    trust(&home).expect(0);
    show(work).prints("`sandbox-api-key` means this account here, says `/");
    show(private).prints("`sandbox-api-key` means sandbox-api-key/work here, says `/");
    let chosen = show(APP).prints("because it is named in .tieline.yaml");
    assert!(!chosen.stdout.contains("directory"), "{}", chosen.stdout);
    let table = run(&["accounts"]).stdout;
    assert!(table.contains("sandbox-api-key/work *"), "{table}");
    assert!(!table.contains("sandbox-api-key/private *"), "{table}");
    let told = run(&["accounts", "show", private, "--json"]).json();
    assert_eq!(told["default"], true);
    assert_eq!(told["directory"]["account"], work);
    assert_eq!(told["directory"]["followed"], true);
    run(&["accounts", "default", private]).says("is followed here, and goes before the default");
    // Elsewhere nothing of it holds.
    assert_eq!(home.run(&["accounts", "--json"]).json()["accounts"][1]["directory"], json!(null));
    home.run(&["accounts"]).expect(0).prints("sandbox-api-key/private *");

    run(&["config", "trust", "--undo"]);
    assert!(!show(work).stdout.contains("directory"));
}

#[test]
fn it_is_looked_for_up_to_the_root_of_the_repository_and_no_further() {
    let (_sandbox, home) = home();
    home.write(".tieline.yaml", &format!("accounts:\n  {APP}: work\n"));
    let nothing = trust(&home).expect(2);
    nothing.says("there is no .tieline.yaml here or above");
    home.write("elsewhere/x", "");
    run_in(&home, "elsewhere", &["config", "trust"]).expect(2);
    run_in(&home, ".", &["config", "trust"]).expect(0);
}

#[test]
fn it_chooses_among_what_is_connected_and_does_nothing_else() {
    let (_sandbox, home) = home();
    names(&home, "boss");
    trust(&home).expect(0);
    let ran = run_in(&home, "repository", &["call", APP, "/me"]).expect(3);
    ran.says("`sandbox-api-key/boss` is not connected").says("names it for this directory");
    for (text, why) in [
        ("store: file\n", "`store` is a mapping"),
        ("apps:\n  github: ./evil.yaml\n", "`accounts` and nothing else"),
        ("accounts:\n  sandbox-api-key: [work]\n", "line 2: an account's name is a text"),
        ("accounts:\n  sandbox-api-key: ../x\n", "line 2: "),
        ("accounts: {{\n", "line 1: "),
    ] {
        home.write("repository/.tieline.yaml", text);
        trust(&home).expect(2).says(".tieline.yaml` is wrong").says(why);
        // As long as nobody follows it, it is in nobody's way.
        let ran = run_in(&home, "repository", &["call", APP, "/me"]).expect(0);
        assert_eq!(ran.stderr, "", "{text}");
    }
}

#[test]
fn on_a_terminal_it_is_asked_about_once() {
    let (_sandbox, home) = home();
    let file = home.path().join(".tieline.yaml");
    std::fs::write(&file, format!("accounts:\n  {APP}: work\n")).unwrap();
    let answer = |key: &str| {
        let mut terminal = home.on_terminal(&["call", "-v", APP, "/me"]);
        terminal.until("sandbox-api-key means sandbox-api-key/work").until("until it changes?");
        terminal.types(key).until("ada@sandbox.test");
        assert_eq!(terminal.ends(), 0);
    };
    answer("n");
    assert!(picked(&home, ".").starts_with("sandbox-api-key,"));
    std::fs::write(&file, format!("accounts: # changed\n  {APP}: work\n")).unwrap();
    answer("y");
    assert_eq!(picked(&home, "."), "sandbox-api-key/work, named in .tieline.yaml");
    let kept = std::fs::read_to_string(home.path().join("home/trusted.json")).unwrap();
    assert!(kept.contains("\"trusted\": true"), "{kept}");
    assert!(Path::new(&file).is_file());
}
