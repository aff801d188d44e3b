//! `--retry`: what is repeated, and when.

use super::sending::Unanswered;
use crate::context::now;
use http::Method;
use reqwest::Response;
use std::time::Duration;

/// The longest pause that is waited out, in seconds.
const MAX_PAUSE: u64 = 120;
/// The first pause where the server names none, in seconds; each next one is twice as long.
const FIRST_PAUSE: u64 = 1;

/// The attempts that are left.
pub(super) struct Attempts {
    left: u32,
    made: u32,
    /// Doing it twice is as good as once (RFC 9110 section 9.2.2).
    idempotent: bool,
}

impl Attempts {
    pub(super) fn new(times: u32, method: &Method, can_repeat: bool) -> Self {
        let left = if can_repeat { times } else { 0 };
        Self { left, made: 0, idempotent: method.is_idempotent() }
    }

    /// The pause before the next attempt after an answer; `None` where there is none.
    pub(super) fn after(&mut self, response: &Response) -> Option<Duration> {
        let again = match response.status().as_u16() {
            429 | 503 => true,
            408 | 500 | 502 | 504 => self.idempotent,
            _ => false,
        };
        let named = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        if again { self.pause(named.and_then(seconds)) } else { None }
    }

    /// The same after no answer at all.
    pub(super) fn after_silence(&mut self, silence: &Unanswered) -> Option<Duration> {
        let again = silence.network && (silence.never_sent || self.idempotent);
        if again { self.pause(None) } else { None }
    }

    fn pause(&mut self, named: Option<u64>) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let seconds = named.unwrap_or_else(|| FIRST_PAUSE << self.made.min(6)).max(0);
        self.made += 1;
        (seconds <= MAX_PAUSE).then(|| Duration::from_secs(seconds))
    }
}

/// `Retry-After`: seconds, or a date (RFC 9110 section 10.2.3).
fn seconds(value: &str) -> Option<u64> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(seconds);
    }
    let date = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
    Some(u64::try_from(date.timestamp().as_second() - now()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_named_or_doubles_and_has_an_end() {
        let mut attempts = Attempts::new(4, &Method::POST, true);
        let pause = |attempts: &mut Attempts, named| attempts.pause(named).map(|it| it.as_secs());
        assert_eq!(pause(&mut attempts, None), Some(1));
        assert_eq!(pause(&mut attempts, None), Some(2));
        assert_eq!(pause(&mut attempts, Some(0)), Some(0));
        assert_eq!(pause(&mut attempts, Some(121)), None);
        assert_eq!(pause(&mut attempts, None), None);
        assert_eq!(pause(&mut Attempts::new(4, &Method::GET, false), None), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(seconds(" 7 "), Some(7));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:00 GMT"), Some(0));
        assert!(seconds("Fri, 31 Dec 2100 23:59:59 GMT").is_some_and(|it| it > 1_000_000));
        assert_eq!(seconds("soon"), None);
    }
}
