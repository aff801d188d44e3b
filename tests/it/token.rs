//! `token` and `exec`: a credential handed to other programs, and never more than was asked for.

use crate::support::{Home, Ran, Sandbox, request_with};
use std::io::Write;
use std::process::{Command, Stdio};

const APP: &str = "sandbox-oauth2";

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home().set("PATH", std::env::var("PATH").unwrap());
    home.connect(&[APP]).expect(0);
    home
}

fn with_keys(sandbox: &Sandbox) -> Home {
    let home = sandbox.home().set("PATH", std::env::var("PATH").unwrap());
    home.run(&["connect", "sandbox-api-key", "-f", "api_key=practice-key"]).expect(0);
    let pair = ["connect", "sandbox-api-key-secret", "-f", "api_key=practice-key"];
    home.run_with_input(&[&pair[..], &["-f", "api_secret=-"]].concat(), "practice-api-secret")
        .expect(0);
    let basic = ["connect", "sandbox-basic", "-f", "username=ada", "-f", "password=-"];
    home.run_with_input(&basic, "practice-password").expect(0);
    home
}

/// What the sandbox says to this header.
fn status(sandbox: &Sandbox, path: &str, header: &str) -> u16 {
    let (name, value) = header.trim_end().split_once(": ").unwrap();
    request_with("GET", &format!("{}{path}", sandbox.url), &[(name, value)], "").status
}

#[test]
fn a_token_is_printed_and_opens_what_a_call_opens() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let token = home.run(&["token", APP]).expect(0);
    assert_eq!(token.stderr, "");
    let header = format!("Authorization: Bearer {}", token.stdout);
    assert_eq!(status(&sandbox, "/userinfo", &header), 200);
    let header = home.run(&["token", APP, "--header"]).expect(0).stdout;
    assert_eq!(header, format!("authorization: Bearer {}", token.stdout));
    let json = home.run(&["token", APP, "--json"]).expect(0).json();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["account"], APP);
    assert_eq!(json["token"], token.stdout.trim());
    assert_eq!(json["headers"]["authorization"], format!("Bearer {}", token.stdout.trim()));
    assert_eq!(json["base_url"], sandbox.url);
    assert!(json["expires_at"].as_i64().is_some());
}

#[test]
fn a_token_that_ends_too_soon_is_renewed_and_one_that_never_lasts_so_long_is_told() {
    let sandbox = Sandbox::start(&["--lifetime", "600"]);
    let home = connected(&sandbox);
    let first = home.run(&["token", APP, "--min-validity", "500"]).expect(0).stdout;
    assert_eq!(sandbox.state()["refreshes"], 0);
    let told = home.run(&["token", APP, "--min-validity", "700"]).expect(3);
    assert_eq!(told.stdout, "");
    told.says("no access token of `sandbox-oauth2` lasts 700 s").says("hint: ask for less");
    assert_eq!(sandbox.state()["refreshes"], 1);
    assert_ne!(home.run(&["token", APP]).expect(0).stdout, first);
}

#[test]
fn keys_and_passwords_are_headers_and_a_pair_is_no_token() {
    let sandbox = Sandbox::start(&[]);
    let home = with_keys(&sandbox);
    home.run(&["token", "sandbox-api-key"]).expect(0).prints("practice-key\n");
    for (app, path) in [("sandbox-api-key", "/api-key/me"), ("sandbox-basic", "/basic/me")] {
        let header = home.run(&["token", app, "--header"]).expect(0).stdout;
        assert_eq!(status(&sandbox, path, &header), 200, "{app}");
    }
    let lines = home.run(&["token", "sandbox-api-key-secret", "--header"]).expect(0).stdout;
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let told = |app: &str| home.run(&["token", app]).expect(2);
    told("sandbox-api-key-secret").says("no token but api_key and api_secret");
    told("sandbox-basic").says("no token but username and password").says("--header");
}

