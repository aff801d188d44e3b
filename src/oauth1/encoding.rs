//! Percent-encoding as RFC 5849 section 3.6 says, which is not that of forms or of URLs.

pub(super) use crate::text::percent_encode as encode;

/// Pairs joined as in a query, each half encoded.
pub(super) fn join(pairs: &[(String, String)]) -> String {
    let joined: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    joined.join("&")
}
