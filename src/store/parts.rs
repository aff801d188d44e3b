//! Long values in a store of short entries: a head that names a generation, and its parts.
//!
//! A value that does not fit becomes parts in entries of their own (`USER#GENERATION.1`, …) and a
//! head under the user's own name. The parts are written first, and writing the head is the one
//! instant at which the new value replaces the old. What a kill leaves behind at any point is
//! removed by the next write or delete.

use super::error::StoreError;
use crate::secret::Secret;
use crate::text::hex;
use ring::digest;
use serde::{Deserialize, Serialize};

/// One write or one removal in the store. Plans are lists of these, so that a test can stop after
/// any of them.
#[derive(Debug)]
pub(super) enum Step {
    Set(String, Secret),
    Delete(String),
}

/// What the main entry holds in place of a value that was split.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "tieline_parts")]
    count: usize,
    generation: String,
    sha256: String,
}

/// More than this is refused: a store that limits an entry also limits how many there are.
const MAX_PARTS: usize = 16;
const HEAD_MARK: &str = "{\"tieline_parts\":";

/// The steps that make `value` the value of `user`. `users` are all entries of the store.
pub(super) fn plan_write(
    limit: usize,
    user: &str,
    value: &Secret,
    users: &[String],
    generation: &str,
) -> Result<Vec<Step>, StoreError> {
    let text = value.expose();
    // a value that looks like a head is split too, so that reading it cannot be mistaken
    let split = text.len() > limit || text.starts_with(HEAD_MARK);
    let mut steps = if split {
        write_split(limit, user, text, generation)?
    } else {
        vec![Step::Set(user.to_owned(), value.clone())]
    };
    steps.extend(remove_parts(user, users));
    Ok(steps)
}

/// The steps that remove `user`. The main entry goes first: without it the parts mean nothing.
pub(super) fn plan_delete(user: &str, users: &[String]) -> Vec<Step> {
    let mut steps = vec![Step::Delete(user.to_owned())];
    steps.extend(remove_parts(user, users));
    steps
}

/// The head in the main entry, if the value was split.
pub(super) fn head(value: &Secret) -> Result<Option<Head>, StoreError> {
    if !value.expose().starts_with(HEAD_MARK) {
        return Ok(None);
    }
    // the parser's own message could quote the entry
    let head: Head = serde_json::from_str(value.expose()).map_err(|_| StoreError::Corrupt {
        cause: "the list of its parts cannot be read".into(),
    })?;
    Ok(Some(head))
}

impl Head {
    /// The entries that hold the parts, in order.
    pub(super) fn parts(&self, user: &str) -> Vec<String> {
        (1..=self.count.min(MAX_PARTS)).map(|n| part(user, &self.generation, n)).collect()
    }

    /// The value the parts make together.
    pub(super) fn join(&self, parts: &[Secret]) -> Result<Secret, StoreError> {
        let mut text = String::with_capacity(parts.iter().map(|p| p.expose().len()).sum());
        parts.iter().for_each(|part| text.push_str(part.expose()));
        let value = Secret::from(text);
        if sha256(value.expose()) == self.sha256 {
            Ok(value)
        } else {
            Err(StoreError::Corrupt { cause: "its parts do not belong together".into() })
        }
    }
}

/// The user an entry belongs to: itself, or the one whose part it is.
pub(super) fn owner(entry: &str) -> &str {
    entry.rsplit_once('#').map_or(entry, |(user, _)| user)
}

fn write_split(
    limit: usize,
    user: &str,
    text: &str,
    generation: &str,
) -> Result<Vec<Step>, StoreError> {
    let parts = split(text, limit);
    if parts.len() > MAX_PARTS {
        let store = super::platform::NAME;
        return Err(StoreError::TooLarge { limit: limit * MAX_PARTS, size: text.len(), store });
    }
    let head = Head { count: parts.len(), generation: generation.to_owned(), sha256: sha256(text) };
    let head = serde_json::to_string(&head)
        .map_err(|error| StoreError::Corrupt { cause: error.to_string() })?;
    let numbered = parts.into_iter().zip(1..);
    let mut steps: Vec<Step> = numbered
        .map(|(text, n)| Step::Set(part(user, generation, n), Secret::from(text)))
        .collect();
    steps.push(Step::Set(user.to_owned(), Secret::from(head)));
    Ok(steps)
}

/// Every part that was there before, whichever generation: the new one is not among them.
fn remove_parts(user: &str, users: &[String]) -> impl Iterator<Item = Step> {
    let parts = users.iter().filter(move |entry| *entry != user && owner(entry) == user);
    parts.map(|entry| Step::Delete(entry.clone()))
}

fn part(user: &str, generation: &str, n: usize) -> String {
    format!("{user}#{generation}.{n}")
}

