//! OAuth 1.0a signatures of requests that nobody thought of, compared with an independent
//! implementation. The Python environment comes from `tests/run`; without it the test says so.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tieline::definition::{ParametersIn, SignatureMethod};
use tieline::oauth1::{Credentials, Moment, Options, sign};
use tieline::request::{Body, Request};
use tieline::secret::Secret;

/// More than any list of examples has.
const REQUESTS: usize = 500;

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
    let mut lines = String::new();
    let mut runner = TestRunner::deterministic();
    let text = "[a-zA-Z0-9 %+&=~!*'()\u{fc}\u{2603}:/?#\\[\\]@,;$-]{0,12}";
    let pairs = proptest::collection::vec((text, text), 0..5);
    let address = r"(http://Example\.COM:80|https://example\.com:443|https://EXAMPLE\.com:8443|http://\[::1\]:80)/[a-z%20/.~-]{0,16}";
    let method = "(GET|POST|PUT|DELETE|PATCH)";
    let strategy = (method, address, pairs.clone(), proptest::option::of(pairs), text, text);
    for _ in 0..REQUESTS {
        let (method, address, query, form, consumer_secret, token_secret) =
            strategy.new_tree(&mut runner).unwrap().current();
        let bare = matches!(method.as_str(), "GET" | "DELETE");
        let form = form.filter(|_| !bare);
        let request = unsigned(&method, &address, &query, form.as_deref());
        lines.push_str(&signed(request, form, &consumer_secret, &token_secret));
        lines.push('\n');
    }
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains(&format!("{REQUESTS} signatures agree")), "{said}");
}

type Pairs = [(String, String)];

fn unsigned(method: &str, address: &str, query: &Pairs, form: Option<&Pairs>) -> Request {
    let mut url = url::Url::parse(address).unwrap();
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let form = form.filter(|form| !form.is_empty());
    let body = form.map_or(Body::Empty, |form| Body::Form(form.to_vec()));
    Request { method: method.parse().unwrap(), url, headers: Vec::new(), body }
}

fn signed(
    mut request: Request,
    form: Option<Vec<(String, String)>>,
    consumer_secret: &str,
    token_secret: &str,
) -> String {
    let credentials = Credentials {
        consumer_key: "key of & the = client".to_owned(),
        consumer_secret: Some(Secret::from(consumer_secret)),
        token: Some(Secret::from("the+token")),
        token_secret: Some(Secret::from(token_secret)),
    };
    let options = Options {
        method: SignatureMethod::HmacSha1,
        realm: Some("not signed"),
        parameters_in: ParametersIn::Header,
    };
    let moment = Moment { timestamp: 1_300_000_000, nonce: "n once" };
    sign(&mut request, &credentials, &options, &[("oauth_verifier", "v")], &moment).unwrap();
    let header = request.header("authorization").unwrap().trim_start_matches("OAuth ").to_owned();
    let decode = |text: &str| {
        let text = text.trim_matches('"').replace('+', "%2B");
        url::form_urlencoded::parse(format!("x={text}").as_bytes()).next().unwrap().1.into_owned()
    };
    let parameters: Vec<(String, String)> = header
        .split(", ")
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| *name != "realm")
        .map(|(name, value)| (name.to_owned(), decode(value)))
        .collect();
    let signature =
        parameters.iter().find(|(name, _)| name == "oauth_signature").unwrap().1.clone();
    json!({
        "method": request.method.as_str(),
        "url": request.url.as_str(),
        "form": form.filter(|form| !form.is_empty()),
        "parameters": parameters,
        "consumer_secret": consumer_secret,
        "token_secret": token_secret,
        "signature": signature,
    })
    .to_string()
}
