//! OAuth 1.0a: what is accepted, and everything that is not.

use http::Method;
use url::Url;

use super::*;
use crate::definition::{ParametersIn, SIGNATURE_METHODS, SignatureMethod};
use crate::oauth1::{Credentials, Moment, Options as Signing, sign};
use crate::request::{Body, Request};
use crate::sandbox::provider::unix_time;
use crate::sandbox::{CONSUMER_KEY, CONSUMER_SECRET, RSA_CONSUMER_KEY, practice_keys};
use crate::secret::Secret;

const LOOPBACK: &str = "http://127.0.0.1:51004/callback";

/// What signs, and how; the fields that a test is about are changed.
struct Client {
    consumer: (&'static str, &'static str),
    token: Option<(String, String)>,
    method: SignatureMethod,
    place: ParametersIn,
    timestamp: u64,
    nonce: String,
}

impl Client {
    fn new() -> Self {
        Self {
            consumer: (CONSUMER_KEY, CONSUMER_SECRET),
            token: None,
            method: SignatureMethod::HmacSha1,
            place: ParametersIn::Header,
            timestamp: unix_time(),
            nonce: crate::sandbox::random::random("nonce-"),
        }
    }

    fn with(token: &(String, String)) -> Self {
        Self { token: Some(token.clone()), ..Self::new() }
    }

    /// Signs with the client's code; gives the request line, headers and body as they are sent.
    fn signed(
        &self,
        to: SocketAddr,
        target: &str,
        form: &[(&str, &str)],
        extra: &[(&str, &str)],
    ) -> (String, String, String) {
        let url = Url::parse(&format!("http://{to}{target}")).unwrap();
        let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let body = Body::Form(form.collect());
        let mut request = Request { method: Method::POST, url, headers: Vec::new(), body };
        let (token, secret) = self.token.clone().unzip();
        let credentials = Credentials {
            consumer_key: self.consumer.0.to_owned(),
            consumer_secret: Some(Secret::from(self.consumer.1)),
            token: token.map(Secret::from),
            token_secret: secret.map(Secret::from),
        };
        let options =
            Signing { method: self.method, realm: Some("a, b"), parameters_in: self.place };
        let timestamp = i64::try_from(self.timestamp).unwrap();
        let moment = Moment { timestamp, nonce: &self.nonce };
        sign(&mut request, &credentials, &options, extra, &moment).unwrap();
        let headers = request.headers.iter();
        let headers: String = headers
            .map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()))
            .collect();
        let line = format!("POST {}", &request.url[url::Position::BeforePath..]);
        let body = request.body_text().map(|(text, _)| text).unwrap_or_default();
        (line, format!("{headers}{FORM}"), body)
    }

    async fn post(&self, to: SocketAddr, target: &str, extra: &[(&str, &str)]) -> String {
        let (line, headers, body) = self.signed(to, target, &[], extra);
        send(to, &line, &headers, &body).await
    }
}

/// The two halves of a pair in an answer.
fn pair(answer: &str) -> (String, String) {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let pairs: std::collections::HashMap<String, String> =
        url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let of = |name: &str| pairs.get(name).unwrap_or_else(|| panic!("{answer}")).clone();
    (of("oauth_token"), of("oauth_token_secret"))
}

async fn temporary(to: SocketAddr, callback: &str) -> (String, String) {
    let extra = [("oauth_callback", callback)];
    let answer = Client::new().post(to, "/oauth1/request_token", &extra).await;
    assert!(answer.contains("oauth_callback_confirmed=true"), "{answer}");
    pair(&answer)
}

async fn verifier(to: SocketAddr, token: &str) -> String {
    let answer = send(to, &format!("GET /oauth1/authorize?oauth_token={token}"), "", "").await;
    let location = between(&answer, "location: ", '\r');
    assert!(location.starts_with(&format!("{LOOPBACK}?oauth_token={token}&")), "{answer}");
    location.split_once("oauth_verifier=").unwrap().1.to_owned()
}

