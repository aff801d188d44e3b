//! `test --report`: each format, where it goes, and what is in it.

use crate::support::{Home, Sandbox};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

const APP: &str = "sandbox-oauth2";
const FORMATS: [&str; 4] = ["json", "junit", "html", "har"];

/// A run over an account that works and one that was revoked, with every report.
fn reported() -> Home {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("TIELINE_SANDBOX_API_KEY_API_KEY", "practice-key");
    home.run(&["connect", "sandbox-api-key"]).expect(0);
    home.connect(&[APP]).expect(0);
    sandbox.revoke();
    let mut arguments = vec!["test".to_owned(), "--all".to_owned()];
    for format in FORMATS {
        arguments.extend(["--report".to_owned(), format!("{format}=report.{format}")]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    home.run(&arguments).expect(3).prints("1 failed");
    home
}

fn read(home: &Home, format: &str) -> String {
    std::fs::read_to_string(home.path().join(format!("report.{format}"))).unwrap()
}

#[test]
fn every_format_tells_the_same_run_and_only_its_owner_reads_it() {
    let home = reported();
    for format in FORMATS {
        let file = home.path().join(format!("report.{format}"));
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{format}");
        let text = read(&home, format);
        for told in ["sandbox-api-key", APP, "invalid_grant"] {
            assert!(text.contains(told), "{told} is not in {format}:\n{text}");
        }
        assert!(!text.contains("practice-key") && !text.contains("practice-refresh-"), "{text}");
    }
}

#[test]
fn json_has_a_version_and_the_whole_trace() {
    let json: Value = serde_json::from_str(&read(&reported(), "json")).unwrap();
    assert_eq!((&json["schema"], &json["exit_status"]), (&1.into(), &3.into()));
    assert_eq!(json["tests"][0]["verdict"], "works");
    let trace = json["tests"][1]["trace"].as_array().unwrap();
    let refresh = trace.iter().find(|step| step["purpose"] == "refresh").unwrap();
    assert_eq!(refresh["status"], 400);
    assert_eq!(refresh["rule"], "RFC 6749, section 6");
    assert_eq!(refresh["to"], "authorization_server");
    assert!(refresh["timing"]["first_byte_ms"].is_number(), "{refresh}");
    let first = trace.iter().find(|step| step["kind"] == "http").unwrap();
    assert!(first["timing"]["connect_ms"].is_number(), "a connection was opened: {first}");
    assert!(refresh["timing"].get("connect_ms").is_none(), "it was used again: {refresh}");
    let notes = trace.iter().filter_map(|step| step["note"].as_str()).collect::<Vec<_>>();
    for told in ["account sandbox-oauth2", "client practice-public", "did not accept"] {
        assert!(notes.iter().any(|note| note.contains(told)), "{told}: {notes:?}");
    }
}

#[test]
fn har_adds_up() {
    let har: Value = serde_json::from_str(&read(&reported(), "har")).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!(har["log"]["pages"].as_array().unwrap().len(), 2);
    assert_eq!(entries.len(), 3);
    for entry in entries {
        let parts = ["dns", "connect", "send", "wait", "receive"];
        let known = parts.iter().map(|part| entry["timings"][part].as_f64().unwrap());
        let sum: f64 = known.filter(|ms| *ms > 0.0).sum();
        assert!((sum - entry["time"].as_f64().unwrap()).abs() < 0.5, "{entry}");
        let url = entry["request"]["url"].as_str().unwrap();
        assert!(!url.contains([' ', '[']) && url.starts_with("http://127.0.0.1"), "{url}");
    }
}

#[test]
fn junit_counts_its_cases_and_its_failures() {
    let xml = read(&reported(), "junit");
    assert_eq!(xml.matches("<testsuite ").count(), 2);
    assert_eq!(xml.matches("<failure ").count(), 1);
    let cases = xml.matches("<testcase ").count();
    assert!(
        xml.contains(&format!(
            "<testsuites name=\"tieline test\" tests=\"{cases}\" failures=\"1\""
        ))
    );
    assert!(xml.contains("name=\"refresh\" classname=\"sandbox-oauth2\""), "{xml}");
}

#[test]
fn html_stands_alone_and_draws_the_sequence() {
    let html = read(&reported(), "html");
    assert!(
        html.contains("Content-Security-Policy") && html.contains("default-src &#x27;none&#x27;")
    );
    for forbidden in ["<script", "<link", "<img", " style=\"", "@import", "src=", "url(http"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(!html.contains("{{"), "{html}");
    for drawn in ["POST /token", "GET /userinfo", "<details open>", "How it should go: RFC 6749"] {
        assert!(html.contains(drawn), "{drawn}");
    }
}

#[test]
fn html_escapes_what_a_provider_says() {
    let sandbox = Sandbox::start(&["--refuse", "x: <script>alert(1)</script>\" onload=\"y"]);
    let home = sandbox.home();
    let ran = home.start(&["test", APP, "--fresh", "--no-browser", "--report", "html=a.html"]);
    { ran }.browse_and_finish().expect(5);
    let html = std::fs::read_to_string(home.path().join("a.html")).unwrap();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    assert!(html.contains("GET /authorize"), "the browser's part is drawn");
}

#[test]
fn a_report_on_standard_output_is_alone_there() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home.run(&["test", APP, "--report", "json=-"]).expect(0).json();
    let ran = home.run(&["test", APP, "--report", "junit=-", "--report", "html=a.html"]).expect(0);
    assert!(ran.stdout.starts_with("<?xml"), "{}", ran.stdout);
    let both = home.run(&["test", APP, "--report", "junit=-", "--json"]);
    both.expect(2).says("one report only");
}

#[test]
fn what_cannot_be_written_is_told_after_the_results() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    std::fs::create_dir(home.path().join("taken")).unwrap();
    let ran = home.run(&["test", APP, "--report", "har=taken", "--report", "json=a.json"]);
    ran.expect(1).prints("works").says("the report `taken` cannot be written");
    assert!(home.path().join("a.json").is_file(), "the others are written");
    let ran = home.run(&["test", APP, "--report", "har=none/a.har"]);
    ran.expect(2).says("the folder of `none/a.har` is not there").says("mkdir -p none");
    home.run(&["test", APP, "--report", "pdf=a"]).expect(2).says("no format `pdf`");
    home.run(&["test", APP, "--report", "a.html"]).expect(2).says("FORMAT=FILE");
    let twice = home.run(&["test", APP, "--report", "har=a", "--report", "json=a"]);
    twice.expect(2).says("same file");
}
