//! The real GNOME keyring, and each way in which it can fail, on D-Bus sessions of their own.

use crate::recorder::files_with;
use crate::support::{Home, KEY, Ran, Sandbox};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const APP: &str = "sandbox-api-key";
const SECRET: &str = "practice-key";
const CONNECT: &str = "printf practice-key | tieline connect sandbox-api-key --field api_key=-";

/// What cannot be tested here is said, and passes.
fn installed(programs: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has = |name: &&&str| !std::env::split_paths(&path).any(|dir| dir.join(name).is_file());
    let missing: Vec<_> = programs.iter().filter(has).collect();
    if !missing.is_empty() {
        eprintln!("skipped: {missing:?} not installed");
    }
    missing.is_empty()
}

fn has_keyring() -> bool {
    installed(&["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"])
}

fn home(sandbox: &Sandbox) -> Home {
    sandbox.home().set("TIELINE_STORE", "keyring").set("TIELINE_KEY", "")
}

/// Runs a shell script within one of the sessions of `tests/peers/keyring`.
fn within(home: &Home, session: &[&str], variables: &[(&str, &str)], script: &str) -> Ran {
    let plain = home.command(&[]);
    let folder = Path::new(plain.get_program()).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/keyring");
    let mut command = Command::new(peers.join(session[0]));
    command.args(&session[1..]).args(["bash", "-c", script]).env_clear();
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", path).envs(variables.iter().copied());
    let output = command.current_dir(home.path()).stdin(Stdio::null()).output().unwrap();
    Ran::new(&[script], output)
}

