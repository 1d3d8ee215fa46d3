//! OPNsense release numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// `26.7.2`: year, month of the major release, and patch level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    year: u16,
    month: u16,
    patch: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an OPNsense release such as 26.7.2")]
pub struct ReleaseError(String);

impl Release {
    /// The first release whose API is supported.
    pub const OLDEST: Self = Self::new(24, 7, 0);
    /// The newest release the domains were checked against; later ones are best effort.
    pub const NEWEST_KNOWN: Self = Self::new(26, 7, u16::MAX);
    /// Above every release.
    pub const END: Self = Self::new(u16::MAX, 0, 0);

    pub const fn new(year: u16, month: u16, patch: u16) -> Self {
        Self { year, month, patch }
    }

    /// Newer than every release the domains were checked against: what is read of it is best effort.
    pub fn is_unknown(&self) -> bool {
        *self > Self::NEWEST_KNOWN
    }

    /// Whether `from <= self < before`.
    pub fn within(self, from: Self, before: Self) -> bool {
        from <= self && self < before
    }
}

/// Reads `26.7.2`, `26.7`, `26.7.2_1` and the firewall's own `OPNsense 26.7.2-amd64`.
impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ReleaseError(text.chars().take(40).collect());
        let number = text.trim().strip_prefix("OPNsense ").unwrap_or(text.trim());
        let number = number.split(['-', '_', ' ']).next().unwrap_or_default();
        let mut parts = number.split('.').map(str::parse::<u16>);
        let mut next = || parts.next().transpose().map_err(|_| wrong());
        let (Some(year), Some(month)) = (next()?, next()?) else { return Err(wrong()) };
        Ok(Self::new(year, month, next()?.unwrap_or(0)))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.year, self.month)?;
        if self.patch == 0 { Ok(()) } else { write!(f, ".{}", self.patch) }
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_firewalls_own_spelling_is_read() {
        assert_eq!("OPNsense 26.7.2-amd64".parse(), Ok(Release::new(26, 7, 2)));
        assert_eq!("25.1.5_3".parse(), Ok(Release::new(25, 1, 5)));
        assert!("FreeBSD".parse::<Release>().is_err());
    }

    #[test]
    fn releases_sort_by_number_and_not_by_text() {
        assert!(Release::new(26, 1, 9) < Release::new(26, 1, 10));
        assert!(!Release::new(26, 7, 2).is_unknown());
        assert!(Release::new(27, 1, 0).is_unknown());
    }
}
