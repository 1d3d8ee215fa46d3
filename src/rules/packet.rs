//! The first packet of a flow, and what pf does with it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::set::{Family, number};
use super::words;

/// An index into [`Ruleset::devices`](super::Ruleset::devices).
pub type DeviceId = usize;

/// Which way a packet crosses an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    In,
    Out,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    Pass,
    Block,
    /// Block, and tell the sender.
    Reject,
}

impl Action {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Block => "block",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A moment in the firewall's local time, for schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    pub month: u8,
    pub day: u8,
    /// 1 (Monday) to 7.
    pub weekday: u8,
    /// Since midnight.
    pub minute: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no moment; write the firewall's local time like 2026-11-25T20:15")]
pub struct LocalTimeError(String);

impl FromStr for LocalTime {
    type Err = LocalTimeError;

    fn from_str(text: &str) -> Result<Self, LocalTimeError> {
        let wrong = || LocalTimeError(text.chars().take(40).collect());
        let (date, time) = text.trim().split_once(['T', ' ']).ok_or_else(wrong)?;
        let minute = super::schedule::minute(time).filter(|m| *m < 24 * 60).ok_or_else(wrong)?;
        let mut parts = date.split('-').map(str::parse::<u32>);
        let mut part = || parts.next().and_then(Result::ok).ok_or_else(wrong);
        let (year, month, day) = (part()?, part()?, part()?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1970..=9999).contains(&year)
        {
            return Err(wrong());
        }
        let small = |n: u32| u8::try_from(n).map_err(|_| wrong());
        let weekday = small(weekday(year, month, day))?;
        Ok(Self { month: small(month)?, day: small(day)?, weekday, minute })
    }
}

/// 1 (Monday) to 7, by Sakamoto's method.
fn weekday(year: u32, month: u32, day: u32) -> u32 {
    const OFFSETS: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year - 1 } else { year };
    let offset = usize::try_from(month - 1).ok().and_then(|m| OFFSETS.get(m)).copied().unwrap_or(0);
    let sunday_is_0 = (year + year / 4 - year / 100 + year / 400 + offset + day) % 7;
    if sunday_is_0 == 0 { 7 } else { sunday_is_0 }
}

/// The first packet of a flow as it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    pub family: Family,
    pub protocol: u8,
    pub source: u128,
    pub destination: u128,
    /// 0 where the protocol has no ports, as `icmp_type` is 0 where it has no types.
    pub source_port: u16,
    pub destination_port: u16,
    pub icmp_type: u8,
    /// TCP flags; the first packet of a connection has SYN alone.
    pub flags: u8,
    /// Decides whether scheduled rules are awake; absent: their state is not known.
    pub moment: Option<LocalTime>,
}

impl Packet {
    /// A packet without ports; `None` when the addresses are of two families.
    pub fn new(protocol: u8, source: IpAddr, destination: IpAddr) -> Option<Self> {
        let family = Family::of(source);
        (family == Family::of(destination)).then(|| Self {
            family,
            protocol,
            source: number(source),
            destination: number(destination),
            source_port: 0,
            destination_port: 0,
            icmp_type: 0,
            flags: if protocol == words::TCP { words::SYN } else { 0 },
            moment: None,
        })
    }

    pub const fn with_ports(mut self, source: u16, destination: u16) -> Self {
        self.source_port = source;
        self.destination_port = destination;
        self
    }

    pub const fn with_icmp_type(mut self, kind: u8) -> Self {
        self.icmp_type = kind;
        self
    }

    pub const fn has_ports(&self) -> bool {
        matches!(self.protocol, words::TCP | words::UDP)
    }

    pub fn source_address(&self) -> IpAddr {
        self.family.address(self.source)
    }

    pub fn destination_address(&self) -> IpAddr {
        self.family.address(self.destination)
    }

    /// The first packet of the answer: ends swapped.
    pub const fn reversed(mut self) -> Self {
        (self.source, self.destination) = (self.destination, self.source);
        (self.source_port, self.destination_port) = (self.destination_port, self.source_port);
        self
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |address: IpAddr, port: u16| match address {
            IpAddr::V6(v6) if self.has_ports() => format!("[{v6}]:{port}"),
            _ if self.has_ports() => format!("{address}:{port}"),
            _ => address.to_string(),
        };
        let (from, to) = (
            end(self.source_address(), self.source_port),
            end(self.destination_address(), self.destination_port),
        );
        write!(f, "{} {from} > {to}", words::protocol_name(self.protocol))?;
        if matches!(self.protocol, words::ICMP | words::ICMP6) {
            write!(f, " type {}", self.icmp_type)?;
        }
        Ok(())
    }
}
