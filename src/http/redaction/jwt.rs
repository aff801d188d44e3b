//! JWTs as they are shown: header and claims can be read, and without the signature nobody accepts
//! them.

use super::Redactor;
use super::names::JWT;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

/// A signed JWT (RFC 7519) that stood in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The mark that stands in its place.
    pub mark: String,
    /// Its header, masked JSON.
    pub header: String,
    /// Its claims, masked JSON.
    pub claims: String,
}

impl Redactor {
    /// The JWTs in a text, each once. One that is not signed is as good as its claims, so it is
    /// not shown.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        for found in JWT.find_iter(text) {
            let mark = self.mark_of_jwt(found.as_str());
            if let Some(token) = self.decode(found.as_str(), mark)
                && !tokens.contains(&token)
            {
                tokens.push(token);
            }
        }
        tokens
    }

    fn decode(&self, jwt: &str, mark: String) -> Option<Token> {
        let mut parts = jwt.split('.');
        let (header, claims) = (object(parts.next()?)?, object(parts.next()?)?);
        let signed = parts.next().is_some_and(|signature| !signature.is_empty());
        let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or("none");
        if !signed || algorithm.eq_ignore_ascii_case("none") {
            return None;
        }
        let shown = |value: &Value| crate::text::printable(&self.mask(&value.to_string()));
        Some(Token { mark, header: shown(&header), claims: shown(&claims) })
    }
}

fn object(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
}
