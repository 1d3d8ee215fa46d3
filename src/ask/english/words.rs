//! A question as words.

use std::net::IpAddr;

use crate::types::{AddressRange, MacAddr};

use super::phrases;

/// Longest question that is read, in characters; the longest of the acceptance set has 135.
pub(super) const LONGEST: usize = 400;

/// One word, as written and as compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// In lower case, singular.
    pub(super) stem: String,
    pub(super) quoted: bool,
}

/// Words that end in `s` and are no plural.
const SINGULAR: [&str; 22] = [
    "alias",
    "dns",
    "is",
    "has",
    "was",
    "does",
    "this",
    "https",
    "its",
    "us",
    "yes",
    "as",
    "always",
    "status",
    "kubernetes",
    "nas",
    "bus",
    "across",
    "less",
    "access",
    "address",
    "tls",
];

/// What an arrow between two ends is compared as.
pub(super) const ARROW: &str = "arrow";

/// Splits a question. Addresses, names and quoted texts stay whole; a possessive `'s` goes.
pub(super) fn words(text: &str) -> Vec<Word> {
    let text: String =
        text.chars().take(LONGEST).map(|c| if c == '’' { '\'' } else { c }).collect();
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if matches!(first, '"' | '`')
            && let Some(end) = rest.get(1..).and_then(|inside| inside.find(first))
        {
            let inside = rest.get(1..=end).unwrap_or_default();
            words.push(Word { text: inside.to_owned(), stem: inside.to_lowercase(), quoted: true });
            rest = rest.get(end + 2..).unwrap_or_default().trim_start();
            continue;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '"' | '`'));
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        push(&mut words, word);
        let separator = after.chars().next().map_or(0, char::len_utf8);
        rest = after.get(separator..).unwrap_or_default().trim_start();
    }
    negations(phrases::switched(phrases::idioms(&words)))
}

/// What is not online is offline: a negation is understood together with what it negates, or not at all.
const NEGATED: [(&[&str], &str); 6] = [
    (&["online", "connected", "up", "reachable", "active", "alive", "present"], "offline"),
    (&["reserved", "reservation"], "unreserved"),
    (&["name", "hostname", "named", "known"], "unnamed"),
    (&["used", "use"], "unused"),
    (&["exist", "existing", "there"], "missing"),
    (&["recognise", "recognize", "identify"], "unknown"),
];

fn negations(words: Vec<Word>) -> Vec<Word> {
    let mut read: Vec<Word> = Vec::with_capacity(words.len());
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        if !matches!(word.stem.as_str(), "not" | "no" | "without") {
            read.push(word);
            continue;
        }
        // "not a name", "without any reservation".
        let filler = rest.next_if(|next| {
            matches!(next.stem.as_str(), "a" | "any" | "their" | "currently" | "dhcp")
        });
        let meaning = rest.peek().and_then(|next| {
            NEGATED.iter().find(|(words, _)| words.contains(&next.stem.as_str())).map(|(_, is)| *is)
        });
        match (meaning, rest.peek()) {
            (Some(meaning), Some(next)) => {
                let text = format!("{} {}", word.text, next.text);
                read.push(Word { text, stem: meaning.to_owned(), quoted: false });
                rest.next();
            }
            _ => read.extend(std::iter::once(word).chain(filler)),
        }
    }
    read
}

fn push(words: &mut Vec<Word>, word: &str) {
    let trimmed = word.trim_matches(|c: char| matches!(c, '?' | '!' | '\'' | '.' | '…' | ':'));
    let trimmed =
        trimmed.strip_suffix("'s").or_else(|| trimmed.strip_suffix("'S")).unwrap_or(trimmed);
    if !trimmed.chars().any(char::is_alphanumeric) {
        if matches!(trimmed, "->" | "-->" | "=>" | "→") {
            words.push(plain(trimmed, ARROW));
        }
        return;
    }
    let lower = trimmed.to_lowercase();
    if let Some((host, port)) = service_of(&lower) {
        for part in [host, "port", port] {
            words.push(plain(part, &stem(part)));
        }
        return;
    }
    // "I'd", "you're": the short verb asks for nothing.
    if let Some((word, "m" | "re" | "ve" | "d" | "ll")) = lower.split_once('\'') {
        words.push(plain(word, &stem(word)));
        return;
    }
    // "can't" asks for the same as "can" and "not".
    if let Some(verb) = lower.strip_suffix("n't") {
        let verb = if verb == "ca" { "can" } else { verb };
        words.push(plain(verb, verb));
        words.push(plain("not", "not"));
        return;
    }
    words.push(plain(trimmed, &stem(&lower)));
}

