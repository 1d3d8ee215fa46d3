//! What pf decides: packets and sets of packets against the ruleset that OPNsense generates.
//!
//! In: plain [`Rows`] of one firewall at one moment. Out: a [`Ruleset`], and from it a
//! [`Decision`] per packet or an exact partition per set. Never here: I/O, a clock, SQL, guesses;
//! what the rows do not tell is carried along as a gap or makes a verdict undecidable.
//!
//! Semantics are those of pf.conf(5) under the generator of OPNsense 24.7 to 26.7: translation before
//! filtering, quick or last match, first match for translation, states for everything after the
//! first packet. Every packet here is the first of its flow.

mod automatic;
mod bridge;
mod change;
mod cube;
mod decide;
mod derived;
pub mod describe;
mod doubts;
mod explain;
mod lower;
mod lower_mapping;
mod lower_nat;
mod lower_source_nat;
mod packet;
mod partition;
mod protocols;
mod reach;
mod reach_nat;
mod route;
mod rows;
mod rows_nat;
mod ruleset;
mod schedule;
mod set;
mod shadow;
mod tables;
mod terms;
mod translate;
mod walk;
mod words;

pub use automatic::ANTISPOOF;
pub use bridge::Bridge;
pub use change::{Change, change};
pub use cube::{
    Cube, DESTINATION, DESTINATION_PORT, ICMP_TYPE, PROTOCOL, SOURCE, SOURCE_PORT, merge,
};
pub use decide::{Decision, Egress, Inbound};
pub use explain::{Near, NotDeciding};
pub use lower::{alias_addresses, lower};
pub use packet::{Action, DeviceId, Direction, LocalTime, LocalTimeError, Packet};
pub use partition::TooManyParts;
pub use reach::{Fate, Part, Toward};
pub use route::{Route, Routes, Way};
pub use rows::{
    AliasRow, BridgeRow, GatewayRow, GroupRow, InterfaceRow, PortalRow, RouteRow, Rows, RuleRow,
    ScheduleRange, ScheduleRow, StaticRouteRow, Switches, TableRow,
};
pub use rows_nat::{ForwardRow, NptRow, OneToOneRow, OutboundRow};
pub use ruleset::{Class, Device, Leg, Match, Miss, On, Rule, Ruleset, Via};
pub use schedule::minute;
pub use set::{Addresses, Family, Set, number};
pub use shadow::{Overlap, Shadowed, Shadows};
pub use translate::{Applied, Label, Translations};
pub use walk::Pass;
pub use words::{ICMP, ICMP6, TCP, UDP, icmp_type, port, protocol, protocol_name};
