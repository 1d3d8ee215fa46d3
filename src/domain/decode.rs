//! Response bodies to raw rows. Only the fields of the allow-list are ever built; the rest of the
//! JSON is skipped by the parser.

use serde::de::DeserializeSeed as _;
use thiserror::Error;

use super::raw::{Field, RawRow, RawValue};
use super::row::Reading;
use super::shape::Body;
use super::source::{Items, Source};
use crate::types::clean;

/// A 200 that is not an answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Malformed {
    #[error("the body is empty")]
    Empty,
    #[error("the body is not JSON but {0}")]
    NotJson(&'static str),
    #[error("the body is not the expected JSON: {0}")]
    Unexpected(String),
    #[error("{rows} rows arrived although the firewall counts {total}")]
    Truncated { rows: usize, total: usize },
    /// What the endpoint tells of does not run: an answer, of which there are no rows.
    #[error("{0}")]
    Idle(&'static str),
}

/// Reads one response of `source` into rows, in the order they came.
pub fn decode(
    source: &Source,
    fields: &'static [Field],
    body: &[u8],
) -> Result<Vec<RawRow>, Malformed> {
    let text = body.trim_ascii();
    if text.is_empty() {
        return Err(Malformed::Empty);
    }
    if text.starts_with(b"<") {
        return Err(Malformed::NotJson("an HTML page"));
    }
    if text.starts_with(b"Fatal error") || text.starts_with(b"PHP ") {
        return Err(Malformed::NotJson("a PHP error, as when the firewall runs out of memory"));
    }
    let reading = Reading::new(source, fields);
    // Checked once and not string by string.
    let text = std::str::from_utf8(text).map_err(|e| Malformed::Unexpected(e.to_string()))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let rows = Body(&reading).deserialize(&mut json).and_then(|rows| json.end().map(|()| rows));
    let (rows, total) = rows
        .map_err(|e| idle(source, text).unwrap_or_else(|| Malformed::Unexpected(e.to_string())))?;
    match total {
        // A total below the rows is a known quirk (rows prepended to every page), above it is a page cut short.
        Some(total) if total > rows.len() && source.limit.is_none() => {
            Err(Malformed::Truncated { rows: rows.len(), total })
        }
        _ => Ok(rows),
    }
}

/// Whether a body that has no rows says that what it tells of does not run.
fn idle(source: &Source, text: &str) -> Option<Malformed> {
    let idle = source.idle?;
    let body: serde_json::Value = serde_json::from_str(text).ok()?;
    let said = body.get(idle.field)?.as_str()?;
    said.contains(idle.says).then_some(Malformed::Idle(idle.means))
}

/// The items that an answer of their list names: each with its number of rows where the list gives it.
///
/// Sorted by name; a name that cannot be asked for is left out.
pub fn items(items: &Items, body: &[u8]) -> Result<Vec<(String, Option<i64>)>, Malformed> {
    let count = |value: &RawValue| match value {
        RawValue::Int(n) => Some(*n),
        RawValue::Text(text) => text.parse().ok(),
        RawValue::Bool(_) | RawValue::List(_) => None,
    };
    let name = |row: &RawRow| match row.get(0) {
        Some(RawValue::Text(text)) => Some(clean(text).into_owned()),
        Some(RawValue::Int(n)) => Some(n.to_string()),
        _ => None,
    };
    let rows = decode(&items.list, items.fields, body)?;
    let mut named: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((name(row)?, row.get(1).and_then(count))))
        // As parts of a path these would lead elsewhere.
        .filter(|(name, _)| !matches!(name.as_str(), "" | "." | ".."))
        .collect();
    named.sort();
    named.dedup_by(|a, b| a.0 == b.0);
    Ok(named)
}

/// Writes the name of the item that was asked for into the rows of its answer.
pub fn name_item(rows: &mut [RawRow], fields: &[Field], into: &str, item: &str) {
    let Some(index) = fields.iter().position(|f| f.name == into) else { return };
    for row in rows {
        row.set(index, Some(RawValue::Text(item.into())));
    }
}
