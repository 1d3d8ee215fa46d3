//! Response bodies to raw rows. Only the fields of the allow-list are ever built; the rest of the
//! JSON is skipped by the parser.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use thiserror::Error;

use super::leaf::{Key, Leaf, MAX_DEPTH, ignore_scalars};
use super::raw::{Field, RawRow, RawValue};
use super::source::{Shape, Source};

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
}

/// Keys of one row whose meaning is remembered; the widest recorded row has 61.
const MOST_KEYS: usize = 256;

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
    let seed = Body { source, fields, keys: RefCell::default() };
    // Checked once and not string by string.
    let text = std::str::from_utf8(text).map_err(|e| Malformed::Unexpected(e.to_string()))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let rows = seed.deserialize(&mut json).and_then(|rows| json.end().map(|()| rows));
    let (rows, total) = rows.map_err(|e| Malformed::Unexpected(e.to_string()))?;
    match total {
        // A total below the rows is a known quirk (rows prepended to every page), above it is a page cut short.
        Some(total) if total > rows.len() => Err(Malformed::Truncated { rows: rows.len(), total }),
        _ => Ok(rows),
    }
}

struct Body<'s> {
    source: &'s Source,
    fields: &'static [Field],
    /// What the keys of earlier rows meant, in the order they came: rows of one body have the same keys in
    /// the same order, so one comparison finds the meaning of the next key.
    keys: RefCell<Vec<(String, Meaning)>>,
}

/// What a key of a row means to the domain.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    Field(usize),
    /// Fields nest below it.
    Prefix,
    Unknown,
}

impl<'de> DeserializeSeed<'de> for Body<'_> {
    type Value = (Vec<RawRow>, Option<usize>);

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        match self.source.shape {
            Shape::Grid => d.deserialize_map(self),
            Shape::Map(at) => At { path: at, body: &self }.deserialize(d).map(|rows| (rows, None)),
            Shape::Config(_) => Err(D::Error::custom("config.xml is no answer of the API")),
        }
    }
}

impl<'de> Visitor<'de> for Body<'_> {
    type Value = (Vec<RawRow>, Option<usize>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `rows` and `total`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut rows, mut total) = (None, None);
        while let Some(key) = map.next_key::<Key>()? {
            match key.0.as_str() {
                "rows" => rows = Some(map.next_value_seed(Rows(&self))?),
                "total" => total = Some(map.next_value::<usize>()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok((rows.ok_or_else(|| A::Error::missing_field("rows"))?, total))
    }
}

struct Rows<'b, 's>(&'b Body<'s>);

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
        while let Some(row) = seq.next_element_seed(Row { body: self.0, uuid: None })? {
            rows.push(row);
        }
        Ok(rows)
    }
}

/// Descends a dotted path, then reads a map of rows. An empty PHP map arrives as `[]`.
struct At<'b, 's> {
    path: &'static str,
    body: &'b Body<'s>,
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
        write!(f, "an object at `{}`", self.path)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None if self.path.is_empty() => Ok(Vec::new()),
            _ => Err(A::Error::custom(format!("an array where `{}` should be", self.path))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        let (head, rest) = self.path.split_once('.').unwrap_or((self.path, ""));
        let mut found = self.path.is_empty();
        while let Some(key) = map.next_key::<Key>()? {
            if self.path.is_empty() {
                rows.push(map.next_value_seed(Row { body: self.body, uuid: Some(key.0) })?);
            } else if key.0 == head {
                found = true;
                rows = map.next_value_seed(At { path: rest, body: self.body })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(rows) } else { Err(A::Error::custom(format!("no `{head}`"))) }
    }
}

struct Row<'b, 's> {
    body: &'b Body<'s>,
    uuid: Option<String>,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = RawRow;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        let mut row = RawRow::new(self.body.source.name, self.body.fields.len());
        let flatten = Flatten {
            row: &mut row,
            fields: self.body.fields,
            prefix: "",
            depth: 0,
            keys: Some(&self.body.keys),
        };
        flatten.deserialize(d)?;
        if let (Some(uuid), Some(i)) =
            (self.uuid, self.body.fields.iter().position(|f| f.name == "uuid"))
        {
            row.set(i, Some(RawValue::Text(uuid.into())));
        }
        Ok(row)
    }
}

