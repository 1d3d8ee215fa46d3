//! The first packet of a flow, and what pf does with it.

use std::fmt;
use std::net::IpAddr;

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
pub struct Moment {
    pub month: u8,
    pub day: u8,
    /// 1 (Monday) to 7.
    pub weekday: u8,
    /// Since midnight.
    pub minute: u16,
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
    pub moment: Option<Moment>,
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