#[test]
fn one_process_connects_and_another_calls() {
    if !has_keyring() {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let script = format!(
        "set -e; {CONNECT}; tieline call {APP} /me; tieline test {APP}; \
         secret-tool search --all service tieline; tieline disconnect {APP}; \
         echo; echo after; secret-tool search --all service tieline 2>&1"
    );
    let ran = within(&home, &["with-gnome-keyring"], &[], &script);
    let ran = ran
        .says("Secret Service keyring, written and read back")
        .prints("ada@sandbox.test")
        .prints(SECRET);
    let found = ran.stdout.clone() + &ran.stderr;
    assert!(found.contains("attribute.service = tieline"), "{found}");
    assert!(found.contains(&format!("attribute.username = {APP}")), "{found}");
    let after = ran.stdout.rsplit("after\n").next().unwrap();
    assert!(!after.contains("tieline"), "the entry outlived its account: {after}");
    ran.expect(0);
}

#[test]
fn the_secret_is_nowhere_on_disk_but_in_the_keyring() {
    if !has_keyring() {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    // HOME, the runtime folder and the keyring's own data all lie beneath `TMPDIR` meanwhile.
    let scratch = home.path().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let script = format!(
        "set -e; {CONNECT}; tieline call -vv {APP} /me; ls \"$TMPDIR\"/*/data/keyrings/*.keyring; \
         cp -r \"$TMPDIR\" copy; rm -rf copy/*/data/keyrings"
    );
    let variables = [("TMPDIR", scratch.to_str().unwrap())];
    within(&home, &["with-gnome-keyring"], &variables, &script).expect(0);
    let found = files_with(home.path(), SECRET);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_refresh_is_written_to_the_keyring() {
    if !has_keyring() {
        return;
    }
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let home = home(&sandbox);
    let script = "set -e; BROWSER='curl -sLo /dev/null' tieline connect sandbox-oauth2; \
                  for i in 1 2 3; do tieline call sandbox-oauth2 /userinfo >/dev/null; done; \
                  secret-tool search --all service tieline 2>&1 | grep -c '^attribute.username'";
    if !installed(&["curl"]) {
        return;
    }
    within(&home, &["with-gnome-keyring"], &[], script).expect(0).prints("1");
    assert_eq!(sandbox.state()["refreshes"], 3);
}

#[test]
fn an_account_that_moves_between_stores_leaves_nothing_in_the_other() {
    if !has_keyring() || !installed(&["sed"]) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox).set("TIELINE_KEY", KEY);
    let file = format!("home/accounts/{APP}/_.json");
    let in_keyring = format!("secret-tool search --all service tieline username {APP} 2>&1");
    let in_file = "ls home/vault/*.sealed 2>/dev/null";
    // A kill is played by putting back what it would have left.
    let script = format!(
        "set -e; {CONNECT}; cp {file} in-keyring; {in_keyring} | grep -q username
         {CONNECT} --store file; test -z \"$({in_keyring})\"; test -n \"$({in_file})\"
         cp {file} in-file; cp home/vault/*.sealed sealed
         # Killed after the new file, before the old entry went.
         printf old | secret-tool store --label old service tieline username {APP}
         sed 's/\"state\"/\"other_store\": \"keyring\", &/' in-file > {file}
         tieline call {APP} /me; test -z \"$({in_keyring})\"; test -z \"$(grep other_store {file})\"
         # Killed after the new entry, before the new file.
         {CONNECT} --store keyring; test -z \"$({in_file})\"
         cp sealed home/vault/$(basename \"$(cat name)\")
         sed -i 's/\"state\"/\"other_store\": \"file\", &/' {file}
         tieline call {APP} /me; test -z \"$({in_file})\"; test -z \"$(grep other_store {file})\""
    );
    let script = script.replace(
        "cp home/vault/*.sealed sealed",
        "echo home/vault/*.sealed > name; cp home/vault/*.sealed sealed",
    );
    within(&home, &["with-gnome-keyring"], &[], &script).expect(0);
}

#[test]
fn a_client_that_is_set_in_another_store_leaves_the_first() {
    if !has_keyring() {
        return;
    }
    let home = Home::new().set("TIELINE_STORE", "keyring");
    let set = "printf sekrit-1 | tieline client set sandbox-oauth2 --id mine --secret -";
    let search = "secret-tool search --all service tieline 2>&1";
    let script = format!(
        "set -e; {set}; {search} | grep -q client:sandbox-oauth2/mine; {set} --store file; \
         test -z \"$({search})\"; test -n \"$(ls home/vault/*.sealed)\"; {set}; \
         test -z \"$(ls home/vault/*.sealed 2>/dev/null)\"; {search} | grep -q sekrit-1"
    );
    within(&home, &["with-gnome-keyring"], &[], &script).expect(0);
}

/// A failure of the keyring: exit 7, a hint, and its own first line, which is given back.
#[track_caller]
fn fails(ran: Ran) -> String {
    let ran = ran.expect(7).says("hint: ");
    let line = ran.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
    line.to_owned()
}

#[test]
fn each_failure_says_something_of_its_own() {
    if !has_keyring() {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let short = [("TIELINE_KEYRING_TIMEOUT", "2")];
    let call = format!("tieline call {APP} /me");
    let mut said = Vec::new();

    let mine = home(&sandbox);
    let before = [("BEFORE", CONNECT), short[0]];
    said.push(fails(within(&mine, &["with-locked-keyring"], &before, &call).says("unlock")));

    said.push(fails(
        within(&home(&sandbox), &["without-service"], &short, CONNECT).says("--store file"),
    ));
    said.push(fails(within(&home(&sandbox), &["with-silent-service"], &short, CONNECT)));
    said.push(fails(within(&home(&sandbox), &["with-denied-service"], &short, CONNECT)));
    said.push(fails(within(&home(&sandbox), &["with-empty-keyring"], &short, CONNECT)));

    let mut different = said.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), said.len(), "{said:#?}");
    assert!(said[0].contains("locked"), "{said:#?}");
    assert!(said[1].contains("no keyring is running"), "{said:#?}");
    assert!(said[2].contains("did not answer"), "{said:#?}");
    assert!(said[3].contains("denied"), "{said:#?}");
}

#[test]
fn without_a_bus_it_says_so_and_keeps_nothing() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let line = fails(within(&home, &["without-bus"], &[], CONNECT).says("bus"));
    assert!(line.contains("no keyring is running"), "{line}");
    assert!(files_with(home.path(), SECRET).is_empty());
    assert_eq!(
        sandbox.state()["requests"].get("/api-key/me"),
        None,
        "the key was sent for nothing"
    );
    home.run(&["accounts"]).expect(0);
}

#[test]
fn a_keyring_that_never_answers_is_given_up_in_time() {
    if !installed(&["dbus-daemon", "python3"]) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox).set("TIELINE_KEYRING_TIMEOUT", "2");
    let script = format!(
        "begin=$(date +%s%N); {CONNECT}; status=$?; \
                          echo $(( ($(date +%s%N) - begin) / 1000000 )); exit $status"
    );
    let ran = within(&home, &["with-silent-service"], &[], &script).expect(7).says("within 2 s");
    let millis: u64 = ran.stdout.trim().parse().unwrap();
    assert!((2000..9000).contains(&millis), "{millis} ms");
}

#[test]
fn an_unlock_prompt_that_nobody_answers_is_given_up_in_time() {
    if !has_keyring() {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let variables = [("BEFORE", CONNECT), ("TIELINE_KEYRING_TIMEOUT", "2")];
    let started = Instant::now();
    let call = format!("tieline call {APP} /me");
    within(&home, &["with-locked-keyring", "--waiting"], &variables, &call)
        .expect(7)
        .says("hint: ");
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn listing_needs_no_keyring() {
    if !has_keyring() {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    within(&home, &["with-gnome-keyring"], &[], CONNECT).expect(0);
    // Its keyring is gone now, with the session.
    home.run(&["accounts"]).expect(0).prints("ada@sandbox.test").prints("keyring");
    home.run(&["accounts", "show", APP]).expect(0);
    let fresh = within(&home, &["with-gnome-keyring"], &[], &format!("tieline call {APP} /me"));
    fresh.expect(3).says("is gone from the").says("tieline connect");
}

#[test]
fn a_time_limit_that_makes_no_sense_is_refused() {
    for wrong in ["0", "soon", "-1", "601"] {
        let home = Home::new().set("TIELINE_KEYRING_TIMEOUT", wrong);
        home.run(&["accounts"]).expect(2).says("TIELINE_KEYRING_TIMEOUT");
    }
}
