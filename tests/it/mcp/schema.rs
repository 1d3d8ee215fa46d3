//! Whether an answer is what its tool promised.

use serde_json::Value;

/// What in `value` the closed, plain `schema` does not allow; covers the keywords we use and refuses others.
#[expect(clippy::too_many_lines, reason = "one keyword after another")]
pub(super) fn mismatch(schema: &Value, value: &Value, at: &str) -> Option<String> {
    const KNOWN: [&str; 9] = [
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "description",
        "minimum",
        "maximum",
    ];
    let Some(schema) = schema.as_object() else {
        return Some(format!("{at}: the schema is {schema}"));
    };
    if let Some(other) = schema.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Some(format!("{at}: the schema uses `{other}`"));
    }
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    let fits = match &schema["type"] {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().any(|kind| is(kind.as_str().unwrap())),
        _ => false,
    };
    if !fits || schema.get("enum").is_some_and(|values| !values.as_array().unwrap().contains(value))
    {
        return Some(format!("{at}: {value} is not {schema:?}"));
    }
    if value.is_array() && !schema.contains_key("items") {
        return None;
    }
    let each = |(i, item)| {
        mismatch(schema.get("items").unwrap_or(&Value::Null), item, &format!("{at}[{i}]"))
    };
    if let Some(wrong) = value.as_array().and_then(|items| items.iter().enumerate().find_map(each))
    {
        return Some(wrong);
    }
    let object = value.as_object()?;
    if !schema.contains_key("properties") && !schema.contains_key("additionalProperties") {
        // An object of which nothing but that is promised.
        return None;
    }
    let required = schema.get("required").and_then(Value::as_array);
    if let Some(missing) =
        required.into_iter().flatten().find(|name| !object.contains_key(name.as_str().unwrap()))
    {
        return Some(format!("{at}: {missing} is missing"));
    }
    object.iter().find_map(|(name, value)| {
        let property = schema
            .get("properties")
            .and_then(|p| p.get(name))
            .or_else(|| schema.get("additionalProperties"));
        mismatch(property.unwrap_or(&Value::Null), value, &format!("{at}.{name}"))
    })
}
