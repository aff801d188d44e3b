//! The RFCs' own examples, every form of a key, and tokens that try to be what they are not.

use super::verify::verify_bytes;
use super::*;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Values of the RFCs; the file names each source.
fn rfc(name: &str) -> Value {
    let all: Value =
        serde_json::from_str(include_str!("../../tests/vectors/jose/rfc.json")).unwrap();
    all[name].clone()
}

macro_rules! pem {
    ($name:literal) => {
        Secret::from(include_str!(concat!("../../tests/vectors/jose/", $name, ".pem")))
    };
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn base64url(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The key of an example: algorithm, key to sign with, keys to verify with.
fn example(name: &str) -> (Algorithm, SigningKey, JwkSet, String) {
    let example = rfc(name);
    let algorithm = Algorithm::parse(example["algorithm"].as_str().unwrap()).unwrap();
    let key = &example["key"];
    let token = example["token"].as_str().unwrap().to_owned();
    if algorithm.is_symmetric() {
        let bytes = base64url(key["k"].as_str().unwrap());
        let signing = SigningKey::from_secret(algorithm, &bytes).unwrap();
        return (algorithm, signing, set(&[]), token);
    }
    let signing = SigningKey::read(algorithm, &Secret::from(key.to_string())).unwrap();
    (algorithm, signing, set(std::slice::from_ref(key)), token)
}

fn set(keys: &[Value]) -> JwkSet {
    JwkSet::parse(&json!({"keys": keys})).unwrap()
}

fn set_of(key: &SigningKey) -> JwkSet {
    set(&[key.public_jwk().unwrap()])
}

fn token(header: &Value, claims: &Value, key: &SigningKey) -> String {
    key.sign(&map(header), &map(claims)).unwrap().expose().to_owned()
}

#[test]
fn deterministic_signatures_are_the_rfcs_own() {
    for name in ["rfc7515_a1", "rfc7515_a2", "rfc7520_4_1", "rfc7520_4_4", "rfc8037_a4"] {
        let (_, key, _, token) = example(name);
        let parts: Vec<&str> = token.split('.').collect();
        let signed = key.sign_bytes(&base64url(parts[0]), &base64url(parts[1])).unwrap();
        assert_eq!(signed.expose(), token, "{name}");
    }
}

#[test]
fn the_rfcs_signatures_verify() {
    for name in ["rfc7515_a2", "rfc7515_a3", "rfc7520_4_1", "rfc7520_4_2", "rfc8037_a4"] {
        let (algorithm, _, keys, token) = example(name);
        let (header, payload) = verify_bytes(&token, &keys, &[algorithm]).unwrap();
        assert_eq!(header["alg"], algorithm.name(), "{name}");
        assert_eq!(payload, base64url(token.split('.').nth(1).unwrap()), "{name}");
    }
    let (_, _, keys, token) = example("rfc7515_a3");
    let verified = verify(&token, &keys, &Algorithm::ASYMMETRIC).unwrap();
    assert_eq!(verified.claims["iss"], "joe");
    assert_eq!(verified.claims["exp"], 1_300_819_380);
}

#[test]
fn a_signature_over_something_else_is_refused() {
    for name in ["rfc7515_a2", "rfc7515_a3", "rfc7520_4_2", "rfc8037_a4"] {
        let (algorithm, _, keys, token) = example(name);
        let (input, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = input.split_once('.').unwrap();
        let (first, rest) = payload.split_at(1);
        let other = if first == "e" { "f" } else { "e" };
        let changed = format!("{header}.{other}{rest}.{signature}");
        let result = verify_bytes(&changed, &keys, &[algorithm]);
        assert!(matches!(result, Err(JwtError::Signature)), "{name}");
    }
}

#[test]
fn thumbprints_are_the_rfcs_own() {
    for name in ["rfc7638_3_1", "rfc8037_a3"] {
        let example = rfc(name);
        assert_eq!(thumbprint(&example["jwk"]).unwrap(), example["thumbprint"], "{name}");
    }
    let (_, key, _, _) = example("rfc8037_a4");
    assert_eq!(key.thumbprint().unwrap(), rfc("rfc8037_a3")["thumbprint"]);
    assert!(thumbprint(&json!({"kty": "oct", "k": "AA"})).is_none());
}

#[test]
fn every_algorithm_signs_what_it_verifies() {
    for algorithm in Algorithm::ALL {
        let key = match algorithm {
            Algorithm::Es256 => SigningKey::read(algorithm, &pem!("ec-pkcs8")),
            Algorithm::Es384 => SigningKey::read(algorithm, &pem!("ec-p384-sec1")),
            Algorithm::EdDsa => SigningKey::read(algorithm, &pem!("ed25519-pkcs8")),
            _ if algorithm.is_symmetric() => SigningKey::from_secret(algorithm, b"hunter2"),
            _ => SigningKey::read(algorithm, &pem!("rsa-pkcs8")),
        }
        .unwrap();
        let keys = match algorithm.is_symmetric() {
            true => JwkSet::from_secret(&Secret::from("hunter2")),
            false => set_of(&key),
        };
        let token = token(&json!({"alg": "none", "typ": "JWT"}), &json!({"sub": "me"}), &key);
        let verified = verify(&token, &keys, &[algorithm]).unwrap();
        assert_eq!(Value::Object(verified.header), json!({"alg": algorithm.name(), "typ": "JWT"}));
        assert_eq!(verified.claims["sub"], "me");
        assert_eq!(Algorithm::parse(algorithm.name()), Some(algorithm));
    }
}

#[test]
fn every_form_of_a_key_is_the_same_key() {
    let parse = |algorithm, key: Secret| SigningKey::read(algorithm, &key).unwrap();
    let jwk = |key: SigningKey| key.public_jwk().unwrap();
    let rsa = jwk(example("rfc7515_a2").1);
    assert_eq!(jwk(parse(Algorithm::Rs256, pem!("rsa-pkcs8"))), rsa);
    assert_eq!(jwk(parse(Algorithm::Ps512, pem!("rsa-pkcs1"))), rsa);
    let ec = jwk(example("rfc7515_a3").1);
    assert_eq!(jwk(parse(Algorithm::Es256, pem!("ec-pkcs8"))), ec);
    assert_eq!(jwk(parse(Algorithm::Es256, pem!("ec-sec1"))), ec);
    let spelled = pem!("ec-sec1").expose().replace('\n', "\\n");
    assert_eq!(jwk(parse(Algorithm::Es256, Secret::from(spelled))), ec);
    let ed25519 = jwk(example("rfc8037_a4").1);
    assert_eq!(jwk(parse(Algorithm::EdDsa, pem!("ed25519-pkcs8"))), ed25519);
    assert_eq!(
        ec.to_string(),
        r#"{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
    );
}

#[test]
fn a_generated_key_can_be_kept() {
    let (key, kept) = SigningKey::generate_es256().unwrap();
    let again = SigningKey::from_kept_es256(&kept).unwrap();
    assert_eq!(again.thumbprint().unwrap(), key.thumbprint().unwrap());
    let token = token(&json!({}), &json!({}), &again);
    assert!(verify(&token, &set_of(&key), &[Algorithm::Es256]).is_ok());
    let (other, _) = SigningKey::generate_es256().unwrap();
    assert!(verify(&token, &set_of(&other), &[Algorithm::Es256]).is_err());
}

#[test]
fn a_key_that_cannot_sign_says_why() {
    let error = |algorithm, key: Secret| SigningKey::read(algorithm, &key).unwrap_err();
    use Algorithm::{EdDsa, Es256, Es384, Hs256, Rs256};
    assert!(matches!(error(Rs256, pem!("rsa-encrypted")), KeyError::Encrypted));
    assert!(matches!(error(Es256, pem!("ec-encrypted")), KeyError::Encrypted));
    assert!(matches!(error(Es256, pem!("ec-openssh")), KeyError::OpenSsh));
    assert!(matches!(error(Es256, pem!("ec-public")), KeyError::Public));
    assert!(matches!(error(Rs256, pem!("rsa-1024")), KeyError::TooShort));
    assert!(matches!(error(Es256, Secret::from("hunter2")), KeyError::NotAKey));
    assert!(matches!(error(Es256, Secret::from("{not json")), KeyError::NotAKey));
    assert!(matches!(error(Hs256, Secret::from("")), KeyError::Empty));
    for (algorithm, key) in [
        (Es256, pem!("rsa-pkcs8")),
        (Es256, pem!("rsa-pkcs1")),
        (Rs256, pem!("ec-pkcs8")),
        (Rs256, pem!("ec-sec1")),
        (EdDsa, pem!("ec-pkcs8")),
        (Es384, pem!("ec-pkcs8")),
        (Es384, pem!("ec-sec1")),
        (Es256, pem!("ec-p384-sec1")),
        (Es256, Secret::from(rfc("rfc7515_a2")["key"].to_string())),
    ] {
        let error = error(algorithm, key);
        assert!(matches!(error, KeyError::WrongKind { .. }), "{error}");
    }
    let public = Secret::from(rfc("rfc8037_a3")["jwk"].to_string());
    assert!(matches!(error(EdDsa, public), KeyError::Public));
    let mut partial = rfc("rfc7515_a2")["key"].clone();
    partial.as_object_mut().unwrap().remove("qi");
    let partial = error(Rs256, Secret::from(partial.to_string())).to_string();
    assert_eq!(partial, "the JWK has no `qi` in Base64url");
    let mut other = rfc("rfc7515_a2")["key"].clone();
    other["alg"] = "PS256".into();
    let other = error(Rs256, Secret::from(other.to_string())).to_string();
    assert_eq!(other, "the JWK is for `PS256`, not for `RS256`");
}

#[test]
fn nothing_of_a_key_is_shown() {
    let key = SigningKey::read(Algorithm::Es256, &pem!("ec-sec1")).unwrap();
    assert_eq!(format!("{key:?}"), "[ES256 key]");
    let secret = SigningKey::from_secret(Algorithm::Hs256, b"hunter2").unwrap();
    assert!(matches!(secret.public_jwk(), Err(KeyError::Symmetric(Algorithm::Hs256))));
}

#[test]
fn a_jwks_kid_goes_into_the_header() {
    let mut jwk = rfc("rfc7515_a3")["key"].clone();
    jwk["kid"] = "k1".into();
    let key = SigningKey::read(Algorithm::Es256, &Secret::from(jwk.to_string())).unwrap();
    let header = |header: Value| {
        verify(&token(&header, &json!({}), &key), &set_of(&key), &[Algorithm::Es256])
            .unwrap()
            .header
    };
    assert_eq!(header(json!({}))["kid"], "k1");
    assert_eq!(header(json!({"kid": "mine"}))["kid"], "mine");
}

#[test]
fn a_public_key_is_never_a_shared_secret() {
    let rsa = SigningKey::read(Algorithm::Rs256, &pem!("rsa-pkcs8")).unwrap();
    let jwk = rsa.public_jwk().unwrap();
    // the classic: HS256 with the bytes of what everybody knows
    let secrets =
        [jwk.to_string().into_bytes(), base64url(jwk["n"].as_str().unwrap()), b"shared".to_vec()];
    for secret in &secrets {
        let forged = SigningKey::from_secret(Algorithm::Hs256, secret).unwrap();
        let forged = token(&json!({}), &json!({"sub": "admin"}), &forged);
        let oct = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(secret)});
        for keys in [set(std::slice::from_ref(&jwk)), set(&[oct])] {
            let result = verify(&forged, &keys, &Algorithm::ALL);
            assert!(matches!(result, Err(JwtError::UnknownKey { .. })));
        }
    }
    let real = token(&json!({}), &json!({}), &rsa);
    let keys = JwkSet::from_secret(&Secret::from("shared"));
    assert!(matches!(verify(&real, &keys, &Algorithm::ALL), Err(JwtError::UnknownKey { .. })));
}

#[test]
fn only_what_is_allowed_and_understood_is_accepted() {
    let (key, _) = SigningKey::generate_es256().unwrap();
    let keys = set_of(&key);
    let error = |token: &str, allowed: &[Algorithm]| verify(token, &keys, allowed).unwrap_err();
    let good = token(&json!({}), &json!({}), &key);
    assert!(
        matches!(error(&good, &[Algorithm::Rs256]), JwtError::Algorithm(name) if name == "ES256")
    );
    let raw = |header: Value, payload: &str| {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.", encode(&header.to_string()), encode(payload))
    };
    for name in ["none", "None", "ES256K", "HS1", ""] {
        let unsigned = raw(json!({"alg": name}), "{}");
        let error = error(&unsigned, &Algorithm::ALL);
        assert!(matches!(&error, JwtError::Algorithm(said) if said == name), "{error}");
    }
    let critical = token(&json!({"crit": ["b64"], "b64": false}), &json!({}), &key);
    assert!(matches!(error(&critical, &Algorithm::ALL), JwtError::Critical));
    for header in [json!({}), json!({"alg": 1}), json!([]), json!({"alg": "ES256", "kid": 1})] {
        assert!(matches!(error(&raw(header, "{}"), &Algorithm::ALL), JwtError::Header));
    }
    for text in
        ["", "a", "a.b", "e30.e30.e30.e30.e30", "e30.e30.=", "e30=.e30.e30", &format!("{good}.x")]
    {
        assert!(matches!(error(text, &Algorithm::ALL), JwtError::NotCompact), "{text}");
    }
    let long = format!("{good}{}", "A".repeat(200_000));
    assert!(matches!(error(&long, &Algorithm::ALL), JwtError::TooLong));
    let no_claims = key.sign_bytes(br#"{"alg":"ES256"}"#, b"[1]").unwrap();
    assert!(matches!(error(no_claims.expose(), &Algorithm::ALL), JwtError::Claims));
}

#[test]
fn the_right_one_of_many_keys_is_found() {
    let (key, _) = SigningKey::generate_es256().unwrap();
    let (other, _) = SigningKey::generate_es256().unwrap();
    let jwk = |key: &SigningKey, more: Value| {
        let mut jwk = map(&key.public_jwk().unwrap());
        jwk.extend(map(&more));
        Value::Object(jwk)
    };
    let check = |header: Value, keys: &[Value]| {
        verify(&token(&header, &json!({}), &key), &set(keys), &Algorithm::ASYMMETRIC)
    };
    let named = json!({"kid": "a"});
    // without a kid, all are tried; with one, its own or one that has none
    assert!(check(json!({}), &[jwk(&other, json!({})), jwk(&key, named.clone())]).is_ok());
    assert!(
        check(named.clone(), &[jwk(&other, json!({"kid": "b"})), jwk(&key, json!({}))]).is_ok()
    );
    assert!(check(named.clone(), &[jwk(&other, json!({})), jwk(&key, named.clone())]).is_ok());
    let unknown = check(named.clone(), &[jwk(&key, json!({"kid": "b"}))]).unwrap_err();
    assert!(matches!(&unknown, JwtError::UnknownKey { key_id } if key_id.as_deref() == Some("a")));
    assert_eq!(unknown.to_string(), "none of the provider's keys fits the token, which names `a`");
    assert!(matches!(
        check(named.clone(), &[jwk(&other, named.clone())]),
        Err(JwtError::Signature)
    ));
    for unfit in [
        json!({"use": "enc"}),
        json!({"key_ops": ["encrypt"]}),
        json!({"alg": "ES384"}),
        json!({"alg": "none"}),
    ] {
        let result = check(json!({}), &[jwk(&key, unfit.clone())]);
        assert!(matches!(result, Err(JwtError::UnknownKey { .. })), "{unfit}");
    }
    let fit = json!({"use": "sig", "key_ops": ["verify"], "alg": "ES256", "x5t": 1});
    assert!(check(json!({}), &[json!(1), json!({"kty": "??"}), jwk(&key, fit)]).is_ok());
}

#[test]
fn leading_zeros_of_a_modulus_do_no_harm() {
    let (algorithm, _, _, token) = example("rfc7515_a2");
    let mut jwk = rfc("rfc7515_a2")["key"].clone();
    let modulus = [&[0], base64url(jwk["n"].as_str().unwrap()).as_slice()].concat();
    jwk["n"] = URL_SAFE_NO_PAD.encode(modulus).into();
    assert!(verify(&token, &set(&[jwk]), &[algorithm]).is_ok());
}

#[test]
fn a_jwks_that_is_none_is_refused() {
    for value in [json!(null), json!([]), json!({}), json!({"keys": {}}), json!("keys")] {
        assert!(JwkSet::parse(&value).is_err(), "{value}");
    }
}

#[test]
fn of_many_keys_only_the_first_hundred_count() {
    let (key, _) = SigningKey::generate_es256().unwrap();
    let token = token(&json!({}), &json!({}), &key);
    let mut keys = vec![json!({}); 99];
    keys.push(key.public_jwk().unwrap());
    assert!(verify(&token, &set(&keys), &Algorithm::ALL).is_ok());
    keys.insert(0, json!({}));
    assert!(verify(&token, &set(&keys), &Algorithm::ALL).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "alg", "kid", "crit", "kty", "crv", "x", "y", "n", "e", "use", "key_ops", "keys", "d",
    ]);
    let texts = prop::sample::select(vec![
        "RSA", "EC", "OKP", "P-256", "P-384", "Ed25519", "ES256", "RS256", "EdDSA", "sig", "",
        "AQAB", "AAAA",
    ]);
    let leaf = prop_oneof![
        texts.prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
        prop::collection::vec(any::<u8>(), 0..80).prop_map(|b| URL_SAFE_NO_PAD.encode(b).into()),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((names.clone(), inner), 0..8).prop_map(|pairs| {
                pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_makes_verify_panic(token in ".{0,80}", keys in any_json()) {
        let keys = set(&[keys]);
        prop_assert!(verify(&token, &keys, &Algorithm::ALL).is_err());
    }

    #[test]
    fn no_token_nor_key_makes_verify_panic(
        header in any_json(), claims in any_json(),
        signature in prop::collection::vec(any::<u8>(), 0..80),
        keys in prop::collection::vec(any_json(), 0..4),
    ) {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let token = format!(
            "{}.{}.{}",
            encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()), encode(&signature)
        );
        prop_assert!(verify(&token, &set(&keys), &Algorithm::ALL).is_err());
        for key in &keys {
            for algorithm in Algorithm::ASYMMETRIC {
                let _ = SigningKey::read(algorithm, &Secret::from(key.to_string()));
                let _ = thumbprint(key);
            }
        }
    }

    #[test]
    fn a_changed_token_never_verifies(at in 0_usize..200, byte in 0_usize..64) {
        let (algorithm, _, keys, token) = example("rfc7515_a3");
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut changed = token.clone().into_bytes();
        let at = at % changed.len();
        changed[at] = alphabet[byte];
        let changed = String::from_utf8(changed).unwrap();
        prop_assert!(changed == token || verify(&changed, &keys, &[algorithm]).is_err());
    }
}