fn plain(text: &str, stem: &str) -> Word {
    Word { text: text.to_owned(), stem: stem.to_owned(), quoted: false }
}

/// The two sides of `nas:443` and `443/tcp`; a time of the day, IPv6 and MAC addresses have none.
fn service_of(text: &str) -> Option<(&str, &str)> {
    let is_port = |text: &str| text.parse::<u16>().is_ok_and(|port| port > 0);
    if let Some((left, right)) = text.split_once('/') {
        let is_protocol = |text: &str| matches!(text, "tcp" | "udp");
        return match () {
            () if is_protocol(left) && is_port(right) => Some((left, right)),
            () if is_port(left) && is_protocol(right) => Some((right, left)),
            () => None,
        };
    }
    let (host, port) = text.split_once(':')?;
    let is_clock = host.bytes().all(|b| b.is_ascii_digit());
    (!host.is_empty() && !is_clock && is_port(port)).then_some((host, port))
}

/// The singular, roughly: what matters is that two forms of one word agree.
pub(super) fn stem(lower: &str) -> String {
    let is_word = lower.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    if !is_word || SINGULAR.contains(&lower) || lower.len() < 4 || lower.ends_with("ss") {
        return lower.to_owned();
    }
    match lower {
        "aliases" => "alias".to_owned(),
        "addresses" => "address".to_owned(),
        "switches" => "switch".to_owned(),
        "policies" => "policy".to_owned(),
        _ => lower.strip_suffix('s').unwrap_or(lower).to_owned(),
    }
}

/// An address, a network or a range written out.
pub(super) fn range(text: &str) -> Option<AddressRange> {
    let is_address = text.contains('.') || text.contains(':');
    if !is_address || text.parse::<MacAddr>().is_ok() {
        return None;
    }
    text.parse().ok().or_else(|| {
        let (first, last) = text.split_once('-')?;
        let (stem, _) = first.rsplit_once('.')?;
        last.parse::<u8>().ok()?;
        format!("{first}-{stem}.{last}").parse().ok()
    })
}

/// A single address.
pub(super) fn address(range: AddressRange) -> Option<IpAddr> {
    (range.first() == range.last()).then(|| range.first())
}

/// `nas.home.arpa`: dots, letters in the last label.
pub(super) fn is_domain_name(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    labels.len() >= 2
        && labels.iter().all(|l| {
            !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
        && labels.last().is_some_and(|l| l.bytes().any(|b| b.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|w| w.stem).collect()
    }

    #[test]
    fn punctuation_possessives_and_plurals_go() {
        assert_eq!(stems("Is Kyle's laptop online?"), ["is", "kyle", "laptop", "online"]);
        assert_eq!(
            stems("Why can't 10.0.0.5 reach nas.home.arpa:443?"),
            ["why", "can", "not", "10.0.0.5", "reach", "nas.home.arpa", "port", "443"]
        );
        assert_eq!(stems("leases, aliases; DNS"), ["lease", "alias", "dns"]);
        assert_eq!(stems("I'd ask, you're told"), ["i", "ask", "you", "told"]);
    }

    #[test]
    fn a_service_is_told_from_a_time_and_an_address() {
        assert_eq!(stems("443/tcp tcp/443"), ["tcp", "port", "443", "tcp", "port", "443"]);
        assert_eq!(stems("10.0.0.1:53 at 14:30"), ["10.0.0.1", "port", "53", "at", "14:30"]);
        assert_eq!(stems("fe80::1 00:11:22:33:44:55"), ["fe80::1", "00:11:22:33:44:55"]);
        assert_eq!(stems("nas -> tv"), ["nas", ARROW, "tv"]);
    }

    #[test]
    fn a_negation_is_read_with_what_it_negates() {
        assert_eq!(stems("devices not online"), ["device", "offline"]);
        assert_eq!(stems("clients without a reservation"), ["client", "unreserved"]);
        assert_eq!(stems("devices not on IOT"), ["device", "not", "on", "iot"]);
    }

    #[test]
    fn quoted_words_stay_together() {
        let found = words("rules called \"Web to DMZ\" please");
        assert_eq!(found[2].text, "Web to DMZ");
        assert!(found[2].quoted);
    }

    #[test]
    fn addresses_ranges_and_names_are_told_apart() {
        assert_eq!(range("192.168.1.100-150"), "192.168.1.100-192.168.1.150".parse().ok());
        assert!(range("00:11:22:33:44:55").is_none() && range("20").is_none());
        assert!(
            is_domain_name("nas.home.arpa")
                && !is_domain_name("10.0.0.1")
                && !is_domain_name("nas")
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text: String) {
            let found = words(&text);
            prop_assert!(found.len() <= LONGEST);
        }
    }
}
