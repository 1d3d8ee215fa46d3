//! A JSON document in which one entry is set and everything else stays as it was written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

/// Why a document cannot be edited.
#[derive(Debug, Error)]
pub(in crate::cli) enum DocumentError {
    #[error("it is not plain JSON")]
    Syntax(#[source] serde_json::Error),
    #[error("`{0}` in it is not an object")]
    Shape(String),
}

/// Members in their order, values as they are written.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Members {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.get())
    }

    /// With `value` as the member `name`, in its place or at the end.
    fn with(&self, name: &str, value: &str, indent: usize) -> String {
        let (inner, outer) = (" ".repeat(indent + 2), " ".repeat(indent));
        let is_new = self.get(name).is_none();
        let old = self
            .0
            .iter()
            .map(|(known, old)| (known.as_str(), if known == name { value } else { old.get() }));
        let all = old.chain(is_new.then_some((name, value)));
        let lines: Vec<String> =
            all.map(|(name, value)| format!("{inner}{}: {value}", Value::from(name))).collect();
        format!("{{\n{}\n{outer}}}", lines.join(",\n"))
    }
}

/// `text` with `entry` as `section.name`; `None` when it is there already.
pub(super) fn with_entry(
    text: &str,
    section: &str,
    name: &str,
    entry: &Value,
) -> Result<Option<String>, DocumentError> {
    let text = text.trim_start_matches('\u{feff}');
    let text = if text.trim().is_empty() { "{}" } else { text };
    let whole: Members = serde_json::from_str(text).map_err(DocumentError::Syntax)?;
    let servers = whole.get(section).unwrap_or("{}");
    let servers: Members =
        serde_json::from_str(servers).map_err(|_| DocumentError::Shape(section.to_owned()))?;
    let is_there = servers
        .get(name)
        .and_then(|old| serde_json::from_str::<Value>(old).ok())
        .is_some_and(|old| old == *entry);
    if is_there {
        return Ok(None);
    }
    let entry = indented(entry, 4);
    let servers = servers.with(name, &entry, 2);
    Ok(Some(whole.with(section, &servers, 0) + "\n"))
}

/// A value on several lines, all but the first of which begin with `indent` blanks.
fn indented(value: &Value, indent: usize) -> String {
    format!("{value:#}").replace('\n', &format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_there_stays_as_it_was_written() {
        let text = "{\n  \"z\": {\"b\":1,  \"a\": [2]},\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }\n  },\n  \"a\": null\n}";
        let entry = json!({ "command": "opndex", "args": ["serve"] });
        let edited = with_entry(text, "mcpServers", "opndex", &entry).unwrap().unwrap();
        assert!(edited.contains("\"z\": {\"b\":1,  \"a\": [2]},"), "{edited}");
        let order = ["\"z\"", "\"mcpServers\"", "\"other\"", "\"opndex\"", "\"a\": null"];
        let places: Vec<_> = order.iter().map(|part| edited.find(part).unwrap()).collect();
        assert!(places.is_sorted(), "{edited}");
        let value: Value = serde_json::from_str(&edited).unwrap();
        assert_eq!(value["mcpServers"]["opndex"], entry);
        assert_eq!(value["mcpServers"]["other"]["command"], "x");
        // A second time there is nothing to do; another entry takes the place of the first.
        assert!(with_entry(&edited, "mcpServers", "opndex", &entry).unwrap().is_none());
        let again = with_entry(&edited, "mcpServers", "opndex", &json!({ "url": "u" })).unwrap();
        let value: Value = serde_json::from_str(&again.unwrap()).unwrap();
        assert_eq!(value["mcpServers"]["opndex"], json!({ "url": "u" }));
    }

    #[test]
    fn an_empty_file_becomes_a_document_and_a_broken_one_is_refused() {
        for text in ["", " \n", "{}", "\u{feff}{}"] {
            let made = with_entry(text, "servers", "o", &json!({ "a": 1 })).unwrap().unwrap();
            let value: Value = serde_json::from_str(&made).unwrap();
            assert_eq!(value, json!({ "servers": { "o": { "a": 1 } } }), "{text:?}");
        }
        for text in ["{ // comment\n }", "{\"a\": 1,}", "[]", "{", "null"] {
            assert!(
                matches!(with_entry(text, "s", "o", &json!(1)), Err(DocumentError::Syntax(_))),
                "{text}"
            );
        }
        assert!(matches!(
            with_entry("{\"s\": []}", "s", "o", &json!(1)),
            Err(DocumentError::Shape(_))
        ));
    }
}
