//! Values in the words of a person.

use std::fmt::Write as _;

use serde_json::Value;

use crate::ask::Freshness;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A cell: nothing where there is nothing, and no quotes.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `3 rows`, `1 row`.
pub(super) fn count(number: impl Into<u64>, one: &str) -> String {
    let number = number.into();
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// `12 s`, `5 min`, `3 h`, `2 d`: the largest unit that says enough.
pub(super) fn age(seconds: i64) -> String {
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => format!("{} h", seconds / HOUR),
        DAY.. => format!("{} d", seconds / DAY),
    }
}

/// `870 ms`, `1.2 s`.
pub(super) fn took(millis: u64) -> String {
    if millis < 1000 {
        format!("{millis} ms")
    } else {
        format!("{}.{} s", millis / 1000, millis % 1000 / 100)
    }
}

/// `as of 2026-11-24T03:00:00Z (12 s ago) · complete`.
pub(super) fn freshness(freshness: &Freshness) -> String {
    let age = freshness.age_s.map(|s| format!(" ({} ago)", age(s))).unwrap_or_default();
    let when = match freshness.as_of {
        Some(time) => format!("as of {time}{age}"),
        None => "never read".to_owned(),
    };
    format!("{when} · {}", state(freshness))
}

/// One word for how far it can be trusted.
pub(super) fn state(freshness: &Freshness) -> &'static str {
    match (freshness.stale, freshness.complete) {
        (true, _) => "stale",
        (false, true) => "complete",
        (false, false) => "incomplete",
    }
}

/// One line for each note, and where to look when there is none although something is missing.
pub(super) fn notes(freshness: &Freshness) -> String {
    if freshness.notes.is_empty() && !freshness.complete {
        return "note: `opndex status` says what is missing\n".to_owned();
    }
    let mut text = String::new();
    for note in &freshness.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_keep_one_unit() {
        let cases = [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (86_400, "1 d")];
        for (seconds, expected) in cases {
            assert_eq!(age(seconds), expected);
        }
    }

    #[test]
    fn durations_change_unit_at_a_second() {
        assert_eq!((took(999), took(1_250)), ("999 ms".to_owned(), "1.2 s".to_owned()));
    }

    #[test]
    fn what_is_absent_is_empty_and_what_is_false_is_no() {
        assert_eq!(
            (cell(&Value::Null), cell(&Value::Bool(false))),
            (String::new(), "no".to_owned())
        );
    }
}
