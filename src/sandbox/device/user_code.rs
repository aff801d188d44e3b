//! Defines the user codes: what a person reads on one screen and types on another.

use ring::rand::{SecureRandom, SystemRandom};

/// RFC 8628 section 6.1: no vowels, so that no words come out, and nothing that looks alike.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// 20 to the power of 8 are 34.5 bits, as in the RFC's example.
const LENGTH: usize = 8;

/// A new code, such as `WDJB-MJHT`.
pub(super) fn user_code() -> String {
    let mut code = String::with_capacity(LENGTH + 1);
    while code.len() <= LENGTH {
        if code.len() == LENGTH / 2 {
            code.push('-');
        }
        code.push(letter());
    }
    code
}

fn letter() -> char {
    let random = SystemRandom::new();
    loop {
        let mut byte = [0];
        random.fill(&mut byte).expect("the system gives random bytes");
        // The last 16 values would make some letters likelier than others.
        if byte[0] < 240 {
            return char::from(LETTERS[usize::from(byte[0]) % LETTERS.len()]);
        }
    }
}

/// What somebody typed, as the code is kept: case and punctuation do not matter.
pub(super) fn normalized(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    match letters.split_at_checked(LENGTH / 2) {
        Some((first, second)) => format!("{first}-{second}"),
        None => letters,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_two_times_four_letters_and_normal() {
        let code = user_code();
        let (first, second) = code.split_once('-').expect("a dash");
        assert_eq!((first.len(), second.len()), (4, 4));
        assert!(code.bytes().all(|byte| byte == b'-' || LETTERS.contains(&byte)), "{code}");
        assert_eq!(normalized(&code), code);
    }

    #[test]
    fn what_is_typed_carelessly_is_the_same_code() {
        for typed in ["wdjbmjht", " WDJB MJHT ", "wdjb-mjht", "W.D.J.B.MJHT"] {
            assert_eq!(normalized(typed), "WDJB-MJHT");
        }
        assert_eq!(normalized("W"), "W");
        assert_eq!(normalized(""), "");
    }
}
