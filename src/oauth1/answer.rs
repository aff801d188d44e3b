//! What the three legs bring back (RFC 5849 sections 2.1 to 2.3). All of it is a stranger's until it
//! has been read.

use crate::answer::Answer;
use crate::secret::Secret;

/// A token and its secret.
pub struct TokenPair {
    /// `oauth_token`.
    pub token: Secret,
    /// `oauth_token_secret`.
    pub secret: Secret,
    /// `oauth_callback_confirmed` is `true`: the provider follows revision A, which binds the
    /// callback (section 2.1).
    pub confirmed: bool,
}

/// What is missing in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer has no `{0}`")]
pub struct TokenAnswerError(pub &'static str);

/// Reads the answer of a token endpoint.
///
/// # Errors
/// Half of the pair is missing.
pub fn read_token_pair(answer: &Answer) -> Result<TokenPair, TokenAnswerError> {
    let text = |name: &'static str| answer.value[name].as_str().ok_or(TokenAnswerError(name));
    let token = Some(text("oauth_token")?).filter(|token| !token.is_empty());
    Ok(TokenPair {
        token: token.map(Secret::from).ok_or(TokenAnswerError("oauth_token"))?,
        // Where only the client's key signs, a provider may leave it empty; it has to be there.
        secret: text("oauth_token_secret")?.into(),
        // `True`, say servers that are written in Python.
        confirmed: answer.value["oauth_callback_confirmed"]
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
            || answer.value["oauth_callback_confirmed"] == true,
    })
}

/// Whether a redirect answers our request: exactly one `oauth_token`, and the one that was sent,
/// compared in constant time.
///
/// # Errors
/// In words, without the value.
pub fn check_callback(params: &[(String, String)], expected: &Secret) -> Result<(), String> {
    let mut tokens = params.iter().filter(|(name, _)| name == "oauth_token");
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) if expected.equals(token) => Ok(()),
        (Some(_), None) => Err("its `oauth_token` is not the one that was sent".to_owned()),
        (None, _) => Err("it has no `oauth_token`".to_owned()),
        (Some(_), Some(_)) => Err("it has several `oauth_token`".to_owned()),
    }
}
