//! Calls that are signed as a whole.

use http::Method;
use ring::hmac::{HMAC_SHA256, Key, sign};
use url::Url;

use super::*;
use crate::request::{Body, Request};
use crate::sandbox::provider::unix_time;
use crate::secret::Secret;
use crate::signature::aws_sigv4::{self, Credentials, Target};
use crate::text::hex;

fn hmac(message: &str) -> String {
    hex(sign(&Key::new(HMAC_SHA256, b"practice-api-secret"), message.as_bytes()).as_ref())
}

#[tokio::test]
async fn an_hmac_is_over_method_path_time_and_body() {
    let to = sandbox(&[]).await;
    let now = unix_time();
    let signature = hmac(&format!("POST\n/hmac/api/notes\n{now}\nhello"));
    let headers = format!("X-Timestamp: {now}\r\nX-Signature: {signature}\r\n");
    let good = send(to, "POST /hmac/api/notes?a=1", &headers, "hello").await;
    assert!(good.contains(r#""body":"hello""#) && good.contains("ada@sandbox.test"), "{good}");
    assert!(!good.contains(&signature), "{good}");
    for (line, body) in [
        ("POST /hmac/api/notes", "hello!"),
        ("PUT /hmac/api/notes", "hello"),
        ("POST /hmac/api/others", "hello"),
    ] {
        let answer = send(to, line, &headers, body).await;
        assert!(answer.contains("401") && answer.contains("X-Signature is wrong"), "{answer}");
    }
    let old = now - 301;
    let signature = hmac(&format!("GET\n/hmac/me\n{old}\n"));
    let headers = format!("X-Timestamp: {old}\r\nX-Signature: {signature}\r\n");
    let answer = send(to, "GET /hmac/me", &headers, "").await;
    assert!(answer.contains("five minutes off"), "{answer}");
    let bearer = "Authorization: Bearer practice-api-secret\r\n";
    assert!(send(to, "GET /hmac/me", bearer, "").await.contains("X-Timestamp is missing"));
}

/// Signs with the client's code; gives headers and the address as they are sent.
fn signed(to: SocketAddr, path: &str, body: &str, age: u64) -> (String, String) {
    let url = Url::parse(&format!("http://{to}{path}")).unwrap();
    let body = Body::Text(body.to_owned());
    let mut request = Request { method: Method::POST, url, headers: Vec::new(), body };
    let credentials = Credentials {
        access_key_id: "practice-key".to_owned(),
        secret_access_key: Secret::from("practice-api-secret"),
        session_token: None,
    };
    let target = Target { region: "eu-central-1", service: "practice" };
    let now = i64::try_from(unix_time() - age).unwrap();
    aws_sigv4::sign(&mut request, &credentials, &target, now).unwrap();
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    (headers.collect(), request.url[url::Position::BeforePath..].to_owned())
}

#[tokio::test]
async fn an_aws_signature_is_over_the_whole_request() {
    let to = sandbox(&[]).await;
    let path = "/aws-sigv4/api/a%20note/ü?b=2&b=1&a-b=x+y&a=%2B~";
    let (headers, path) = signed(to, path, "hello", 0);
    let good = send(to, &format!("POST {path}"), &headers, "hello").await;
    assert!(good.contains(r#""body":"hello""#) && good.contains("ada@sandbox.test"), "{good}");
    for (line, headers, body, reason) in [
        (format!("POST {path}"), headers.clone(), "hallo", "does not match"),
        (format!("POST {path}&c=3"), headers.clone(), "hello", "does not match"),
        (format!("PUT {path}"), headers.clone(), "hello", "does not match"),
        (format!("POST {path}"), format!("{headers}X-Amz-Extra: 1\r\n"), "hello", "lacks"),
        (
            format!("POST {path}"),
            headers.replace("practice-key", "x"),
            "hello",
            "no such access key",
        ),
        (format!("POST {path}"), headers.replace("eu-central-1", "x"), "hello", "scoped"),
        (format!("POST {path}"), signed(to, &path, "hello", 301).0, "hello", "five minutes off"),
        (format!("POST {path}"), String::new(), "hello", "Authorization header is missing"),
    ] {
        let answer = send(to, &line, &headers, body).await;
        assert!(answer.contains("401") && answer.contains(reason), "{line}: {answer}");
    }
}
