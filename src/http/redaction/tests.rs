//! Tests of the masking.

use super::*;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

fn redactor() -> Redactor {
    let mut redactor = Redactor::default();
    redactor.learn("access_token", &Secret::from("tok/en+42=="));
    redactor
}

#[test]
fn a_known_secret_is_masked_in_every_spelling() {
    let redactor = redactor();
    for text in [
        "Bearer tok/en+42==",
        "https://a.test/t/tok%2Fen%2B42%3D%3D/x",
        "x=1&t=tok%2Fen%2B42%3D%3D",
        r#"{"a": "tok/en+42=="}"#,
    ] {
        let masked = redactor.mask(text);
        assert!(masked.contains("[access_token #"), "{masked}");
        assert!(!untagged(&masked).contains("42"), "{masked}");
    }
}

#[test]
fn a_secret_is_masked_as_servers_and_people_write_it() {
    let mut redactor = Redactor::default();
    redactor.learn("api_key", &Secret::from("k\"é/<'&%7E\\z"));
    for text in [
        "https://a.test/?k=k%22%C3%A9/%3C%27&%7E\\z",
        "https://a.test/k%22%C3%A9/%3C'&%7E/z",
        "x=k%22%c3%a9%2f%3c%27%26%257E%5cz",
        r#"{"a": "k\"\u00e9\/<'&%7E\\z"}"#,
        r#"{"a": "k\"\u00e9/<'&%7E\\z"}"#,
        r#"{"a": "k\"é\/<'&%7E\\z"}"#,
        "<p>k&quot;é/&lt;&#39;&amp;%7E\\z</p>",
        "<p>k&quot;é/&lt;'&amp;%7E\\z</p>",
    ] {
        let masked = redactor.mask(text);
        assert!(masked.contains("[api_key #"), "{masked}");
        assert!(!untagged(&masked).to_lowercase().contains("7e"), "{masked}");
    }
}

/// The same with every mark's tag taken out: it is another one in each run.
fn untagged(text: &str) -> String {
    regex_lite::Regex::new(" #[0-9a-f]{4}]").unwrap().replace_all(text, "]").into_owned()
}