/// A token and its secret, by the three legs.
async fn connected(to: SocketAddr) -> (String, String) {
    let asked = temporary(to, LOOPBACK).await;
    let verifier = verifier(to, &asked.0).await;
    let extra = [("oauth_verifier", verifier.as_str())];
    pair(&Client::with(&asked).post(to, "/oauth1/access_token", &extra).await)
}

#[track_caller]
fn is_refused(answer: &str, status: &str, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{code}: {answer}");
    assert!(
        answer.contains(code) && answer.contains("www-authenticate: OAuth"),
        "{code}: {answer}"
    );
}

#[tokio::test]
async fn every_method_is_verified_in_every_place_over_query_and_form() {
    let to = sandbox(&[]).await;
    let target = "/oauth1/api/a%20b?b5=%3D%253D&a3=a&c%40=&a2=r%20b&d=e+f";
    let form = [("c2", ""), ("a3", "2 q"), ("ü", "&=+~")];
    for (name, method) in SIGNATURE_METHODS {
        let by_key = name.starts_with("RSA");
        let consumer = match by_key {
            true => (RSA_CONSUMER_KEY, practice_keys::rsa()),
            false => (CONSUMER_KEY, CONSUMER_SECRET),
        };
        let asking = Client { consumer, method: *method, ..Client::new() };
        let asked =
            pair(&asking.post(to, "/oauth1/request_token", &[("oauth_callback", LOOPBACK)]).await);
        let verifier = verifier(to, &asked.0).await;
        let trading = Client { token: Some(asked), nonce: format!("trade-{name}"), ..asking };
        let extra = [("oauth_verifier", verifier.as_str())];
        let token = pair(&trading.post(to, "/oauth1/access_token", &extra).await);
        for place in [ParametersIn::Header, ParametersIn::Query, ParametersIn::Body] {
            let client = Client { consumer, method: *method, place, ..Client::with(&token) };
            let (line, headers, body) = client.signed(to, target, &form, &[]);
            let good = send(to, &line, &headers, &body).await;
            assert!(good.contains("ada@sandbox.test"), "{name}: {good}");
            let seen = json(&good);
            assert!(seen["query"]["d"] == "e f" && seen["query"]["a2"] == "r b", "{name}: {good}");
            assert!(!good.contains("oauth_") && !good.contains(&token.1), "{name}: {good}");
            if *method == SignatureMethod::Plaintext {
                continue;
            }
            let client = Client { nonce: format!("{}-2", client.nonce), ..client };
            let (line, headers, body) = client.signed(to, target, &form, &[]);
            for (line, body) in [
                (line.replacen("POST", "PUT", 1), body.clone()),
                (line.replacen("a3=a", "a3=b", 1), body.clone()),
                (line.replacen("a%20b", "a%20c", 1), body.clone()),
                (line.clone(), body.replacen("c2=", "c2=x", 1)),
            ] {
                let answer = send(to, &line, &headers, &body).await;
                is_refused(&answer, "401", "signature_invalid");
            }
            // What was refused did not use the nonce up.
            assert!(send(to, &line, &headers, &body).await.contains("ada@sandbox.test"));
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_not_signed() {
    let to = sandbox(&[]).await;
    let (line, headers, _) =
        Client::with(&connected(to).await).signed(to, "/oauth1/api/x", &[], &[]);
    let headers = headers.replace("x-www-form-urlencoded", "json");
    assert!(send(to, &line, &headers, r#"{"a": 1}"#).await.contains("ada@sandbox.test"));
}

#[tokio::test]
async fn a_request_is_good_once_and_within_five_minutes() {
    let to = sandbox(&[]).await;
    let token = connected(to).await;
    let client = Client::with(&token);
    assert!(client.post(to, "/oauth1/api/x", &[]).await.contains("ada@sandbox.test"));
    is_refused(&client.post(to, "/oauth1/api/x", &[]).await, "401", "nonce_used");
    is_refused(&client.post(to, "/oauth1/api/y", &[]).await, "401", "nonce_used");
    let now = unix_time();
    for timestamp in [now - 310, now + 310, 1, 137_131_200] {
        let client = Client { timestamp, ..Client::with(&token) };
        is_refused(&client.post(to, "/oauth1/api/x", &[]).await, "401", "timestamp_refused");
    }
    for timestamp in [now - 290, now + 290] {
        let client = Client { timestamp, ..Client::with(&token) };
        assert!(client.post(to, "/oauth1/api/x", &[]).await.contains("ada@sandbox.test"));
    }
}

#[tokio::test]
async fn whoever_is_not_the_consumer_or_has_not_its_token_is_refused() {
    let to = sandbox(&[]).await;
    let token = connected(to).await;
    let rsa = (RSA_CONSUMER_KEY, practice_keys::rsa());
    let by_key = SignatureMethod::RsaSha1;
    let other_secret = (token.0.clone(), "other".to_owned());
    for (client, status, code) in [
        (Client { consumer: ("nobody", "x"), ..Client::with(&token) }, "401", "token_rejected"),
        (
            Client { consumer: (CONSUMER_KEY, "x"), ..Client::with(&token) },
            "401",
            "signature_invalid",
        ),
        (Client::with(&other_secret), "401", "signature_invalid"),
        (Client::new(), "401", "token_rejected"),
        // Tokens are bound to the consumer that asked for them, and each consumer to its methods.
        (Client { consumer: rsa, method: by_key, ..Client::with(&token) }, "401", "token_rejected"),
        (
            Client {
                consumer: (CONSUMER_KEY, practice_keys::rsa()),
                method: by_key,
                ..Client::with(&token)
            },
            "400",
            "signature_method_rejected",
        ),
    ] {
        is_refused(&client.post(to, "/oauth1/api/x", &[]).await, status, code);
    }
    is_refused(&send(to, "GET /oauth1/me", "", "").await, "401", "there is no oauth_ parameter");
    let stranger = Client { consumer: ("nobody", "x"), ..Client::new() };
    let answer = stranger.post(to, "/oauth1/request_token", &[("oauth_callback", "oob")]).await;
    is_refused(&answer, "401", "consumer_key_unknown");
}

#[tokio::test]
async fn parameters_are_in_one_place_once_and_of_version_one() {
    let to = sandbox(&[]).await;
    let token = connected(to).await;
    let client = Client { method: SignatureMethod::Plaintext, ..Client::with(&token) };
    let (line, headers, _) = client.signed(to, "/oauth1/api/x", &[], &[]);
    for (line, headers, code) in [
        (format!("{line}?oauth_nonce=n"), headers.clone(), "in several places"),
        (line.clone(), headers.replacen("realm", "oauth_nonce=\"n\", realm", 1), "more than once"),
        (line.clone(), headers.replace("version=\"1.0\"", "version=\"2.0\""), "version_rejected"),
        (line.clone(), headers.replace("PLAINTEXT", "MD5"), "signature_method_rejected"),
        (line.clone(), headers.replace("oauth_timestamp", "oauth_time"), "parameter_absent"),
        (line.clone(), headers.replace("oauth_consumer_key", "key"), "parameter_absent"),
        (line.clone(), format!("{headers}Authorization: Bearer x\r\n"), "several Authorization"),
    ] {
        is_refused(&send(to, &line, &headers, "").await, "400", code);
    }
    // Section 3.1: PLAINTEXT may do without timestamp and nonce.
    let headers = headers.replace("oauth_timestamp", "a").replace("oauth_nonce", "b");
    assert!(send(to, &line, &headers, "").await.contains("ada@sandbox.test"));
}

#[tokio::test]
async fn a_callback_is_registered_and_a_verifier_is_right_and_used_once() {
    let to = sandbox(&[]).await;
    for callback in ["https://evil.example/callback", "http://127.0.0.1:51004/other", ""] {
        let extra = [("oauth_callback", callback)];
        let answer = Client::new().post(to, "/oauth1/request_token", &extra).await;
        is_refused(&answer, "400", "parameter_rejected");
    }
    let answer = Client::new().post(to, "/oauth1/request_token", &[]).await;
    is_refused(&answer, "400", "parameter_absent");
    let asked = temporary(to, LOOPBACK).await;
    let trade = async |verifier: &str| {
        let extra = [("oauth_verifier", verifier)];
        Client::with(&asked).post(to, "/oauth1/access_token", &extra).await
    };
    is_refused(&trade("guessed-early").await, "401", "token_rejected");
    let verifier = verifier(to, &asked.0).await;
    is_refused(&trade("wrong").await, "401", "token_rejected");
    let answer = Client::with(&asked).post(to, "/oauth1/access_token", &[]).await;
    is_refused(&answer, "400", "parameter_absent");
    // Temporary credentials open nothing, and are asked about once.
    let answer = Client::with(&asked).post(to, "/oauth1/api/x", &[]).await;
    is_refused(&answer, "401", "token_rejected");
    let again = send(to, &format!("GET /oauth1/authorize?oauth_token={}", asked.0), "", "").await;
    assert!(again.contains("agreed to before"), "{again}");
    pair(&trade(&verifier).await);
    is_refused(&trade(&verifier).await, "401", "token_rejected");
}

#[tokio::test]
async fn out_of_band_shows_a_pin_and_a_refusal_names_the_token() {
    let to = serve(Options { port: 0, ..Options::default() }).await;
    let consent = async |callback: &str, decision: &str| {
        let asked = temporary(to, callback).await;
        let line = format!("GET /oauth1/authorize?oauth_token={}", asked.0);
        let page = send(to, &line, "", "").await;
        let id = between(&page, "name=\"request\" value=\"", '"').to_owned();
        let form = format!("request={id}&person=grace&decision={decision}");
        (asked, send(to, "POST /oauth1/authorize/decide", FORM, &form).await)
    };
    let (asked, page) = consent("oob", "allow").await;
    let pin = between(&page, "id=\"pin\">", '<').to_owned();
    let extra = [("oauth_verifier", pin.as_str())];
    let token = pair(&Client::with(&asked).post(to, "/oauth1/access_token", &extra).await);
    let answer = Client::with(&token).post(to, "/oauth1/api/x", &[]).await;
    assert!(answer.contains("grace@sandbox.test"), "{answer}");
    let (asked, answer) = consent(LOOPBACK, "deny").await;
    let location = format!("location: {LOOPBACK}?denied={}\r", asked.0);
    assert!(answer.contains(&location), "{answer}");
    let gone = send(to, &format!("GET /oauth1/authorize?oauth_token={}", asked.0), "", "").await;
    assert!(gone.contains("unknown or was used"), "{gone}");
    let (_, page) = consent("oob", "deny").await;
    assert!(page.contains("You refused"), "{page}");
}

#[tokio::test]
async fn every_misbehaviour_breaks_its_own_rule() {
    let extra = [("oauth_callback", LOOPBACK)];
    let to = sandbox(&[Misbehaviour::Oauth1Problem]).await;
    let answer = Client::new().post(to, "/oauth1/request_token", &extra).await;
    assert!(answer.contains("200 OK") && answer.contains("oauth_problem="), "{answer}");
    let to = sandbox(&[Misbehaviour::Oauth1Unconfirmed]).await;
    let answer = Client::new().post(to, "/oauth1/request_token", &extra).await;
    assert!(!answer.contains("oauth_callback_confirmed"), "{answer}");
    pair(&answer);
    let to = sandbox(&[Misbehaviour::Oauth1WrongToken]).await;
    let (token, _) = temporary(to, LOOPBACK).await;
    let answer = send(to, &format!("GET /oauth1/authorize?oauth_token={token}"), "", "").await;
    assert!(answer.contains("oauth_verifier=") && !answer.contains(&token), "{answer}");
}
