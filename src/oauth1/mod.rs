//! OAuth 1.0a (RFC 5849) as pure functions: what is signed, how, and what a provider may answer.

mod answer;
mod base_string;
mod encoding;
mod sign;
mod signature;
#[cfg(test)]
mod tests;

pub use answer::{TokenAnswerError, TokenPair, check_callback, read_token_pair};
pub use sign::{Credentials, Moment, Options, SignError, sign, signature_of};
pub use signature::KeyError;
