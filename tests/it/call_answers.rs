//! `call`: pages, filters, and what comes out piece by piece.

use crate::recorder::Recorder;
use crate::support::{Home, Sandbox};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::channel;

const APP: &str = "sandbox-api-key";

/// A home in which an app of that name pages as said.
fn paging(sandbox: &Sandbox, pagination: &str) -> Home {
    let home = sandbox.home().set("TIELINE_PAGING_SERVER", &sandbox.url);
    let yaml = format!("extends: sandbox-api-key\ntitle: Paging\npagination: {pagination}\n");
    home.define("paging", &yaml);
    home.run_with_input(&["connect", "paging", "--field", "api_key=-"], "practice-key").expect(0);
    home
}

const PAGINATIONS: [&str; 7] = [
    "{type: link_header, items: response.items}",
    "{type: next_url, from: response.next}",
    "{type: cursor, from: response.cursor, param: cursor}",
    "{type: offset, param: offset, from: response.total}",
    "{type: offset, param: offset, items: response.items}",
    "{type: page, param: page, from: response.pages}",
    "{type: page, param: page, from: response.more, items: response.items}",
];

#[test]
fn every_sort_of_pages_is_turned_to_the_last() {
    let sandbox = Sandbox::start(&[]);
    for pagination in PAGINATIONS {
        let home = paging(&sandbox, pagination);
        let ran = home.run(&["call", "paging", "/api/pages", "--paginate"]).expect(0);
        assert_eq!(ran.stdout, "1\n2\n3\n4\n5\n6\n", "{pagination}");
    }
    let home = paging(&sandbox, PAGINATIONS[5]);
    let call = ["call", "paging", "/api/pages", "-q", "page=2", "--paginate"];
    home.run(&[&call[..], &["--slurp"]].concat()).expect(0).prints("[3,4,5,6]\n");
    let ran = home.run(&[&call[..], &["--jq", "select(. > 4)"]].concat()).expect(0);
    assert_eq!(ran.stdout, "5\n6\n");
    let ran = home.run(&[&call[..], &["--slurp", "--jq", "add"]].concat()).expect(0);
    assert_eq!(ran.stdout, "18\n");
}

#[test]
fn an_item_is_printed_before_the_next_page_is_there() {
    let sandbox = Sandbox::start(&[]);
    let home = paging(&sandbox, PAGINATIONS[0]);
    let (go_on, told) = channel();
    let told = Mutex::new(told);
    let server = Recorder::start(move |request| match request.target.as_str() {
        "/1" => {
            let kind = "application/json\r\nLink: </2>; rel=next";
            (200, kind, "{\"items\": [\"a\", \"b\"]}".into())
        }
        _ => {
            told.lock().unwrap().recv().unwrap();
            (200, "application/json", "{\"items\": [\"c\"]}".into())
        }
    });
    let url = format!("{}/1", server.url());
    let mut child = home.command(&["call", "paging", &url, "--paginate"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!((lines.next().unwrap(), lines.next().unwrap()), ("\"a\"".into(), "\"b\"".into()));
    go_on.send(()).unwrap();
    assert_eq!(lines.collect::<Vec<_>>(), ["\"c\""]);
    assert!(child.wait().unwrap().success());
}

#[test]
fn pages_have_a_bound_and_a_circle_is_noticed() {
    let sandbox = Sandbox::start(&[]);
    let home = paging(&sandbox, PAGINATIONS[0]);
    let ran = home.run(&["call", "paging", "/api/pages", "--paginate", "--max-pages", "2"]);
    let ran = ran.expect(1).says("more than 2 pages");
    assert_eq!(ran.stdout, "1\n2\n3\n4\n");
    let circle = Recorder::start(|request| {
        let link = match request.target.as_str() {
            "/a" => "application/json\r\nLink: </b>; rel=next",
            _ => "application/json\r\nLink: </a>; rel=next",
        };
        (200, link, format!("{{\"items\": [{:?}]}}", request.target))
    });
    let ran = home.run(&["call", "paging", &format!("{}/a", circle.url()), "--paginate"]);
    ran.expect(8).says("the same one again");
    assert!(circle.seen().len() <= 3);
    let same = Recorder::start(|_| {
        (200, "application/json", "{\"items\": [1], \"cursor\": \"x\"}".into())
    });
    let home = paging(&sandbox, PAGINATIONS[4]);
    let ran = home.run(&["call", "paging", &same.url(), "--paginate"]).expect(8);
    assert_eq!(ran.says("the same one again").stdout, "1\n");
}

#[test]
fn a_redirect_that_is_not_followed_is_told() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run(&["connect", "sandbox-api-key", "-f", "api_key=practice-key"]).expect(0);
    let told = |to: &str, method: &str| {
        let path = format!("/api/redirect?to={to}");
        home.run(&["call", "sandbox-api-key", method, &path]).expect(0).stderr
    };
    assert!(told("/x?secret=1", "POST").contains("leads to /x, and was not followed"));
    assert!(told("file:///etc/passwd", "GET").contains("leads to file:///etc/passwd, and was not"));
    assert_eq!(told("/api-key/me", "GET"), "");
}

#[test]
fn a_page_elsewhere_is_not_asked_for() {
    let sandbox = Sandbox::start(&[]);
    let server = Recorder::start(|_| {
        let link = "application/json\r\nLink: <http://192.0.2.1/stolen>; rel=next";
        (200, link, "{\"items\": [1]}".into())
    });
    let home = paging(&sandbox, PAGINATIONS[0]);
    let ran = home.run(&["call", "paging", &server.url(), "--paginate"]).expect(4);
    assert_eq!(ran.says("192.0.2.1").stdout, "1\n");
}

#[test]
fn what_has_no_pages_says_so() {
    let sandbox = Sandbox::start(&[]);
    let home = paging(&sandbox, "null");
    let call = ["call", "paging", "/api/pages", "--paginate"];
    home.run(&call).expect(2).says("does not say how pages go on");
    let home = paging(&sandbox, PAGINATIONS[0]);
    let ran = home.run_with_input(&[&call[..], &["-d", "-"]].concat(), "{}");
    ran.expect(2).says("standard input");
    let ran = home.run(&["call", "paging", "/api/status/404", "--paginate"]).expect(8);
    assert_eq!(ran.json()["status"], 404);
    home.run(&["call", "paging", "/api/text", "--paginate"]).expect(1).says("no JSON");
    home.run(&["call", "paging", "/api", "--slurp"]).expect(2);
}

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], "practice-key").expect(0);
    home
}

