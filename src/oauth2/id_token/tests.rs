//! One ID token that is right, and one for each way to be wrong.

use super::*;
use crate::jose::SigningKey;
use serde_json::json;

const NOW: i64 = 1_700_000_000;

struct Provider {
    key: SigningKey,
    keys: JwkSet,
}

fn provider() -> Provider {
    let (key, _) = SigningKey::generate_es256().unwrap();
    let keys = JwkSet::parse(&json!({"keys": [key.public_jwk().unwrap()]})).unwrap();
    Provider { key, keys }
}

fn expected<'a>() -> Expected<'a> {
    Expected {
        issuer: "https://op.test",
        client_id: "me",
        nonce: Some("n-0S6_WzA2Mj"),
        access_token: None,
        client_secret: None,
        now: NOW,
    }
}

/// Right claims with some replaced; `null` takes one away.
fn claims(changes: &Value) -> Claims {
    let right = json!({
        "iss": "https://op.test", "sub": "248289761001", "aud": "me", "nonce": "n-0S6_WzA2Mj",
        "exp": NOW + 600, "iat": NOW,
    });
    let mut claims = right.as_object().unwrap().clone();
    claims.extend(changes.as_object().unwrap().clone());
    claims.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

fn check(changes: &Value, expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
    let provider = provider();
    let token = provider.key.sign(&Map::new(), &claims(changes)).unwrap();
    check_id_token(&token, &provider.keys, expected)
}

fn refused(changes: &Value) -> IdTokenError {
    check(changes, &expected()).unwrap_err()
}

fn accepted(changes: &Value) -> bool {
    check(changes, &expected()).is_ok()
}

#[test]
fn a_right_one_gives_its_claims() {
    let claims = check(&json!({"email": "me@op.test"}), &expected()).unwrap();
    assert_eq!(claims["sub"], "248289761001");
    assert_eq!(claims["email"], "me@op.test");
}

#[test]
fn the_signature_is_the_providers() {
    let (own, other) = (provider(), provider());
    let token = own.key.sign(&Map::new(), &claims(&json!({}))).unwrap();
    let error = check_id_token(&token, &other.keys, &expected()).unwrap_err();
    assert!(matches!(error, IdTokenError::Signature(JwtError::Signature)));
    assert!(error.to_string().contains("3.1.3.7 rule 6"), "{error}");
    let named = json!({"kid": "new"});
    let token = own.key.sign(named.as_object().unwrap(), &claims(&json!({}))).unwrap();
    let no_keys = JwkSet::parse(&json!({"keys": []})).unwrap();
    let error = check_id_token(&token, &no_keys, &expected()).unwrap_err();
    assert!(matches!(error, IdTokenError::Signature(JwtError::UnknownKey { key_id: Some(_) })));
}

#[test]
fn a_shared_secret_signs_only_where_one_is_given() {
    let secret = Secret::from("a client secret");
    let provider = provider();
    let sign = |algorithm| {
        let key = SigningKey::read(algorithm, &secret).unwrap();
        key.sign(&Map::new(), &claims(&json!({}))).unwrap()
    };
    let check = |token: Secret, client_secret| {
        let expected = Expected { client_secret, ..expected() };
        check_id_token(&token, &provider.keys, &expected)
    };
    assert!(check(sign(Algorithm::Hs256), Some(&secret)).is_ok());
    for (algorithm, secret) in [(Algorithm::Hs256, None), (Algorithm::Hs512, Some(&secret))] {
        let error = check(sign(algorithm), secret).unwrap_err();
        assert!(matches!(error, IdTokenError::Signature(JwtError::Algorithm(_))), "{error}");
    }
    let other = Secret::from("another");
    let error = check(sign(Algorithm::Hs256), Some(&other)).unwrap_err();
    assert!(matches!(error, IdTokenError::Signature(JwtError::Signature)));
}

#[test]
fn what_every_id_token_has_is_asked_for() {
    for name in ["iss", "sub", "aud", "exp", "iat"] {
        let error = refused(&json!({name: null}));
        assert!(matches!(error, IdTokenError::Missing(missing) if missing == name), "{error}");
        assert!(error.to_string().contains("section 2"), "{error}");
    }
    for wrong in
        [json!({"sub": ""}), json!({"sub": 1}), json!({"exp": "soon"}), json!({"nbf": "x"})]
    {
        assert!(matches!(refused(&wrong), IdTokenError::Missing(_)), "{wrong}");
    }
}

#[test]
fn the_issuer_is_compared_exactly() {
    for issuer in ["https://op.test/", "https://OP.test", "http://op.test", "op.test"] {
        let error = refused(&json!({"iss": issuer}));
        assert!(matches!(&error, IdTokenError::Issuer { found, .. } if found == issuer));
        assert!(error.to_string().contains("3.1.3.7 rule 2"), "{error}");
    }
}

#[test]
fn the_audience_is_this_client() {
    for audience in [json!("other"), json!([]), json!(["other"]), json!({"me": 1}), json!("ME")] {
        let error = refused(&json!({"aud": audience}));
        assert!(matches!(error, IdTokenError::Audience(_)), "{error}");
        assert!(error.to_string().contains("3.1.3.7 rule 3"), "{error}");
    }
    assert!(accepted(&json!({"aud": ["me"]})));
}

#[test]
fn several_audiences_need_an_authorized_party() {
    let error = refused(&json!({"aud": ["me", "other"]}));
    assert!(error.to_string().contains("3.1.3.7 rule 4"), "{error}");
    assert!(accepted(&json!({"aud": ["me", "other"], "azp": "me"})));
    for party in [json!("other"), json!(1)] {
        let error = refused(&json!({"azp": party}));
        assert!(matches!(error, IdTokenError::AuthorizedParty(_)), "{error}");
        assert!(error.to_string().contains("3.1.3.7 rule 5"), "{error}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    assert!(accepted(&json!({"exp": NOW - 59, "iat": NOW + 60, "nbf": NOW + 60})));
    assert!(accepted(&json!({"exp": 1_700_000_600.5, "iat": 1_699_999_999.9})));
    let error = refused(&json!({"exp": NOW - 60}));
    assert!(matches!(error, IdTokenError::Expired(60)));
    assert!(error.to_string().contains("3.1.3.7 rule 9"), "{error}");
    for claim in ["iat", "nbf"] {
        let error = refused(&json!({claim: NOW + 61}));
        assert!(matches!(error, IdTokenError::Future { seconds: 61, .. }), "{error}");
        assert!(error.to_string().contains("3.1.3.7 rule 10"), "{error}");
    }
    assert!(matches!(refused(&json!({"exp": i64::MIN})), IdTokenError::Expired(_)));
    assert!(matches!(refused(&json!({"iat": 1e300})), IdTokenError::Future { .. }));
}

#[test]
fn the_nonce_comes_back() {
    for nonce in [json!(null), json!("other"), json!(1), json!("")] {
        let error = refused(&json!({"nonce": nonce}));
        assert!(matches!(error, IdTokenError::Nonce), "{error}");
        assert!(error.to_string().contains("3.1.3.7 rule 11"), "{error}");
    }
    let refreshed = Expected { nonce: None, ..expected() };
    assert!(check(&json!({"nonce": null}), &refreshed).is_ok());
}

/// The token and its hash are those of OpenID Connect Core, appendix A.3.
#[test]
fn the_access_token_is_the_one_that_was_hashed() {
    let token = Secret::from("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    let with_token = Expected { access_token: Some(&token), ..expected() };
    let hash = json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"});
    assert!(check(&hash, &with_token).is_ok());
    assert!(check(&hash, &expected()).is_ok());
    assert!(check(&json!({}), &with_token).is_ok());
    for wrong in [json!("77QmUPtjPfzWtF2AnpK9RA"), json!(""), json!(7)] {
        let error = check(&json!({"at_hash": wrong}), &with_token).unwrap_err();
        assert!(matches!(error, IdTokenError::AccessTokenHash), "{error}");
        assert!(error.to_string().contains("3.1.3.8"), "{error}");
    }
}
