//! `extends`: a child's tree laid over its parent's.

use super::yaml::{Node, Value};

/// Where `null` is a value ("never send this", "never set this") and does not remove the parent's
/// key.
const NULL_IS_A_VALUE: &[&str] =
    &["params", "query", "headers", "authorization_params", "environment"];

/// Merges mappings by key and replaces everything else. The parent's order stays, new keys follow.
pub(super) fn merge(parent: Node, child: Node) -> Node {
    merge_under(parent, child, false)
}

fn merge_under(parent: Node, child: Node, keep_null: bool) -> Node {
    let (mut pairs, new) = match (parent.value, child.value) {
        (Value::Map(parent), Value::Map(child)) => (parent, child),
        (_, value) => return Node { span: child.span, value },
    };
    for (key, node) in new {
        let at = pairs.iter().position(|(existing, _)| existing.name == key.name);
        let removes = matches!(node.value, Value::Null) && !keep_null;
        match at {
            Some(at) if removes => {
                pairs.remove(at);
            }
            Some(at) => {
                let (_, below) = pairs.remove(at);
                let keep = NULL_IS_A_VALUE.contains(&key.name.as_str());
                let merged = merge_under(below, node, keep);
                pairs.insert(at, (key, merged));
            }
            None => pairs.push((key, node)),
        }
    }
    Node { span: child.span, value: Value::Map(pairs) }
}

/// The same mapping without one key.
pub(super) fn without(node: &Node, key: &str) -> Node {
    let value = match &node.value {
        Value::Map(pairs) => {
            Value::Map(pairs.iter().filter(|(name, _)| name.name != key).cloned().collect())
        }
        other => other.clone(),
    };
    Node { span: node.span.clone(), value }
}
