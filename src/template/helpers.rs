//! The helpers that templates may call. Each is a function from values to a value.

use super::Place;
use super::scope::MOMENT;
use crate::text::{hex, percent_encode};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError,
    RenderErrorReason, ScopedJson,
};
use ring::{digest, hmac};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The helpers by name, as messages list them.
pub(super) const NAMES: &[&str] = &[
    "base64",
    "base64url",
    "claims",
    "concat",
    "default",
    "find",
    "first",
    "hash",
    "hmac",
    "join",
    "json",
    "lines",
    "lower",
    "now",
    "random",
    "replace",
    "trim",
    "upper",
    "url",
    "uuid",
    "xml",
];

/// The conditions, which the library brings.
pub(super) const CONDITIONS: &[&str] = &["eq", "ne", "and", "or", "not"];

pub(super) fn is_value_helper(name: &str) -> bool {
    NAMES.contains(&name)
}

struct Arguments<'a> {
    values: Vec<&'a Value>,
    named: Vec<(&'a str, &'a Value)>,
    moment: &'a Value,
}

impl Arguments<'_> {
    fn text(&self, index: usize) -> String {
        self.values.get(index).map_or_else(String::new, |value| text(value))
    }

    /// A digest of nothing looks like one of something: an absent argument is an error.
    fn all_present(&self, helper: &str) -> Result<(), String> {
        match self.values.iter().any(|value| value.is_null()) {
            true => Err(format!("an argument of `{helper}` has no value")),
            false => Ok(()),
        }
    }

    fn value(&self, index: usize) -> &Value {
        self.values.get(index).copied().unwrap_or(&Value::Null)
    }
}

type Function = fn(&Arguments) -> Result<Value, String>;

fn function(name: &str) -> Function {
    match name {
        "base64" => |a| Ok(STANDARD.encode(joined(a)).into()),
        "base64url" => |a| Ok(URL_SAFE_NO_PAD.encode(joined(a)).into()),
        "claims" => |a| Ok(claims(&a.text(0))),
        "concat" => |a| Ok(joined(a).into()),
        "default" => {
            |a| Ok(a.values.iter().find(|v| !is_empty(v)).map_or(Value::Null, |v| (*v).clone()))
        }
        "find" => find,
        "first" => |a| Ok(a.value(0).as_array().and_then(|list| list.first()).cloned().into()),
        "hash" => hash,
        "hmac" => sign,
        "join" => join,
        "json" => |a| Ok(a.value(0).to_string().into()),
        "lines" => |a| Ok(a.values.iter().map(|v| text(v)).collect::<Vec<_>>().join("\n").into()),
        "lower" => |a| Ok(a.text(0).to_lowercase().into()),
        "now" => now,
        "random" => |a| Ok(a.moment["random"].clone()),
        "replace" => |a| Ok(a.text(0).replace(&a.text(1), &a.text(2)).into()),
        "trim" => |a| Ok(a.text(0).trim().into()),
        "upper" => |a| Ok(a.text(0).to_uppercase().into()),
        "url" => |a| Ok(percent_encode(&a.text(0)).into()),
        "uuid" => |a| Ok(a.moment["uuid"].clone()),
        "xml" => |a| Ok(xml(&a.text(0)).into()),
        // What is absent renders as null, through here, so that it is counted as empty.
        _ => |_| Ok(Value::Null),
    }
}

/// A helper in the library's terms.
struct Call {
    function: Function,
    /// Its output is already escaped for this place.
    encoded: bool,
    empties: Arc<AtomicUsize>,
}

impl HelperDef for Call {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let arguments = Arguments {
            values: helper.params().iter().map(|param| param.value()).collect(),
            named: helper.hash().iter().map(|(name, value)| (*name, value.value())).collect(),
            moment: &context.data()[MOMENT],
        };
        let value = (self.function)(&arguments).map_err(RenderErrorReason::Other)?;
        Ok(ScopedJson::Derived(value))
    }

    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = self.call_inner(helper, registry, context, state)?.render();
        if self.encoded {
            if value.is_empty() || value == "null" {
                self.empties.fetch_add(1, Ordering::Relaxed);
            }
            out.write(&value)?;
        } else {
            out.write(&registry.get_escape_fn()(&value))?;
        }
        Ok(())
    }
}