#[test]
fn what_differs_from_request_to_request_is_not_handed_over() {
    let sandbox = Sandbox::start(&[]);
    let home = crate::oauth1::home(&sandbox);
    home.connect(&["sandbox-oauth1"]).expect(0);
    home.connect(&["sandbox-oauth2/bound", "--add", "--auth", "bound"]).expect(0);
    let told = |arguments: &[&str]| {
        let ran = home.run(arguments).expect(2);
        assert_eq!(ran.stdout, "");
        ran
    };
    told(&["token", "sandbox-oauth1"]).says("each request is signed").says("tieline call");
    told(&["token", "sandbox-oauth1", "--header"]).says("each request is signed");
    told(&["token", "sandbox-oauth1", "--json"]).says("each request is signed");
    told(&["token", "sandbox-oauth2/bound"]).says("proof of possession (RFC 9449)");
    home.define(
        "own",
        &format!(
            "title: Own\nbase_url: {0}/api-key\nauthorizations:\n  time:\n    type: api_key\n    \
             request: {{ headers: {{ X-Sent: '{{{{now}}}}', X-Api-Key: '{{{{api_key}}}}' }} }}\n    \
             user_info_endpoint: null\n  query:\n    type: api_key\n    \
             request: {{ query: {{ key: '{{{{api_key}}}}' }} }}\n    user_info_endpoint: null\n",
            sandbox.url
        ),
    );
    home.run(&["connect", "own", "-f", "api_key=k"]).expect(0);
    told(&["token", "own", "--header"]).says("each request is signed");
    home.run(&["token", "own"]).expect(0).prints("k\n");
    home.run(&["connect", "own", "--auth", "query", "-f", "api_key=k"]).expect(0);
    told(&["token", "own", "--header"]).says("travels in the query");
}

#[test]
fn nobody_is_asked_and_nothing_opened_for_an_account_that_is_over() {
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let home = connected(&sandbox);
    sandbox.revoke();
    home.run(&["token", APP]).expect(3).says("hint: run `tieline connect sandbox-oauth2`");
    home.run(&["token", "sandbox-basic"]).expect(3).says("not connected");
}

/// Runs a shell by `exec`.
fn shell(home: &Home, options: &[&str], script: &str) -> Ran {
    home.run(&[&["exec"], options, &["--", "sh", "-c", script]].concat())
}

#[test]
fn a_command_finds_the_credential_in_its_environment_and_nowhere_else() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let token = home.run(&["token", APP]).expect(0).stdout;
    let script = "printf '%s %s\\n' \"$SANDBOX_OAUTH2_TOKEN\" \"$SANDBOX_OAUTH2_BASE_URL\"";
    let ran = shell(&home, &[APP], script).expect(0);
    assert_eq!(ran.stdout, format!("{} {}\n", token.trim(), sandbox.url));
    let seen = shell(&home, &[APP], "tr '\\0' '\\n' < /proc/$$/cmdline; env").expect(0).stdout;
    assert_eq!(seen.matches(token.trim()).count(), 1, "{seen}");
    // What opens everything else stays with us.
    assert!(!seen.contains("TIELINE_"), "{seen}");
}

#[test]
fn its_status_its_signals_and_its_streams_are_its_own() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    shell(&home, &[APP], "exit 7").expect(7);
    assert_eq!(shell(&home, &[APP], "kill -TERM $$").status, None);
    let command = ["exec", APP, "--", "cat"];
    assert_eq!(home.run_with_input(&command, "as it is").expect(0).stdout, "as it is");
    home.run(&["exec", APP, "--", "/no/such/program"]).expect(1).says("cannot be run");
    // No process of ours waits beside it.
    let child = home.command(&["exec", APP, "--", "sh", "-c", "echo $$; read x"]);
    let mut child = { child }.stdin(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert_eq!(line.trim(), child.id().to_string());
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn variables_are_named_as_one_likes() {
    let sandbox = Sandbox::start(&[]);
    let home = with_keys(&sandbox);
    home.connect(&[APP]).expect(0);
    let all = "env | grep -E '^(SANDBOX_|MY_|A=|B=)' | sort";
    let ran = shell(&home, &["sandbox-api-key-secret"], all).expect(0);
    assert_eq!(
        ran.stdout,
        format!(
            "SANDBOX_API_KEY_SECRET_API_KEY=practice-key\n\
             SANDBOX_API_KEY_SECRET_API_SECRET=practice-api-secret\n\
             SANDBOX_API_KEY_SECRET_BASE_URL={0}/api-key-secret\n\
             SANDBOX_API_KEY_SECRET_SERVER={0}\n",
            sandbox.url
        )
    );
    let named = ["sandbox-basic", "--env", "MY_NAME=username", "--env", "MY_URL=base_url"];
    let ran = shell(&home, &named, all).expect(0);
    assert_eq!(ran.stdout, format!("MY_NAME=ada\nMY_URL={}/basic\n", sandbox.url));
    let several = [
        "sandbox-api-key",
        APP,
        "-e",
        "A=sandbox-api-key:token",
        "-e",
        "B=sandbox-oauth2:base_url",
    ];
    let ran = shell(&home, &several, all).expect(0);
    assert_eq!(ran.stdout, format!("A=practice-key\nB={}\n", sandbox.url));
    let told = |options: &[&str]| shell(&home, options, "true").expect(2);
    told(&["sandbox-api-key", APP, "-e", "A"]).says("of which account is A?");
    told(&[APP, "-e", "A=nothing"]).says("has no `nothing`").says("it has token, base_url, server");
    told(&[APP, "-e", "1A"]).says("`1A` is no name of a variable");
    told(&["sandbox-basic", "-e", "A"]).says("no token but username and password");
    home.run(&["exec", APP]).expect(2);
}

#[test]
fn a_pipe_that_is_closed_ends_a_command_as_it_would_without_us() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let program = env!("CARGO_BIN_EXE_tieline");
    let script = format!("'{program}' exec {APP} -- sh -c 'yes; echo $? >&2' | head -n 1");
    let mut command = Command::new("sh");
    for (name, value) in home.command(&[]).get_envs() {
        command.env(name, value.unwrap());
    }
    let output = command.args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "y\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim(), "141");
}

