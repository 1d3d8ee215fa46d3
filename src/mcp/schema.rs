//! JSON schemas as every client reads them: closed, without references, and without what only costs tokens.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// Keywords that say nothing here: names of our types, and Rust's integer widths, which strict clients refuse.
const NOISE: [&str; 4] = ["$schema", "title", "format", "default"];

/// What a tool takes.
pub(super) fn input<T: JsonSchema>() -> JsonObject {
    generated::<T>(SchemaSettings::draft2020_12())
}

/// What a tool returns, where the type is our own.
pub(super) fn output<T: JsonSchema>() -> JsonObject {
    shallow(generated::<T>(SchemaSettings::draft2020_12().for_serialize()))
}

/// An output as `tools/list` carries it: the names and types of its parts. What is inside a part, and what it
/// means, an agent reads in the answer itself: said here it is 7,500 of the 16,000 bytes for fourteen tools.
/// It is open: a later release may say more.
fn shallow(mut object: JsonObject) -> JsonObject {
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for part in properties.values_mut().filter_map(Value::as_object_mut) {
            part.retain(|key, _| matches!(key.as_str(), "type" | "enum"));
        }
    }
    object.remove("additionalProperties");
    object
}

/// What `ask` returns, whose types know nothing of schemas: `properties` and those of the freshness.
pub(super) fn answer(properties: Value, required: &[&str]) -> JsonObject {
    let freshness = json!({
        "as_of": { "type": ["string", "null"] },
        "age_s": { "type": ["integer", "null"] },
        "stale": { "type": "boolean" },
        "complete": { "type": "boolean" },
        "notes": { "type": "array" },
    });
    let mut all = JsonObject::new();
    for part in [properties, freshness] {
        if let Value::Object(part) = part {
            all.extend(part);
        }
    }
    object(Value::Object(all), required)
}

/// An output of these properties.
pub(super) fn object(properties: Value, required: &[&str]) -> JsonObject {
    let mut object = JsonObject::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties);
    if !required.is_empty() {
        object.insert("required".to_owned(), required.into());
    }
    shallow(object)
}

/// A page of rows in columns, of a joined question. Without descriptions: `query` has them, and every tool's
/// schema is paid for in each session.
pub(super) fn page() -> JsonObject {
    let properties = json!({
        "domain": { "type": "string" },
        "columns": { "type": "array" },
        "rows": { "type": "array" },
        "total": { "type": "integer" },
        "total_is_at_least": { "type": "boolean" },
        "next": { "type": "string" },
        "as_of": { "type": ["string", "null"] },
        "age_s": { "type": ["integer", "null"] },
        "stale": { "type": "boolean" },
        "complete": { "type": "boolean" },
        "notes": { "type": "array" },
    });
    object(properties, &["columns", "rows", "total"])
}

fn generated<T: JsonSchema>(settings: SchemaSettings) -> JsonObject {
    let schema =
        settings.with(|s| s.inline_subschemas = true).into_generator().into_root_schema_for::<T>();
    let mut schema = schema.to_value();
    tidy(&mut schema);
    match schema {
        Value::Object(mut object) => {
            // The tool's own description says it already.
            object.remove("description");
            // A tool without arguments has no properties, which some clients take for a broken schema.
            object.entry("properties").or_insert_with(|| json!({}));
            object
        }
        // Only the schema of `any value` is no object, and no tool takes or returns that.
        _ => JsonObject::new(),
    }
}

/// Absent and null are one to us: the schema offers the shorter, and serde takes both.
fn tidy(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    object.retain(|key, _| !NOISE.contains(&key.as_str()));
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_mut_slice() {
            let one = one.take();
            object.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.values_mut().for_each(tidy);
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    for key in ["items", "additionalProperties"] {
        object.get_mut(key).into_iter().for_each(tidy);
    }
}
