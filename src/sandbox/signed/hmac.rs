//! Defines the made-up signature: `X-Signature` is the HMAC-SHA256, in hexadecimal, of method, path,
//! `X-Timestamp` and body, a line each.

use ring::hmac::{HMAC_SHA256, Key, verify as verify_hmac};

use super::{API_KEY, API_SECRET, Signed};

/// Checks time and signature. The key is the only one there is, so that its name may be left out.
pub(super) fn verify(signed: &Signed<'_>) -> Result<(), &'static str> {
    let timestamp = signed.header("x-timestamp").ok_or("X-Timestamp is missing")?;
    let signature = signed.header("x-signature").ok_or("X-Signature is missing")?;
    if signed.headers.contains_key("x-api-key") && signed.header("x-api-key") != Some(API_KEY) {
        return Err("X-Api-Key is wrong");
    }
    let time = timestamp.parse().map_err(|_| "X-Timestamp is not in Unix seconds")?;
    if !signed.is_fresh(time) {
        return Err("X-Timestamp is more than five minutes off");
    }
    let signature = unhex(signature).ok_or("X-Signature is not hexadecimal")?;
    let start = format!("{}\n{}\n{timestamp}\n", signed.method, signed.uri.path());
    let message = [start.as_bytes(), signed.body].concat();
    let key = Key::new(HMAC_SHA256, API_SECRET.as_bytes());
    verify_hmac(&key, &message, &signature).map_err(|_| "X-Signature is wrong")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let pairs = digits?;
    (pairs.len() % 2 == 0).then(|| pairs.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
