//! Defines the random strings: codes, tokens and ids that nobody can guess.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};

/// 256 random bits behind a prefix that says what they are.
pub(super) fn random(prefix: &str) -> String {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}