#[test]
fn what_stands_under_a_telling_name_is_masked_unseen() {
    let redactor = Redactor::default();
    let mask = |text: &str| untagged(&redactor.mask(text));
    let header = |name: &str, value: &str| untagged(&redactor.mask_header(name, value));
    assert_eq!(mask(r#"{"access_token":"new","n":1}"#), r#"{"access_token":"[hidden]","n":1}"#);
    assert_eq!(
        mask("grant_type=x&code=abc&client_secret=s"),
        "grant_type=x&code=[hidden]&client_secret=[hidden]"
    );
    for text in [
        r#"{"accessToken":"new"}"#,
        r#"{"clientSecret": "new"}"#,
        r#"{"tokens": ["new", "new2"]}"#,
        r#"{"api_key": 4711}"#,
        "<r><access_token>new</access_token></r>",
        "<a:authToken x='1'>new</a:authToken>",
    ] {
        let masked = mask(text);
        assert!(masked.contains("[hidden]"), "{masked}");
        assert!(!masked.contains("new") && !masked.contains("4711"), "{masked}");
    }
    assert_eq!(mask(r#"{"token_type":"bearer"}"#), r#"{"token_type":"bearer"}"#);
    assert_eq!(header("Authorization", "Bearer abc"), "Bearer [hidden]");
    assert_eq!(header("X-Api-Key", "abc"), "[hidden]");
    assert_eq!(mask("error: the state of things"), "error: the state of things");
}

#[test]
fn headers_that_only_a_server_sets_are_masked_and_can_still_be_read() {
    let redactor = redactor();
    let header = |name: &str, value: &str| untagged(&redactor.mask_header(name, value));
    assert_eq!(header("Set-Cookie", "sid=abc; Path=/; HttpOnly"), "sid=[hidden]; Path=/; HttpOnly");
    assert_eq!(header("Cookie", "sid=abc; t=tok/en+42=="), "sid=[hidden]; t=[access_token]");
    assert_eq!(header("X-Subject-Token", "abc"), "[hidden]");
    assert_eq!(header("X-Session-Id", "abc"), "[hidden]");
    assert_eq!(header("X-RateLimit-Remaining-Tokens", "12"), "12");
    assert_eq!(
        header("Location", "http://a.test/?code=abc&x=1"),
        "http://a.test/?code=[hidden]&x=1"
    );
    let signed = r#"OAuth realm="a", oauth_consumer_key="me", oauth_signature="c%2Bd""#;
    let shown = r#"OAuth realm="a", oauth_consumer_key="me", oauth_signature="[hidden]""#;
    assert_eq!(header("Authorization", signed), shown);
}

#[test]
fn basic_shows_who_it_is_only_beside_a_known_password() {
    let redactor = redactor();
    let basic = |pair: &str| {
        untagged(
            &redactor.mask_header("authorization", &format!("Basic {}", STANDARD.encode(pair))),
        )
    };
    assert_eq!(basic("ada:tok/en+42=="), "Basic ada:[access_token]");
    assert_eq!(basic("tok/en+42==:x"), "Basic [access_token]:[hidden]");
    assert_eq!(basic("tok/en+42==:"), "Basic [access_token]:");
    assert_eq!(basic("ada:unknown"), "Basic [hidden]");
    assert_eq!(untagged(&redactor.mask_header("authorization", "Basic ~")), "Basic [hidden]");
}

#[test]
fn equal_secrets_have_equal_marks_and_others_have_others() {
    let (mut one, mut two) = (redactor(), Redactor::default());
    one.learn("access_token", &Secret::from("another"));
    two.learn("access_token", &Secret::from("another"));
    let mark = two.mask("another");
    assert_eq!(one.mask("oauth_token=another"), format!("oauth_token={mark}"));
    assert_ne!(one.mask("tok/en+42=="), mark);
    assert_eq!(one.mask(r#"{"token":"another"}"#), format!(r#"{{"token":"{mark}"}}"#));
    // A plain hash would let anybody try passwords.
    let digest = ring::digest::digest(&ring::digest::SHA256, b"another");
    assert!(!mark.contains(&crate::text::hex(&digest.as_ref()[..2])), "{mark}");
}

#[test]
fn only_our_own_marks_are_taken_for_marks() {
    let redactor = redactor();
    for text in ["token=[abc]", "token=[access_token #12ab]abc", r#"{"token":"[abc #1234]"}"#] {
        let masked = redactor.mask(text);
        assert!(masked.contains("[hidden #") && !masked.contains("abc"), "{masked}");
        assert_eq!(redactor.mask(&masked), masked, "masked twice");
    }
}

#[test]
fn a_jwt_shows_its_claims_and_never_its_signature() {
    let mut redactor = redactor();
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let (header, claims) = (part(r#"{"alg":"RS256"}"#), part(r#"{"sub":"ada","k":"tok/en+42=="}"#));
    let jwt = format!("{header}.{claims}.c2lnbmF0dXJl");
    redactor.learn_from(&format!("see {jwt} there"));
    let masked = redactor.mask(&format!("see {jwt}, twice {jwt}"));
    assert_eq!(untagged(&masked), "see [jwt], twice [jwt]");
    let tokens = redactor.tokens(&jwt);
    assert!(masked.contains(&tokens[0].mark));
    assert_eq!(tokens[0].header, r#"{"alg":"RS256"}"#);
    assert_eq!(untagged(&tokens[0].claims), r#"{"sub":"ada","k":"[access_token]"}"#);
    // One that nobody signed could be put together again.
    let unsigned = format!("{}.{claims}.", part(r#"{"alg":"none"}"#));
    assert!(redactor.tokens(&unsigned).is_empty());
    assert_eq!(untagged(&redactor.mask(&unsigned)), "[jwt]");
}

#[test]
fn what_stood_under_a_telling_name_is_masked_where_no_name_betrays_it() {
    let mut redactor = Redactor::default();
    redactor.learn_from(r#"{"session_token":"abcdef0123456789","state":"open"}"#);
    let masked = untagged(&redactor.mask(r#"{"x":"abcdef0123456789 is open"}"#));
    assert_eq!(masked, r#"{"x":"[session_token] is open"}"#);
}

proptest! {
    #[test]
    fn base64_hides_it_at_every_alignment(before in "[a-z:]{0,5}", after in "[a-z:]{0,5}") {
        let secret = "hunter2-hunter2";
        let mut redactor = Redactor::default();
        redactor.learn("password", &Secret::from(secret));
        let text = STANDARD.encode(format!("{before}{secret}{after}"));
        prop_assert!(redactor.mask(&text).contains("[password #"));
    }
}
