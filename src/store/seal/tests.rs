//! The sealed form against published vectors, and against every kind of change to it.

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    let hex: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    hex.chunks(2).map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap()).collect()
}

/// draft-irtf-cfrg-xchacha-03, A.3.1
#[test]
fn the_cipher_is_the_xchacha20_poly1305_of_the_draft() {
    let key: [u8; 32] = std::array::from_fn(|i| 0x80 + i as u8);
    let nonce: [u8; 24] = std::array::from_fn(|i| 0x40 + i as u8);
    let msg = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for \
        the future, sunscreen would be it.";
    let aad = &bytes("50515253c0c1c2c3c4c5c6c7");
    let sealed =
        cipher(&key).encrypt(&XNonce::from(nonce), Payload { msg: msg.as_slice(), aad }).unwrap();
    let expected = bytes(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb
         731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
         2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
         21f9664c97637da9768812f615c68b13b52e
         c0875924c1c7987947deafd8780acf49",
    );
    assert_eq!(sealed, expected);
}

/// RFC 9106, 5.3. It has a secret and associated data, which we do not use.
#[test]
fn the_crate_computes_the_argon2id_of_the_rfc() {
    let mut params = argon2::ParamsBuilder::new();
    params.m_cost(32).t_cost(3).p_cost(4).data(argon2::AssociatedData::new(&[4; 12]).unwrap());
    let params = params.build().unwrap();
    let argon2 =
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut tag = [0; 32];
    argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
    let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
    assert_eq!(tag.as_slice(), bytes(expected));
}

/// The reference implementation's `test.c`: m = 64 MiB, t = 2, p = 1.
#[test]
fn our_call_computes_what_the_reference_implementation_does() {
    let key = argon2id(b"password", b"somesalt", (65536, 2, 1)).unwrap();
    let expected = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7";
    assert_eq!(key.as_slice(), bytes(expected));
}

/// RFC 5869, A.1, cut to the length of a key.
#[test]
fn keys_are_expanded_by_the_hkdf_of_the_rfc() {
    let main = hkdf::Salt::new(hkdf::HKDF_SHA256, &bytes("000102030405060708090a0b0c"))
        .extract(&[0x0b; 22]);
    let mut out = [0; 32];
    expand(&main, &bytes("f0f1f2f3f4f5f6f7f8f9"), &mut out).unwrap();
    let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf";
    assert_eq!(out.as_slice(), bytes(expected));
}

fn sealer(key: u8, salt: u8) -> Sealer {
    let key = SealedKey::Raw(Zeroizing::new([key; 32]));
    Sealer::new(&key, Origin { kdf: Kdf::Raw, salt: vec![salt; 16] }, Path::new("x")).unwrap()
}

fn open(sealer: &Sealer, user: &str, text: &str) -> Result<Secret, StoreError> {
    let path = Path::new("x");
    sealer.open(user, &SealedText::parse(text, path)?, path)
}

#[test]
fn what_was_sealed_opens_for_its_user_only() {
    let text = sealer(1, 1).seal("github/work", &Secret::from("gho_canary")).unwrap();
    assert!(!text.contains("canary"));
    assert!(open(&sealer(1, 1), "github/work", &text).unwrap().equals("gho_canary"));
    assert!(matches!(open(&sealer(1, 1), "github/other", &text), Err(StoreError::Corrupt { .. })));
}

#[test]
fn another_key_is_told_from_a_damaged_file() {
    let text = sealer(1, 1).seal("a/b", &Secret::from("value")).unwrap();
    for other in [sealer(2, 1), sealer(1, 2)] {
        let error = open(&other, "a/b", &text).unwrap_err();
        assert!(matches!(error, StoreError::WrongKey { sealed_with: RAW_KEY, .. }));
    }
}

#[test]
fn no_byte_of_the_file_can_be_changed() {
    let text = sealer(1, 1).seal("a/b", &Secret::from("value")).unwrap();
    for at in 0..text.len() - 1 {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(open(&sealer(1, 1), "a/b", &changed).is_err(), "byte {at} of {text}");
    }
    for length in 0..text.len() - 1 {
        assert!(open(&sealer(1, 1), "a/b", &text[..length]).is_err(), "{length} bytes of {text}");
    }
}

#[test]
fn a_name_exchanged_in_the_header_does_not_open() {
    let text = sealer(1, 1).seal("a/b", &Secret::from("value")).unwrap();
    let error = open(&sealer(1, 1), "a/c", &text.replace("a/b", "a/c")).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }));
}

#[test]
fn a_newer_version_is_refused_by_its_number() {
    let text = sealer(1, 1).seal("a/b", &Secret::from("v")).unwrap();
    let text = text.replace("\"tieline_sealed\":1", "\"tieline_sealed\":2");
    let cause = open(&sealer(1, 1), "a/b", &text).unwrap_err().cause().unwrap();
    assert_eq!(cause, "x: its version is 2, this program knows 1");
}

#[test]
fn parameters_that_would_fill_the_memory_are_refused() {
    for params in [(u32::MAX, 3, 4), (65536, 1000, 4), (65536, 3, 1000), (1, 1, 1)] {
        assert!(matches!(argon2id(b"p", &[0; 16], params), Err(StoreError::Corrupt { .. })));
    }
}

#[test]
fn a_key_is_read_in_hex_and_both_alphabets_of_base64() {
    let hex = "fb".repeat(32);
    let base64 = STANDARD.encode([0xfb; 32]);
    let url = base64.replace('+', "-").replace('/', "_");
    let bare = base64.trim_end_matches('=');
    for text in [&hex, &hex.to_uppercase(), &base64, &url, bare, &format!(" {base64}\n")] {
        let SealedKey::Raw(key) = SealedKey::parse(&Secret::from(text)).unwrap() else { panic!() };
        assert_eq!(*key, [0xfb; 32], "{text}");
    }
}

#[test]
fn a_key_of_another_length_is_refused() {
    for text in ["", "abc", &"fb".repeat(31), &"é".repeat(32), &STANDARD.encode([1; 33])] {
        let error = SealedKey::parse(&Secret::from(text)).unwrap_err();
        assert!(matches!(error, StoreError::SealedKeyInvalid), "{text}");
    }
}
