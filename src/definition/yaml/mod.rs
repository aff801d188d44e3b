//! YAML as a tree in which every key and value knows where it stands.
//!
//! Definitions are read from this tree by hand and not by `derive`: so one run finds every mistake
//! and not the first one, and a value that came from a parent (`extends`) still names its own file.
//! Only this folder touches the YAML library.

mod node;
mod positioned;
mod problem;

pub use node::{Key, Node, Value, repeated_keys};

use super::finding::Finding;
use super::rule::Rule;
use super::source::{MAX_BYTES, Source, Span};
use positioned::{Positioned, span};
use serde_saphyr::{DuplicateKeyPolicy, Options};
use std::rc::Rc;

/// How deep a definition may nest.
const MAX_DEPTH: usize = 64;
/// How many values it may have, with every alias written out.
const MAX_NODES: usize = 20_000;
/// How often it may name an anchor.
const MAX_ALIASES: usize = 1_000;
/// How many anchors it may have.
const MAX_ANCHORS: usize = 200;

/// Parses one document.
///
/// # Errors
/// One finding with the place: the text is no YAML, or passes a bound.
pub fn parse(source: &Rc<Source>) -> Result<Node, Box<Finding>> {
    if source.text.len() > MAX_BYTES {
        let message = format!("a definition has {MAX_BYTES} bytes at most");
        return Err(Box::new(Finding::new(Rule::TooLarge, Span::first_line(source), message)));
    }
    match serde_saphyr::from_str_with_options::<Positioned>(&source.text, options()) {
        Ok(tree) => Ok(tree.into_node(source)),
        Err(error) => {
            let span =
                error.location().map_or_else(|| Span::first_line(source), |at| span(source, at));
            let rest = source.text.get(span.start..).unwrap_or_default();
            let problem = problem::describe(&error, rest);
            let help = match is_in_braces(&source.text, span.start) {
                true => Some("a template stands in quotes: \"{{...}}\""),
                false => problem.help,
            };
            let span = problem.character.map_or(span.clone(), |c| span.narrow(&c.to_string()));
            let finding = Finding::new(Rule::Yaml, span, problem.message);
            Err(Box::new(match help {
                Some(help) => finding.help(help),
                None => finding,
            }))
        }
    }
}

/// Somebody else's file, such as a description of an API, as a plain value. Of two equal keys the
/// last counts, as those who wrote it are used to.
///
/// # Errors
/// In words: it is longer than `max` bytes, or no YAML.
pub fn plain(text: &str, max: usize) -> Result<serde_json::Value, String> {
    if text.len() > max {
        return Err(format!("it is longer than {max} bytes"));
    }
    let mut options = options();
    if let Some(budget) = &mut options.budget {
        // Each value takes a byte at least, so the length bounds all of it but aliases.
        budget.max_nodes = max;
        budget.max_events = max;
        budget.max_total_scalar_bytes = max;
    }
    match serde_saphyr::from_str_with_options::<Positioned>(text, options) {
        Ok(tree) => Ok(tree.into_plain()),
        Err(error) => {
            let line = error.location().map_or(1, |at| at.line());
            let problem = problem::describe(&error, "");
            Err(format!("line {line}: {}", problem.message))
        }
    }
}

/// Whether the braces of a template without quotes, which YAML takes for a mapping, are here.
fn is_in_braces(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end();
    before.ends_with('{') && text.get(before.len()..).is_some_and(|rest| rest.starts_with('{'))
        || before.ends_with("{{")
}

fn options() -> Options {
    // Told as findings of their own, so that they do not hide what comes after them.
    let mut options = Options::default();
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    if let Some(budget) = &mut options.budget {
        budget.max_depth = MAX_DEPTH;
        budget.max_nodes = MAX_NODES;
        budget.max_aliases = MAX_ALIASES;
        budget.max_anchors = MAX_ANCHORS;
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Result<Node, Box<Finding>> {
        parse(&Rc::new(Source::new("x.yaml", text)))
    }

    #[test]
    fn every_value_knows_its_place() {
        let node = tree("title: A\nfields:\n  sub:\n    label: Ünder\n").unwrap();
        let Value::Map(pairs) = &node.value else { panic!("no mapping") };
        assert_eq!(pairs[0].1.span.position(), (1, 8));
        let Value::Map(fields) = &pairs[1].1.value else { panic!("no mapping") };
        assert_eq!(fields[0].0.span.position(), (3, 3));
        let Value::Map(sub) = &fields[0].1.value else { panic!("no mapping") };
        assert_eq!(sub[0].1.span.position(), (4, 12));
    }

    #[test]
    fn a_key_twice_is_an_error_with_its_place() {
        let mut findings = Vec::new();
        repeated_keys(
            &tree("a: { title: A,\n  title: B }\nb: [{ c: 1, c: 2 }]\n").unwrap(),
            &mut findings,
        );
        let places: Vec<_> = findings.iter().map(|finding| finding.span.position()).collect();
        assert_eq!(places, [(2, 3), (3, 13)]);
    }

    #[test]
    fn bombs_are_refused() {
        let mut text = String::from("a0: &a0 [x]\n");
        for i in 1..40 {
            text.push_str(&format!("a{i}: &a{i} [*a{0}, *a{0}, *a{0}, *a{0}]\n", i - 1));
        }
        assert!(tree(&text).is_err());
        assert!(tree(&"[".repeat(10_000)).is_err());
        assert!(tree(&format!("a: {}", "x".repeat(MAX_BYTES))).is_err());
    }
}