/// Pieces of at most `limit` bytes, never through a character.
fn split(mut text: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while !text.is_empty() {
        // four bytes hold any character, so every piece has at least one
        let mut end = limit.max(4).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, rest) = text.split_at(end);
        pieces.push(piece);
        text = rest;
    }
    pieces
}

fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    type Entries = BTreeMap<String, Secret>;

    fn apply(entries: &mut Entries, steps: impl IntoIterator<Item = Step>) {
        for step in steps {
            match step {
                Step::Set(user, value) => drop(entries.insert(user, value)),
                Step::Delete(user) => drop(entries.remove(&user)),
            }
        }
    }

    fn users(entries: &Entries) -> Vec<String> {
        entries.keys().cloned().collect()
    }

    fn plan(entries: &Entries, value: &str, generation: &str) -> Vec<Step> {
        plan_write(10, "a/b", &Secret::from(value), &users(entries), generation).unwrap()
    }

    fn put(entries: &mut Entries, value: &str, generation: &str) {
        let steps = plan(entries, value, generation);
        apply(entries, steps);
    }

    fn read(entries: &Entries) -> String {
        let main = &entries["a/b"];
        let Some(head) = head(main).unwrap() else { return main.expose().to_owned() };
        let parts: Vec<_> = head.parts("a/b").iter().map(|user| entries[user].clone()).collect();
        head.join(&parts).unwrap().expose().to_owned()
    }

    #[test]
    fn a_short_value_is_one_entry() {
        let mut entries = Entries::new();
        put(&mut entries, "short", "g1");
        assert_eq!(users(&entries), ["a/b"]);
        assert_eq!(read(&entries), "short");
    }

    #[test]
    fn a_long_value_comes_back_whole_and_no_entry_is_over_the_limit() {
        let mut entries = Entries::new();
        let value = "zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich";
        put(&mut entries, value, "g1");
        assert_eq!(read(&entries), value);
        assert!(entries.iter().all(|(user, text)| user == "a/b" || text.expose().len() <= 10));
    }

    #[test]
    fn a_kill_after_any_step_leaves_the_old_or_the_new_value_whole() {
        for old in ["old", "an old value that is long"] {
            for new in ["new", "a new value that is longer still"] {
                let mut before = Entries::new();
                put(&mut before, old, "g1");
                let count = plan(&before, new, "g2").len();
                for killed_after in 0..=count {
                    let mut entries = before.clone();
                    apply(&mut entries, plan(&before, new, "g2").into_iter().take(killed_after));
                    let now = read(&entries);
                    assert!(now == old || now == new, "{now} after {killed_after} steps");
                    assert!(killed_after < count || now == new);

                    put(&mut entries, "last", "g3");
                    assert_eq!(users(&entries), ["a/b"], "orphans go with the next write");
                }
            }
        }
    }

    #[test]
    fn a_kill_during_delete_leaves_all_or_nothing_and_the_next_delete_removes_the_rest() {
        let mut before = Entries::new();
        let value = "a value of several parts";
        put(&mut before, value, "g1");
        for killed_after in 0..=before.len() {
            let mut entries = before.clone();
            let steps = plan_delete("a/b", &users(&before));
            apply(&mut entries, steps.into_iter().take(killed_after));
            assert!(!entries.contains_key("a/b") || read(&entries) == value);
            let steps = plan_delete("a/b", &users(&entries));
            apply(&mut entries, steps);
            assert!(entries.is_empty());
        }
    }

    #[test]
    fn parts_of_another_user_stay() {
        let others = ["a/b2#g1.1".to_owned(), "a/b2".to_owned(), "client:a/b#g1.1".to_owned()];
        assert_eq!(plan_delete("a/b", &others).len(), 1);
    }

    #[test]
    fn a_value_that_looks_like_a_head_is_not_taken_for_one() {
        let mut entries = Entries::new();
        let value = "{\"tieline_parts\":1}";
        let steps = plan_write(100, "a/b", &Secret::from(value), &[], "g1").unwrap();
        apply(&mut entries, steps);
        assert_eq!(read(&entries), value);
    }

    #[test]
    fn a_value_of_too_many_parts_is_refused() {
        let value = Secret::from("x".repeat(161));
        let error = plan_write(10, "a/b", &value, &[], "g1").unwrap_err();
        assert!(matches!(error, StoreError::TooLarge { limit: 160, size: 161, .. }));
    }

    #[test]
    fn a_part_that_was_exchanged_is_noticed() {
        let mut entries = Entries::new();
        put(&mut entries, "a value of several parts", "g1");
        let head = head(&entries["a/b"]).unwrap().unwrap();
        let parts = vec![Secret::from("x"); 3];
        assert!(matches!(head.join(&parts), Err(StoreError::Corrupt { .. })));
    }
}
