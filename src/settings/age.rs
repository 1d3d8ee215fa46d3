//! How long something is kept: days and longer, or for ever.

use std::fmt;
use std::str::FromStr;

use super::error::{Shown, ValueError};

const DAY: i64 = 86_400;

/// A thousand years are as good as for ever, and far from overflow.
const MOST_DAYS: i64 = 365_000;

/// A length of time in whole days; absent is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(Option<i64>);

impl Age {
    /// Seconds; `None` for ever.
    pub const fn seconds(self) -> Option<i64> {
        self.0
    }
}

impl FromStr for Age {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ValueError::Age(Shown::new(text));
        let text = text.trim().to_lowercase();
        if text == "forever" {
            return Ok(Self(None));
        }
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: i64 = number.parse().map_err(|_| wrong())?;
        let days = match unit.trim() {
            "d" | "day" | "days" => 1,
            "w" | "week" | "weeks" => 7,
            "month" | "months" => 30,
            "y" | "year" | "years" => 365,
            _ => return Err(wrong()),
        };
        let days = number.checked_mul(days).filter(|days| (1..=MOST_DAYS).contains(days));
        days.map(|days| Self(Some(days * DAY))).ok_or_else(wrong)
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("forever"),
            Some(seconds) => write!(f, "{}d", seconds / DAY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_days_and_longer_or_for_ever() {
        for (text, days) in [("30d", 30), ("2 weeks", 14), ("5y", 1_825), ("1 month", 30)] {
            let age: Age = text.parse().unwrap();
            assert_eq!(age.seconds(), Some(days * DAY), "{text}");
            assert_eq!(age.to_string().parse(), Ok(age));
        }
        assert_eq!("forever".parse::<Age>().unwrap().seconds(), None);
        for text in ["", "0d", "5", "d", "-3d", "1.5y", "12h", "99999999999y", "soon"] {
            assert!(text.parse::<Age>().unwrap_err().to_string().contains("30d"), "{text}");
        }
    }
}
