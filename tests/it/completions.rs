//! Completions: what each shell really offers, from the committed scripts, without any secret.

use crate::support::{Home, Sandbox};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const SCRIPTS: [(&str, &str); 3] =
    [("bash", "tieline.bash"), ("zsh", "_tieline"), ("fish", "tieline.fish")];

fn committed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file)
}

/// Whether a shell is there; what cannot be tested is said, and passes.
fn installed(shell: &str) -> bool {
    let found = Command::new(shell).args(["-c", "exit 0"]).status().is_ok();
    if !found {
        eprintln!("skipped: no {shell}");
    }
    found
}

/// A home with two accounts and a definition of one's own.
fn home() -> (Sandbox, Home) {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let field = format!("api_key=@{}", home.write("key", "practice-key").display());
    home.run(&["connect", "sandbox-api-key", "-f", &field]).expect(0);
    let named = ["connect", "sandbox-api-key", "-f", &field, "--account", "work", "--add"];
    home.run(&named).expect(0);
    home.write("home/apps/my-own.yaml", "title: Mine\n");
    (sandbox, home)
}

/// Runs a shell in which `tieline` is found, and gives the lines that it printed.
fn run(home: &Home, shell: &str, script: &str) -> Vec<String> {
    // No keyring can be reached: completion must not even try.
    let plain = home.command(&[]);
    let folder = Path::new(plain.get_program()).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(shell);
    command.args(["-c", script]).env_clear();
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("TIELINE_STORE", "keyring").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    command.env("PATH", path).env("HOME", home.path()).env("TERM", "dumb");
    let output = command.current_dir(home.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

/// What bash offers for the last of some words.
fn bash(home: &Home, words: &[&str]) -> Vec<String> {
    let script = format!(
        "source '{}'; COMP_WORDS=(tieline {}); COMP_CWORD={}; COMP_TYPE=9; \
         _clap_complete_tieline tieline '{}' x 2>/dev/null; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        committed("tieline.bash").display(),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len(),
        words.last().unwrap(),
    );
    run(home, "bash", &script).into_iter().map(|word| word.trim_end().to_owned()).collect()
}

#[test]
fn the_committed_scripts_are_the_ones_that_are_printed() {
    for (shell, file) in SCRIPTS {
        let printed = Home::new().run(&["completions", shell]).expect(0).stdout;
        let kept = std::fs::read_to_string(committed(file)).unwrap();
        assert_eq!(printed, kept, "run `tieline completions {shell} > completions/{file}`");
    }
    Home::new().run(&["completions", "tcsh"]).expect(2);
}

#[test]
fn the_scripts_name_no_path_of_this_machine() {
    for (_, file) in SCRIPTS {
        let text = std::fs::read_to_string(committed(file)).unwrap();
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")) && !text.contains("/target/"), "{text}");
    }
}

#[test]
fn bash_completes_commands_apps_and_accounts() {
    let (_sandbox, home) = home();
    assert_eq!(bash(&home, &["conn"]), ["connect"]);
    assert_eq!(bash(&home, &["connect", "githu"]), ["github"]);
    assert_eq!(bash(&home, &["connect", "my-"]), ["my-own"]);
    for command in ["call", "test", "disconnect"] {
        let accounts = bash(&home, &[command, "sandbox-api-key"]);
        assert_eq!(accounts, ["sandbox-api-key", "sandbox-api-key/work"], "{command}");
    }
    assert_eq!(bash(&home, &["accounts", "show", "sandbox-api-key/w"]), ["sandbox-api-key/work"]);
    assert_eq!(bash(&home, &["client", "set", "zoho-c"]), ["zoho-campaigns", "zoho-crm"]);
    assert_eq!(bash(&home, &["completions", "fi"]), ["fish"]);
    assert!(bash(&home, &["call", "--da"]).contains(&"--data".to_owned()));
    assert_eq!(bash(&home, &["--store", "k"]), ["keyring"]);
}

#[test]
fn fish_completes_apps_and_accounts_and_says_who_they_are() {
    if !installed("fish") {
        return;
    }
    let (_sandbox, home) = home();
    let ask = |line: &str| {
        let file = committed("tieline.fish");
        run(&home, "fish", &format!("source '{}'; complete -C '{line}'", file.display()))
    };
    assert_eq!(ask("tieline connect githu"), ["github\tGitHub"]);
    let accounts = ask("tieline call sandbox-api-key");
    let who = |id: &str| format!("{id}\tada@sandbox.test");
    assert_eq!(accounts, [who("sandbox-api-key"), who("sandbox-api-key/work")]);
}

#[test]
fn zsh_completes_apps_and_accounts() {
    if !installed("zsh") {
        return;
    }
    let (_sandbox, home) = home();
    // zsh completes only at a prompt; the script's own function is asked for what it would show.
    let ask = |words: &str, current: usize| {
        let script = format!(
            "compdef() {{ }}; _describe() {{ print -l -- ${{(P)${{@[-1]}}}} }}; \
             source '{}'; words=({words}); CURRENT={current}; _clap_dynamic_completer_tieline",
            committed("_tieline").display()
        );
        run(&home, "zsh", &script)
    };
    assert_eq!(ask("tieline connect githu", 3), ["github:GitHub"]);
    let accounts = ask("tieline call sandbox-api-key", 3);
    assert!(accounts.iter().any(|line| line.starts_with("sandbox-api-key/work")), "{accounts:?}");
}

#[test]
fn completion_takes_no_time_and_writes_nothing() {
    let (sandbox, home) = home();
    drop(sandbox);
    let before = crate::recorder::files(home.path());
    let started = Instant::now();
    for _ in 0..10 {
        assert!(!bash(&home, &["call", "sandbox"]).is_empty());
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(crate::recorder::files(home.path()), before);
}