/// Runs `git credential ACTION` in a home whose only helper is tieline.
fn git(home: &Home, helper: &str, action: &str, description: &str) -> std::process::Output {
    let helper = format!("!'{}' git-credential {helper}", env!("CARGO_BIN_EXE_tieline"));
    let config = format!("[credential]\n\thelper = \"{helper}\"\n");
    let config = home.write("gitconfig", &config);
    let mut git = Command::new("git");
    // What tieline itself is run with, so that it finds the account.
    git.envs(home.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
    git.args(["credential", action])
        .env("GIT_CONFIG_GLOBAL", config)
        .env("GIT_CONFIG_NOSYSTEM", "1");
    git.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "/bin/false");
    let mut child =
        git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(description.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn git_gets_a_token_for_the_hosts_of_the_account_and_a_refused_one_is_renewed() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let host = sandbox.url.strip_prefix("http://").unwrap();
    let here = format!("protocol=http\nhost={host}\n\n");
    let token = home.run(&["token", APP]).expect(0).stdout;
    let filled = String::from_utf8(git(&home, APP, "fill", &here).stdout).unwrap();
    assert!(filled.contains(&format!("\nusername=oauth2\npassword={token}")), "{filled}");
    assert!(filled.contains("\npassword_expiry_utc="), "{filled}");
    let named = format!("{APP} --username x-token-auth");
    let filled = String::from_utf8(git(&home, &named, "fill", &here).stdout).unwrap();
    assert!(filled.contains("\nusername=x-token-auth\n"), "{filled}");

    let elsewhere = git(&home, APP, "fill", "protocol=https\nhost=example.com\n\n");
    let told = String::from_utf8(elsewhere.stderr).unwrap();
    assert!(told.contains("error: git gets no credential of `sandbox-oauth2`"), "{told}");
    assert!(!String::from_utf8(elsewhere.stdout).unwrap().contains("password"));

    // Somebody else's token is none of ours, and the one in use is renewed.
    git(
        &home,
        APP,
        "reject",
        &format!("protocol=http\nhost={host}\nusername=oauth2\npassword=x\n\n"),
    );
    assert_eq!(home.run(&["token", APP]).expect(0).stdout, token);
    let ours = format!("protocol=http\nhost={host}\nusername=oauth2\npassword={token}\n\n");
    git(&home, APP, "approve", &ours);
    git(&home, APP, "reject", &ours);
    assert_ne!(home.run(&["token", APP]).expect(0).stdout, token);
}

#[test]
fn git_gets_the_name_and_password_of_an_account_that_has_them() {
    let sandbox = Sandbox::start(&[]);
    let home = with_keys(&sandbox);
    let host = sandbox.url.strip_prefix("http://").unwrap();
    let filled = git(&home, "sandbox-basic", "fill", &format!("protocol=http\nhost={host}\n\n"));
    let filled = String::from_utf8(filled.stdout).unwrap();
    assert!(filled.contains("\nusername=ada\npassword=practice-password\n"), "{filled}");
    let pair =
        git(&home, "sandbox-api-key-secret", "fill", &format!("protocol=http\nhost={host}\n\n"));
    let told = String::from_utf8(pair.stderr).unwrap();
    assert!(told.contains("cannot be handed over"), "{told}");
    home.run_with_input(&["git-credential", APP, "get"], "host=x\n")
        .expect(2)
        .says("no `protocol`");
}
