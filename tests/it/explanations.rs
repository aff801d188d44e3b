//! Explanations: each is what people read when a provider, or the network, says no.

use crate::support::{Home, Sandbox, request};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use tieline::flow::explanations::{Explanation, all};

/// The sandbox without explanations of its own.
const APP: &str = "plain";

/// Connects as a client on its own behalf, which asks nobody.
fn connect(home: &Home) -> crate::support::Ran {
    home.run(&["connect", APP, "--auth", "client-credentials", "--no-browser"])
}

fn with_client(sandbox: &Sandbox) -> Home {
    let home = sandbox.home().set("TIELINE_PLAIN_SERVER", &sandbox.url);
    home.define(APP, "extends: sandbox-oauth2\ntitle: Plain\nerrors: null\n");
    home.write("secret.txt", "practice-secret");
    let set = ["client", "set", APP, "--id", "practice", "--secret", "@secret.txt"];
    home.run(&set).expect(0);
    home
}

#[test]
fn each_is_shown_with_its_cause_and_remedy() {
    let every: Vec<&Explanation> = all().collect();
    assert!(every.len() > 80, "{}", every.len());
    // Four at a time: each has a sandbox and a home of its own.
    std::thread::scope(|scope| {
        for part in every.chunks(every.len().div_ceil(4)) {
            scope.spawn(move || {
                let sandbox = Sandbox::start(&[]);
                let home = with_client(&sandbox);
                part.iter().for_each(|one| is_shown(one, &sandbox, &home));
            });
        }
    });
}

fn is_shown(one: &Explanation, sandbox: &Sandbox, home: &Home) {
    let code = if one.code.is_empty() { "some_code" } else { one.code };
    let error = format!("{code}: {} and so on", one.said);
    request("PUT", &format!("{}/sandbox/refuse", sandbox.url), &error);
    let ran = connect(home).expect(5);
    let fix = one.fix.replace("{app}", APP).replace("{id}", APP);
    let ran = ran.says(code).says(one.cause).says(&format!("hint: {fix}"));
    let page = format!("see: {}", one.source);
    assert_eq!(ran.stderr.contains(&page), one.source.starts_with("https://"), "{}", ran.stderr);
}

#[test]
fn what_is_unknown_is_shown_as_it_was_said() {
    let sandbox = Sandbox::start(&["--refuse", "quota_of_moons: there are only so many"]);
    let ran = connect(&with_client(&sandbox)).expect(5);
    ran.says(
        "caused by: quota_of_moons (there are only so many): the app finds the request malformed",
    );
    request("PUT", &format!("{}/sandbox/refuse", sandbox.url), "");
    connect(&with_client(&sandbox)).expect(0);
}

#[test]
fn a_clock_that_is_off_is_seen_from_the_answer() {
    if Command::new("faketime").arg("--version").output().is_err() {
        eprintln!("skipped: no faketime");
        return;
    }
    let sandbox = Sandbox::start(&["--refuse", "invalid_grant"]);
    let home = with_client(&sandbox);
    let connect = ["connect", APP, "--auth", "client-credentials", "--no-browser"];
    for (offset, told) in [("+2h", "is 2 h ahead of that of"), ("-10m", "is 10 min behind that of")]
    {
        let real = home.command(&connect);
        let mut command = Command::new("faketime");
        command.args(["-f", offset]).arg(real.get_program()).args(real.get_args());
        command.envs(real.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ran = crate::support::Ran::new(&connect, command.output().unwrap()).expect(5);
        ran.says(told).says("set the clock of this computer");
    }
}

/// Answers one request with a line, as a proxy would, and gives its address.
fn proxy(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        }
    });
    address
}

#[test]
fn a_proxy_that_fails_is_named_and_its_password_is_not() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for (proxy, told) in [
        (gone, "refuses the connection"),
        ("no-such-proxy.invalid:9".to_owned(), "cannot be found"),
        (proxy("407 Proxy Authentication Required"), "wants a name and password"),
        (proxy("403 Forbidden"), "does not let it through"),
    ] {
        let home = Home::new().set("HTTPS_PROXY", format!("http://me:proxy-password@{proxy}"));
        let ran = home.run(&["connect", "https://issuer.invalid", "-vv"]).expect(6);
        let ran = ran
            .says(&format!("the proxy `{proxy}`, through which `issuer.invalid` is asked, {told}"));
        let ran = ran.says("NO_PROXY lists the hosts");
        assert!(!ran.stderr.contains("proxy-password"), "{}", ran.stderr);
    }
}

#[test]
fn a_host_of_ipv6_only_is_told_where_there_is_no_such_network() {
    // A network namespace of its own, in which nothing leads anywhere.
    let alone = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net"]).args(arguments);
        command
    };
    if !alone(&["true"]).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: no network namespace can be made");
        return;
    }
    let home = Home::new();
    for (host, guesses) in [("[2001:db8::1]", true), ("192.0.2.1", false)] {
        let address = format!("https://{host}");
        let connect = ["connect", &address, "--timeout", "5"];
        let real = home.command(&connect);
        let mut command = alone(&[]);
        command.arg(real.get_program()).args(real.get_args());
        command.envs(real.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ran = crate::support::Ran::new(&connect, command.output().unwrap()).expect(6);
        let ran = ran.says(&format!("no network of this computer leads to `{host}`"));
        let ran = ran.says("connect to a network");
        let guessed = ran.stderr.contains("may have only an IPv6 address and the network none");
        assert_eq!(guessed, guesses, "{}", ran.stderr);
    }
}
