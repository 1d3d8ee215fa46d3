//! Questions about the past: when, and what of.

use crate::ask::changes::ChangesAsked;
use crate::ask::devices::DevicesQuery;
use crate::ask::presence::PresenceAsked;

use super::call::Call;
use super::entity::{Sort, is_date};
use super::kinds::{Action, Slots};

/// Who or what is meant, where something is.
const ABOUT: &[Sort] = &[Sort::Device, Sort::Address, Sort::Mac, Sort::Alias];

/// Words for a part of the day, and when it begins.
const PARTS: [(&str, &str); 5] = [
    ("morning", "6:00"),
    ("afternoon", "12:00"),
    ("evening", "18:00"),
    ("night", "20:00"),
    ("tonight", "20:00"),
];

/// Words for a length of time.
const LENGTHS: [&str; 6] = ["minute", "hour", "day", "week", "month", "year"];

/// The moment that the words of time name, as [`crate::types::Clock::moment`] reads it.
pub(super) fn moment(slots: &Slots<'_>) -> Option<String> {
    let words: Vec<String> = slots
        .entities
        .iter()
        .filter(|e| e.sort == Sort::Time)
        .map(|e| e.value.to_lowercase())
        .collect();
    let date = words.iter().find(|word| is_date(word)).map(|date| date.to_uppercase());
    if let Some(whole) = date.as_ref().filter(|date| date.contains('T')) {
        return Some(whole.clone());
    }
    let is = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let length = |word: &str| LENGTHS.iter().find(|l| word.trim_end_matches('s') == **l);
    // `30 days`, `2 hours`: back from now.
    let amount = words.iter().find_map(|word| {
        let (number, unit) = word.split_once(' ')?;
        Some((number.parse::<u16>().ok()?, *length(unit)?))
    });
    if let Some((number, unit)) = amount {
        let plural = if number == 1 { "" } else { "s" };
        return Some(format!("{number} {unit}{plural} ago"));
    }
    let is_clock = |word: &&String| {
        word.starts_with(|c: char| c.is_ascii_digit()) && !is_date(word) || is_noon(word)
    };
    let clock = words.iter().find(is_clock);
    let clock = clock.map(|time| time.replace(' ', ""));
    let part = PARTS.iter().find(|(word, _)| is(&[word])).map(|(_, time)| (*time).to_owned());
    let is_day = |word: &&String| {
        matches!(word.as_str(), "today" | "yesterday") || word.ends_with("day") && word.len() > 5
    };
    let day = date.as_ref().or_else(|| words.iter().find(is_day));
    let evening = clock.clone().filter(|time| time.ends_with("pm"));
    match (day, clock.or(part)) {
        (Some(day), Some(time)) => Some(format!("{day} {time}")),
        (Some(day), None) => Some(day.clone()),
        // The night before this day.
        (None, _) if is(&["overnight"]) || is(&["last"]) && is(&["night"]) => {
            Some(format!("yesterday {}", evening.as_deref().unwrap_or("20:00")))
        }
        (None, Some(time)) => Some(time),
        (None, None) => {
            // "A week ago, or last month" is no one moment.
            let mut units = words.iter().filter_map(|word| length(word));
            let unit = units.next()?;
            units.next().is_none().then(|| format!("1 {unit} ago"))
        }
    }
}

fn is_noon(word: &str) -> bool {
    matches!(word, "noon" | "midnight")
}

/// What changed since then.
pub(super) fn changes(slots: &Slots<'_>) -> Action {
    let domain = [
        ("rule", "firewall_rules"),
        ("alias", "aliases"),
        ("route", "routes"),
        ("routing", "routes"),
        ("lease", "dhcp_leases"),
        ("vlan", "vlans"),
        ("interface", "interfaces"),
        ("reservation", "dhcp_reservations"),
    ];
    let domain = domain.iter().find(|(word, _)| slots.says(&[word])).map(|(_, d)| (*d).to_owned());
    Action::Call(Call::Changes(ChangesAsked {
        since: moment(slots),
        domain,
        about: slots.first(ABOUT),
        ..ChangesAsked::default()
    }))
}

/// Devices first seen since then; since a day ago where nothing else is said.
pub(super) fn new_devices(slots: &Slots<'_>) -> Action {
    let since = moment(slots).unwrap_or_else(|| "1 day ago".to_owned());
    let query = DevicesQuery { new_since: Some(since), ..DevicesQuery::default() };
    Action::Call(Call::Devices(query))
}

/// Devices not seen since then.
pub(super) fn unseen_devices(slots: &Slots<'_>) -> Action {
    match moment(slots) {
        Some(since) => {
            let query = DevicesQuery { unseen_since: Some(since), ..DevicesQuery::default() };
            Action::Call(Call::Devices(query))
        }
        None => Action::Missing("say since when, such as: devices not seen for 30 days"),
    }
}

/// Which addresses it had, or who had it, and when.
pub(super) fn addresses(slots: &Slots<'_>) -> Action {
    let since = moment(slots);
    // "At 2 pm" is a moment, "since 2 pm" and "yesterday" are not.
    let until = since.clone().filter(|_| is_moment(slots));
    let about = slots.first(ABOUT);
    Action::Call(Call::Presence(PresenceAsked { about, since, until, ..PresenceAsked::default() }))
}

/// Whether a time of day is named, and not as the beginning of something.
fn is_moment(slots: &Slots<'_>) -> bool {
    let is_clock = |e: &&super::entity::Entity| {
        e.sort == Sort::Time
            && (e.value.starts_with(|c: char| c.is_ascii_digit()) && e.value.contains([':', 'm'])
                || is_noon(&e.value.to_lowercase()))
            && !LENGTHS.iter().any(|length| e.value.contains(length))
    };
    slots.entities.iter().any(|e| is_clock(&e))
        && !slots.says(&["since", "after", "from", "between", "until"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::english::entity::written_times;
    use crate::ask::english::words::words;
    use crate::types::Timestamp;

    fn read(text: &str) -> Option<String> {
        let words = words(text);
        let entities = written_times(&words);
        let now = Timestamp::from_seconds(1_795_602_600);
        moment(&Slots { words: &words, entities: &entities, now })
    }

    #[test]
    fn words_of_time_become_a_moment_that_the_clock_reads() {
        let cases = [
            ("around 2 PM yesterday", "yesterday 2pm"),
            ("yesterday afternoon", "yesterday 12:00"),
            ("for 30 days", "30 days ago"),
            ("last week", "1 week ago"),
            ("overnight", "yesterday 20:00"),
            ("between 10 pm and midnight last night", "yesterday 10pm"),
            ("since tuesday", "tuesday"),
            ("today", "today"),
            ("at 2026-11-24T14:00:00Z?", "2026-11-24T14:00:00Z"),
            ("on 2026-11-24 at 14:00", "2026-11-24 14:00"),
        ];
        for (text, moment) in cases {
            assert_eq!(read(text).as_deref(), Some(moment), "{text}");
        }
        assert_eq!(read("ever"), None);
    }
}
