//! The one sentence beside the data, for clients that show text only. Our words and numbers, nobody else's.

use crate::ask::{Answer, ChangesAnswer, Freshness, Located, PresenceAnswer, SqlAnswer};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `50 of 1234 rows of dhcp_leases; as of … (12 s ago). For the next page repeat with `after` = `next`.`
pub(super) fn of_answer(answer: &Answer, counted: bool) -> String {
    let least = if answer.total_is_at_least { "at least " } else { "" };
    let rows = if counted { String::new() } else { format!("{} of ", answer.rows.len()) };
    let more = if answer.next.is_some() {
        " For the next page repeat the call with `after` = `next`."
    } else {
        ""
    };
    format!(
        "{rows}{least}{} rows of {}; {}.{more}",
        answer.total,
        answer.domain,
        of_freshness(&answer.freshness)
    )
}

pub(super) fn of_changes(answer: &ChangesAnswer) -> String {
    let more = if answer.next.is_some() { "; more with `next`" } else { "" };
    format!("{} changes, the newest first{more}.", answer.changes.len())
}

pub(super) fn of_located(located: &Located) -> String {
    let more =
        if located.more { "; there are more, narrow it with a full name or address" } else { "" };
    let found = located.mentions.len();
    let mentions = if found == 1 { "mention" } else { "mentions" };
    format!(
        "{found} {mentions} of this {}{more}; {}.",
        located.kind,
        of_freshness(&located.freshness)
    )
}

/// `3 intervals, the newest first; as of …`
pub(super) fn of_presence(answer: &PresenceAnswer) -> String {
    let more = if answer.next.is_some() { "; more with `next`" } else { "" };
    format!(
        "{} intervals, the newest first{more}; {}.",
        answer.intervals.len(),
        of_freshness(&answer.freshness)
    )
}

/// The word that matters and how far it can be trusted; what it is about is in the data.
pub(super) fn of_verdict(word: &str, freshness: &Freshness) -> String {
    format!("{word}; {}.", of_freshness(freshness))
}

/// `12 rows; as of … (12 s ago).`
pub(super) fn of_sql(answer: &SqlAnswer) -> String {
    let moment = match answer.freshness.as_of {
        Some(_) => format!("; {}", of_freshness(&answer.freshness)),
        None => String::new(),
    };
    let more = if answer.truncated { ", and there are more (see `notes`)" } else { "" };
    format!("{} rows{more}{moment}.", answer.rows.len())
}

/// `as of 2026-11-24T08:00:00Z (12 s ago), incomplete (see `notes`)`.
fn of_freshness(freshness: &Freshness) -> String {
    let mut words = match (freshness.as_of, freshness.age_s) {
        (Some(then), Some(age_s)) => format!("as of {then} ({} ago)", age(age_s)),
        _ => "never read".to_owned(),
    };
    match (freshness.stale, freshness.complete) {
        (true, _) => words.push_str(", STALE (see `notes`)"),
        (false, false) => words.push_str(", incomplete (see `notes`)"),
        (false, true) => {}
    }
    words
}

/// `12 s`, `5 min`, `3 h`, `2 d`.
pub(super) fn age(seconds: i64) -> String {
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => format!("{} h", seconds / HOUR),
        DAY.. => format!("{} d", seconds / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_one_unit() {
        let ages = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 900_000].map(age);
        assert_eq!(ages, ["0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d"]);
    }
}
