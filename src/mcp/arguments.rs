//! Arguments of a call, or a sentence that lets the agent repair them.

use rmcp::model::JsonObject;
use serde::Deserialize;
use serde_json::Value;

use crate::types::did_you_mean;

use super::reply::Failure;
use super::tools::Tool;

/// Longest text of an argument, in bytes: answers and errors repeat what was asked for. 450 hardware addresses in one
/// condition fit; a statement of SQL has a bound of its own.
const LONGEST: usize = 8 * 1024;

/// Reads the arguments of `tool`.
pub(super) fn read<'a, P: Deserialize<'a>>(
    tool: &Tool,
    arguments: &'a JsonObject,
) -> Result<P, Failure> {
    if tool.name != "sql"
        && let Some((name, length)) =
            arguments.iter().find_map(|(name, value)| too_long(name, value))
    {
        let name: String = name.chars().take(60).collect();
        let why = format!("the argument `{name}` has {length} bytes, and {LONGEST} are the most");
        return Err(Failure::refusal(format!("`{}`: {why}", tool.name)));
    }
    // Only a mistake costs a look at the schema.
    P::deserialize(arguments).map_err(|cause| {
        let why = mistake(&(tool.input)(), arguments).unwrap_or_else(|| cause.to_string());
        Failure::refusal(format!("`{}`: {why}", tool.name))
    })
}

fn too_long<'a>(name: &'a str, value: &Value) -> Option<(&'a str, usize)> {
    let length = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::len).max()?,
        _ => return None,
    };
    (length > LONGEST).then_some((name, length))
}

/// What is wrong, by the schema the agent was shown.
fn mistake(schema: &JsonObject, given: &JsonObject) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    let names = || properties.keys().map(String::as_str);
    let listed = || match properties.len() {
        0 => "it takes none".to_owned(),
        _ => format!(
            "arguments: {}",
            names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    for (name, value) in given {
        let Some(property) = properties.get(name) else {
            let shown: String = name.chars().take(60).collect();
            return Some(format!(
                "there is no argument `{shown}`{}; {}",
                did_you_mean(name, names()),
                listed()
            ));
        };
        if !value.is_null() && !fits(property, value) {
            return Some(format!(
                "the argument `{name}` must be {}, not {}",
                expected(property),
                kind(value)
            ));
        }
    }
    let required = schema.get("required")?.as_array()?.iter().filter_map(Value::as_str);
    let missing = required.into_iter().find(|name| given.get(*name).is_none_or(Value::is_null))?;
    Some(format!("the argument `{missing}` is missing; {}", listed()))
}

fn fits(property: &Value, value: &Value) -> bool {
    match property.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.as_u64().is_some_and(|n| u32::try_from(n).is_ok()),
        Some("array") => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        _ => true,
    }
}

fn expected(property: &Value) -> String {
    let bound = |name| property.get(name).map_or_else(String::new, Value::to_string);
    match property.get("type").and_then(Value::as_str) {
        Some("boolean") => "true or false".to_owned(),
        Some("integer") => {
            format!("a whole number from {} to {}", bound("minimum"), bound("maximum"))
        }
        Some("array") => "an array of strings".to_owned(),
        _ => "a string".to_owned(),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "that number",
        Value::String(_) => "a string",
        Value::Array(_) => "that array",
        Value::Object(_) => "an object",
    }
}
