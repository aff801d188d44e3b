//! `connect --start` and `connect --finish`: two processes, and whatever happens in between.

use crate::recorder::{Random, files, files_with};
use crate::support::{Home, Ran, Sandbox, query, request};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

const APP: &str = "sandbox-oauth2";
const ROUNDS: u32 = 25;

/// Starts, and gives the URL that was printed.
fn start(home: &Home, arguments: &[&str]) -> String {
    let ran = home.run(&[&["connect", APP, "--start"], arguments].concat()).expect(0);
    let url = ran.stdout.strip_suffix('\n').unwrap().to_owned();
    assert!(url.starts_with("http://127.0.0.1:") && !url.contains(['\n', ' ']), "{url}");
    ran.says("--finish -");
    url
}

/// The address that the browser ends on.
fn ends_on(authorization_url: &str) -> String {
    request("GET", authorization_url, "").headers["location"].clone()
}

fn finish(home: &Home, address: &str) -> Ran {
    home.run_with_input(&["connect", APP, "--finish", "-"], address)
}

fn pending_files(home: &Home) -> Vec<std::path::PathBuf> {
    files(&home.path().join("home/pending"))
}

#[test]
fn what_one_process_started_another_one_finishes() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let url = start(&home, &["--scope", "email"]);
    let sent = query(&url);
    assert_eq!((&*sent["scope"], &*sent["code_challenge_method"]), ("email", "S256"));
    // Nobody listens: the browser ends on a page that cannot be reached.
    let redirect_uri = url::Url::parse(&sent["redirect_uri"]).unwrap();
    TcpListener::bind(("127.0.0.1", redirect_uri.port().unwrap())).unwrap();
    let [file] = &pending_files(&home)[..] else { panic!("{:?}", pending_files(&home)) };
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(files_with(home.path(), &sent["state"]), Vec::<std::path::PathBuf>::new());
    let ran = finish(&home, &format!("{}\n", ends_on(&url))).expect(0);
    let ran = ran.says("Connected sandbox-oauth2 as ada@sandbox.test").says("scopes    email");
    assert_eq!(ran.stdout, "");
    assert_eq!((pending_files(&home).len(), home.kept()), (0, 1));
    home.run(&["call", APP, "/userinfo"]).expect(0).prints("ada@sandbox.test");
    sandbox.expire();
    home.run(&["call", APP, "/userinfo"]).expect(0);
    finish(&home, &ends_on(&url)).expect(2).says("no connect of `sandbox-oauth2` was started");
}

#[test]
fn the_address_can_be_an_argument_and_the_account_has_its_name() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let url = start(&home, &["--account", "work"]);
    // It is found without its name, while it is the only one.
    home.run(&["connect", APP, "--finish", &ends_on(&url)]).expect(0).says("sandbox-oauth2/work");
    let both = ["a", "b"].map(|name| start(&home, &["--account", name, "--add"]));
    let ran = finish(&home, &ends_on(&both[1])).expect(2).says("several were started");
    ran.says("`sandbox-oauth2/a`, `sandbox-oauth2/b`");
    let named = ["connect", "sandbox-oauth2/b", "--finish", "-"];
    home.run_with_input(&named, &ends_on(&both[1])).expect(0).says("sandbox-oauth2/b");
    finish(&home, &ends_on(&both[0])).expect(0).says("sandbox-oauth2/a");
}

#[test]
fn a_second_start_takes_the_place_of_the_first() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let (first, second) = (start(&home, &[]), start(&home, &[]));
    assert_eq!((pending_files(&home).len(), home.kept()), (1, 1));
    finish(&home, &ends_on(&first)).expect(2).says("`state` is not the one").says("last `--start`");
    finish(&home, &ends_on(&second)).expect(0);
}

#[test]
fn what_is_no_answer_to_it_changes_nothing() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let url = start(&home, &[]);
    let right = ends_on(&url);
    for (address, why) in [
        ("", "no `state`"),
        ("http://127.0.0.1/callback?code=x", "no `state`"),
        ("http://127.0.0.1/callback?code=x&state=wrong", "not the one that was sent"),
        (&format!("{right}&state=again"), "several `state`"),
    ] {
        finish(&home, address).expect(2).says(why);
    }
    assert_eq!(sandbox.state()["requests"].get("/token"), None);
    finish(&home, &right).expect(0);
}

