//! JSON lines and server-sent events, taken apart as they arrive.

use crate::error::{Error, Kind, Result};
use serde_json::Value;

/// The longest line or event that is waited for, in bytes.
const MAX_PIECE: usize = 16 * 1024 * 1024;
/// How several APIs say that their stream is over, in place of a value.
const DONE: &[u8] = b"[DONE]";

/// What a stream is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A JSON value on each line.
    Lines,
    /// HTML Standard, "server-sent events".
    Events,
}

/// A stream, as far as it has come.
pub(super) struct Pieces {
    sort: Sort,
    /// A line that has not ended.
    line: Vec<u8>,
    /// The data of an event that has not ended; each of its lines ends on a line break.
    data: Vec<u8>,
    /// The last byte was a carriage return, which ends a line with or without a line feed behind it.
    returned: bool,
}

impl Pieces {
    pub(super) fn of(sort: Sort) -> Self {
        Self { sort, line: Vec::new(), data: Vec::new(), returned: false }
    }

    /// Hands over each value that is whole now.
    ///
    /// # Errors
    /// A line is no JSON, or one does not end, or the value is not taken.
    pub(super) fn add(
        &mut self,
        chunk: &[u8],
        mut take: impl FnMut(&Value) -> Result<()>,
    ) -> Result<()> {
        for byte in chunk {
            let after_return = std::mem::replace(&mut self.returned, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => self.end_line()?.as_ref().map_or(Ok(()), &mut take)?,
                byte => self.line.push(*byte),
            }
        }
        if self.line.len() + self.data.len() > MAX_PIECE {
            return Err(Error::new(Kind::Failed, "a line of the answer does not end"));
        }
        Ok(())
    }

    /// The last value, where the end of the stream ends a line. An event that was not ended is none.
    ///
    /// # Errors
    /// It is no JSON.
    pub(super) fn end(mut self) -> Result<Option<Value>> {
        if self.sort == Sort::Lines { self.end_line() } else { Ok(None) }
    }

    fn end_line(&mut self) -> Result<Option<Value>> {
        let line = std::mem::take(&mut self.line);
        match self.sort {
            Sort::Lines if line.trim_ascii().is_empty() => Ok(None),
            Sort::Lines => serde_json::from_slice(&line).map(Some).map_err(|error| {
                Error::new(Kind::Failed, "a line of the answer is no JSON").because(error)
            }),
            Sort::Events if line.is_empty() => Ok(self.end_event()),
            Sort::Events => {
                if let Some(value) = line.strip_prefix(b"data:") {
                    self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
                    self.data.push(b'\n');
                }
                Ok(None)
            }
        }
    }

    /// The data of an event: JSON, or else a text.
    fn end_event(&mut self) -> Option<Value> {
        let data = std::mem::take(&mut self.data);
        let data = data.strip_suffix(b"\n").filter(|data| *data != DONE)?;
        let text = || Value::from(String::from_utf8_lossy(data));
        Some(serde_json::from_slice(data).unwrap_or_else(|_| text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// However the stream is cut, the same comes out.
    fn taken_apart(sort: Sort, text: &str, wanted: &[Value]) {
        for length in 1..=text.len() {
            let mut pieces = Pieces::of(sort);
            let mut values = Vec::new();
            for chunk in text.as_bytes().chunks(length) {
                let take = |value: &Value| {
                    values.push(value.clone());
                    Ok(())
                };
                pieces.add(chunk, take).unwrap();
            }
            values.extend(pieces.end().unwrap());
            assert_eq!(values, wanted, "{text:?} by {length}");
        }
    }

    #[test]
    fn each_line_is_a_value_the_last_one_too() {
        taken_apart(
            Sort::Lines,
            "1\n\n {\"a\": 2}\r\n\"é\"",
            &[json!(1), json!({"a": 2}), json!("é")],
        );
        let mut taken = 0;
        let added = Pieces::of(Sort::Lines).add(b"1\nno\n2\n", |_| {
            taken += 1;
            Ok(())
        });
        assert!(added.is_err() && taken == 1);
    }

    #[test]
    fn an_event_is_its_data() {
        let text = ": hello\nevent: x\ndata: {\"a\":\ndata:1}\n\ndata: plain\rid: 7\r\r";
        taken_apart(Sort::Events, text, &[json!({"a": 1}), json!("plain")]);
        let over = "data: [1]\r\n\r\nid: 1\r\n\r\ndata: [DONE]\r\n\r\ndata: 3\r\n";
        taken_apart(Sort::Events, over, &[json!([1])]);
    }

    #[test]
    fn what_does_not_end_is_not_held_for_ever() {
        let long = vec![b'x'; 1024 * 1024];
        let events = [b"data: ", &long[..], b"\n"].concat();
        for (sort, chunk) in [(Sort::Lines, long), (Sort::Events, events)] {
            let mut pieces = Pieces::of(sort);
            let mut added = (0..20).map(|_| pieces.add(&chunk, |_| Ok(())));
            assert!(added.any(|added| added.is_err()), "{sort:?}");
        }
    }
}
