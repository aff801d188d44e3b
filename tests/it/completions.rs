//! Completions: what each shell really offers, from the committed scripts, without any secret.

use crate::support::{Home, Sandbox};
use std::path::{Path, PathBuf};
use std::process::Command;

const SCRIPTS: [(&str, &str); 6] = [
    ("bash", "tieline.bash"),
    ("zsh", "_tieline"),
    ("fish", "tieline.fish"),
    ("elvish", "tieline.elv"),
    ("nushell", "tieline.nu"),
    ("powershell", "tieline.ps1"),
];

fn committed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file)
}

/// Where a shell is; what cannot be tested is said, and passes.
fn installed(shell: &str) -> Option<PathBuf> {
    // nushell comes from npm, PowerShell from nowhere.
    let npm = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/node_modules/@nushell");
    let nushell = std::fs::read_dir(npm).into_iter().flatten().flatten();
    let nushell = nushell.map(|package| package.path().join("bin")).collect::<Vec<_>>();
    let path = std::env::var_os("PATH").unwrap();
    let mut folders = nushell.into_iter().chain(std::env::split_paths(&path));
    let found = folders.find(|folder| folder.join(shell).is_file());
    if found.is_none() {
        eprintln!("skipped: no {shell}");
    }
    found.map(|folder| folder.join(shell))
}

/// A home with two accounts and a definition of one's own.
fn home() -> (Sandbox, Home) {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let field = format!("api_key=@{}", home.write("key", "practice-key").display());
    home.run(&["connect", "sandbox-api-key", "-f", &field]).expect(0);
    let named = ["connect", "sandbox-api-key", "-f", &field, "--account", "work", "--add"];
    home.run(&named).expect(0);
    home.write("home/apps/my-own.yaml", "title: Mine # of all\n");
    (sandbox, home)
}

/// A shell in which `tieline` is found. No keyring can be reached: completion must not even try.
fn shell(home: &Home, program: &Path) -> Command {
    let plain = home.command(&[]);
    let folder = Path::new(plain.get_program()).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(program);
    command.env_clear();
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("TIELINE_STORE", "keyring").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    command.env("PATH", path).env("HOME", home.path()).env("TERM", "dumb");
    command.current_dir(home.path());
    command
}

