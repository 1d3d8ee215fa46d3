//! Time, and the only way to learn it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use super::moment::{self, Moment, MomentError};

/// A moment, in milliseconds since the Unix epoch.
///
/// Milliseconds, because two runs may start in the same second; stored as an SQL INTEGER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whole seconds since `earlier`; zero when the clock went backwards in between.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        let passed = self.0.saturating_sub(earlier.0) / 1000;
        if passed < 0 { 0 } else { passed }
    }

    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Absent for years that RFC 3339 cannot write.
    pub fn rfc3339(self) -> Option<String> {
        jiff::Timestamp::from_second(self.seconds()).ok().map(|t| t.to_string())
    }
}

/// RFC 3339 in UTC with whole seconds, as every answer prints time.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.seconds()) {
            Ok(t) => write!(f, "{t}"),
            Err(_) => write!(f, "@{}", self.seconds()),
        }
    }
}

impl FromStr for Timestamp {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_millisecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The source of "now". Tests set it; nothing else in the crate may ask the operating system.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub const fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self(Kind::Manual(Arc::new(AtomicI64::new(start.millis()))))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the wall clock"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => Timestamp(jiff::Timestamp::now().as_millisecond()),
            Kind::Manual(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// The moment that `text` names, such as `yesterday 14:00` or `run 17`; days and times without an offset
    /// are the machine's (UTC under a manual clock).
    pub fn moment(&self, text: &str) -> Result<Moment, MomentError> {
        let zone = match self.0 {
            Kind::System => TimeZone::system(),
            Kind::Manual(_) => TimeZone::UTC,
        };
        moment::parse(text, self.now(), &zone)
    }

    /// Moves a manual clock, backwards too; does nothing to the system clock.
    pub fn advance(&self, seconds: i64) {
        if let Kind::Manual(at) = &self.0 {
            at.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_rfc_3339_in_utc() {
        assert_eq!(Timestamp::from_seconds(1_795_476_832).to_string(), "2026-11-23T23:33:52Z");
    }

    #[test]
    fn time_passed_is_never_negative() {
        let early = Timestamp::from_seconds(10);
        assert_eq!(early.seconds_since(Timestamp::from_seconds(99)), 0);
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Timestamp::from_seconds(5));
        assert_eq!(clock.now(), clock.now());
        clock.advance(-3);
        assert_eq!(clock.now(), Timestamp::from_seconds(2));
    }
}
