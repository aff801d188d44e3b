//! The JSON Schema of a definition (draft-07, which editors know best), made of the tables that the
//! readers use.

use super::authorization::{TYPES, Type};
use super::keys::app::DEFINITION;
use super::keys::authorization::authorization;
use super::keys::{Known, Shape};
use serde_json::{Map, Value, json};

/// The schema.
#[must_use]
pub fn schema() -> Value {
    let mut writer = Writer::default();
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!("A definition of tieline"));
    schema.insert("description".to_owned(), json!("How one app is authorized."));
    schema.extend(writer.object(DEFINITION));
    // What another app's definition may hold already is asked for only where there is none.
    schema.insert("if".to_owned(), json!({ "required": ["extends"] }));
    schema.insert("then".to_owned(), json!({}));
    schema.insert("else".to_owned(), Value::Object(needs_of(DEFINITION)));
    schema.insert("definitions".to_owned(), Value::Object(writer.definitions));
    Value::Object(schema)
}

/// Writes shapes, and keeps those that have a name.
#[derive(Default)]
struct Writer {
    definitions: Map<String, Value>,
}

impl Writer {
    fn object(&mut self, keys: &[Known]) -> Map<String, Value> {
        let properties = keys.iter().map(|key| (key.name.to_owned(), self.property(key)));
        let properties: Map<String, Value> = properties.collect();
        keywords(json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        }))
    }

    fn property(&mut self, key: &Known) -> Value {
        let mut schema = self.shape(key.shape);
        if !key.needed {
            schema = nullable(schema);
        }
        // In draft-07 nothing counts beside a reference.
        if let Some(reference) = schema.remove("$ref") {
            schema.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        }
        schema.insert("description".to_owned(), json!(key.says));
        Value::Object(schema)
    }

    fn shape(&mut self, shape: Shape) -> Map<String, Value> {
        match shape {
            Shape::Text => keywords(json!({ "type": ["string", "number", "boolean"] })),
            Shape::Flag => keywords(json!({ "type": "boolean" })),
            Shape::Choice(words) => keywords(json!({ "enum": words() })),
            Shape::Items(items) => {
                keywords(json!({ "type": "array", "items": self.shape(*items) }))
            }
            Shape::Map(values) => {
                let values = nullable(self.shape(*values));
                keywords(json!({ "type": "object", "additionalProperties": values }))
            }
            Shape::Object(keys) => self.object(&keys()),
            Shape::Authorization => self.authorization(),
            Shape::Anything => Map::new(),
            Shape::Either(shapes) => self.either(shapes),
            Shape::Named(name, shape) => {
                if !self.definitions.contains_key(name) {
                    let written = nullable(self.shape(*shape));
                    self.definitions.insert(name.to_owned(), Value::Object(written));
                }
                keywords(json!({ "$ref": format!("#/definitions/{name}") }))
            }
        }
    }

    /// One schema where the shapes do not get into each other's way: editors offer more with it than
    /// with several.
    fn either(&mut self, shapes: &[Shape]) -> Map<String, Value> {
        let written: Vec<_> = shapes.iter().map(|shape| self.shape(*shape)).collect();
        let mut merged = Map::new();
        let mut types: Vec<Value> = Vec::new();
        for schema in &written {
            let Some(kind) = schema.get("type") else {
                return keywords(json!({ "anyOf": written }));
            };
            types.extend(as_list(kind));
            for (keyword, value) in schema.iter().filter(|(keyword, _)| *keyword != "type") {
                if merged.insert(keyword.clone(), value.clone()).is_some() {
                    return keywords(json!({ "anyOf": written }));
                }
            }
        }
        merged.insert("type".to_owned(), types.into());
        merged
    }

    /// The keys of the type that is written; without one, which may then be inherited, all of them.
    fn authorization(&mut self) -> Map<String, Value> {
        let mut types = TYPES.iter().map(|(_, kind)| *kind);
        let plain = types.find(|kind| !matches!(kind, Type::OAuth2 | Type::OAuth1));
        let mut schema = json!(nullable(self.object(&authorization(plain))));
        let untyped = json!({ "not": { "required": ["type"] } });
        let of = |kind: Type| json!({ "required": ["type"], "properties": { "type": { "const": kind.name() } } });
        for (condition, kind) in [
            (untyped, None),
            (of(Type::OAuth1), Some(Type::OAuth1)),
            (of(Type::OAuth2), Some(Type::OAuth2)),
        ] {
            let object = nullable(self.object(&authorization(kind)));
            schema = json!({ "if": condition, "then": object, "else": schema });
        }
        keywords(schema)
    }
}

/// The keys that are needed, at every depth, and nothing else.
fn needs_of(keys: &[Known]) -> Map<String, Value> {
    let needed: Vec<&str> = keys.iter().filter(|key| key.needed).map(|key| key.name).collect();
    let inner = keys.iter().map(|key| (key.name.to_owned(), needs(key.shape)));
    let inner: Map<String, Value> =
        inner.filter(|(_, needs)| !needs.is_empty()).map(|(name, n)| (name, n.into())).collect();
    let mut schema = Map::new();
    if !needed.is_empty() {
        schema.insert("required".to_owned(), json!(needed));
    }
    if !inner.is_empty() {
        schema.insert("properties".to_owned(), inner.into());
    }
    schema
}

fn needs(shape: Shape) -> Map<String, Value> {
    let beneath = |keyword: &str, shape: Shape| {
        let needs = needs(shape);
        if needs.is_empty() { Map::new() } else { keywords(json!({ keyword: needs })) }
    };
    match shape {
        Shape::Items(items) => beneath("items", *items),
        Shape::Map(values) => beneath("additionalProperties", *values),
        Shape::Object(keys) => needs_of(&keys()),
        Shape::Authorization => needs_of(&authorization(None)),
        // Each is about another sort of value.
        Shape::Either(shapes) => shapes.iter().flat_map(|shape| needs(*shape)).collect(),
        Shape::Named(_, shape) => needs(*shape),
        Shape::Text | Shape::Flag | Shape::Choice(_) | Shape::Anything => Map::new(),
    }
}

/// The same, or nothing.
fn nullable(mut schema: Map<String, Value>) -> Map<String, Value> {
    if let Some(kind) = schema.get_mut("type") {
        let mut kinds = as_list(kind);
        if !kinds.contains(&json!("null")) {
            kinds.push(json!("null"));
        }
        *kind = kinds.into();
    } else if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    } else if let Some(Value::Array(schemas)) = schema.get_mut("anyOf") {
        schemas.push(json!({ "type": "null" }));
    }
    schema
}

fn as_list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.clone(),
        other => vec![other.clone()],
    }
}

fn keywords(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
