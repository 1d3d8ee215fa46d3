//! One JSON value to one raw row: only the fields of the allow-list are built.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::leaf::{Leaf, MAX_DEPTH, ignore_scalars};
use super::raw::{Field, RawRow, RawValue};
use super::source::Source;

/// Keys of one row whose meaning is remembered; the widest recorded row has 61.
const MOST_KEYS: usize = 256;

/// What every row of one body is read with.
pub(super) struct Reading<'s> {
    pub(super) source: &'s Source,
    pub(super) fields: &'static [Field],
    /// What the keys of earlier rows meant, in the order they came: rows of one body have the same keys in
    /// the same order, so one comparison finds the meaning of the next key.
    keys: RefCell<Vec<(String, Meaning)>>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(source: &'s Source, fields: &'static [Field]) -> Self {
        Self { source, fields, keys: RefCell::default() }
    }

    /// Where the domain keeps the field `name`, if it reads it.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    pub(super) fn row(&self) -> RawRow {
        RawRow::new(self.source.name, self.fields.len())
    }

    /// Writes the leaves of an object into `row`.
    pub(super) fn object<'de, A: MapAccess<'de>>(
        &self,
        row: &mut RawRow,
        map: A,
    ) -> Result<(), A::Error> {
        let fields = self.fields;
        Flatten { row, fields, prefix: "", depth: 0, keys: Some(&self.keys) }.visit_map(map)
    }

    /// Reads a value that stands below `prefix` into `row`.
    pub(super) fn nested<'r>(&self, row: &'r mut RawRow, prefix: &'r str) -> Nested<'r> {
        Nested(Flatten { row, fields: self.fields, prefix, depth: 1, keys: None })
    }
}

/// What a key of a row means to the domain.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    Field(usize),
    /// Fields nest below it.
    Prefix,
    Unknown,
}

/// A row where one is expected: an object, or a scalar that the source takes for one.
pub(super) struct Row<'b, 's>(pub(super) &'b Reading<'s>);

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = RawRow;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<RawRow, D::Error> {
        let Some(field) = self.0.source.scalar else { return d.deserialize_map(self) };
        let mut row = self.0.row();
        let value = Leaf { depth: 0 }.deserialize(d)?;
        if let Some(index) = self.0.position(field) {
            row.set(index, value);
        }
        Ok(row)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = RawRow;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row (an object)")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawRow, A::Error> {
        let mut row = self.0.row();
        self.0.object(&mut row, map)?;
        Ok(row)
    }
}

/// Writes the leaves of one object into the row, with dotted names.
pub(super) struct Flatten<'r> {
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
pub(super) struct Nested<'r>(Flatten<'r>);

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
