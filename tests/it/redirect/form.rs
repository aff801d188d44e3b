//! Answers that come in a form (`response_mode: form_post`).

use super::{APP, define, exchange, location, redirect, status};
use crate::support::{Page, Sandbox, browse, query};
use std::net::TcpStream;

const FORM: &str = "application/x-www-form-urlencoded";

/// The form on the sandbox's page: where it goes, and what it would send.
fn form(page: &Page) -> (String, String) {
    let attribute = |text: &str, name: &str| {
        let rest = text.split_once(&format!("{name}=\"")).unwrap().1;
        rest.split('"').next().unwrap().replace("&amp;", "&")
    };
    let action = attribute(page.body.split_once("<form").unwrap().1, "action");
    let mut inputs = url::form_urlencoded::Serializer::new(String::new());
    for input in page.body.split("<input").skip(1) {
        inputs.append_pair(&attribute(input, "name"), &attribute(input, "value"));
    }
    (action, inputs.finish())
}

fn post(url: &str, kind: &str, body: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    let authority = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {authority}\r\nOrigin: null\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        &url[url::Position::BeforePath..],
        body.len()
    );
    exchange(TcpStream::connect(authority).unwrap(), &head)
}

#[test]
fn an_answer_is_taken_from_a_form_where_the_definition_says_so() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let lines =
        ["redirect_uri: http://127.0.0.1/callback", "port: any", "response_mode: form_post"];
    define(&home, &sandbox, &lines);
    let mut waiting = home.start_connect(&[APP]);
    assert_eq!(query(&waiting.url)["response_mode"], "form_post");
    let (action, body) = form(&browse(&waiting.url));
    assert_eq!(action, waiting.redirect_uri());
    for (url, kind, body, expected) in [
        (action.clone(), FORM, "code=x&state=wrong".to_owned(), 400),
        (action.clone(), FORM, format!("{body}&state=again"), 400),
        (action.clone(), "application/json", body.clone(), 415),
        (action.clone(), FORM, "x".repeat(64 * 1024 + 1), 413),
        (format!("{action}/"), FORM, body.clone(), 404),
        (action.replace("/callback", "/"), FORM, body.clone(), 405),
    ] {
        assert_eq!(status(&post(&url, kind, &body)), expected, "{url} {kind} {}", body.len());
    }
    assert_eq!(sandbox.state()["tokens_issued"], 0);
    // What the form brings decides, not a query beside it.
    let answer = post(
        &format!("{action}?state=other"),
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        &body,
    );
    assert_eq!(status(&answer), 303, "{answer}");
    let done = url::Url::parse(&action).unwrap().join(location(&answer)).unwrap();
    assert!(browse(done.as_str()).body.contains("is connected"));
    waiting.finish().expect(0).says("as ada@sandbox.test");
}

#[test]
fn a_form_is_refused_where_the_definition_expects_a_redirect() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    define(&home, &sandbox, &["redirect_uri: http://127.0.0.1/callback", "port: any"]);
    let mut waiting = home.start_connect(&[APP]);
    let right = redirect(&waiting.url);
    let (uri, body) = right.split_once('?').unwrap();
    let answer = post(uri, FORM, body);
    assert_eq!(status(&answer), 405, "{answer}");
    assert!(answer.contains("\r\nAllow: GET\r\n"), "{answer}");
    waiting.browse_and_finish().expect(0);
}

#[test]
fn a_form_needs_somebody_who_takes_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let uri = "redirect_uri: https://practice.example/callback";
    define(&home, &sandbox, &[uri, "response_mode: form_post"]);
    home.run(&["connect", APP]).expect(2).says("nobody listens for it").says("--listen");
}
