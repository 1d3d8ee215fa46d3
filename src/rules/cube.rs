//! Sets of packets as products of sets, and their algebra.

use std::collections::BTreeMap;

use super::packet::Packet;
use super::ruleset::{BYTE, PORTS};
use super::set::{Family, Set};
use super::words;

/// Sides of a [`Cube`], in order.
pub const SOURCE: usize = 0;
pub const DESTINATION: usize = 1;
pub const PROTOCOL: usize = 2;
pub const SOURCE_PORT: usize = 3;
pub const DESTINATION_PORT: usize = 4;
pub const ICMP_TYPE: usize = 5;
const SIDES: usize = 6;

/// Packets of one family whose every side lies in a set.
///
/// A packet without ports or ICMP type has 0 there; no cube tells such packets apart by a side they
/// do not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cube {
    sides: [Set; SIDES],
}

impl Cube {
    /// Everything of a family.
    pub fn all(family: Family) -> Self {
        let address = Set::interval(0, family.last());
        Self {
            sides: [
                address.clone(),
                address,
                Set::interval(0, BYTE),
                Set::interval(0, PORTS),
                Set::interval(0, PORTS),
                Set::interval(0, BYTE),
            ],
        }
    }

    pub fn side(&self, side: usize) -> &Set {
        // `side` is one of the constants above; the first is as good as any for a wrong one.
        self.sides.get(side).unwrap_or(&self.sides[0])
    }

    pub fn with(mut self, side: usize, set: Set) -> Self {
        if let Some(slot) = self.sides.get_mut(side) {
            *slot = set;
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.sides.iter().any(Set::is_empty)
    }

    pub fn contains(&self, packet: &Packet) -> bool {
        let numbers = [
            packet.source,
            packet.destination,
            packet.protocol.into(),
            packet.source_port.into(),
            packet.destination_port.into(),
            packet.icmp_type.into(),
        ];
        self.sides.iter().zip(numbers).all(|(set, number)| set.contains(number))
    }

    pub fn meets(&self, other: &Self) -> bool {
        self.sides.iter().zip(&other.sides).all(|(a, b)| a.meets(b))
    }

    pub fn intersect(&self, other: &Self) -> Option<Self> {
        if !self.meets(other) {
            return None;
        }
        let mut both = self.clone();
        for (mine, theirs) in both.sides.iter_mut().zip(&other.sides) {
            if mine != theirs {
                *mine = mine.intersect(theirs);
            }
        }
        Some(both)
    }

    pub fn is_within(&self, other: &Self) -> bool {
        self.sides.iter().zip(&other.sides).all(|(a, b)| a == b || a.is_within(b))
    }

    /// What is left without `other`: at most one cube per side, disjoint.
    pub fn minus(&self, other: &Self, left: &mut Vec<Self>) {
        if !self.meets(other) {
            left.push(self.clone());
            return;
        }
        let mut rest = self.clone();
        for side in 0..SIDES {
            let (mine, theirs) = (rest.side(side).clone(), other.side(side));
            let outside = mine.minus(theirs);
            if !outside.is_empty() {
                left.push(rest.clone().with(side, outside));
                rest = rest.with(side, mine.intersect(theirs));
            }
        }
    }

    /// Some packet of it, taken from the middle of each side; `None` when it holds none.
    pub fn witness(&self, family: Family) -> Option<Packet> {
        let middle = |side: usize| {
            let (first, last) = *self.side(side).intervals().first()?;
            Some(first + (last - first) / 2)
        };
        let small = |side: usize| u16::try_from(middle(side)?).ok();
        let protocol = self.protocol()?;
        let ports = matches!(protocol, words::TCP | words::UDP);
        let icmp = matches!(protocol, words::ICMP | words::ICMP6);
        Some(Packet {
            family,
            protocol,
            source: middle(SOURCE)?,
            destination: middle(DESTINATION)?,
            source_port: if ports { small(SOURCE_PORT)? } else { 0 },
            destination_port: if ports { small(DESTINATION_PORT)? } else { 0 },
            icmp_type: if icmp { u8::try_from(self.side(ICMP_TYPE).first()?).ok()? } else { 0 },
            flags: if protocol == words::TCP { words::SYN } else { 0 },
            moment: None,
        })
    }

    /// The protocol an administrator would think of first.
    fn protocol(&self) -> Option<u8> {
        let set = self.side(PROTOCOL);
        [words::TCP, words::UDP, words::ICMP, words::ICMP6]
            .into_iter()
            .find(|p| set.contains((*p).into()))
            .or_else(|| u8::try_from(set.first()?).ok())
    }
}

/// Joins cubes that differ in one side only; disjoint cubes stay disjoint.
pub fn merge(mut cubes: Vec<Cube>) -> Vec<Cube> {
    loop {
        let before = cubes.len();
        for side in 0..SIDES {
            let mut by_rest: BTreeMap<Cube, Set> = BTreeMap::new();
            for cube in cubes {
                let set = cube.side(side).clone();
                let joined = by_rest.entry(cube.with(side, Set::empty())).or_default();
                *joined = joined.union(&set);
            }
            cubes = by_rest.into_iter().map(|(cube, set)| cube.with(side, set)).collect();
        }
        if cubes.len() == before {
            return cubes;
        }
    }
}

/// The parts of a service that a rule can tell apart: protocols with ports, with types, and the rest.
pub(super) fn classes() -> [Set; 3] {
    let ports = Set::of(vec![
        (words::TCP.into(), words::TCP.into()),
        (words::UDP.into(), words::UDP.into()),
    ]);
    let types = Set::of(vec![
        (words::ICMP.into(), words::ICMP.into()),
        (words::ICMP6.into(), words::ICMP6.into()),
    ]);
    let rest = ports.union(&types).complement(BYTE);
    [ports, types, rest]
}
