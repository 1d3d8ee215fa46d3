//! Rows of one domain in canonical order: what is hashed, stored and compared.

use std::cmp::Ordering;

use super::AnyDomain;
use super::raw::{Field, RawRow, RawValue};

/// The pseudo-field that makes a row's source part of its identity.
pub const SOURCE: &str = "@source";

/// Keys of a stored row besides its fields.
const SOURCE_KEY: &str = "@";
const ORDINAL_KEY: &str = "#";

/// Bytes of an identity that tell most rows apart: `kea4`, an IPv4 address and what ends them.
const BEGINNING: usize = 24;

/// Rows sorted by identity, rows of one identity from several sources merged.
#[derive(Debug)]
pub struct RawRows {
    fields: &'static [Field],
    identity: Vec<Option<usize>>,
    rows: Vec<RawRow>,
}

impl RawRows {
    /// `rows` in the order of the domain's sources: where two sources give one identity, the later
    /// one's values win. Equal rows of one source count once; different ones get an ordinal.
    pub fn new(domain: &dyn AnyDomain, rows: Vec<RawRow>) -> Self {
        let fields = domain.fields();
        let position = |name: &&str| fields.iter().position(|f| f.name == *name);
        let identity = domain.identity().iter().map(position).collect();
        let mut all = Self { fields, identity, rows };
        let mut rows = std::mem::take(&mut all.rows);
        all.sort(&mut rows);
        all.rows.reserve_exact(rows.len());
        for row in rows {
            all.push(row);
        }
        all
    }

    /// Sorts by identity. Comparing two rows follows half a dozen pointers to memory that was not read lately; most rows
    /// are told apart by their beginnings, which are read once.
    fn sort(&self, rows: &mut [RawRow]) {
        if rows.iter().all(|row| self.beginning(row).is_some()) {
            rows.sort_by_cached_key(|row| self.beginning(row));
            for alike in rows.chunk_by_mut(|a, b| self.beginning(a) == self.beginning(b)) {
                alike.sort_by(|a, b| self.compare(a, b));
            }
        } else {
            rows.sort_by(|a, b| self.compare(a, b));
        }
    }

    /// The first bytes of the identity, which sort as it does or are equal; nothing where it begins with other than
    /// texts. A text ends with 0, and what follows a field that is absent or empty does not count: absent is less.
    fn beginning(&self, row: &RawRow) -> Option<[u8; BEGINNING]> {
        let mut beginning = [0; BEGINNING];
        let mut free = beginning.iter_mut();
        for index in &self.identity {
            let text = match index {
                None => row.source,
                Some(i) => match row.get(*i) {
                    Some(RawValue::Text(text)) => text,
                    Some(_) => return None,
                    None => "",
                },
            };
            if text.bytes().any(|byte| byte == 0) {
                return None;
            }
            free.by_ref().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
            if text.is_empty() || free.next().is_none() {
                break;
            }
        }
        Some(beginning)
    }

    fn push(&mut self, mut row: RawRow) {
        let same =
            self.rows.iter().rev().take_while(|r| self.compare(r, &row) == Ordering::Equal).count();
        let first = self.rows.len() - same;
        let group = self.rows.get_mut(first..).unwrap_or_default();
        if group.iter().any(|r| r.source != row.source)
            || group.first().is_some_and(|r| r.source != row.source)
        {
            for earlier in group.iter_mut().filter(|r| r.source != row.source) {
                earlier.overlay(row.clone());
            }
            return;
        }
        let duplicate = group.iter().any(|r| same_stable(self.fields, r, &row));
        if !duplicate {
            row.ordinal = u16::try_from(same).unwrap_or(u16::MAX);
            self.rows.push(row);
        }
    }

