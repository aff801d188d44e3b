//! The spellings in which a secret can occur: raw, percent-encoded, inside JSON, in Base64.

use super::MIN_LENGTH;
use crate::secret::Secret;
use crate::text::percent_encode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// All of them, the longest first.
pub(super) fn spellings(value: &str) -> Vec<Secret> {
    let form = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut all = vec![value.to_owned(), percent_encode(value), form];
    let quoted = serde_json::Value::from(value).to_string();
    all.push(quoted[1..quoted.len() - 1].to_owned());
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
    all.sort_by_key(|text| std::cmp::Reverse(text.len()));
    all.dedup();
    all.into_iter().filter(|text| text.len() >= MIN_LENGTH).map(Secret::from).collect()
}