/// Runs a script and gives the lines that it printed.
fn run(home: &Home, program: &Path, script: &str) -> Vec<String> {
    let output = shell(home, program).args(["-c", script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

/// A word as bash takes it apart: `=` and `:` are words of their own.
fn parts(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in word.chars() {
        match "=:".contains(c) {
            true => parts.extend([c.to_string(), String::new()]),
            false => parts.last_mut().unwrap().push(c),
        }
    }
    // Right behind one of them, that is the word to complete.
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { vec![String::new()] } else { parts }
}

/// What bash offers for the last of some words, in place of what it takes for the last word.
fn bash(home: &Home, words: &[&str]) -> Vec<String> {
    let apart: Vec<String> = words.iter().flat_map(|word| parts(word)).collect();
    let quoted: Vec<String> = apart.iter().map(|word| format!("'{word}'")).collect();
    let line = format!("tieline {}", words.join(" "));
    let script = format!(
        "source '{}'; COMP_WORDS=(tieline {}); COMP_CWORD={}; COMP_LINE='{line}'; COMP_POINT={}; \
         _tieline; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        committed("tieline.bash").display(),
        quoted.join(" "),
        apart.len(),
        line.len(),
    );
    run(home, Path::new("bash"), &script)
}

#[test]
fn the_committed_scripts_are_the_ones_that_are_printed() {
    for (shell, file) in SCRIPTS {
        let printed = Home::new().run(&["completions", shell]).expect(0).stdout;
        let kept = std::fs::read_to_string(committed(file)).unwrap();
        assert_eq!(printed, kept, "run `tieline completions {shell} > completions/{file}`");
    }
    Home::new().run(&["completions", "tcsh"]).expect(2);
    Home::new().run(&["completions"]).expect(2);
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
    assert_eq!(bash(&home, &["connect", "sandbox-api-key/"]), ["sandbox-api-key/work"]);
    assert_eq!(bash(&home, &["connect", "sandbox-api-key", "--account", "w"]), ["work"]);
    assert_eq!(bash(&home, &["client", "set", "zoho-c"]), ["zoho-campaigns", "zoho-crm"]);
    assert_eq!(bash(&home, &["completions", "fi"]), ["fish"]);
    assert!(bash(&home, &["call", "--da"]).contains(&"--data".to_owned()));
    assert_eq!(bash(&home, &["--store", "k"]), ["keyring"]);
    assert_eq!(bash(&home, &["call", "sandbox-api-key", "pa"]), ["PATCH"]);
}

#[test]
fn settings_are_offered_with_what_fits_them() {
    let home = Home::new();
    let set = |words: &[&str]| bash(&home, &[&["config", "set"], words].concat());
    assert_eq!(set(&["call.t"]), ["call.timeout"]);
    assert_eq!(set(&["sto"]), ["store"]);
    assert_eq!(set(&["store", ""])[..3], ["keyring", "file", "env"]);
    assert_eq!(set(&["ascii", "t"]), ["true"]);
    assert_eq!(set(&["color", "a"]), ["auto", "always"]);
    assert_eq!(set(&["token.min-validity", "6"]), ["60"]);
    assert_eq!(set(&["browser", "f"]), [""]);
    home.run(&["config", "set", "call.timeout", "90"]).expect(0);
    // What is not set cannot be unset.
    assert_eq!(bash(&home, &["config", "unset", "call."]), ["call.timeout"]);
    assert_eq!(bash(&home, &["config", "unset", "sto"]), [""]);
}

#[test]
fn the_manual_is_offered_for_every_command_and_those_beneath() {
    let home = Home::new();
    let man = |words: &[&str]| bash(&home, &[&["man"], words].concat());
    assert_eq!(man(&["con"]), ["connect", "config"]);
    assert_eq!(man(&["client"]), ["client"]);
    assert_eq!(man(&["client", "s"]), ["set", "show"]);
    assert_eq!(man(&["client", "set", "z"]), [""]);
    assert_eq!(man(&["nothing", "s"]), [""]);
}

/// A definition with everything that can be completed.
const DEFINITION: &str = r#"
title: Everything
base_url: https://api.example.com
client:
  fields:
    plan: {label: Plan, options: {free: Free, paid: Paid plan}}
authorizations:
  browser:
    type: oauth2
    authorization_uri: https://example.com/authorize
    token_endpoint: https://example.com/token
    user_info_endpoint: null # it has none
    scopes: [repo, "repo:status", "https://example.com/auth/mail"]
  key:
    type: api_key
    user_info_endpoint: null # it has none
    fields:
      region: {label: Region, options: {eu-west: Europe, us: America}}
    environment: {EVERYTHING_KEY: token, EVERYTHING_REGION: region}
    request:
      headers: {Authorization: "Bearer {{api_key}}"}
"#;

#[test]
fn what_the_definition_says_of_the_app_on_the_line_is_offered() {
    let home = Home::new();
    home.define("everything", DEFINITION);
    home.run(&["lint", "everything"]).expect(0);
    home.write("secret.txt", "");
    let ask = |words: &[&str]| bash(&home, &[&["connect", "everything"], words].concat());
    assert_eq!(ask(&["--auth", ""]), ["browser", "key"]);
    assert_eq!(ask(&["--auth", "key", "-f", "r"]), ["region="]);
    assert_eq!(ask(&["--auth", "key", "-f", "region=e"]), ["eu-west"]);
    assert_eq!(ask(&["--auth=key", "--field", "region="]), ["eu-west", "us"]);
    assert_eq!(ask(&["-f", "pl"]), ["plan="]);
    assert_eq!(ask(&["--auth", "key", "-f", "api_key="]), ["@", "-"]);
    assert_eq!(ask(&["--auth", "key", "-f", "api_key=@sec"]), ["@secret.txt"]);
    assert_eq!(ask(&["--scope", "repo"]), ["repo", "repo:status"]);
    assert_eq!(ask(&["--scope", "repo:"]), ["status"]);
    assert_eq!(ask(&["--scope", "https://example.com/a"]), ["//example.com/auth/mail"]);
    assert_eq!(ask(&["--auth", "key", "--scope", ""]), [""]);
    let exec = |word: &str| bash(&home, &["exec", "everything", "--env", word]);
    assert_eq!(exec("E"), ["EVERYTHING_KEY=token", "EVERYTHING_REGION=region"]);
    assert_eq!(exec("MY_NAME=re"), ["region"]);
}

#[test]
fn files_are_offered_where_files_belong() {
    let home = Home::new();
    home.write("mine.yaml", "title: Mine\n");
    home.write("body.json", "{}");
    assert_eq!(bash(&home, &["lint", "mi"]), ["mine.yaml", "microsoft", "microsoft-graph"]);
    assert_eq!(bash(&home, &["connect", "./m"]), ["./mine.yaml"]);
    assert_eq!(bash(&home, &["test", "./m"]), ["./mine.yaml"]);
    assert_eq!(bash(&home, &["call", "x", "-d", "@bo"]), ["@body.json"]);
    assert_eq!(bash(&home, &["call", "x", "-o", "bo"]), ["body.json"]);
    assert_eq!(bash(&home, &["connect", "--tls-key", "mi"]), ["mine.yaml"]);
    assert_eq!(bash(&home, &["test", "--report", "j"]), ["json=", "junit="]);
    assert_eq!(bash(&home, &["test", "--report", "json=bo"]), ["body.json"]);
}

/// The real line editor, with its own idea of where words begin.
#[test]
fn bash_at_a_prompt_completes_the_value_of_a_field() {
    let home = Home::new();
    home.define("everything", DEFINITION);
    let mut command = shell(&home, Path::new("/bin/sh"));
    // Without echo, readline shows nothing.
    let script = "stty echo rows 24 cols 200; exec bash --norc --noprofile -i";
    command.args(["-c", script]).env("PS1", "ready> ").env("TERM", "xterm");
    let mut session = rexpect::session::spawn_command(command, Some(30_000)).unwrap();
    session.exp_string("ready> ").unwrap();
    session.send_line(&format!("source '{}'", committed("tieline.bash").display())).unwrap();
    session.exp_string("ready> ").unwrap();
    let mut types = |keys: &str, until: &str| {
        session.send(keys).unwrap();
        session.flush().unwrap();
        session.exp_string(until).unwrap_or_else(|error| panic!("{keys}: {error}"));
    };
    types("tieline connect everyt\t", "everything ");
    types("--auth ke\t", "--auth key ");
    types("-f re\t", "-f region=");
    types("e\t", "eu-west ");
    types("\u{15}tieline connect everything --scope repo:s\t", "status ");
    types("\u{3}", "ready> ");
    session.send_line("exit").unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn fish_completes_apps_and_accounts_and_says_who_they_are() {
    let Some(fish) = installed("fish") else { return };
    let (_sandbox, home) = home();
    let ask = |line: &str| {
        let file = committed("tieline.fish");
        run(&home, &fish, &format!("source '{}'; complete -C '{line}'", file.display()))
    };
    assert_eq!(ask("tieline connect githu"), ["github\tGitHub"]);
    assert_eq!(ask("tieline connect my-"), ["my-own\tMine"]);
    let accounts = ask("tieline call sandbox-api-key");
    let who = |id: &str| format!("{id}\tada@sandbox.test");
    assert_eq!(accounts, [who("sandbox-api-key"), who("sandbox-api-key/work")]);
    let centres = ask("tieline connect zoho-crm -f data_center=zoho.e");
    assert_eq!(centres, ["data_center=zoho.eu\tEurope"]);
}

#[test]
fn zsh_completes_apps_and_accounts() {
    let Some(zsh) = installed("zsh") else { return };
    let (_sandbox, home) = home();
    // zsh completes only at a prompt; the script's own function is asked for what it would show.
    let ask = |words: &str, current: usize| {
        let script = format!(
            "compdef() {{ }}; _describe() {{ print -l -- ${{(P)3}} $4 }}; \
             source '{}'; words=({words}); CURRENT={current}; _tieline",
            committed("_tieline").display()
        );
        run(&home, &zsh, &script)
    };
    assert_eq!(ask("tieline connect githu", 3), ["github:GitHub"]);
    let accounts = ask("tieline call sandbox-api-key", 3);
    assert!(accounts.iter().any(|line| line.starts_with("sandbox-api-key/work")), "{accounts:?}");
    let field = ask("tieline connect zoho-crm -f data_c", 5);
    assert_eq!(field, ["data_center=:Data centre of your client", "-S"]);
    assert_eq!(
        ask("tieline connect zoho-crm -f data_center=zoho.e", 5),
        ["data_center=zoho.eu:Europe"]
    );
}

#[test]
fn elvish_completes_apps_and_accounts() {
    let Some(elvish) = installed("elvish") else { return };
    let (_sandbox, home) = home();
    // It has completions at a prompt only, so this stands in its start-up file.
    let file = home.path().join("offered");
    let ask = |words: &str| {
        let script = format!(
            "eval (slurp < '{}'); $edit:completion:arg-completer[tieline] {words} | \
             each {{|it| put $it[stem]$it[code-suffix] }} | to-lines > '{}'; exit",
            committed("tieline.elv").display(),
            file.display()
        );
        let mut command = shell(&home, &elvish);
        command.arg("-rc").arg(home.write("rc.elv", &script)).env("TERM", "xterm");
        let mut session = rexpect::session::spawn_command(command, Some(30_000)).unwrap();
        session.exp_eof().unwrap();
        std::fs::read_to_string(&file).unwrap()
    };
    assert_eq!(ask("tieline connect githu"), "github \n");
    let accounts = ask("tieline call sandbox-api-key");
    assert!(accounts.contains("sandbox-api-key/work \n"), "{accounts}");
    let field = ask("tieline connect zoho-crm -f data_c");
    assert!(field.starts_with("data_center=\n"), "{field}");
}

#[test]
fn nushell_completes_apps_and_accounts_and_leaves_others_alone() {
    let Some(nushell) = installed("nu") else { return };
    let (_sandbox, home) = home();
    let ask = |words: &str| {
        let script = format!(
            "$env.config.completions.external.completer = {{|words| [{{value: other}}] }}; \
             source '{}'; do $env.config.completions.external.completer {words} | to json -r",
            committed("tieline.nu").display()
        );
        let printed = run(&home, &nushell, &script).concat();
        serde_json::from_str::<serde_json::Value>(&printed).unwrap()
    };
    let github = serde_json::json!([{"value": "github", "description": "GitHub"}]);
    assert_eq!(ask("[tieline connect githu]"), github);
    assert_eq!(ask("[tieline call sandbox-api-key/]")[0]["description"], "ada@sandbox.test");
    assert_eq!(ask("[git checkout ma]"), serde_json::json!([{"value": "other"}]));
}

#[test]
fn completion_reads_nothing_secret_and_writes_nothing() {
    let (sandbox, home) = home();
    drop(sandbox);
    let before = crate::recorder::files(home.path());
    assert!(!bash(&home, &["call", "sandbox"]).is_empty());
    assert_eq!(crate::recorder::files(home.path()), before);
}

/// A home folder for shells, which is not that of the accounts.
fn install(home: &Home, shell: &str) -> crate::support::Ran {
    let mut command = home.command(&["completions", "--install"]);
    command.env("HOME", home.path()).env("SHELL", format!("/usr/bin/{shell}"));
    let arguments = ["completions", "--install"];
    crate::support::Ran::new(&arguments, command.output().unwrap())
}

#[test]
fn installing_says_what_it_did_and_does_it_once() {
    let home = Home::new();
    home.write(".zshrc", "setopt no_beep");
    let file = "~/.local/share/zsh/site-functions/_tieline";
    let ran = install(&home, "zsh").expect(0).says(&format!("Wrote {file}"));
    ran.says("Added to ~/.zshrc:").says("source '");
    let rc = std::fs::read_to_string(home.path().join(".zshrc")).unwrap();
    assert!(rc.starts_with("setopt no_beep\n"), "{rc}");
    let again = install(&home, "zsh").expect(0).says(&format!("Nothing to do: {file}"));
    again.says("Is in ~/.zshrc:");
    assert_eq!(std::fs::read_to_string(home.path().join(".zshrc")).unwrap(), rc);
    install(&home, "tcsh").expect(2).says("it is not clear which shell is yours");
}

#[test]
fn a_new_shell_completes_after_installing() {
    let (_sandbox, home) = home();
    let question = |ask: &str| format!("{ask} 2>/dev/null");
    install(&home, "bash").expect(0);
    let mut bash = shell(&home, Path::new("bash"));
    bash.args([
        "-i",
        "-c",
        &question("complete -p tieline || { _completion_loader tieline; complete -p tieline; }"),
    ]);
    let output = bash.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("-F _tieline"), "{output:?}");
    if let Some(zsh) = installed("zsh") {
        install(&home, "zsh").expect(0);
        let output = shell(&home, &zsh).args(["-i", "-c", "print $_comps[tieline]"]).output();
        assert_eq!(String::from_utf8_lossy(&output.unwrap().stdout), "_tieline\n");
    }
    if let Some(fish) = installed("fish") {
        install(&home, "fish").expect(0);
        let offered = run(&home, &fish, "complete -C 'tieline connect githu'");
        assert_eq!(offered, ["github\tGitHub"]);
    }
    if let Some(nushell) = installed("nu") {
        install(&home, "nu").expect(0);
        // It reads the folder at a prompt only.
        let folders = run(&home, &nushell, "$nu.user-autoload-dirs | to text");
        let found = folders.iter().any(|folder| Path::new(folder).join("tieline.nu").is_file());
        assert!(found, "{folders:?}");
    }
}
