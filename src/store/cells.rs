//! Cells from SQLite to answers: they leave it in JSON arrays as they are stored, and are worded while those are read.
//!
//! Worded by SQLite, a time costs a call of `strftime`, and a boolean one of `json`, which parses what it is given.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;

use crate::domain::Kind;
use crate::types::Timestamp;

/// Reads a cell of this kind: a boolean from 0 or 1, a time from seconds since the epoch, the rest as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worded(pub(super) Kind);

impl<'de> DeserializeSeed<'de> for Worded {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.0 {
            Kind::Bool | Kind::Time => {
                let stored = Value::deserialize(deserializer)?;
                Ok(stored.as_i64().map_or(Value::Null, |number| self.of_number(number)))
            }
            _ => Value::deserialize(deserializer),
        }
    }
}

impl Worded {
    /// What is out of range is absent.
    fn of_number(self, number: i64) -> Value {
        match (self.0, number) {
            (Kind::Bool, 0) => Value::Bool(false),
            (Kind::Bool, 1) => Value::Bool(true),
            (Kind::Time, seconds) => Timestamp::from_seconds(seconds).rfc3339().into(),
            _ => Value::Null,
        }
    }
}

/// Reads a JSON array, each of its elements by `element`.
pub(super) fn each<'de, S>(json: &'de str, element: S) -> Result<Vec<S::Value>, serde_json::Error>
where
    S: DeserializeSeed<'de> + Copy,
{
    let mut reader = serde_json::Deserializer::from_str(json);
    let elements = reader.deserialize_seq(Each(element))?;
    reader.end()?;
    Ok(elements)
}

struct Each<S>(S);

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for Each<S> {
    type Value = Vec<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(self.0)? {
            elements.push(element);
        }
        Ok(elements)
    }
}

/// Reads the cells of a row of these kinds; cells behind them, the key of a page, as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'k>(pub(super) &'k [Kind]);

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = Vec<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cells of a row")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<Self::Value, A::Error> {
        let mut row = Vec::with_capacity(self.0.len() + 4);
        for kind in self.0 {
            let cell = cells.next_element_seed(Worded(*kind))?;
            row.push(cell.ok_or_else(|| Error::invalid_length(row.len(), &self))?);
        }
        while let Some(part_of_key) = cells.next_element()? {
            row.push(part_of_key);
        }
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_worded_by_their_kinds_and_a_key_behind_them_is_not() {
        let kinds = [Kind::Bool, Kind::Time, Kind::Text, Kind::Int];
        let lines = r#"[[1,1795475000,"a",1,1,1795475000],[0,null,null,7],[null,"x",1.5,null],[2,99999999999999,"",0]]"#;
        let rows = each(lines, Line(&kinds)).unwrap();
        assert_eq!(
            json!(rows),
            json!([
                [true, "2026-11-23T23:03:20Z", "a", 1, 1, 1_795_475_000],
                [false, null, null, 7],
                [null, null, 1.5, null],
                [null, null, "", 0],
            ])
        );
    }

    #[test]
    fn a_line_that_is_too_short_is_an_error() {
        assert!(each("[[1]]", Line(&[Kind::Int, Kind::Int])).is_err());
        assert!(each("[[1]] 2", Line(&[Kind::Int])).is_err());
    }

    proptest! {
        /// The views word times by SQLite.
        #[test]
        fn a_time_is_worded_as_sqlite_does(seconds in -62_167_219_200_i64..=253_402_300_799) {
            let connection = rusqlite::Connection::open_in_memory().unwrap();
            let text = "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', ?1, 'unixepoch')";
            let sqlite: String = connection.query_row(text, [seconds], |row| row.get(0)).unwrap();
            let rows = each(&format!("[[{seconds}]]"), Line(&[Kind::Time])).unwrap();
            prop_assert_eq!(json!(rows), json!([[sqlite]]));
        }
    }
}
