//! Defines the `Authorization` header of OAuth 1.0a (RFC 5849 section 3.5.1).

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

use super::problem::Problem;

const MALFORMED: Problem = Problem::rejected("the Authorization header is malformed");

/// The parameters in the header, decoded; none where there is no header. `realm` is not part of what
/// is signed (section 3.4.1.3.1).
pub(super) fn parameters(headers: &HeaderMap) -> Result<Vec<(String, String)>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(Vec::new()) };
    if values.next().is_some() {
        return Err(Problem::rejected("there are several Authorization headers"));
    }
    let value = value.to_str().map_err(|_| MALFORMED)?;
    let (scheme, list) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Err(Problem::rejected("the Authorization header is not of OAuth 1.0a"));
    }
    let pairs = pairs(list).ok_or(MALFORMED)?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let signed = pairs.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("realm"));
    Ok(signed.map(|(name, value)| (decoded(name), decoded(value))).collect())
}

/// `name="value"`, separated by commas.
fn pairs(mut list: &str) -> Option<Vec<(&str, &str)>> {
    let mut pairs = Vec::new();
    loop {
        let (name, rest) = list.trim_start().split_once('=')?;
        let (value, rest) = quoted(rest.strip_prefix('"')?)?;
        pairs.push((name, value));
        let rest = rest.trim_start();
        if rest.is_empty() {
            return Some(pairs);
        }
        list = rest.strip_prefix(',')?;
    }
}

/// A quoted string of RFC 9110 section 5.6.4 as it is written, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some((&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Vec<(String, String)>, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        parameters(&headers)
    }

    #[test]
    fn a_realm_may_be_anything_and_is_left_out() {
        let read =
            read(r#"OAuth realm="a, \"b\"=c\\", oauth_token="t%2C%20%C3%BC",oauth_nonce="n""#);
        let expected = [("oauth_token", "t, ü"), ("oauth_nonce", "n")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn everything_else_is_refused() {
        for value in [
            "OAuth",
            "OAuth oauth_token=t",
            r#"OAuth oauth_token="t"#,
            r#"OAuth oauth_token="t" oauth_nonce="n""#,
            r#"OAuth oauth_token="t","#,
            r#"Bearer oauth_token="t""#,
        ] {
            assert!(read(value).is_err(), "{value}");
        }
    }
}