#[test]
fn another_issuer_is_refused_and_a_refusal_ends_it() {
    let sandbox = Sandbox::start(&["--misbehave", "wrong-iss"]);
    let home = sandbox.home();
    finish(&home, &ends_on(&start(&home, &[]))).expect(5).says("was not connected");
    assert_eq!(sandbox.state()["requests"].get("/token"), None);
    sandbox.misbehave(&["access-denied"]);
    let denied = ends_on(&start(&home, &[]));
    finish(&home, &denied).expect(5).says("access_denied");
    assert_eq!((pending_files(&home).len(), home.kept()), (0, 0));
    finish(&home, &denied).expect(2).says("tieline connect sandbox-oauth2 --start");
}

#[test]
fn a_network_that_fails_costs_nothing() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let right = ends_on(&start(&home, &[]));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxied = home.set("http_proxy", format!("http://{closed}"));
    finish(&proxied, &right).expect(6);
    let home = proxied.set("http_proxy", "");
    finish(&home, &right).expect(0);
}

#[test]
fn after_an_hour_it_is_over_and_any_command_cleans_up() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let right = ends_on(&start(&home, &[]));
    let [file] = &pending_files(&home)[..] else { panic!("{:?}", pending_files(&home)) };
    let text = std::fs::read_to_string(file).unwrap();
    let mut record: serde_json::Value = serde_json::from_str(&text).unwrap();
    record["started_at"] = (record["started_at"].as_i64().unwrap() - 3601).into();
    std::fs::write(file, record.to_string()).unwrap();
    home.run(&["call", APP, "/userinfo"]).expect(3);
    assert_eq!((pending_files(&home).len(), home.kept()), (0, 0));
    finish(&home, &right).expect(2).says("was started").says("--start");
}

#[test]
fn a_start_that_makes_no_sense_is_refused() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run(&["connect", "sandbox-api-key", "--start"]).expect(2).says("needs no browser");
    home.run(&["connect", APP, "--start", "--finish", "-"]).expect(2);
    home.run(&["connect", APP, "--finish", "-", "--scope", "x"]).expect(2);
    // A port where somebody else listens would bring them the code.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/callback", taken.local_addr().unwrap());
    let set = ["client", "set", APP, "--id", "practice-public", "--public", "--redirect-uri", &uri];
    home.run(&set).expect(0);
    home.run(&["connect", APP, "--start"]).expect(1).says("is taken");
    let yaml = format!(
        "extends: sandbox-oauth2\ntitle: Posted\nauthorizations:\n  oauth2:\n    \
         authorization_uri: {0}/authorize\n    response_mode: form_post\n",
        sandbox.url
    );
    home.define("posted", &yaml);
    let home = home.set("TIELINE_POSTED_SERVER", &sandbox.url);
    drop(taken);
    let ran = home.run(&["connect", "posted", "--start"]).expect(2).says("posts its answer");
    assert_eq!((ran.stdout.as_str(), pending_files(&home).len()), ("", 0));
}

#[test]
fn a_client_from_the_environment_is_wanted_again_and_kept_with_the_account() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice");
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET", "practice-secret");
    let right = ends_on(&start(&home, &[]));
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "");
    let ran = finish(&home, &right).expect(2).says("`practice`");
    ran.says("set TIELINE_SANDBOX_OAUTH2_CLIENT_ID again");
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice");
    let right = ends_on(&start(&home, &[]));
    finish(&home, &right).expect(0);
    let home = home.set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "");
    sandbox.expire();
    home.run(&["call", APP, "/userinfo"]).expect(0);
}

#[test]
fn a_definition_that_leads_elsewhere_by_then_gets_no_code() {
    let (sandbox, elsewhere) = (Sandbox::start(&[]), Sandbox::start(&[]));
    let home = sandbox.home();
    let yaml = |server: &str| {
        format!(
            "title: Own\nbase_url: {server}\nclient: {{ id: practice-public }}\nauthorizations:\n  \
             oauth2:\n    type: oauth2\n    authorization_uri: {0}/authorize\n    \
             redirect_uri: http://127.0.0.1/callback\n    port: any\n    \
             token_endpoint: {server}/token\n    user_info_endpoint:\n      \
             url: {server}/userinfo\n      response: {{ user_identity: \"{{{{response.email}}}}\" }}\n",
            sandbox.url
        )
    };
    let path = home.write("own.yaml", &yaml(&sandbox.url));
    let path = path.display().to_string();
    let begin = || {
        let url = home.run(&["connect", &path, "--start"]).expect(0).stdout;
        ends_on(url.trim())
    };
    let right = begin();
    // The other name of the same address is another host.
    home.write("own.yaml", &yaml(&elsewhere.url.replace("127.0.0.1", "localhost")));
    let ran = home.run_with_input(&["connect", "own", "--finish", "-"], &right);
    assert!(ran.status != Some(0) && ran.stderr.contains("localhost"), "{}", ran.stderr);
    assert_eq!(elsewhere.state()["requests"].get("/token"), None);
    home.write("own.yaml", &yaml(&sandbox.url));
    let right = begin();
    home.run_with_input(&["connect", "own", "--finish", "-"], &right).expect(0);
    home.run(&["call", "own", "/userinfo"]).expect(0).prints("ada@sandbox.test");
}

