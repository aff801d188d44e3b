//! AWS's own test suite, the examples of S3's reference, and an independent implementation.

use super::*;
use http::Method;
use serde_json::Value;

/// 2015-08-30T12:36:00Z, the moment of the test suite.
const MOMENT: i64 = 1_440_938_160;

fn vectors(text: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(text).unwrap();
    all["cases"].as_array().unwrap().clone()
}

fn credentials(session_token: Option<&str>) -> Credentials {
    Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: Secret::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        session_token: session_token.map(Secret::from),
    }
}

fn request(method: &str, url: &str, body: Body) -> Request {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    Request { method, url: Url::parse(url).unwrap(), headers: Vec::new(), body }
}

/// A request of the suite, which is raw HTTP: method, path, query, headers, body. A line that begins
/// with a space continues a header.
fn raw(text: &str) -> (String, String, String, Vec<(String, String)>, String) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
    let target = rest.strip_suffix(" HTTP/1.1").unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        match line.strip_prefix(' ') {
            Some(more) => headers.last_mut().unwrap().1.push_str(&format!("\n{more}")),
            None => {
                let (name, value) = line.split_once(':').unwrap();
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    (method.to_owned(), path.to_owned(), query.to_owned(), headers, body.to_owned())
}

#[test]
fn awss_test_suite_is_met() {
    let cases = vectors(include_str!("../../../tests/vectors/aws_sigv4/suite.json"));
    let target = Target { region: "us-east-1", service: "service" };
    for case in &cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let (method, path, query, mut headers, body) = raw(text("request"));
        // This one's token is not written into its request but comes with the credentials.
        if text("name") == "get-vanilla-with-session-token" {
            let line = text("canonical").lines().find(|l| l.starts_with("x-amz-security")).unwrap();
            let (name, value) = line.split_once(':').unwrap();
            headers.push((name.to_owned(), value.to_owned()));
        }
        let path = canonical_path(&path, target.service);
        let canonical = Canonical::new(&method, &path, &query, &headers, &sha256(&body));
        let date = date(MOMENT);
        let name = text("name");
        assert_eq!(canonical.text, text("canonical"), "{name}");
        assert_eq!(string_to_sign(&canonical, &target, &date), text("string_to_sign"), "{name}");
        let signed = authorization(&canonical, &credentials(None), &target, &date);
        assert_eq!(signed, text("authorization"), "{name}");
    }
    assert_eq!(cases.len(), 34);
}

#[test]
fn an_independent_implementation_signs_alike() {
    let cases = vectors(include_str!("../../../tests/vectors/aws_sigv4/botocore.json"));
    for case in &cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let body = match text("body") {
            "" => Body::Empty,
            body => Body::Text(body.to_owned()),
        };
        let mut request = request(text("method"), text("url"), body);
        for header in case["headers"].as_array().unwrap() {
            request.set_header(header[0].as_str().unwrap(), header[1].as_str().unwrap()).unwrap();
        }
        let target = Target { region: "eu-west-1", service: text("service") };
        sign(&mut request, &credentials(case["token"].as_str()), &target, MOMENT).unwrap();
        let name = text("name");
        assert_eq!(request.header("authorization"), Some(text("authorization")), "{name}");
        assert_eq!(request.header("x-amz-date"), Some("20150830T123600Z"), "{name}");
        assert_eq!(request.header("x-amz-security-token"), case["token"].as_str(), "{name}");
    }
    assert_eq!(cases.len(), 9);
}

/// Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring
/// Payload in a Single Chunk", its four examples.
#[test]
fn the_examples_of_s3_are_met() {
    let credentials = Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        session_token: None,
    };
    type Example<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);
    let examples: [Example<'_>; 4] = [
        (
            "GET",
            "test.txt",
            &[("range", "bytes=0-9")],
            "",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "test$file.text",
            &[
                ("date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            "Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "?lifecycle",
            &[],
            "",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            "?max-keys=2&prefix=J",
            &[],
            "",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ];
    for (method, path, headers, body, signature) in examples {
        let url = format!("https://examplebucket.s3.amazonaws.com/{path}");
        let mut request = request(method, &url, Body::Text(body.to_owned()));
        for (name, value) in headers {
            request.set_header(name, value).unwrap();
        }
        let target = Target { region: "us-east-1", service: "s3" };
        // 2013-05-24T00:00:00Z
        sign(&mut request, &credentials, &target, 1_369_353_600).unwrap();
        let authorization = request.header("authorization").unwrap();
        assert!(authorization.ends_with(&format!("Signature={signature}")), "{path}");
        assert_eq!(request.header("x-amz-content-sha256"), Some(sha256(body).as_str()), "{path}");
    }
}

#[test]
fn a_form_is_signed_with_its_type_and_a_query_as_it_is_sent() {
    let form = Body::Form(vec![("Action".to_owned(), "List Users".to_owned())]);
    let mut signed = request("POST", "https://iam.test/?q=a+b&p&q=A%7e", form);
    let target = Target { region: "us-east-1", service: "iam" };
    sign(&mut signed, &credentials(None), &target, MOMENT).unwrap();
    assert_eq!(signed.url.query(), Some("q=a%20b&p=&q=A~"));
    assert_eq!(signed.header("content-type"), Some("application/x-www-form-urlencoded"));
    let authorization = signed.header("authorization").unwrap().to_owned();
    assert!(authorization.contains("SignedHeaders=content-type;host;x-amz-date,"));
    assert!(signed.header("x-amz-content-sha256").is_none());

    // signed again it is the same: its own headers do not add up
    sign(&mut signed, &credentials(None), &target, MOMENT).unwrap();
    assert_eq!(signed.header("authorization"), Some(authorization.as_str()));
    // and what the client adds on its way does not count
    signed.set_header("user-agent", "tieline").unwrap();
    sign(&mut signed, &credentials(None), &target, MOMENT).unwrap();
    assert_eq!(signed.header("authorization"), Some(authorization.as_str()));
    signed.set_header("x-amz-target", "other").unwrap();
    sign(&mut signed, &credentials(None), &target, MOMENT).unwrap();
    assert_ne!(signed.header("authorization"), Some(authorization.as_str()));
}

#[test]
fn a_stream_is_sent_unsigned_and_says_so() {
    let mut streamed = request("PUT", "https://bucket.test/key", Body::Stream);
    let target = Target { region: "us-east-1", service: "s3" };
    sign(&mut streamed, &credentials(None), &target, MOMENT).unwrap();
    assert_eq!(streamed.header("x-amz-content-sha256"), Some("UNSIGNED-PAYLOAD"));
    let authorization = streamed.header("authorization").unwrap();
    assert!(authorization.contains("host;x-amz-content-sha256;x-amz-date"));
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let target = Target { region: "us-east-1", service: "s3" };
    let mut no_host = request("GET", "data:text/plain,x", Body::Empty);
    let result = sign(&mut no_host, &credentials(None), &target, MOMENT);
    assert!(matches!(result, Err(RequestError::Url(_))));
    let mut good = request("GET", "https://bucket.test/", Body::Empty);
    let result = sign(&mut good, &credentials(Some("a\nb")), &target, MOMENT);
    assert!(matches!(result, Err(RequestError::Header(name)) if name == "x-amz-security-token"));
}
