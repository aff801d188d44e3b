//! The spellings in which a secret can occur: raw, percent-encoded, inside JSON or HTML, in Base64.

use super::MIN_LENGTH;
use crate::secret::Secret;
use crate::text::percent_encode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use url::Url;

/// All of them, the longest first.
pub(super) fn spellings(value: &str) -> Vec<Secret> {
    let mut all = vec![value.to_owned()];
    all.extend(in_urls(value));
    all.extend(in_json(value));
    all.extend(in_html(value));
    // Base64 depends on what stands before: each of the three alignments, without the characters
    // that mix with the neighbours.
    for shift in 0..3 {
        let mut bytes = vec![b'.'; shift];
        bytes.extend_from_slice(value.as_bytes());
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let start = [0, 2, 3][shift];
            let end = encoded.len() - [0, 1, 1][bytes.len() % 3];
            if end > start + 7 {
                all.push(encoded[start..end].to_owned());
            }
        }
    }
    all.sort_by(|one, other| (other.len(), other).cmp(&(one.len(), one)));
    all.dedup();
    all.into_iter().filter(|text| text.len() >= MIN_LENGTH).map(Secret::from).collect()
}

/// As a parameter or a segment, and as a person types it into an address: there only what cannot stand in
/// one is encoded. Hexadecimal digits may be in lower case (RFC 3986 section 2.1).
fn in_urls(value: &str) -> Vec<String> {
    let form = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut all = vec![percent_encode(value), form];
    if let Ok(mut url) = Url::parse("https://localhost") {
        url.set_query(Some(value));
        all.extend(url.query().map(ToOwned::to_owned));
        url.set_path(value);
        all.push(url.path().trim_start_matches('/').to_owned());
    }
    let lower = all.iter().map(|text| with_lower_hex(text)).collect::<Vec<_>>();
    all.extend(lower);
    all
}

fn with_lower_hex(text: &str) -> String {
    let mut parts = text.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hex, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lower.extend(["%", &hex.to_ascii_lowercase(), rest]);
    }
    lower
}

/// Inside a text of JSON (RFC 8259 section 7): what must be escaped, and what many servers escape besides:
/// slashes, and whatever is not ASCII.
fn in_json(value: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(value).to_string();
    let plain = quoted[1..quoted.len() - 1].to_owned();
    let mut ascii = String::new();
    for c in plain.chars() {
        match c.is_ascii() {
            true => ascii.push(c),
            false => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                ascii.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    let slashes = |text: &str| text.replace('/', "\\/");
    vec![slashes(&plain), slashes(&ascii), ascii, plain]
}

/// On a page.
fn in_html(value: &str) -> Vec<String> {
    let page = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quoted = page.replace('"', "&quot;");
    let both = ["&#39;", "&#x27;", "&#039;"].map(|quote| quoted.replace('\'', quote));
    [page, quoted].into_iter().chain(both).collect()
}
