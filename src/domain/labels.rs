//! Interface descriptions back to interface keys.

use super::raw::{Field, RawRow, RawValue};
use super::source::Labels;

/// The field that keeps the description, as 25.7 and later name it.
fn label_field(fields: &[Field], field: &str) -> Option<usize> {
    fields.iter().position(|f| f.name.strip_prefix('%') == Some(field))
}

/// Replaces descriptions by keys in the rows that `labels` says carry them.
///
/// A description that two interfaces share, or that nobody has, cannot be translated: the key is then
/// left out and the description kept, so that nothing wrong is stored.
pub fn translate(
    rows: &mut [RawRow],
    fields: &[Field],
    labels: Labels,
    names: &[(String, String)],
) {
    let position = |name: &str| fields.iter().position(|f| f.name == name);
    let Some(field) = position(labels.field) else { return };
    let when = position(labels.when);
    let label = label_field(fields, labels.field);
    for row in rows.iter_mut() {
        let applies = labels.when.is_empty()
            || match when.and_then(|when| row.get(when)) {
                Some(RawValue::Bool(true) | RawValue::Int(1)) => true,
                Some(RawValue::Text(text)) => &**text == "1",
                _ => false,
            };
        let Some(RawValue::Text(text)) = row.get(field).cloned() else { continue };
        if !applies {
            continue;
        }
        let keys: Option<Vec<&str>> =
            text.split(',').map(|part| key_of(part.trim(), names)).collect();
        row.set(field, keys.map(|keys| RawValue::Text(keys.join(",").into())));
        if let Some(label) = label {
            row.set(label, Some(RawValue::Text(text)));
        }
    }
}

fn key_of<'n>(label: &str, names: &'n [(String, String)]) -> Option<&'n str> {
    let mut matching = names.iter().filter(|(_, l)| l == label).map(|(key, _)| key.as_str());
    let first = matching.next();
    if first.is_some() && matching.next().is_none() { first } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field;

    static FIELDS: &[Field] = &[field("interface"), field("%interface"), field("legacy")];
    const LABELS: Labels = Labels { field: "interface", when: "legacy" };

    fn translated(
        label: &str,
        legacy: bool,
        names: &[(&str, &str)],
    ) -> (Option<RawValue>, Option<RawValue>) {
        let mut row = RawRow::new("search", FIELDS.len());
        row.set(0, Some(RawValue::Text(label.into())));
        row.set(2, Some(RawValue::Bool(legacy)));
        let names: Vec<_> = names.iter().map(|(k, l)| ((*k).to_owned(), (*l).to_owned())).collect();
        let mut rows = [row];
        translate(&mut rows, FIELDS, LABELS, &names);
        (rows[0].get(0).cloned(), rows[0].get(1).cloned())
    }

    #[test]
    fn several_descriptions_become_keys() {
        let names = [("wan", "WAN"), ("opt6", "VPN")];
        let (key, label) = translated("WAN,VPN", true, &names);
        assert_eq!(key, Some(RawValue::Text("wan,opt6".into())));
        assert_eq!(label, Some(RawValue::Text("WAN,VPN".into())));
    }

    #[test]
    fn a_description_that_two_interfaces_share_gives_no_key() {
        let (key, label) = translated("LAN", true, &[("lan", "LAN"), ("opt1", "LAN")]);
        assert_eq!(key, None);
        assert_eq!(label, Some(RawValue::Text("LAN".into())));
    }

    #[test]
    fn where_all_rows_carry_descriptions_no_flag_is_needed() {
        let mut row = RawRow::new("search", FIELDS.len());
        row.set(0, Some(RawValue::Text("GUEST, LAN".into())));
        let names = [("lan".to_owned(), "LAN".to_owned()), ("opt1".to_owned(), "GUEST".to_owned())];
        translate(std::slice::from_mut(&mut row), FIELDS, Labels { when: "", ..LABELS }, &names);
        assert_eq!(row.get(0), Some(&RawValue::Text("opt1,lan".into())));
    }

    #[test]
    fn rows_that_carry_keys_are_left_alone() {
        let (key, label) = translated("lan", false, &[("opt1", "lan")]);
        assert_eq!((key, label), (Some(RawValue::Text("lan".into())), None));
    }
}
