//! The order in which a firewall lists what it ranks equal: it is lost once rows are kept by identity.

use std::collections::BTreeMap;

use super::raw::{Field, RawRow, RawValue};
use super::source::Ranked;

/// Numbers the rows that are equal in `ranked.by`, in the order they came; the first of each gets none.
///
/// A row that is listed several times, as answers for several interfaces do, keeps its first number.
pub fn rank(rows: &mut [RawRow], fields: &[Field], identity: &[&str], ranked: Ranked) {
    let position = |name: &str| fields.iter().position(|f| f.name == name);
    let (Some(by), Some(into)) = (position(ranked.by), position(ranked.into)) else { return };
    let identity: Vec<usize> = identity.iter().filter_map(|name| position(name)).collect();
    let mut seen: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for row in rows {
        let Some(value) = row.get(by).map(|value| value.as_text().into_owned()) else { continue };
        let text = |i: &usize| row.get(*i).map_or_else(String::new, |v| v.as_text().into_owned());
        let key = identity.iter().map(text).collect::<Vec<_>>().join("\n");
        let equals = seen.entry(value).or_default();
        let next = equals.len();
        let number = *equals.entry(key).or_insert(next);
        if let Some(number) = i64::try_from(number).ok().filter(|n| *n > 0) {
            row.set(into, Some(RawValue::Int(number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field;

    static FIELDS: &[Field] = &[field("uuid"), field("order"), field("tie")];

    fn ties(rows: &[(&str, &str)]) -> Vec<i64> {
        let mut raw: Vec<RawRow> = Vec::new();
        for (uuid, order) in rows {
            let mut row = RawRow::new("search", FIELDS.len());
            row.set(0, Some(RawValue::Text((*uuid).into())));
            row.set(1, Some(RawValue::Text((*order).into())));
            raw.push(row);
        }
        rank(&mut raw, FIELDS, &["uuid"], Ranked { by: "order", into: "tie" });
        let tie = |row: &RawRow| match row.get(2) {
            Some(RawValue::Int(n)) => *n,
            _ => 0,
        };
        raw.iter().map(tie).collect()
    }

    #[test]
    fn equals_are_numbered_as_they_come_and_the_same_row_keeps_its_number() {
        assert_eq!(ties(&[("z", "1"), ("a", "1"), ("m", "2"), ("b", "1")]), [0, 1, 0, 2]);
        assert_eq!(ties(&[("z", "1"), ("a", "1"), ("a", "1"), ("z", "1")]), [0, 1, 1, 0]);
    }
}
