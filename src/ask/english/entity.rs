//! Words that name something in the index.

use std::collections::BTreeSet;

use crate::ask::devices::DevicesQuery;
use crate::ask::error::AskError;
use crate::ask::place::{self, label};
use crate::ask::query::Ask;
use crate::ask::report::{SERVICES, port};
use crate::store::Wire;
use crate::types::{MacAddr, nearest};

use super::words::{self, Word};

/// What a word can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// One device, by its name.
    Device,
    /// Several devices whose names share a beginning or a part.
    Group,
    Vendor,
    Address,
    Range,
    Mac,
    Place,
    Port,
    Alias,
    Firewall,
    /// A service of the firewall.
    Service,
    /// A fully qualified name.
    DomainName,
    /// Words of time; nothing more is known about them here.
    Time,
    /// Nothing in the index is called so.
    Unknown,
}

/// Words `first..last` of the question name `value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entity {
    pub(super) sort: Sort,
    pub(super) first: usize,
    pub(super) last: usize,
    /// As a call takes it.
    pub(super) value: String,
    /// Description of the interface, when it is one.
    pub(super) label: Option<String>,
    /// Read as `value`, though it was written otherwise.
    pub(super) guessed_from: Option<String>,
}

/// Words beside which the name of a daemon means the daemon.
const SERVING: [&str; 6] = ["running", "run", "service", "daemon", "started", "stopped"];

/// Most words of one name.
const LONGEST_NAME: usize = 4;
/// Devices looked at to find a name by its parts.
const LOOKED_AT: u32 = 200;

const TIME: [&str; 34] = [
    "today",
    "yesterday",
    "tonight",
    "overnight",
    "morning",
    "afternoon",
    "evening",
    "night",
    "midnight",
    "noon",
    "week",
    "month",
    "year",
    "hour",
    "day",
    "minute",
    "ago",
    "since",
    "last",
    "recent",
    "recently",
    "lately",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "am",
    "pm",
    "earlier",
    "previous",
    "around",
];

/// Finds what `words` name; `is_spoken` says which words belong to the language and not to the network.
pub(super) async fn entities(
    ask: &Ask,
    words: &[Word],
    firewall: Option<&str>,
    is_spoken: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Vec<Entity>, AskError> {
    let look = ask.store.look();
    let wires = look.wiring().await?;
    let mut found = written(words, &wires);
    for firewall in look.firewalls().await?.iter() {
        for (i, word) in words.iter().enumerate() {
            if word.text.eq_ignore_ascii_case(&firewall.name)
                && !covered(&found, i)
                && !is_spoken(&word.stem)
            {
                found.push(entity(Sort::Firewall, i, i + 1, &firewall.name));
            }
        }
    }
    if words.iter().any(|w| SERVING.contains(&w.stem.as_str())) {
        for (i, word) in words.iter().enumerate() {
            let is_free = !covered(&found, i) && word.stem.len() > 2;
            if is_free && ask.is_service(&word.stem).await? {
                found.push(entity(Sort::Service, i, i + 1, &word.stem));
            }
        }
    }
    let mut at = 0;
    while at < words.len() {
        let is_free = |i: usize| {
            words.get(i).is_some_and(|w| !covered(&found, i) && (w.quoted || !is_spoken(&w.stem)))
        };
        if !is_free(at) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end - at < LONGEST_NAME && is_free(end) {
            end += 1;
        }
        let next = named(ask, words, at, end, firewall, &wires).await?;
        at = next.last;
        found.push(next);
    }
    found.sort_by_key(|e| e.first);
    Ok(found)
}

/// The words of time alone.
#[cfg(test)]
pub(super) fn written_times(words: &[Word]) -> Vec<Entity> {
    written(words, &[]).into_iter().filter(|e| e.sort == Sort::Time).collect()
}

fn covered(found: &[Entity], at: usize) -> bool {
    found.iter().any(|e| e.first <= at && at < e.last)
}

fn entity(sort: Sort, first: usize, last: usize, value: &str) -> Entity {
    Entity { sort, first, last, value: value.to_owned(), label: None, guessed_from: None }
}

fn joined(words: &[Word], first: usize, last: usize, separator: &str) -> String {
    let texts: Vec<&str> =
        words.get(first..last).unwrap_or_default().iter().map(|w| w.text.as_str()).collect();
    texts.join(separator)
}

/// What can be read without looking anything up but the interfaces.
fn written(words: &[Word], wires: &[Wire]) -> Vec<Entity> {
    let mut found = Vec::new();
    let all: Vec<&Wire> = wires.iter().collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let next = words.get(at + 1).map_or("", |w| w.stem.as_str());
        let number = |text: &str| text.parse::<u16>().ok();
        let one = if let Some(range) = words::range(&word.text) {
            let sort = if words::address(range).is_some() { Sort::Address } else { Sort::Range };
            let value =
                words::address(range).map_or_else(|| word.text.clone(), |ip| ip.to_string());
            Some(entity(sort, at, at + 1, &value))
        } else if let Ok(mac) = word.text.parse::<MacAddr>() {
            Some(entity(Sort::Mac, at, at + 1, &mac.to_string()))
        } else if word.stem == "port" && port(next).is_some() {
            Some(entity(Sort::Port, at, at + 2, next))
        } else if matches!(word.stem.as_str(), "tcp" | "udp") && number(next).is_some() {
            Some(entity(Sort::Port, at, at + 2, next)).filter(|e| port(&e.value).is_some())
        } else if has_sessions(&word.stem, next) {
            None
        } else if is_service(&word.stem) && next == "port" {
            Some(entity(
                Sort::Port,
                at,
                (at + 3).min(words.len()),
                words.get(at + 2).map_or(&word.stem, |w| &w.stem),
            ))
            .filter(|e| port(&e.value).is_some())
        } else if is_service(&word.stem) {
            Some(entity(Sort::Port, at, at + 1, &word.stem))
        } else if word.stem.parse::<u16>().is_ok() && TIME.contains(&next) {
            Some(entity(Sort::Time, at, at + 2, &format!("{} {next}", word.text)))
        } else if word.stem == "vlan" && number(next).is_some() {
            Some(interface(&all, words, at, at + 2).unwrap_or_else(|| unknown(words, at, at + 2)))
        } else if is_time(&word.stem) || is_clock(&word.stem) || is_date(&word.text) {
            Some(entity(Sort::Time, at, at + 1, &word.text))
        } else {
            // The longest name first: "guest wifi network" before "guest".
            (1..=LONGEST_NAME.min(words.len() - at))
                .rev()
                .find_map(|n| interface(&all, words, at, at + n))
        };
        match one {
            Some(entity) => {
                at = entity.last;
                found.push(entity);
            }
            None => at += 1,
        }
    }
    found
}

