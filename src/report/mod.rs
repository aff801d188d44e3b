//! Reports of a run of `test`: pure functions from what was found to text. What they are given is
//! masked already.

pub mod har;
pub mod html;
pub mod json;
pub mod junit;
mod payload;
pub mod recording;
mod sequence;

use crate::http::trace::{Exchange, Http};
use crate::trial::Verdict;
use jiff::Timestamp;

/// A run of `test`.
pub struct Run {
    /// What was typed, as far as it says what was tested.
    pub command: String,
    /// When it began, in milliseconds of Unix time.
    pub began_at_ms: i64,
    /// The exit status.
    pub exit_status: u8,
    /// What was found, in the order that was asked for.
    pub tested: Vec<Tested>,
}

/// One account or definition, and what was found.
pub struct Tested {
    /// `app`, `app/name`, or what was asked for where that could not be told.
    pub id: String,
    /// The way in.
    pub auth: String,
    /// What came of it.
    pub verdict: Verdict,
    /// The trace.
    pub exchanges: Vec<Exchange>,
}

impl Run {
    /// How many verdicts have a word.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.tested.iter().filter(|tested| tested.verdict.word() == word).count()
    }
}

impl Tested {
    fn https(&self) -> impl Iterator<Item = &Http> {
        self.exchanges.iter().filter_map(|exchange| match exchange {
            Exchange::Http(http) => Some(http.as_ref()),
            Exchange::Note { .. } => None,
        })
    }
}

/// `tieline` and its version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A time as RFC 3339 has it, in UTC; the beginning of time where it is out of all bounds.
fn rfc3339(at_ms: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(at_ms).unwrap_or_default())
}
