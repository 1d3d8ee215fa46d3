//! How often: durations, cron expressions, never.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

use super::error::{Shown, ValueError};

/// The firewall caches ARP for 30 s and rule statistics for 60 s; asking more often than this
/// costs it work and teaches nothing.
const SHORTEST: Duration = Duration::from_secs(10);

/// Longer than this is a typing error, and keeps sums with clocks far from overflow.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// A request that has not come back after this will not.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(1);

/// When something is done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cadence {
    /// This long after the last time.
    Every(Duration),
    /// At the times of a cron expression of 5 fields, or 6 with seconds first. Only its alphabet
    /// is checked here; the scheduler reads it.
    Cron(String),
    Off,
}

impl FromStr for Cadence {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("off") {
            return Ok(Self::Off);
        }
        // Durations first: `1 hour 30 minutes` would pass for the fields of a cron expression.
        match duration(text) {
            Ok(every) if every < SHORTEST => Err(ValueError::TooOften(Shown::new(text))),
            Ok(every) if every > LONGEST => Err(ValueError::TooSeldom(Shown::new(text))),
            Ok(every) => Ok(Self::Every(every)),
            Err(_) if is_cron(text) => Ok(Self::Cron(text.to_owned())),
            Err(_) => Err(ValueError::Cadence(Shown::new(text))),
        }
    }
}

impl fmt::Display for Cadence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(every) => match SignedDuration::try_from(*every) {
                Ok(every) => write!(f, "{every:#}"),
                Err(_) => write!(f, "{}s", every.as_secs()),
            },
            Self::Cron(expression) => f.write_str(expression),
            Self::Off => f.write_str("off"),
        }
    }
}

/// A length of time to wait for an answer, such as `20s`.
pub(super) fn timeout(text: &str) -> Result<Duration, ValueError> {
    let length = duration(text.trim())?;
    if length.is_zero() || length > LONGEST_TIMEOUT {
        return Err(ValueError::Timeout(Shown::new(text)));
    }
    Ok(length)
}

fn duration(text: &str) -> Result<Duration, ValueError> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|length| Duration::try_from(length).ok())
        .ok_or_else(|| ValueError::Duration(Shown::new(text)))
}

fn is_cron(text: &str) -> bool {
    let is_field = |c: char| c.is_ascii_alphanumeric() || "*/,-?#".contains(c);
    matches!(text.split_whitespace().count(), 5 | 6)
        && text.chars().all(|c| c == ' ' || is_field(c))
        && text.chars().any(|c| c.is_ascii_digit() || c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_cron_expressions_and_off_are_read() {
        let cases = [
            ("60s", Cadence::Every(Duration::from_mins(1))),
            (" 5m ", Cadence::Every(Duration::from_mins(5))),
            ("1h 30m", Cadence::Every(Duration::from_mins(90))),
            ("1 hour 30 minutes 5 seconds", Cadence::Every(Duration::from_secs(5405))),
            ("PT1H", Cadence::Every(Duration::from_hours(1))),
            ("OFF", Cadence::Off),
            ("0 3 * * *", Cadence::Cron("0 3 * * *".to_owned())),
            ("0 */5 8-18 * * MON,FRI", Cadence::Cron("0 */5 8-18 * * MON,FRI".to_owned())),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_cadence_is_refused_with_its_reason() {
        let cases = [
            ("9s", "caches ARP for 30 s"),
            ("0s", "10 s or more"),
            ("9000h", "longer than a year"),
            ("-5m", "no cadence"),
            ("", "no cadence"),
            ("5", "no cadence"),
            ("* * *", "no cadence"),
            ("* * * * * * *", "no cadence"),
            ("0 3 * * $(id)", "no cadence"),
            ("please ask it every hour", "no cadence"),
        ];
        for (text, reason) in cases {
            let message = text.parse::<Cadence>().unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for text in ["90s", "1h", "0 3 * * *", "off"] {
            let cadence: Cadence = text.parse().unwrap();
            assert_eq!(cadence.to_string().parse(), Ok(cadence));
        }
    }

    #[test]
    fn a_timeout_is_neither_nothing_nor_endless() {
        assert_eq!(timeout("500ms"), Ok(Duration::from_millis(500)));
        for text in ["0s", "2h", "soon", ""] {
            assert!(timeout(text).is_err(), "{text}");
        }
    }
}
