//! Filling a template: escaping by place, and noticing what came out empty.

use super::scope::MOMENT;
use super::{MAX_OUTPUT, Place, RenderError, Scope, Template, helpers};
use crate::text::percent_encode;
use handlebars::{Context, Handlebars, no_escape};
use serde_json::Value;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const TEMPLATE: &str = "t";

pub(super) fn render(template: &Template, scope: &Scope) -> Result<Option<String>, RenderError> {
    let place = template.place;
    let Some(compiled) = &template.compiled else { return Ok(Some(template.source.clone())) };
    let empties = Arc::new(AtomicUsize::new(0));
    let mut registry = registry(place, &empties);
    registry.register_template(TEMPLATE, compiled.clone());
    let context = context(scope, template).map_err(|message| helper_error(template, message))?;
    let text = write(&registry, &context, template)?;
    let empty = empties.load(Ordering::Relaxed) > 0;

    let required = matches!(place, Place::Url) || (place == Place::Header && !text.is_empty());
    if empty && required {
        return Err(empty_error(template, scope));
    }
    match place {
        Place::Url => check_url(template, scope, &text)?,
        Place::Header if text.chars().any(char::is_control) => {
            return Err(RenderError::ControlCharacter { template: template.source.clone() });
        }
        _ => {}
    }
    // Handlebars writes a whole object as `[object]`: no value of ours.
    let nothing = text.is_empty() || (place == Place::Answer && text.trim() == "[object]");
    let keeps_empty = matches!(place, Place::Body | Place::JsonBody);
    Ok((!nothing || keeps_empty).then_some(text))
}

/// The error for the first name in `template` that has no value.
pub(super) fn empty_error(template: &Template, scope: &Scope) -> RenderError {
    let missing = template.names.iter().find(|name| !name.asks && is_empty(scope, &name.parts));
    let name = missing.or(template.names.first()).map_or_else(String::new, |name| name.raw.clone());
    RenderError::Empty { name, template: template.source.clone() }
}

fn is_empty(scope: &Scope, parts: &[String]) -> bool {
    match scope.at(parts) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    }
}

fn registry(place: Place, empties: &Arc<AtomicUsize>) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    let count = Arc::clone(empties);
    registry.register_escape_fn(move |value| {
        if value.is_empty() {
            count.fetch_add(1, Ordering::Relaxed);
        }
        escape(place, value)
    });
    helpers::register(&mut registry, place, empties);
    registry
}

fn context(scope: &Scope, template: &Template) -> Result<Context, String> {
    let mut value = scope.to_value();
    for name in &template.names {
        number_lists(&mut value, &name.parts);
    }
    if let Value::Object(map) = &mut value {
        let moment = &scope.moment;
        map.insert(
            MOMENT.to_owned(),
            serde_json::json!({
                "now_ms": moment.now_ms, "uuid": moment.uuid, "random": moment.random,
            }),
        );
    }
    Context::wraps(value).map_err(|error| error.to_string())
}

/// An answer may be a list where a template asks for a member: that is absence, and Handlebars makes an
/// error of it. On the way to such a name lists become objects whose members are numbers.
fn number_lists(value: &mut Value, parts: &[String]) {
    let Some((part, rest)) = parts.split_first() else { return };
    if let Value::Array(list) = value
        && part.parse::<usize>().is_err()
    {
        let numbered = list.drain(..).enumerate();
        *value = Value::Object(numbered.map(|(at, item)| (at.to_string(), item)).collect());
    }
    let next = match value {
        Value::Object(map) => map.get_mut(part),
        Value::Array(list) => part.parse().ok().and_then(|at: usize| list.get_mut(at)),
        _ => None,
    };
    if let Some(next) = next {
        number_lists(next, rest);
    }
}

fn write(
    registry: &Handlebars<'_>,
    context: &Context,
    template: &Template,
) -> Result<String, RenderError> {
    let mut output = Bounded(Vec::new());
    let result = registry.render_with_context_to_write(TEMPLATE, context, &mut output);
    if output.0.len() >= MAX_OUTPUT {
        return Err(RenderError::TooLong { template: template.source.clone() });
    }
    result.map_err(|error| helper_error(template, error.reason().to_string()))?;
    String::from_utf8(output.0).map_err(|_| helper_error(template, "not UTF-8".to_owned()))
}

fn helper_error(template: &Template, message: String) -> RenderError {
    RenderError::Helper { template: template.source.clone(), message }
}

/// A writer that refuses to grow past [`MAX_OUTPUT`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            self.0.resize(MAX_OUTPUT, b' ');
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn escape(place: Place, value: &str) -> String {
    match place {
        Place::Url => percent_encode(value),
        Place::JsonBody => helpers::json_inside_quotes(value),
        _ => no_escape(value),
    }
}

/// A path must not climb, not even percent-encoded, and a raw start must be one value.
fn check_url(template: &Template, scope: &Scope, text: &str) -> Result<(), RenderError> {
    if let Some(raw) = &template.raw_start
        && is_empty(scope, &raw.parts)
    {
        let name = raw.raw.clone();
        return Err(RenderError::Empty { name, template: template.source.clone() });
    }
    if text.chars().any(char::is_control) {
        return Err(RenderError::ControlCharacter { template: template.source.clone() });
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let climbs = path.split(['/', '\\']).any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    });
    if climbs {
        return Err(RenderError::Climbs { template: template.source.clone() });
    }
    Ok(())
}