#[test]
fn a_filter_takes_the_answer_apart() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let ran = home.run(&["call", APP, "/api/pages", "--jq", ".items[], .next"]).expect(0);
    assert!(ran.stdout.starts_with("1\n2\n\"http://"), "{}", ran.stdout);
    let ran = home.run(&["call", APP, "/me", "--jq", ".email", "-r"]).expect(0);
    assert!(!ran.stdout.contains('"'));
    home.run(&["call", APP, "/me", "--jq", ".[] |"]).expect(2).says("is no filter");
    home.run(&["call", APP, "/me", "--jq", "nonsense"]).expect(2).says("`nonsense`");
    home.run(&["call", APP, "/me", "--jq", ".email + 1"]).expect(1).says("the filter fails");
    home.run(&["call", APP, "/api/text", "--jq", "."]).expect(1).says("text/plain, and no JSON");
    let ran = home.run(&["call", APP, "/me", "--jq", "1, halt, 2"]).expect(0);
    assert_eq!(ran.stdout, "1\n");
    // A refusal is shown whole.
    let ran = home.run(&["call", APP, "/api/status/404", "--jq", ".nothing"]).expect(8);
    assert_eq!(ran.json()["status"], 404);
}

#[test]
fn lines_and_events_come_out_as_they_arrive() {
    for (kind, filter, first) in [
        ("text/event-stream", None, "data: {\"n\":1}\n"),
        ("text/event-stream", Some(".n"), "1\n"),
        ("application/x-ndjson", None, "{\"n\":1}\n"),
        ("application/x-ndjson", Some(".n"), "1\n"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let sandbox = Sandbox::start(&[]);
        let home = connected(&sandbox);
        let mut call = vec!["call", APP, &url];
        call.extend(filter.iter().flat_map(|filter| ["--jq", *filter]));
        let mut child = home.command(&call).spawn().unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        // What is not read when the connection is closed would reset it.
        let mut asked = BufReader::new(stream.try_clone().unwrap()).lines();
        asked.find(|line| line.as_ref().unwrap().is_empty());
        let line = if kind.starts_with("text") { "data: {\"n\":1}\n\n" } else { "{\"n\":1}\n" };
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n");
        stream.write_all((head + line).as_bytes()).unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut seen = String::new();
        // The answer goes on, and the line is here.
        out.read_line(&mut seen).unwrap();
        assert_eq!(seen, first);
        drop((asked, stream, listener));
        assert!(child.wait().unwrap().success());
    }
}