    fn compare(&self, a: &RawRow, b: &RawRow) -> Ordering {
        for index in &self.identity {
            let order = match index {
                None => a.source.cmp(b.source),
                Some(i) => compare_values(a.get(*i), b.get(*i)),
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &RawRow> {
        self.rows.iter()
    }

    pub fn rows(&self) -> &[RawRow] {
        &self.rows
    }

    /// Appends the identity of `row`: equal for two rows exactly when they are one.
    pub fn write_identity(&self, row: &RawRow, out: &mut Vec<u8>) {
        for index in &self.identity {
            match index {
                None => out.extend_from_slice(row.source.as_bytes()),
                Some(i) => row.get(*i).into_iter().for_each(|value| write_value(value, out)),
            }
            out.push(0);
        }
        out.extend_from_slice(&row.ordinal.to_be_bytes());
    }

    /// Appends `row` as one line of JSON with its stable fields, in declared order.
    pub fn write_stable(&self, row: &RawRow, out: &mut Vec<u8>) {
        write_row(self.fields, row, false, out);
    }

    /// Appends `row` as one line of JSON with its volatile fields; nothing but a newline when it has none.
    pub fn write_volatile(&self, row: &RawRow, out: &mut Vec<u8>) {
        write_row(self.fields, row, true, out);
    }
}

/// Reads a line written by [`RawRows::write_stable`] back, with the volatile fields of `volatile` if known.
///
/// `None` for a line that this domain did not write.
pub fn read_row(domain: &dyn AnyDomain, stable: &[u8], volatile: Option<&[u8]>) -> Option<RawRow> {
    let fields = domain.fields();
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(stable).ok()?;
    let tag = object.get(SOURCE_KEY)?.as_str()?;
    let source = domain.sources().iter().map(|s| s.name).find(|name| *name == tag)?;
    let mut row = RawRow::new(source, fields.len());
    row.ordinal =
        object.get(ORDINAL_KEY).and_then(|n| u16::try_from(n.as_u64()?).ok()).unwrap_or(0);
    let more = match volatile {
        Some(line) if !line.is_empty() => serde_json::from_slice(line).ok()?,
        _ => serde_json::Map::new(),
    };
    for (i, field) in fields.iter().enumerate() {
        row.set(i, object.get(field.name).or_else(|| more.get(field.name)).and_then(from_json));
    }
    Some(row)
}

fn from_json(value: &serde_json::Value) -> Option<RawValue> {
    use serde_json::Value;
    match value {
        Value::Bool(b) => Some(RawValue::Bool(*b)),
        Value::Number(n) => n.as_i64().map(RawValue::Int),
        Value::String(s) => Some(RawValue::Text(s.as_str().into())),
        Value::Array(items) => Some(RawValue::List(items.iter().filter_map(from_json).collect())),
        Value::Null | Value::Object(_) => None,
    }
}

fn same_stable(fields: &[Field], a: &RawRow, b: &RawRow) -> bool {
    fields.iter().enumerate().all(|(i, f)| f.volatile || a.get(i) == b.get(i))
}

fn compare_values(a: Option<&RawValue>, b: Option<&RawValue>) -> Ordering {
    match (a, b) {
        (Some(RawValue::Text(a)), Some(RawValue::Text(b))) => a.cmp(b),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => {
            let (mut x, mut y) = (Vec::new(), Vec::new());
            write_value(a, &mut x);
            write_value(b, &mut y);
            x.cmp(&y)
        }
    }
}

fn write_row(fields: &[Field], row: &RawRow, volatile: bool, out: &mut Vec<u8>) {
    let start = out.len();
    if !volatile {
        out.extend_from_slice(b"{\"@\":");
        write_text(row.source, out);
        if row.ordinal > 0 {
            out.extend_from_slice(format!(",\"{ORDINAL_KEY}\":{}", row.ordinal).as_bytes());
        }
    }
    for (i, field) in fields.iter().enumerate().filter(|(_, f)| f.volatile == volatile) {
        let Some(value) = row.get(i) else { continue };
        out.push(if out.len() == start { b'{' } else { b',' });
        write_text(field.name, out);
        out.push(b':');
        write_value(value, out);
    }
    if out.len() > start {
        out.push(b'}');
    }
    out.push(b'\n');
}

fn write_value(value: &RawValue, out: &mut Vec<u8>) {
    match value {
        RawValue::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        RawValue::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
        RawValue::Text(text) => write_text(text, out),
        RawValue::List(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(item, out);
            }
            out.push(b']');
        }
    }
}

/// A JSON string. Writing into a `Vec` cannot fail; text without escapes, nearly all of it, is copied whole.
fn write_text(text: &str, out: &mut Vec<u8>) {
    if text.bytes().any(|b| b < 0x20 || b == b'"' || b == b'\\') {
        let _infallible = serde_json::to_writer(&mut *out, text);
    } else {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::by_name;

    /// Of few letters, so that many begin alike, and longer than what is compared first.
    fn cell() -> impl Strategy<Value = Option<RawValue>> {
        let text = |text: String| Some(RawValue::Text(text.into()));
        prop_oneof![
            2 => Just(None),
            6 => "[ab]{0,2}".prop_map(text),
            6 => "a{16,20}[ab]{0,3}".prop_map(text),
        ]
    }

    fn odd() -> impl Strategy<Value = Option<RawValue>> {
        let text = |text: String| Some(RawValue::Text(text.into()));
        prop_oneof![
            20 => cell(),
            1 => "[a\u{0}]{1,2}".prop_map(text),
            1 => any::<i64>().prop_map(|n| Some(RawValue::Int(n))),
        ]
    }

    fn ordered(cells: Vec<[Option<RawValue>; 2]>) -> (Vec<RawRow>, Vec<RawRow>) {
        let domain = by_name("dhcp_leases").unwrap();
        let all = RawRows::new(domain, Vec::new());
        let [None, Some(first), Some(second), ..] = all.identity[..] else {
            panic!("other fields")
        };
        let mut rows: Vec<RawRow> = cells
            .into_iter()
            .enumerate()
            .map(|(i, [a, b])| {
                let source = domain.sources()[i % 2].name;
                let mut row = RawRow::new(source, domain.fields().len());
                row.set(first, a);
                row.set(second, b);
                row
            })
            .collect();
        let mut plainly = rows.clone();
        plainly.sort_by(|a, b| all.compare(a, b));
        all.sort(&mut rows);
        (rows, plainly)
    }

    proptest! {
        #[test]
        fn rows_are_in_the_order_of_their_identities(
            texts in proptest::collection::vec([cell(), cell()], 0..60),
            odd in proptest::collection::vec([odd(), odd()], 0..60),
        ) {
            for cells in [texts, odd] {
                let (rows, plainly) = ordered(cells);
                prop_assert_eq!(rows, plainly);
            }
        }
    }
}