/// `2026-11-24`, with a time behind it or without (RFC 3339).
pub(super) fn is_date(text: &str) -> bool {
    text.get(..10).is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok())
}

/// "VPN clients" are on no network of that name, and `WireGuard` peers ask for no port: they have sessions.
fn has_sessions(stem: &str, next: &str) -> bool {
    matches!(stem, "vpn" | "wireguard" | "openvpn" | "ipsec")
        && matches!(next, "client" | "peer" | "session" | "user" | "connection" | "tunnel")
}

/// A word of time on its own: "am" and "pm" are that behind a number only.
fn is_time(stem: &str) -> bool {
    TIME.contains(&stem) && !matches!(stem, "am" | "pm")
}

/// A service by its name alone; `dns` and `domain` are words of other questions too.
fn is_service(stem: &str) -> bool {
    !matches!(stem, "dns" | "domain" | "syslog" | "submission")
        && SERVICES.iter().any(|(name, _)| *name == stem)
}

/// `14:30`, `2pm`.
fn is_clock(stem: &str) -> bool {
    let digits = stem.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let half = stem.ends_with("am") || stem.ends_with("pm");
    (half && digits.parse::<u8>().is_ok())
        || stem.split_once(':').is_some_and(|(h, m)| {
            h.len() <= 2 && m.len() == 2 && h.parse::<u8>().is_ok() && m.parse::<u8>().is_ok()
        })
}

/// Words that name interfaces only together with another: "the guest network", "internet".
fn interface(wires: &[&Wire], words: &[Word], first: usize, last: usize) -> Option<Entity> {
    let text = joined(words, first, last, " ");
    let bare = place::bare(&text);
    // A bare number is a tag only after "vlan"; fillers alone name nothing.
    let is_tag = bare.parse::<u16>().is_ok();
    if bare.is_empty() || (is_tag && !text.to_lowercase().starts_with("vlan")) {
        return None;
    }
    // Words before the name must be part of it, or the entity would swallow an article.
    let begins = words.get(first).map(|w| w.stem.clone()).unwrap_or_default();
    if matches!(
        begins.as_str(),
        "the" | "my" | "a" | "network" | "net" | "interface" | "subnet" | "wifi"
    ) {
        return None;
    }
    let found = place::named(wires, &text);
    let one = found.first()?;
    let value = match (is_tag, one.tag) {
        (true, Some(tag)) => format!("vlan {tag}"),
        _ => label(one).to_owned(),
    };
    let mut named = entity(Sort::Place, first, last, &value);
    named.label = Some(label(one).to_owned());
    Some(named)
}

