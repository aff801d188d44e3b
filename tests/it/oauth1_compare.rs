//! OAuth 1.0a signatures of requests that nobody thought of, compared with an independent
//! implementation: every method, every place. The Python environment comes from `tests/run`; without
//! it the test says so.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tieline::definition::{ParametersIn, SIGNATURE_METHODS};
use tieline::oauth1::{Credentials, Moment, Options, sign};
use tieline::request::{Body, Request};
use tieline::secret::Secret;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

/// More than any list of examples has.
const REQUESTS: usize = 500;
const SERVERS: [&str; 6] = [
    "https://api.example",
    "http://Example.COM:80",
    "https://api.example:443",
    "https://api.example:8443",
    "http://127.0.0.1:8080",
    "http://[2001:db8::1]:8080",
];
const PATH: &str = "(/([a-zA-Z0-9._~!$&'()*+,;=:@-]|%20|%2F|%2f|%C3%A9|\u{fc}| ){0,5}){0,3}";
/// Short names meet, and only then does the order of values matter.
const NAME: &str = "[ab\u{fc} %+]{0,2}";
const TEXT: &str = "[a-zA-Z0-9 %+&=~!*'()\u{fc}\u{2603}:/?#\\[\\]@,;$-]{0,12}";
/// Without `%`: oauthlib decodes the protocol's parameters in query and form a second time.
const KEY: &str = "[a-zA-Z0-9 +&=~!*'():/?#,;$-]{1,12}";

#[test]
fn an_independent_implementation_signs_every_request_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(python) = crate::support::python() else {
        eprintln!("skipped: the Python packages of tests/peers/requirements.txt are not installed");
        return;
    };
    let mut child = Command::new(python)
        .arg(root.join("tests/peers/oauthlib/compare.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut runner = TestRunner::deterministic();
    let lines: Vec<String> =
        (0..REQUESTS).map(|number| signed(number, &mut runner).to_string() + "\n").collect();
    child.stdin.take().unwrap().write_all(lines.concat().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains(&format!("{REQUESTS} signatures agree")), "{said}");
}

/// A value of a strategy, the same in every run.
fn draw<S: Strategy>(strategy: S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// A signed request as it would be sent, with what signed it. The number takes it through all methods
/// and places.
fn signed(number: usize, runner: &mut TestRunner) -> Value {
    let (name, method) = SIGNATURE_METHODS[number % SIGNATURE_METHODS.len()];
    let places = [ParametersIn::Header, ParametersIn::Query, ParametersIn::Body];
    let parameters_in = places[number / SIGNATURE_METHODS.len() % places.len()];
    let mut request = unsigned(runner);
    let (consumer_key, token) = draw((KEY, proptest::option::of(KEY)), runner);
    let (consumer_secret, token_secret) = draw((TEXT, TEXT), runner);
    let key = name.starts_with("RSA").then(private_key);
    let credentials = Credentials {
        consumer_key,
        consumer_secret: Some(Secret::from(key.as_ref().unwrap_or(&consumer_secret).as_str())),
        token: token.map(Secret::from),
        token_secret: Some(Secret::from(token_secret.as_str())),
    };
    let options = Options { method, realm: Some("not, \"signed\""), parameters_in };
    let moment = Moment { timestamp: 1_300_000_000, nonce: &format!("n once {number}") };
    let extra = [("oauth_callback", "http://127.0.0.1/cb?x=1 2")];
    sign(&mut request, &credentials, &options, &extra, &moment).unwrap();
    let headers = request.headers.iter();
    let headers: serde_json::Map<String, Value> = headers
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().into()))
        .collect();
    json!({
        "method": request.method.as_str(),
        "url": request.url.as_str(),
        "headers": headers,
        "form": request.body_text().map(|(form, _)| form),
        "signature_method": name,
        "consumer_secret": consumer_secret,
        "token_secret": token_secret,
        "private_key": key,
        "signature": signature_in(&request),
    })
}

fn unsigned(runner: &mut TestRunner) -> Request {
    let method = proptest::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE"]);
    let pairs = proptest::collection::vec((NAME, TEXT), 0..5);
    let valueless = proptest::collection::vec("[ab]{1,2}", 0..2);
    let form = proptest::option::of(pairs.clone());
    let (method, server, path) =
        draw((method, proptest::sample::select(SERVERS.to_vec()), PATH), runner);
    let (mut query, pairs, form) = draw((valueless, pairs, form), runner);
    let encoded = Serializer::new(String::new()).extend_pairs(pairs).finish();
    // Both spellings of a space are in use.
    query.push(encoded.replacen('+', "%20", 1));
    let mut url = Url::parse(&format!("{server}{path}")).unwrap();
    url.set_query(Some(&query.join("&")));
    let body = form.map_or(Body::Empty, Body::Form);
    Request { method: method.parse().unwrap(), url, headers: Vec::new(), body }
}

/// The one of the published examples, which is public.
fn private_key() -> String {
    let examples: Value = serde_json::from_str(include_str!("../vectors/oauth1.json")).unwrap();
    let examples = examples["raw_signatures"].as_array().unwrap();
    let key = examples.iter().find_map(|example| example["rsa_private_key_pem"].as_str());
    key.unwrap().to_owned()
}

fn signature_in(request: &Request) -> String {
    let header = request.header("authorization").and_then(|header| {
        let (_, rest) = header.split_once("oauth_signature=\"")?;
        Some(format!("oauth_signature={}", rest.strip_suffix('"')?))
    });
    let form = request.body_text().map(|(form, _)| form);
    let query = request.url.query().map(ToOwned::to_owned);
    let places = [header, form, query].into_iter().flatten().collect::<Vec<_>>().join("&");
    let mut signatures = parse(places.as_bytes()).filter(|(name, _)| name == "oauth_signature");
    let (_, signature) = signatures.next().unwrap();
    assert!(signatures.next().is_none());
    signature.into_owned()
}
