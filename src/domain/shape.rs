//! The layout of a response: where its rows are, and what their keys mean.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::leaf::Key;
use super::raw::{RawRow, RawValue};
use super::row::{Reading, Row};
use super::source::{Shape, UUID};

/// A whole body: its rows and, from a grid, how many the firewall counts.
pub(super) struct Body<'b, 's>(pub(super) &'b Reading<'s>);

impl<'de> DeserializeSeed<'de> for Body<'_, '_> {
    type Value = (Vec<RawRow>, Option<usize>);

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        let (path, layout) = match self.0.source.shape {
            Shape::Grid => return d.deserialize_map(self),
            Shape::Map { at, key } => (at, Layout::Map { key }),
            Shape::List { at } => (at, Layout::List),
            Shape::One { at } => (at, Layout::One),
            Shape::Groups { at, key, rows } => (at, Layout::Groups { key, rows }),
            Shape::Elements { at } => (at, Layout::Elements),
            Shape::Config(_) => return Err(D::Error::custom("config.xml is no answer of the API")),
        };
        At { path, layout, reading: self.0 }.deserialize(d).map(|rows| (rows, None))
    }
}

impl<'de> Visitor<'de> for Body<'_, '_> {
    type Value = (Vec<RawRow>, Option<usize>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `rows` and `total`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut rows, mut total): (Option<Vec<RawRow>>, _) = (None, None);
        let mut beside = self.0.row();
        while let Some(key) = map.next_key::<Key>()? {
            match key.0.as_str() {
                "rows" => rows = Some(map.next_value_seed(Rows(self.0))?),
                // `null` from lists that are no search.
                "total" => total = map.next_value::<Option<usize>>()?,
                key if self.0.source.beside == Some(key) => {
                    map.next_value_seed(self.0.nested(&mut beside, key))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let mut rows = rows.ok_or_else(|| A::Error::missing_field("rows"))?;
        if self.0.source.beside.is_some() {
            for row in &mut rows {
                row.overlay(beside.clone());
            }
        }
        Ok((rows, total))
    }
}

struct Rows<'b, 's>(&'b Reading<'s>);

impl<'de> DeserializeSeed<'de> for Rows<'_, '_> {
    type Value = Vec<RawRow>;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = Vec<RawRow>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element_seed(Row(self.0))? {
            rows.push(row);
        }
        Ok(rows)
    }
}

/// What stands at the end of the path.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Map { key: &'static str },
    List,
    One,
    Groups { key: &'static str, rows: &'static str },
    Elements,
}

/// Descends a dotted path, then reads what the layout says.
struct At<'b, 's> {
    path: &'static str,
    layout: Layout,
    reading: &'b Reading<'s>,
}

impl At<'_, '_> {
    /// Writes the outer key into the rows below it.
    fn stamp(&self, rows: &mut [RawRow], name: &'static str, key: &str) {
        let Some(index) = self.reading.position(name) else { return };
        for row in rows {
            row.set(index, Some(RawValue::Text(key.into())));
        }
    }

    fn group(&self, rows: &'static str) -> Self {
        At { path: rows, layout: Layout::List, reading: self.reading }
    }
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = Vec<RawRow>;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = Vec<RawRow>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layout {
            Layout::List | Layout::Elements => write!(f, "an array at `{}`", self.path),
            _ => write!(f, "an object at `{}`", self.path),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let misplaced =
            || Err(A::Error::custom(format!("an array where `{}` should be", self.path)));
        if !self.path.is_empty() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return misplaced();
        }
        let mut all = Vec::new();
        match self.layout {
            Layout::List | Layout::Elements => {
                while let Some(row) = seq.next_element_seed(Row(self.reading))? {
                    all.push(row);
                }
            }
            Layout::Map { key } if key != UUID => {
                while let Some(mut row) = seq.next_element_seed(Row(self.reading))? {
                    let n = all.len().to_string();
                    self.stamp(std::slice::from_mut(&mut row), key, &n);
                    all.push(row);
                }
            }
            Layout::Groups { key, rows } => {
                let mut n = 0_usize;
                while let Some(mut group) = seq.next_element_seed(self.group(rows))? {
                    self.stamp(&mut group, key, &n.to_string());
                    all.append(&mut group);
                    n += 1;
                }
            }
            // An empty map arrives as `[]`.
            Layout::Map { .. } | Layout::One => {
                if seq.next_element::<IgnoredAny>()?.is_some() {
                    return misplaced();
                }
            }
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        if !self.path.is_empty() {
            return self.descend(map);
        }
        let mut all = Vec::new();
        match self.layout {
            Layout::One | Layout::Elements => {
                let mut row = self.reading.row();
                self.reading.object(&mut row, map)?;
                if (0..self.reading.fields.len()).any(|i| row.get(i).is_some()) {
                    all.push(row);
                }
            }
            Layout::List => {
                while map.next_key::<IgnoredAny>()?.is_some() {
                    all.push(map.next_value_seed(Row(self.reading))?);
                }
            }
            Layout::Map { key: name } => {
                while let Some(key) = map.next_key::<Key>()? {
                    let mut row = map.next_value_seed(Row(self.reading))?;
                    self.stamp(std::slice::from_mut(&mut row), name, &key.0);
                    all.push(row);
                }
            }
            Layout::Groups { key: name, rows } => {
                while let Some(key) = map.next_key::<Key>()? {
                    let mut group = map.next_value_seed(self.group(rows))?;
                    self.stamp(&mut group, name, &key.0);
                    all.append(&mut group);
                }
            }
        }
        Ok(all)
    }
}

