//! Percent-encoding as RFC 5849 section 3.6 says, which is not that of forms or of URLs.

/// Everything but letters, digits and `-._~` becomes `%XX`, in capitals.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Pairs joined as in a query, each half encoded.
pub(super) fn join(pairs: &[(String, String)]) -> String {
    let joined: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    joined.join("&")
}