fn unknown(words: &[Word], first: usize, last: usize) -> Entity {
    entity(Sort::Unknown, first, last, &joined(words, first, last, " "))
}

/// The longest name that begins at `first`, or an unknown word.
async fn named(
    ask: &Ask,
    words: &[Word],
    first: usize,
    end: usize,
    firewall: Option<&str>,
    wires: &[Wire],
) -> Result<Entity, AskError> {
    for last in (first + 1..=end).rev() {
        let text = joined(words, first, last, " ");
        if words::is_domain_name(&text) {
            return Ok(entity(Sort::DomainName, first, last, &text));
        }
        if ask.is_alias(&text).await? {
            return Ok(entity(Sort::Alias, first, last, &text));
        }
        for separator in ["-", "", "_", " ", "."] {
            let name = joined(words, first, last, separator);
            if let Some(name) = ask.exact_device(&name, firewall).await? {
                return Ok(entity(Sort::Device, first, last, &name));
            }
            if last == first + 1 {
                break;
            }
        }
    }
    for last in (first + 1..=end).rev() {
        if let Some(sort) = by_parts(ask, words, first, last, firewall).await? {
            return Ok(sort);
        }
    }
    let text = words.get(first).map(|w| w.text.clone()).unwrap_or_default();
    let names: Vec<&str> = wires.iter().filter_map(|w| w.name.as_deref()).collect();
    // A slip of the finger in the name of an interface; those are few and known.
    if text.len() >= 4
        && let [near] = nearest(&text, names.iter().copied(), 1).as_slice()
        && is_slip(&text, near)
    {
        let mut found = entity(Sort::Place, first, first + 1, near);
        found.label = Some((*near).to_owned());
        found.guessed_from = Some(text);
        return Ok(found);
    }
    Ok(unknown(words, first, first + 1))
}

/// Same letters in another order, or one letter more, less or other.
fn is_slip(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    let sorted = |s: &str| {
        let mut letters: Vec<char> = s.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (a, b) = (sorted(&text), sorted(&name));
    let missing =
        a.iter().filter(|c| !b.contains(c)).count() + b.iter().filter(|c| !a.contains(c)).count();
    name.len() >= 4 && text.len().abs_diff(name.len()) <= 1 && missing <= 1
}

/// A vendor, or devices whose names have all these words as parts.
async fn by_parts(
    ask: &Ask,
    words: &[Word],
    first: usize,
    last: usize,
    firewall: Option<&str>,
) -> Result<Option<Entity>, AskError> {
    let span = words.get(first..last).unwrap_or_default();
    let text = joined(words, first, last, " ");
    if text.len() < 2 {
        return Ok(None);
    }
    if ask.has_vendor(&text).await? {
        return Ok(Some(entity(Sort::Vendor, first, last, &text)));
    }
    let Some(longest) = span.iter().max_by_key(|w| w.stem.len()) else { return Ok(None) };
    let query = DevicesQuery {
        name: Some(format!("*{}*", longest.stem)),
        firewall: firewall.map(str::to_owned),
        limit: Some(LOOKED_AT),
        columns: vec!["device".to_owned(), "names".to_owned()],
        ..DevicesQuery::default()
    };
    let answer = ask.devices(&query).await?;
    let mut matching = BTreeSet::new();
    for row in &answer.rows {
        let names = row.iter().filter_map(|cell| cell.as_str()).flat_map(|cell| cell.split(", "));
        for name in names {
            if has_parts(name, span) {
                matching.insert(name.to_owned());
            }
        }
    }
    let only = matching.iter().next().cloned();
    match (matching.len(), only) {
        (0, _) => Ok(None),
        (1, Some(name)) if span.len() > 1 => Ok(Some(entity(Sort::Device, first, last, &name))),
        (_, _) if span.len() == 1 && matching.iter().all(|name| begins(name, &longest.stem)) => {
            Ok(Some(entity(Sort::Group, first, last, &format!("{}*", longest.stem))))
        }
        _ if span.len() == 1 => {
            Ok(Some(entity(Sort::Group, first, last, &format!("*{}*", longest.stem))))
        }
        _ => Ok(None),
    }
}

fn begins(name: &str, stem: &str) -> bool {
    name.to_lowercase().starts_with(stem)
}

/// Every word is a part of the name, between `-`, `_`, `.` or digits.
fn has_parts(name: &str, span: &[Word]) -> bool {
    let lower = name.to_lowercase();
    let parts: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphabetic()).filter(|p| !p.is_empty()).collect();
    span.iter()
        .all(|word| parts.iter().any(|part| *part == word.stem || words::stem(part) == word.stem))
}