impl At<'_, '_> {
    fn descend<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<RawRow>, A::Error> {
        let (head, rest) = self.path.split_once('.').unwrap_or((self.path, ""));
        let mut found = None;
        while let Some(key) = map.next_key::<Key>()? {
            if key.0 == head {
                let below = At { path: rest, layout: self.layout, reading: self.reading };
                found = Some(map.next_value_seed(below)?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        found.ok_or_else(|| A::Error::custom(format!("no `{head}`")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use crate::domain::{Field, Malformed, RawValue, Source, decode, field};

    static FIELDS: &[Field] = &[field("name"), field("a"), field("b.c"), field("value")];

    const MAP: Source = Source::map("s", "p", "x.y", "").keyed("name");
    const LIST: Source = Source::list("s", "p", "items", "");
    const ONE: Source = Source::one("s", "p", "", "");
    const ELEMENTS: Source = Source::elements("s", "p", "items", "");
    const GROUPS: Source = Source::groups("s", "p", ("", "name", "records"), "");

    /// Cells as text, the missing ones empty.
    type Rows = Vec<[String; 4]>;

    fn rows(source: &Source, body: &Value) -> Result<Rows, Malformed> {
        let rows = decode(source, FIELDS, body.to_string().as_bytes())?;
        let text = |value: Option<&RawValue>| match value {
            Some(RawValue::Text(text)) => text.to_string(),
            other => other.map(|value| format!("{value:?}")).unwrap_or_default(),
        };
        Ok(rows.iter().map(|row| [0, 1, 2, 3].map(|i| text(row.get(i)))).collect())
    }

    #[test]
    fn a_key_becomes_the_named_field_also_where_php_writes_an_array() {
        let body = json!({"z": 1, "x": {"y": {"lan": {"a": "1"}, "wan": {"a": "2"}}}});
        let read = rows(&MAP, &body).unwrap();
        assert_eq!(read, [["lan", "1", "", ""], ["wan", "2", "", ""]]);
        let read = rows(&MAP, &json!({"x": {"y": [{"a": "1"}, {"a": "2"}]}})).unwrap();
        assert_eq!(read[1], ["1", "2", "", ""]);
    }

    #[test]
    fn scalars_become_the_field_that_the_source_names() {
        let names = Source::map("s", "p", "", "").keyed("name").scalar("value");
        let read = rows(&names, &json!({"igc0": "WAN"})).unwrap();
        assert_eq!(read, [["igc0", "", "", "WAN"]]);
        let servers = Source::list("s", "p", "", "").scalar("value");
        let read = rows(&servers, &json!(["9.9.9.9", "2620:fe::fe"])).unwrap();
        assert_eq!(read[1], ["", "", "", "2620:fe::fe"]);
    }

    #[test]
    fn an_array_with_holes_is_an_object_to_php_and_a_list_to_us() {
        let read = rows(&LIST, &json!({"items": {"1": {"a": "x"}, "7": {"a": "y"}}})).unwrap();
        assert_eq!(read.len(), 2);
    }

    #[test]
    fn an_object_without_any_known_field_is_no_row() {
        assert_eq!(rows(&ONE, &json!({"status": "failed"})).unwrap(), Rows::new());
        assert_eq!(rows(&ONE, &json!([])).unwrap(), Rows::new());
        let read = rows(&ONE, &json!({"b": {"c": "deep"}})).unwrap();
        assert_eq!(read, [["", "", "deep", ""]]);
    }

    #[test]
    fn one_element_of_xml_stands_alone() {
        let two = json!({"items": [{"a": "1"}, {"a": "2", "b": {"c": "x"}}]});
        assert_eq!(rows(&ELEMENTS, &two).unwrap(), [["", "1", "", ""], ["", "2", "x", ""]]);
        let one = json!({"items": {"a": "1", "b": {"c": "x"}}});
        assert_eq!(rows(&ELEMENTS, &one).unwrap(), [["", "1", "x", ""]]);
    }

    #[test]
    fn rows_of_a_group_carry_its_name() {
        let body =
            json!({"lan": {"records": [{"a": "1"}], "status": "ok"}, "wan": {"records": []}});
        assert_eq!(rows(&GROUPS, &body).unwrap(), [["lan", "1", "", ""]]);
    }

    #[test]
    fn a_failure_that_looks_like_an_answer_is_none() {
        for (source, body) in [
            (&MAP, json!({"status": "failed"})),
            (&LIST, json!({"result": "failed"})),
            (&LIST, json!([])),
            (&ELEMENTS, json!({"result": "failed", "items": "not now"})),
            (&GROUPS, json!({"status": "failed"})),
            (&Source::list("s", "p", "", ""), json!({"status": "failed"})),
        ] {
            assert!(rows(source, &body).is_err(), "{body} as {:?}", source.shape);
        }
    }

    #[test]
    fn an_object_beside_the_rows_is_part_of_each() {
        let grid = Source::grid("s", "p", "").beside("b");
        let body = json!({"rows": [{"a": "1"}, {"a": "2"}], "b": {"c": "x", "a": "no"}, "z": {}});
        let read = rows(&grid, &body).unwrap();
        assert_eq!(read, [["", "1", "x", ""], ["", "2", "x", ""]]);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "\\PC{0,6}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let key = prop_oneof![Just("x"), Just("y"), Just("items"), Just("records"), Just("a")];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(key, inner, 0..4).prop_map(|map| {
                    map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()
                }),
            ]
        })
    }

    proptest! {
        /// A shape reads anything or says that it cannot; it never panics.
        #[test]
        fn no_json_breaks_a_shape(body in any_json()) {
            for source in [MAP, LIST, ONE, GROUPS, ELEMENTS, MAP.scalar("value"), LIST.scalar("value"), Source::grid("s", "p", "")] {
                let _either = rows(&source, &body);
            }
        }

        /// The same rows in every layout are the same rows.
        #[test]
        fn every_shape_gives_back_the_rows_put_into_it(cells in prop::collection::btree_map("[a-z]{1,5}", ("[A-Z]{1,4}", "[A-Z]{1,4}"), 0..5)) {
            let object = |(a, c): &(String, String)| json!({"a": a, "b": {"c": c, "d": 1}, "unknown": [1]});
            let expected: Rows = cells.iter().map(|(k, (a, c))| [k.clone(), a.clone(), c.clone(), String::new()]).collect();
            let nameless: Rows = expected.iter().cloned().map(|[_, a, c, v]| [String::new(), a, c, v]).collect();
            let map: BTreeMap<&String, Value> = cells.iter().map(|(k, row)| (k, object(row))).collect();
            let list: Vec<Value> = cells.values().map(object).collect();
            let groups: BTreeMap<&String, Value> = map.iter().map(|(k, row)| (*k, json!({"records": [row]}))).collect();
            prop_assert_eq!(rows(&MAP, &json!({"x": {"y": map}})).unwrap(), &expected[..]);
            prop_assert_eq!(rows(&GROUPS, &json!(groups)).unwrap(), expected);
            prop_assert_eq!(rows(&LIST, &json!({"items": &list})).unwrap(), &nameless[..]);
            for (row, wanted) in list.iter().zip(nameless.clone()) {
                prop_assert_eq!(rows(&ONE, row).unwrap(), [wanted]);
            }
            let grid = json!({"rows": list, "total": nameless.len()});
            prop_assert_eq!(rows(&Source::grid("s", "p", ""), &grid).unwrap(), nameless);
        }
    }
}
