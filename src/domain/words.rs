//! What the labels of older releases and the keys of newer ones have in common.
//!
//! Up to 25.1 a search answers with the texts of the web page (`"interface": "LAN"`), from 25.7 with keys and
//! the text beside it where it differs (`"interface": "lan", "%interface": "LAN"`).

use super::raw::{Raw, Reject};

/// The items as one text; `None` without any.
pub(super) fn joined(items: &[Box<str>]) -> Option<Box<str>> {
    (!items.is_empty()).then(|| items.join(",").into())
}

/// A key or its label as one lower-case word: `forward` and `Forward`, `dns_over_tls` and `DNS over TLS`.
pub(super) fn word(raw: Raw<'_>, name: &'static str) -> Option<Box<str>> {
    let text = raw.maybe(name)?.to_lowercase();
    let word = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    Some(word.collect::<Vec<_>>().join("_").into())
}

/// Key and label of an interface, or of several: what `name` and `label` (its twin with `%`) say together.
///
/// A text alone is a key when it looks like one (`lan`, `opt3`), else the label of an older release.
pub(super) fn labelled(
    raw: Raw<'_>,
    name: &'static str,
    label: &'static str,
) -> (Option<Box<str>>, Option<Box<str>>) {
    let spaced = |text: Box<str>| -> Box<str> { text.replace(", ", ",").into() };
    match (raw.string(name).map(spaced), raw.string(label).map(spaced)) {
        (key, Some(label)) => (key, Some(label)),
        (Some(text), None) if text.split(',').all(is_key) => (Some(text), None),
        // Older releases say so where newer ones say nothing.
        (text, None) => (None, text.filter(|t| !matches!(&**t, "None" | "Any"))),
    }
}

fn is_key(text: &str) -> bool {
    let number = text.strip_prefix("opt").is_some_and(|n| n.parse::<u16>().is_ok());
    number || matches!(text, "lan" | "wan" | "lo0")
}

/// `12.3 ms` or `0.5 %` times `scale`; `~` is no measurement.
pub(super) fn measure(raw: Raw<'_>, name: &'static str, scale: i64) -> Result<Option<i64>, Reject> {
    let Some(text) = raw.maybe(name).filter(|text| !text.starts_with('~')) else {
        return Ok(None);
    };
    let wrong = || Reject::new(name, format!("`{text}` is no measurement"));
    let number = text.split(' ').next().unwrap_or_default();
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = scale.ilog10();
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let mut rest = 0;
    for place in 0..digits {
        let digit = part.chars().nth(usize::try_from(place).unwrap_or(0)).unwrap_or('0');
        rest = rest * 10 + i64::from(digit.to_digit(10).ok_or_else(wrong)?);
    }
    whole.checked_mul(scale).and_then(|n| n.checked_add(rest)).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Field, RawRow, RawValue, field};

    static FIELDS: &[Field] = &[field("interface"), field("%interface")];
    static MEASURED: &[Field] = &[field("delay")];

    fn read(key: &str, label: Option<&str>) -> (Option<Box<str>>, Option<Box<str>>) {
        let mut row = RawRow::new("search", FIELDS.len());
        row.set(0, Some(RawValue::Text(key.into())));
        row.set(1, label.map(|l| RawValue::Text(l.into())));
        labelled(Raw::new(FIELDS, &row), "interface", "%interface")
    }

    #[test]
    fn keys_and_labels_are_told_apart() {
        let both =
            |key: Option<&str>, label: Option<&str>| (key.map(Into::into), label.map(Into::into));
        assert_eq!(
            read("opt1,opt2", Some("GUEST, IOT")),
            both(Some("opt1,opt2"), Some("GUEST,IOT"))
        );
        assert_eq!(read("GUEST", None), both(None, Some("GUEST")));
        assert_eq!(read("opt3", None), both(Some("opt3"), None));
        assert_eq!(read("None", None), both(None, None));
    }

    #[test]
    fn a_label_and_its_key_are_one_word() {
        let mut row = RawRow::new("search", FIELDS.len());
        row.set(0, Some(RawValue::Text("DNS over TLS".into())));
        assert_eq!(word(Raw::new(FIELDS, &row), "interface").as_deref(), Some("dns_over_tls"));
    }

    fn measured(text: &str, scale: i64) -> Result<Option<i64>, Reject> {
        let mut row = RawRow::new("status", MEASURED.len());
        row.set(0, Some(RawValue::Text(text.into())));
        measure(Raw::new(MEASURED, &row), "delay", scale)
    }

    #[test]
    fn measurements_are_read_to_the_last_digit_that_counts() {
        assert_eq!(measured("8.1 ms", 1000), Ok(Some(8100)));
        assert_eq!(measured("250.1234 ms", 1000), Ok(Some(250_123)));
        assert_eq!(measured("100 %", 10), Ok(Some(1000)));
        assert_eq!(measured("~", 10), Ok(None));
        assert!(measured("fast", 10).is_err());
        assert!(measured("1.x ms", 10).is_err());
    }
}
