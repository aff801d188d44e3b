//! A definition's file as a tree, and `extends`: the trees of its parents beneath it.

use super::finding::Finding;
use super::hidden;
use super::merge::{merge, without};
use super::names::AppName;
use super::reader::Reader;
use super::residue;
use super::rule::Rule;
use super::source::{MAX_BYTES, Source, Span};
use super::yaml::{self, Node, Value};
use std::rc::Rc;

/// How long a chain of `extends` may be.
const MAX_PARENTS: usize = 5;

/// A file, parsed. Many definitions may extend it, so it is kept and not parsed again.
#[derive(Debug)]
pub struct Tree {
    /// None where the file is no YAML.
    node: Option<Node>,
    /// What is wrong with the text itself, whatever it says.
    findings: Vec<Finding>,
}

impl Tree {
    /// Parses a text.
    #[must_use]
    pub fn read(source: &Rc<Source>) -> Self {
        let mut findings = Vec::new();
        residue::check(source, &mut findings);
        let node = match yaml::parse(source) {
            Ok(node) => node,
            Err(finding) => {
                findings.push(*finding);
                return Self { node: None, findings };
            }
        };
        yaml::repeated_keys(&node, &mut findings);
        hidden::check(&node, &mut findings);
        Self { node: Some(node), findings }
    }

    /// Parses a file's bytes, with or without a byte order mark.
    #[must_use]
    pub fn from_bytes(name: String, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text);
                Self::read(&Rc::new(Source::new(name, text)))
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let source = Rc::new(Source::new(name, text));
                if error.as_bytes().len() > MAX_BYTES {
                    return Self::read(&source);
                }
                let span = Span::of(&source, at, '\u{fffd}'.len_utf8());
                let message = match error.as_bytes() {
                    [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this is UTF-16, and not UTF-8",
                    _ => "this byte is not UTF-8",
                };
                let finding = Finding::new(Rule::Unreadable, span, message);
                Self { node: None, findings: vec![finding.help("save the file as UTF-8")] }
            }
        }
    }
}

/// The file's tree with every parent beneath it, and the outermost parent's name.
pub(super) fn load(
    reader: &mut Reader,
    app: &AppName,
    tree: &Tree,
    parent: &dyn Fn(&AppName) -> Option<Rc<Tree>>,
) -> Option<(Node, AppName)> {
    reader.findings.extend(tree.findings.iter().cloned());
    let mut node = tree.node.clone()?;
    let mut names = vec![app.clone()];
    while let Some((extends, span)) = extends_of(&node) {
        let Ok(name) = AppName::parse(&extends) else {
            reader.report(Rule::Extends, &span, format!("`{extends}` is no app's name"));
            return None;
        };
        if names.contains(&name) || names.len() > MAX_PARENTS {
            reader.report(Rule::Extends, &span, format!("`{name}` extends itself in the end"));
            return None;
        }
        let Some(tree) = parent(&name) else {
            reader.report(Rule::Extends, &span, format!("there is no definition `{name}`"));
            return None;
        };
        reader.findings.extend(tree.findings.iter().cloned());
        // How much is known of the parent says nothing of the child.
        let below = without(tree.node.as_ref()?, "status");
        let extends_further = extends_of(&below).is_some();
        node = merge(below, without(&node, "extends"));
        if !extends_further {
            node = without(&node, "extends");
        }
        names.push(name);
    }
    let root = names.pop()?;
    Some((node, root))
}

fn extends_of(node: &Node) -> Option<(String, Span)> {
    let Value::Map(pairs) = &node.value else { return None };
    pairs.iter().find(|(key, _)| key.name == "extends").and_then(|(_, node)| match &node.value {
        Value::Text(text) => Some((text.clone(), node.span.clone())),
        _ => None,
    })
}
