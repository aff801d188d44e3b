//! Published vectors (`tests/vectors/oauth1.json` names the source of each), and properties.

use super::base_string::{base_string_uri, normalized};
use super::encoding::encode;
use super::signature;
use super::*;
use crate::definition::{ParametersIn, SIGNATURE_METHODS, SignatureMethod};
use crate::request::{Body, Request};
use crate::secret::Secret;
use proptest::prelude::*;
use serde_json::Value;
use url::Url;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../tests/vectors/oauth1.json")).unwrap()
}

fn method(name: &Value) -> SignatureMethod {
    let found = SIGNATURE_METHODS.iter().find(|(known, _)| Some(*known) == name.as_str());
    found.unwrap().1
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

#[test]
fn encoding_is_that_of_the_rfc() {
    for vector in vectors()["percent_encoding"].as_array().unwrap() {
        assert_eq!(encode(text(&vector["input"])), text(&vector["expected"]), "{vector}");
    }
}

#[test]
fn parameters_are_normalized() {
    for vector in vectors()["parameter_normalization"].as_array().unwrap() {
        let found = normalized(&pairs(text(&vector["query"])));
        assert_eq!(found, text(&vector["expected"]), "{vector}");
    }
}

#[test]
fn an_address_loses_what_is_not_signed() {
    for vector in vectors()["base_string_uri"].as_array().unwrap() {
        let url = Url::parse(text(&vector["url"])).unwrap();
        assert_eq!(base_string_uri(&url), text(&vector["expected"]), "{vector}");
    }
}

#[test]
fn base_strings_are_signed_as_published() {
    for vector in vectors()["raw_signatures"].as_array().unwrap() {
        let secret = match vector["rsa_private_key_pem"].as_str() {
            Some(pem) => pem,
            None => text(&vector["consumer_secret"]),
        };
        let signed = signature::sign(
            method(&vector["signature_method"]),
            text(&vector["base_string"]),
            secret,
            text(&vector["token_secret"]),
        );
        assert_eq!(signed.unwrap().expose(), text(&vector["published_signature"]), "{vector}");
    }
}

/// The whole way: the published parameters in, the published signature out.
#[test]
fn requests_are_signed_as_published() {
    for vector in vectors()["requests"].as_array().unwrap() {
        let oauth = vector["oauth_params"].as_object().unwrap();
        let url = Url::parse(text(&vector["url"])).unwrap();
        let mut parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        parameters.extend(pairs(text(&vector["form_body"])));
        parameters.extend(oauth.iter().map(|(name, value)| (name.clone(), text(value).to_owned())));
        let base = super::base_string::base_string(text(&vector["method"]), &url, &parameters);
        assert_eq!(base, text(&vector["base_string"]), "{}", vector["id"]);
        let secret = match vector["rsa_private_key_pem"].as_str() {
            Some(pem) => pem,
            None => text(&vector["consumer_secret"]),
        };
        let signed = signature::sign(
            method(&vector["oauth_params"]["oauth_signature_method"]),
            &base,
            secret,
            text(&vector["token_secret"]),
        );
        assert_eq!(signed.unwrap().expose(), text(&vector["signature"]), "{}", vector["id"]);
    }
}

/// As environment variables, JSON and hands bring them.
#[test]
fn a_private_key_is_read_in_every_spelling() {
    let vectors = vectors();
    let raw = vectors["raw_signatures"].as_array().unwrap();
    let vector = raw.iter().find(|vector| vector["signature_method"] == "RSA-SHA1").unwrap();
    let pem = text(&vector["rsa_private_key_pem"]);
    let (begin, end) = ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----");
    let one_line = pem.replace(begin, "").replace(end, "").replace('\n', "");
    for spelled in [
        pem.replace('\n', "\r\n"),
        pem.replace('\n', " \n"),
        pem.replace('\n', "\\n"),
        format!("Bag Attributes\n{pem}"),
        format!("{begin}\n{one_line}\n{end}"),
    ] {
        let base_string = text(&vector["base_string"]);
        let signed = signature::sign(SignatureMethod::RsaSha1, base_string, &spelled, "");
        assert_eq!(signed.unwrap().expose(), text(&vector["published_signature"]), "{spelled}");
    }
}

#[test]
fn what_is_no_rsa_key_is_refused_and_not_shown() {
    let ec = include_str!("../../tests/vectors/jose/ec-pkcs8.pem");
    let encrypted = include_str!("../../tests/vectors/jose/rsa-encrypted.pem");
    let refusal = |secret| {
        let signed = signature::sign(SignatureMethod::RsaSha256, "b", secret, "");
        signed.unwrap_err().to_string()
    };
    assert!(refusal(ec).contains("no RSA private key"));
    assert!(refusal(encrypted).contains("decrypt it first"));
    assert!(!refusal("hunter2").contains("hunter2"));
}

fn request(url: &str, body: Body) -> Request {
    let url = Url::parse(url).unwrap();
    Request { method: http::Method::POST, url, headers: Vec::new(), body }
}

fn signed(mut request: Request, place: ParametersIn, realm: Option<&str>) -> Request {
    let credentials = Credentials {
        consumer_key: "ck".into(),
        consumer_secret: Some(Secret::from("cs")),
        token: Some(Secret::from("t")),
        token_secret: Some(Secret::from("ts")),
    };
    let options = Options { method: SignatureMethod::HmacSha1, realm, parameters_in: place };
    let moment = Moment { timestamp: 7, nonce: "n" };
    sign(&mut request, &credentials, &options, &[("oauth_verifier", "v")], &moment).unwrap();
    request
}

#[test]
fn parameters_travel_where_the_definition_says_and_the_realm_is_not_signed() {
    let in_header =
        signed(request("https://a.test/x?q=1", Body::Empty), ParametersIn::Header, Some("R\"1"));
    let header = in_header.header("authorization").unwrap();
    assert!(header.starts_with("OAuth realm=\"R\\\"1\", oauth_consumer_key=\"ck\", "), "{header}");
    let without = signed(request("https://a.test/x?q=1", Body::Empty), ParametersIn::Header, None);
    let signature = |header: &str| header.split("oauth_signature=").nth(1).unwrap().to_owned();
    assert_eq!(signature(header), signature(without.header("authorization").unwrap()));
    let in_query = signed(request("https://a.test/x?q=1", Body::Empty), ParametersIn::Query, None);
    assert!(in_query.url.query().unwrap().starts_with("q=1&oauth_consumer_key=ck&"));
    let form = Body::Form(vec![("a".into(), "b".into())]);
    let in_body = signed(request("https://a.test/x", form), ParametersIn::Body, None);
    let Body::Form(sent) = in_body.body else { panic!() };
    assert_eq!(sent[0], ("a".to_owned(), "b".to_owned()));
    assert!(sent.iter().any(|(name, _)| name == "oauth_signature"));
}

#[test]
fn a_request_is_signed_anew_without_its_former_signature() {
    let place = ParametersIn::Query;
    let once = signed(request("https://a.test/x?q=a+b&q=%7E", Body::Empty), place, None);
    let url = once.url.clone();
    assert_eq!(signed(once, place, None).url, url);
    let form = Body::Form(vec![("a".into(), "b".into())]);
    let once = signed(request("https://a.test/x", form), ParametersIn::Body, None);
    let body = once.body_text();
    assert_eq!(signed(once, ParametersIn::Body, None).body_text(), body);
    // Yahoo's refresh has a parameter of its own.
    let own = request("https://a.test/x?oauth_session_handle=h", Body::Empty);
    assert_eq!(signed(own, ParametersIn::Header, None).url.query(), Some("oauth_session_handle=h"));
}

#[test]
fn what_is_no_text_is_refused_rather_than_signed_as_something_else() {
    let credentials = Credentials {
        consumer_key: "ck".into(),
        consumer_secret: Some(Secret::from("cs")),
        token: None,
        token_secret: None,
    };
    let place = ParametersIn::Header;
    let options = Options { method: SignatureMethod::HmacSha1, realm: None, parameters_in: place };
    let moment = Moment { timestamp: 7, nonce: "n" };
    let mut latin1 = request("https://a.test/x?q=%E6", Body::Empty);
    let refused = sign(&mut latin1, &credentials, &options, &[], &moment).unwrap_err();
    assert!(refused.to_string().contains("not UTF-8"), "{refused}");
}

#[test]
fn a_body_is_a_form_by_its_whole_media_type() {
    let place = ParametersIn::Body;
    let typed = |kind: &str| {
        let mut request = request("https://a.test/x", Body::Text("a=b".into()));
        request.set_header("content-type", kind).unwrap();
        let credentials = Credentials {
            consumer_key: "ck".into(),
            consumer_secret: None,
            token: None,
            token_secret: None,
        };
        let options =
            Options { method: SignatureMethod::HmacSha1, realm: None, parameters_in: place };
        sign(&mut request, &credentials, &options, &[], &Moment { timestamp: 7, nonce: "n" })
    };
    assert!(typed("Application/X-WWW-Form-Urlencoded; charset=utf-8").is_ok());
    assert!(typed("application/x-www-form-urlencoded-not").is_err());
}

#[test]
fn a_token_needs_a_secret_that_may_be_empty() {
    let read = |body: &str| {
        let answer = crate::answer::Answer::new(200, Vec::new(), body.as_bytes());
        read_token_pair(&answer).map(|pair| (pair.token.expose().to_owned(), pair.secret))
    };
    assert!(read("oauth_token=t&oauth_token_secret=").is_ok());
    assert!(read("oauth_token=t&x=y").is_err());
    assert!(read("oauth_token=&oauth_token_secret=s").is_err());
}

#[test]
fn a_redirect_is_ours_by_its_token() {
    let token = Secret::from("t1");
    let ours = |query: &str| check_callback(&pairs(query), &token);
    assert!(ours("oauth_token=t1&oauth_verifier=v").is_ok());
    assert!(ours("oauth_token=t2&oauth_verifier=v").is_err());
    assert!(ours("oauth_token=t1&oauth_token=t1").is_err());
    assert!(ours("denied=t1").is_err());
}

#[test]
fn parameters_for_a_body_go_into_any_form_and_into_the_query_where_there_is_no_body() {
    let form = |request: Request| {
        let Body::Form(pairs) = signed(request, ParametersIn::Body, None).body else { panic!() };
        pairs
    };
    assert!(
        form(request("https://a.test/x", Body::Empty))
            .iter()
            .any(|(name, _)| name == "oauth_signature")
    );
    let mut typed = request("https://a.test/x", Body::Text("a=b+c%2B&d".into()));
    typed.set_header("content-type", "Application/X-WWW-Form-Urlencoded; charset=utf-8").unwrap();
    let header = signed(typed.clone(), ParametersIn::Header, None);
    let sent = form(typed);
    assert_eq!(sent[..2], [("a".to_owned(), "b c+".to_owned()), ("d".to_owned(), String::new())]);
    let (_, signature) = sent.iter().find(|(name, _)| name == "oauth_signature").unwrap();
    assert!(header.header("authorization").unwrap().contains(&encode(signature)));
    // RFC 9110 section 9.3.1: what a GET has in its body means nothing.
    let mut get = request("https://a.test/x?q=1", Body::Empty);
    get.method = http::Method::GET;
    let get = signed(get, ParametersIn::Body, None);
    assert!(matches!(get.body, Body::Empty));
    assert!(get.url.query().unwrap().starts_with("q=1&oauth_consumer_key=ck&"));
}

proptest! {
    #[test]
    fn encoding_can_be_undone(text in "\\PC{0,60}") {
        let encoded = encode(&text);
        let read: Vec<_> = url::form_urlencoded::parse(encoded.as_bytes()).collect();
        let back = read.first().map(|(name, _)| name.to_string()).unwrap_or_default();
        prop_assert_eq!(back, text);
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(mut all in proptest::collection::vec(("\\PC{0,8}", "\\PC{0,8}"), 0..8)) {
        let first = normalized(&all);
        all.reverse();
        prop_assert_eq!(normalized(&all), first);
    }
}
