//! The spellings in which a secret could leak.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A secret with the characters that go wrong, different in every run of the tests.
pub(crate) fn secret(name: &str) -> String {
    let mut bytes = [0_u8; 12];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
    let random: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(r#"{name}{random}p@ss w/%2B+:"\{random}"#)
}

/// Every spelling in which a secret could leak: raw, escaped, percent-encoded, and Base64 at each
/// of the three places where it could begin.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut all = vec![
        secret.to_owned(),
        json[1..json.len() - 1].to_owned(),
        form.replace('+', "%20"),
        form.clone(),
        form.to_lowercase(),
        secret.replace(' ', "%20"),
        format!("{secret:?}"),
        // Its unmistakable part.
        secret
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_alphanumeric)
            .collect(),
    ];
    for before in 0..3_usize {
        let shifted = [&vec![0; before], secret.as_bytes()].concat();
        for text in [STANDARD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            let text = text.trim_end_matches('=');
            all.push(text[(before * 8).div_ceil(6)..text.len() - 2].to_owned());
        }
    }
    all.retain(|spelling| spelling.len() > 12);
    all
}

#[test]
fn the_spellings_are_found_where_they_are() {
    let secret = secret("x");
    let basic = STANDARD.encode(format!("ada:{secret}"));
    assert!(spellings(&secret).iter().any(|spelling| basic.contains(spelling)));
}
