//! Why a rule decided, and which others came close.

use super::automatic::ANTISPOOF;
use super::packet::{Action, DeviceId, Direction, Packet};
use super::ruleset::{Leg, Match, Miss, PORTS, Ruleset};
use super::words;

/// A rule that did not decide although it nearly did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    pub rule: usize,
    pub why: NotDeciding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDeciding {
    /// The first test the packet fails.
    Fails(Miss),
    /// It matches, but a rule before it had decided.
    TooLate,
    /// It matches without `quick`, and a later rule overruled it.
    Overruled,
    /// It would match, but it is disabled.
    Asleep,
}

impl Miss {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Protocol => "protocol",
            Self::Source => "source",
            Self::Destination => "destination",
            Self::SourcePort => "source port",
            Self::DestinationPort => "destination port",
            Self::IcmpType => "ICMP type",
            Self::Flags => "TCP flags",
            Self::Tag => "tag",
            Self::Schedule => "schedule",
            Self::Condition => "condition",
        }
    }
}

impl Ruleset {
    /// Rules of one pass that came closest to deciding, in evaluation order: those that match but
    /// decide otherwise, then those that fail only one test.
    pub fn near(
        &self,
        direction: Direction,
        device: DeviceId,
        packet: &Packet,
        decided: Option<usize>,
        most: usize,
    ) -> Vec<Near> {
        let deciding = decided.and_then(|i| self.rule(i));
        let outcome = deciding.map_or(Action::Pass, |r| r.action);
        let mut near: Vec<(u8, Near)> = Vec::new();
        for (leg, stood) in self.look(direction, device, packet, None) {
            if Some(leg.rule) == decided {
                continue;
            }
            // Antispoof is no rule that anybody wrote.
            let Some(rule) = self.rule(leg.rule).filter(|r| r.row.uuid != ANTISPOOF) else {
                continue;
            };
            let other = (rule.action == Action::Pass) != (outcome == Action::Pass);
            let why = match stood {
                Match::Maybe(_) | Match::No(Miss::Family) => continue,
                Match::No(miss) => {
                    let (fails, says) = (failures(leg, packet), !is_everything(leg));
                    if fails != 1 || !says || !other {
                        continue;
                    }
                    NotDeciding::Fails(miss)
                }
                Match::Yes if decided.is_some_and(|d| leg.rule > d) => NotDeciding::TooLate,
                Match::Yes => NotDeciding::Overruled,
            };
            // A default that every packet meets explains nothing.
            if why == NotDeciding::Overruled && is_everything(leg) {
                continue;
            }
            let rank = match (why, other) {
                (NotDeciding::TooLate | NotDeciding::Overruled, true) => 0,
                (NotDeciding::Fails(_), _) => 1,
                _ => 2,
            };
            if !near.iter().any(|(_, n)| n.rule == leg.rule) {
                near.push((rank, Near { rule: leg.rule, why }));
            }
        }
        for leg in &self.sleeping {
            let here = self.rule(leg.rule).is_some_and(|r| {
                r.applies(direction)
                    && leg.on.contains(device)
                    && (r.action == Action::Pass) != (outcome == Action::Pass)
            });
            if here && leg.test(packet, None) == Match::Yes {
                near.push((0, Near { rule: leg.rule, why: NotDeciding::Asleep }));
            }
        }
        near.sort_by_key(|(rank, n)| (*rank, n.rule));
        near.truncate(most);
        near.into_iter().map(|(_, n)| n).collect()
    }
}

fn failures(leg: &Leg, packet: &Packet) -> usize {
    let ports = packet.has_ports();
    let icmp = matches!(packet.protocol, words::ICMP | words::ICMP6);
    let fails = [
        !leg.protocols.contains(packet.protocol.into()),
        !leg.source.contains(packet.source),
        !leg.destination.contains(packet.destination),
        ports && !leg.source_port.contains(packet.source_port.into()),
        ports && !leg.destination_port.contains(packet.destination_port.into()),
        icmp && !leg.icmp_types.contains(packet.icmp_type.into()),
    ];
    fails.iter().filter(|fails| **fails).count()
}

fn is_everything(leg: &Leg) -> bool {
    leg.source.is_all(leg.family.last())
        && leg.destination.is_all(leg.family.last())
        && leg.protocols.is_all(super::ruleset::BYTE)
        && leg.destination_port.is_all(PORTS)
}