pub(super) fn register(
    registry: &mut Handlebars<'static>,
    place: Place,
    empties: &Arc<AtomicUsize>,
) {
    for name in NAMES.iter().chain(&["helperMissing"]) {
        let encoded = match place {
            Place::JsonBody | Place::Body => matches!(*name, "json" | "xml" | "url"),
            Place::Url => *name == "url",
            _ => false,
        };
        let call = Call { function: function(name), encoded, empties: Arc::clone(empties) };
        registry.register_helper(name, Box::new(call));
    }
}

/// A value as text: null is nothing, a number or a boolean as JSON writes it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null) || value.as_str() == Some("")
}

fn joined(arguments: &Arguments) -> String {
    arguments.values.iter().map(|value| text(value)).collect()
}

fn join(arguments: &Arguments) -> Result<Value, String> {
    let separator = if arguments.values.len() > 1 { arguments.text(1) } else { ",".to_owned() };
    let list = arguments.value(0).as_array().cloned().unwrap_or_default();
    Ok(list.iter().map(text).collect::<Vec<_>>().join(&separator).into())
}

/// `find LIST key=value`: the first row in which every named member equals, as text.
fn find(arguments: &Arguments) -> Result<Value, String> {
    let rows = arguments.value(0).as_array().map(Vec::as_slice).unwrap_or_default();
    let fits = |row: &&Value| {
        arguments.named.iter().all(|(name, wanted)| text(&row[*name]) == text(wanted))
    };
    Ok(rows.iter().find(fits).cloned().unwrap_or(Value::Null))
}

/// `now` in seconds, `now "ms"`, `now "iso"` (RFC 3339, UTC).
fn now(arguments: &Arguments) -> Result<Value, String> {
    let ms = arguments.moment["now_ms"].as_i64().unwrap_or_default();
    match arguments.text(0).as_str() {
        "" | "s" => Ok((ms / 1000).into()),
        "ms" => Ok(ms.into()),
        "iso" => jiff::Timestamp::from_second(ms / 1000)
            .map(|at| at.to_string().into())
            .map_err(|error| error.to_string()),
        _ => Err("`now` takes \"s\", \"ms\" or \"iso\"".to_owned()),
    }
}

/// The claims of a JWT, unverified: for reading an identity, never for trusting one.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap_or_default().trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or(Value::Null)
}

fn hash(arguments: &Arguments) -> Result<Value, String> {
    arguments.all_present("hash")?;
    let algorithm = match arguments.text(0).to_ascii_lowercase().as_str() {
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &digest::SHA256,
        "sha384" => &digest::SHA384,
        "sha512" => &digest::SHA512,
        _ => return Err("`hash` takes sha1, sha256, sha384 or sha512".to_owned()),
    };
    encode(digest::digest(algorithm, arguments.text(1).as_bytes()).as_ref(), &arguments.text(2))
}

fn sign(arguments: &Arguments) -> Result<Value, String> {
    arguments.all_present("hmac")?;
    let algorithm = match arguments.text(0).to_ascii_lowercase().as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return Err("`hmac` takes sha1, sha256, sha384 or sha512".to_owned()),
    };
    let key = hmac::Key::new(algorithm, arguments.text(1).as_bytes());
    encode(hmac::sign(&key, arguments.text(2).as_bytes()).as_ref(), &arguments.text(3))
}

fn encode(bytes: &[u8], encoding: &str) -> Result<Value, String> {
    match encoding {
        "" | "hex" => Ok(hex(bytes).into()),
        "base64" => Ok(STANDARD.encode(bytes).into()),
        "base64url" => Ok(URL_SAFE_NO_PAD.encode(bytes).into()),
        _ => Err("an encoding is hex, base64 or base64url".to_owned()),
    }
}

fn xml(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

pub(super) fn json_inside_quotes(value: &str) -> String {
    let quoted = Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
