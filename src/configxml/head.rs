//! What a file says about itself, and files that are no config.xml.

use std::io::BufRead;

use crate::types::{Timestamp, clean};

use super::error::{Cause, ConfigError};

/// Longest text of a revision that is kept, in characters.
const MOST_WORDS: usize = 500;

/// `<revision>`: the save that made the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revision {
    pub at: Option<Timestamp>,
    pub user: Option<String>,
    pub description: Option<String>,
}

/// Leaves that are read besides the domains', by path below the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    HostName,
    Domain,
    Time,
    User,
    Description,
}

/// `revision/user_apitoken`, the key of the last writer, is not among them.
pub(super) fn leaf(path: &str) -> Option<Leaf> {
    match path {
        "system/hostname" => Some(Leaf::HostName),
        "system/domain" => Some(Leaf::Domain),
        "revision/time" => Some(Leaf::Time),
        "revision/username" => Some(Leaf::User),
        "revision/description" => Some(Leaf::Description),
        _ => None,
    }
}

/// The file about itself.
#[derive(Debug, Default)]
pub(super) struct About {
    host: Option<String>,
    domain: Option<String>,
    pub(super) revision: Revision,
}

impl About {
    pub(super) fn set(&mut self, leaf: Leaf, text: &str) {
        let words = || {
            let text: String = clean(text).trim().chars().take(MOST_WORDS).collect();
            (!text.is_empty()).then_some(text)
        };
        match leaf {
            Leaf::HostName => self.host = words(),
            Leaf::Domain => self.domain = words(),
            Leaf::Time => self.revision.at = revision_time(text),
            Leaf::User => self.revision.user = words(),
            Leaf::Description => self.revision.description = words(),
        }
    }

    pub(super) fn host_name(&self) -> Option<String> {
        match (&self.host, &self.domain) {
            (Some(host), Some(domain)) => Some(format!("{host}.{domain}")),
            (host, _) => host.clone(),
        }
    }
}

/// The time of a revision: seconds since the Unix epoch with a fraction of four digits up to 25.1, two later.
pub fn revision_time(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if seconds.is_empty() || !seconds.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let seconds: i64 = seconds.parse().ok()?;
    Some(Timestamp::from_millis(seconds.checked_mul(1000)?.checked_add(digits.parse().ok()?)?))
}

/// Refuses what is no UTF-8 XML, looking at the first bytes; passes a byte order mark over.
pub(super) fn check(input: &mut impl BufRead) -> Result<(), ConfigError> {
    let start = input.fill_buf().map_err(|e| Cause::Read(e).at(1))?;
    let cause = match start {
        [] => Cause::NotXml("an empty file"),
        [0xef, 0xbb, 0xbf, ..] => {
            input.consume(3);
            return Ok(());
        }
        [0xff, 0xfe, ..] | [b'<', 0, ..] => Cause::Encoding("UTF-16LE".to_owned()),
        [0xfe, 0xff, ..] | [0, b'<', ..] => Cause::Encoding("UTF-16BE".to_owned()),
        [0x1f, 0x8b, ..] => Cause::NotXml("a gzip archive; unpack it first"),
        [b'P', b'K', 3, 4, ..] => Cause::NotXml("a zip archive; unpack it first"),
        _ if start.starts_with(super::sealed::BEGIN) => Cause::Encrypted,
        _ if start.trim_ascii_start().starts_with(b"{") => Cause::NotXml("JSON"),
        _ if start.trim_ascii_start().is_empty() || start.trim_ascii_start().starts_with(b"<") => {
            return Ok(());
        }
        _ => Cause::NotXml("some other text"),
    };
    Err(cause.at(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_two_or_four_decimals_or_none() {
        let millis = |text| revision_time(text).map(Timestamp::millis);
        assert_eq!(millis("1795473052.25"), Some(1_795_473_052_250));
        assert_eq!(millis("1795473232.1234"), Some(1_795_473_232_123));
        assert_eq!(millis(" 1795473232 "), Some(1_795_473_232_000));
        assert_eq!(millis(""), None);
        assert_eq!(millis("-5"), None);
        assert_eq!(millis("yesterday"), None);
        assert_eq!(millis("99999999999999999999"), None);
    }
}