/// Writes the leaves of one object into the row, with dotted names.
struct Flatten<'r> {
    row: &'r mut RawRow,
    fields: &'static [Field],
    prefix: &'r str,
    depth: usize,
    keys: Option<&'r RefCell<Vec<(String, Meaning)>>>,
}

impl Flatten<'_> {
    fn lookup(&self, key: &str) -> Meaning {
        let rest = |name: &'static str| -> Option<&'static str> {
            if self.prefix.is_empty() {
                Some(name)
            } else {
                name.strip_prefix(self.prefix)?.strip_prefix('.')
            }
        };
        let mut meaning = Meaning::Unknown;
        for (i, field) in self.fields.iter().enumerate() {
            match rest(field.name).and_then(|name| name.strip_prefix(key)) {
                Some("") => return Meaning::Field(i),
                Some(below) if below.starts_with('.') => meaning = Meaning::Prefix,
                _ => {}
            }
        }
        meaning
    }

    /// The meaning of the `n`th key of this object.
    fn meaning(&self, n: usize, key: &str) -> Meaning {
        let Some(keys) = self.keys else { return self.lookup(key) };
        if let Some((known, meaning)) = keys.borrow().get(n)
            && known == key
        {
            return *meaning;
        }
        let meaning = self.lookup(key);
        let mut keys = keys.borrow_mut();
        if let Some(slot) = keys.get_mut(n) {
            *slot = (key.to_owned(), meaning);
        } else if keys.len() == n && n < MOST_KEYS {
            keys.push((key.to_owned(), meaning));
        }
        meaning
    }
}

/// The name of the next field, judged where it stands: a key without escapes is never copied.
struct KeyOf<'f, 'r> {
    flatten: &'f Flatten<'r>,
    n: usize,
}

impl<'de> DeserializeSeed<'de> for KeyOf<'_, '_> {
    type Value = (Meaning, Option<String>);

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyOf<'_, '_> {
    type Value = (Meaning, Option<String>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let meaning = self.flatten.meaning(self.n, key);
        Ok((meaning, matches!(meaning, Meaning::Prefix).then(|| key.to_owned())))
    }
}

impl<'de> DeserializeSeed<'de> for Flatten<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Flatten<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row (an object)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.depth > MAX_DEPTH {
            return Err(A::Error::custom("objects nest too deep"));
        }
        let mut n = 0;
        while let Some((meaning, key)) = map.next_key_seed(KeyOf { flatten: &self, n })? {
            n += 1;
            match (meaning, key) {
                (Meaning::Field(index), _) => {
                    let value = map.next_value_seed(Leaf { depth: self.depth })?;
                    self.row.set(index, value);
                }
                (Meaning::Prefix, Some(key)) => {
                    let prefix =
                        if self.prefix.is_empty() { key } else { format!("{}.{key}", self.prefix) };
                    let (fields, depth) = (self.fields, self.depth + 1);
                    map.next_value_seed(Nested(Flatten {
                        row: &mut *self.row,
                        fields,
                        prefix: &prefix,
                        depth,
                        keys: None,
                    }))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// An object, or an array of objects whose leaves are collected into lists; anything else is no match.
struct Nested<'r>(Flatten<'r>);

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    ignore_scalars!(());

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Flatten { row, fields, prefix, depth, .. } = self.0;
        if depth > MAX_DEPTH {
            return Err(A::Error::custom("arrays nest too deep"));
        }
        let mut collected = RawRow::new(row.source, fields.len());
        loop {
            let mut one = RawRow::new(row.source, fields.len());
            let below = Flatten { row: &mut one, fields, prefix, depth: depth + 1, keys: None };
            if seq.next_element_seed(Nested(below))?.is_none() {
                break;
            }
            for index in 0..fields.len() {
                let Some(value) = one.get(index).cloned() else { continue };
                let mut items = match collected.get(index) {
                    Some(RawValue::List(items)) => items.clone(),
                    _ => Vec::new(),
                };
                items.push(value);
                collected.set(index, Some(RawValue::List(items)));
            }
        }
        row.overlay(collected);
        Ok(())
    }
}