#[test]
fn somebody_else_takes_no_account_over() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    sandbox.misbehave(&["somebody-else"]);
    finish(&home, &ends_on(&start(&home, &[]))).expect(2).says("--replace");
    let right = ends_on(&start(&home, &[]));
    let replace = ["connect", APP, "--replace", "--finish", "-"];
    home.run_with_input(&replace, &right).expect(0).says("as grace@sandbox.test");
}

#[test]
fn what_is_pasted_on_a_terminal_is_erased() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let right = ends_on(&start(&home, &[]));
    let mut terminal = home.on_terminal(&["connect", APP, "--finish", "-"]);
    terminal.until("Paste the address").until("\n").types(&right);
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    let (screen, code) = (terminal.screen(), &query(&right)["code"]);
    assert!(screen.contains("Connected sandbox-oauth2"), "{screen}");
    assert!(terminal.seen.contains(&code[..12]) && !screen.contains(&code[..12]), "{screen}");
    assert!(!screen.contains(&code[20..]), "{screen}");
}

/// How long something takes, and a bit more: some kills come too late.
fn measure(run: impl FnOnce()) -> u64 {
    let started = Instant::now();
    run();
    u64::try_from(started.elapsed().as_micros()).unwrap() * 6 / 5
}

fn kill_after(mut child: std::process::Child, micros: u64) {
    std::thread::sleep(Duration::from_micros(micros));
    let _ = child.kill();
    child.wait().unwrap();
}

/// Every file is whole, and nothing is kept that no file tells of.
fn is_sound(home: &Home) {
    for path in files(&home.path().join("home")) {
        if path.extension().is_some_and(|ending| ending == "json") {
            let text = std::fs::read(&path).unwrap();
            assert!(serde_json::from_slice::<serde_json::Value>(&text).is_ok(), "{path:?}");
        }
    }
    let told = count(home, "pending", "json") + count(home, "accounts", "json");
    assert!(count(home, "vault", "sealed") <= told, "{:?}", files(&home.path().join("home")));
}

/// Files with this ending. A kill also leaves files that were not in place yet.
fn count(home: &Home, folder: &str, ending: &str) -> usize {
    let all = files(&home.path().join("home").join(folder));
    all.iter().filter(|path| path.extension().is_some_and(|found| found == ending)).count()
}

/// One account, and nothing pending.
#[track_caller]
fn is_done(home: &Home) {
    assert_eq!((count(home, "pending", "json"), count(home, "vault", "sealed")), (0, 1));
}

#[test]
fn a_killed_start_leaves_nothing_that_nobody_knows_of() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let home = sandbox.home();
    let normal = measure(|| drop(start(&home, &[])));
    for _ in 0..ROUNDS {
        let child = home.command(&["connect", APP, "--start"]).spawn().unwrap();
        kill_after(child, random.below(normal));
        is_sound(&home);
    }
    let right = ends_on(&start(&home, &[]));
    finish(&home, &right).expect(0);
    is_done(&home);
}

#[test]
fn a_killed_finish_leaves_an_account_that_works_or_none() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let first = sandbox.home();
    let right = ends_on(&start(&first, &[]));
    let normal = measure(|| drop(finish(&first, &right).expect(0)));
    let mut connected = 0;
    for _ in 0..ROUNDS {
        let home = sandbox.home();
        let right = ends_on(&start(&home, &[]));
        let child = home.command(&["connect", APP, "--finish", &right]).spawn().unwrap();
        kill_after(child, random.below(normal));
        is_sound(&home);
        let called = home.run(&["call", APP, "/userinfo"]);
        assert!(matches!(called.status, Some(0 | 3)), "{}", called.stderr);
        connected += u32::from(called.status == Some(0));
        // Whatever it left, it can be begun again.
        let url = start(&home, &[]);
        finish(&home, &ends_on(&url)).expect(0);
        is_done(&home);
    }
    println!("{connected} of {ROUNDS} were connected");
}
