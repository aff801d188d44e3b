//! The members of a JSON body, which `a[b]` and `a[]` nest.

use crate::error::{Error, Kind, Result};
use serde_json::{Map, Value};

/// How deep a path may lead: deeper is a mistake, and what builds it must not overflow.
const MAX_DEPTH: usize = 32;

/// A step from a value into one of its members.
enum Step {
    Name(String),
    /// One more element, `[]`
    Next,
}

/// Puts a value where its path leads.
///
/// # Errors
/// The path is none, or leads through a value that is there already.
pub(super) fn insert(body: &mut Value, path: &str, value: Value) -> Result<()> {
    let steps = parse(path)?;
    place(body, &steps, value).map_err(|Taken| {
        Error::new(Kind::Usage, format!("`{path}` is given twice, or as two sorts of value"))
            .hint("a list is given as `NAME[]=VALUE`, an element at a time")
    })
}

/// There is something else at that place.
struct Taken;

fn place(at: &mut Value, steps: &[Step], value: Value) -> Result<(), Taken> {
    let Some((step, rest)) = steps.split_first() else {
        return match at {
            Value::Null => {
                *at = value;
                Ok(())
            }
            _ => Err(Taken),
        };
    };
    match step {
        Step::Name(name) => {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let Value::Object(map) = at else { return Err(Taken) };
            // A `null` that was given is a value, too.
            if rest.is_empty() && map.contains_key(name) {
                return Err(Taken);
            }
            place(map.entry(name.as_str()).or_insert(Value::Null), rest, value)
        }
        Step::Next => {
            if at.is_null() {
                *at = Value::Array(Vec::new());
            }
            let Value::Array(list) = at else { return Err(Taken) };
            // `a[][b]` adds to the last element until that has a `b`.
            if let (Some(Step::Name(name)), Some(Value::Object(last))) = (rest.first(), list.last())
                && (!last.contains_key(name) || rest.len() > 1)
                && let Some(last) = list.last_mut()
            {
                return place(last, rest, value);
            }
            list.push(Value::Null);
            list.last_mut().map_or(Err(Taken), |last| place(last, rest, value))
        }
    }
}

/// `a[b][]`; a bracket that belongs to a name has a backslash before it.
fn parse(path: &str) -> Result<Vec<Step>> {
    let wrong = || {
        Error::new(Kind::Usage, format!("`{path}` is no path to a member"))
            .hint("write `a[b]` or `a[]`; a bracket in a name has a `\\` before it")
    };
    let mut steps = Vec::new();
    let mut name = String::new();
    let mut inside = false;
    let mut closed = false;
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => name.push(letters.next().ok_or_else(wrong)?),
            '[' if !inside => {
                if steps.is_empty() && !closed {
                    steps.push(Step::Name(std::mem::take(&mut name)));
                }
                inside = true;
            }
            ']' if inside => {
                let name = std::mem::take(&mut name);
                steps.push(if name.is_empty() { Step::Next } else { Step::Name(name) });
                (inside, closed) = (false, true);
            }
            _ if closed && !inside => return Err(wrong()),
            letter => name.push(letter),
        }
    }
    if !closed && !inside {
        steps.push(Step::Name(name));
    }
    let empty = matches!(steps.first(), Some(Step::Name(name)) if name.is_empty());
    match inside || empty || steps.len() > MAX_DEPTH {
        true => Err(wrong()),
        false => Ok(steps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(members: &[(&str, Value)]) -> Result<Value> {
        let mut body = json!({});
        for (path, value) in members {
            insert(&mut body, path, value.clone())?;
        }
        Ok(body)
    }

    #[test]
    fn brackets_nest_and_empty_brackets_add() {
        let members = [
            ("a[b][c]", json!(1)),
            ("a[b][d]", json!("x")),
            ("list[]", json!(1)),
            ("list[]", json!(null)),
            ("rows[][k]", json!(1)),
            ("rows[][v]", json!(2)),
            ("rows[][k]", json!(3)),
            (r"plain\[x\]", json!(4)),
            ("dotted.name", json!(5)),
        ];
        let wanted = json!({
            "a": {"b": {"c": 1, "d": "x"}},
            "list": [1, null],
            "rows": [{"k": 1, "v": 2}, {"k": 3}],
            "plain[x]": 4,
            "dotted.name": 5,
        });
        assert_eq!(body(&members).unwrap(), wanted);
    }

    #[test]
    fn what_is_there_already_is_not_written_over() {
        let one = json!(1);
        for (first, second) in
            [("a", "a"), ("a", "a[b]"), ("a[b]", "a[]"), ("a[b]", "a[b]"), ("a[]", "a")]
        {
            assert!(
                body(&[(first, one.clone()), (second, one.clone())]).is_err(),
                "{first} {second}"
            );
        }
        assert!(body(&[("a", json!(null)), ("a", one.clone())]).is_err());
        for path in ["", "[a]", "a[b", "a[b]c", "a\\", &format!("a{}", "[b]".repeat(40))] {
            assert!(body(&[(path, one.clone())]).is_err(), "{path}");
        }
        assert_eq!(body(&[("a]", one.clone())]).unwrap(), json!({"a]": 1}));
    }
}
