//! Address translation: port forwards, one-to-one, prefix and source NAT. First match wins.

use super::packet::{DeviceId, Packet};
use super::ruleset::On;
use super::set::{Family, Set};

/// Which translation it is, for explanations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// rdr, binat, nat or npt.
    pub kind: &'static str,
    pub uuid: String,
    pub description: String,
}

/// What a translation looks at.
#[derive(Debug, Clone)]
pub struct Scope {
    pub on: On,
    /// Where no row tells whether it is loaded, and why; `on` has what is likely.
    pub open_on: On,
    pub open_why: &'static str,
    pub family: Family,
    pub protocols: Set,
    pub source: Set,
    pub destination: Set,
    pub source_port: Set,
    pub destination_port: Set,
    pub tagged: Option<u16>,
    /// Terms that could not be resolved.
    pub unknown: bool,
}

impl Scope {
    pub fn matches(&self, device: DeviceId, packet: &Packet, tag: Option<u16>) -> bool {
        self.family == packet.family
            && self.on.contains(device)
            && self.protocols.contains(packet.protocol.into())
            && self.source.contains(packet.source)
            && self.destination.contains(packet.destination)
            && (!packet.has_ports()
                || (self.source_port.contains(packet.source_port.into())
                    && self.destination_port.contains(packet.destination_port.into())))
            && (self.tagged.is_none() || self.tagged == tag)
    }

    /// Whether it could match, if what is not known were in its favour.
    pub(super) fn could_match(&self, device: DeviceId, packet: &Packet, tag: Option<u16>) -> bool {
        if !self.is_open(device) {
            return false;
        }
        let all = || Set::interval(0, self.family.last());
        let mut widest = self.clone();
        widest.on.add(device);
        if self.unknown {
            (widest.source, widest.destination) = (all(), all());
        }
        widest.matches(device, packet, tag)
    }

    /// Something about it is not known on this device.
    pub(super) fn is_open(&self, device: DeviceId) -> bool {
        self.open_on.contains(device) || (self.unknown && self.on.contains(device))
    }
}

/// A port forward, or an exemption.
#[derive(Debug, Clone)]
pub struct Redirect {
    pub label: Label,
    pub scope: Scope,
    /// `no rdr`: what matches is not translated.
    pub exempt: bool,
    /// `rdr pass`: no filter rule is looked at.
    pub pass: bool,
    /// Targets; pf takes turns among several. Empty when the target could not be resolved.
    pub targets: Vec<u128>,
    /// Addresses move as one block: the first before, the first after. `targets` do not count then.
    pub shift: Option<(u128, u128)>,
    /// First port before and after; offsets are kept. Absent: the port stays.
    pub ports: Option<Ports>,
    pub tag: Option<u16>,
}

/// How destination ports move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    pub from: u16,
    pub to: u16,
    /// Every port becomes `to`: several ports, one target.
    pub fixed: bool,
}

impl Ports {
    pub const fn apply(self, port: u16) -> u16 {
        if self.fixed { self.to } else { self.to.wrapping_add(port.wrapping_sub(self.from)) }
    }
}

/// A two-way translation of equally many addresses.
#[derive(Debug, Clone)]
pub struct Binat {
    pub label: Label,
    pub on: On,
    pub family: Family,
    /// First address inside, how many follow it, first address outside.
    pub inside: u128,
    pub span: u128,
    pub outside: u128,
    /// The other end.
    pub peer: Set,
}

impl Binat {
    pub fn inside(&self) -> Set {
        Set::interval(self.inside, self.inside.saturating_add(self.span))
    }

    pub fn outside(&self) -> Set {
        Set::interval(self.outside, self.outside.saturating_add(self.span))
    }
}

/// Source NAT, or an exemption.
#[derive(Debug, Clone)]
pub struct Outbound {
    pub label: Label,
    pub scope: Scope,
    pub exempt: bool,
    /// pf takes turns among several; empty when the address could not be resolved.
    pub targets: Vec<u128>,
    pub static_port: bool,
    pub tag: Option<u16>,
}

/// All of them in evaluation order.
#[derive(Debug, Clone, Default)]
pub struct Translations {
    pub redirects: Vec<Redirect>,
    pub binats: Vec<Binat>,
    pub outbound: Vec<Outbound>,
}

/// A translation that applied to a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub label: Label,
    /// New address of the translated end; absent when it cannot be known.
    pub address: Option<u128>,
    /// New destination port, where it has one.
    pub port: Option<u16>,
    pub pass: bool,
    pub tag: Option<u16>,
    /// The source port is chosen by pf.
    pub port_chosen: bool,
    /// pf takes turns among several targets; `address` is the first.
    pub targets: usize,
}

impl Translations {
    /// Before the inbound filter: port forwards, then one-to-one.
    pub fn inbound(&self, device: DeviceId, packet: &Packet) -> Option<Applied> {
        if packet.protocol == super::words::CARP {
            return None;
        }
        if let Some(rdr) = self.redirects.iter().find(|r| r.scope.matches(device, packet, None)) {
            return rdr.applied(packet, 0);
        }
        let binat = self.binats.iter().find(|b| {
            b.family == packet.family
                && b.on.contains(device)
                && b.outside().contains(packet.destination)
                && b.peer.contains(packet.source)
        })?;
        Some(applied(binat, packet.destination - binat.outside + binat.inside, packet))
    }

    /// What may happen instead of [`Self::inbound`]: redirects of which something is not known, and the other
    /// targets of the one that applies. `None` is no translation.
    pub(super) fn inbound_instead(
        &self,
        device: DeviceId,
        packet: &Packet,
    ) -> Vec<(&Redirect, Option<Applied>)> {
        let mut all = Vec::new();
        if packet.protocol == super::words::CARP {
            return all;
        }
        for rdr in &self.redirects {
            if rdr.scope.matches(device, packet, None) {
                let others = 1..rdr.targets.len();
                all.extend(others.map(|turn| (rdr, rdr.applied(packet, turn))));
                if !rdr.scope.open_on.contains(device) {
                    break;
                }
                all.push((rdr, None));
            } else if rdr.scope.could_match(device, packet, None) {
                let turns = 0..rdr.targets.len().max(1);
                all.extend(turns.map(|turn| (rdr, rdr.applied(packet, turn))));
            }
        }
        all
    }

    /// Before the outbound filter: one-to-one, then source NAT.
    pub fn outbound(&self, device: DeviceId, packet: &Packet, tag: Option<u16>) -> Option<Applied> {
        let binat = self.binats.iter().find(|b| {
            b.family == packet.family
                && b.on.contains(device)
                && b.inside().contains(packet.source)
                && b.peer.contains(packet.destination)
        });
        if let Some(binat) = binat {
            return Some(applied(binat, packet.source - binat.inside + binat.outside, packet));
        }
        // `no nat proto carp` comes first of all; there is no such line for binat.
        if packet.protocol == super::words::CARP {
            return None;
        }
        let nat = self.outbound.iter().find(|n| n.scope.matches(device, packet, tag))?;
        nat.applied(packet, 0)
    }

    /// The same for [`Self::outbound`].
    pub(super) fn outbound_instead(
        &self,
        device: DeviceId,
        packet: &Packet,
        tag: Option<u16>,
    ) -> Vec<(&Outbound, Option<Applied>)> {
        let mut all = Vec::new();
        if packet.protocol == super::words::CARP {
            return all;
        }
        for nat in &self.outbound {
            if nat.scope.matches(device, packet, tag) {
                all.extend((1..nat.targets.len()).map(|turn| (nat, nat.applied(packet, turn))));
                break;
            }
            if nat.scope.could_match(device, packet, tag) {
                let turns = 0..nat.targets.len().max(1);
                all.extend(turns.map(|turn| (nat, nat.applied(packet, turn))));
            }
        }
        all
    }
}

impl Redirect {
    fn applied(&self, packet: &Packet, turn: usize) -> Option<Applied> {
        if self.exempt {
            return None;
        }
        let port = packet.has_ports().then_some(packet.destination_port);
        let address = match self.shift {
            Some((from, to)) => packet.destination.checked_sub(from).map(|offset| offset + to),
            None => self.targets.get(turn).copied(),
        };
        Some(Applied {
            label: self.label.clone(),
            address,
            port: port.map(|p| self.ports.map_or(p, |ports| ports.apply(p))),
            pass: self.pass,
            tag: self.tag,
            port_chosen: false,
            targets: self.targets.len(),
        })
    }
}

impl Outbound {
    fn applied(&self, packet: &Packet, turn: usize) -> Option<Applied> {
        (!self.exempt).then(|| Applied {
            label: self.label.clone(),
            address: self.targets.get(turn).copied(),
            port: None,
            pass: false,
            tag: self.tag,
            port_chosen: packet.has_ports() && !self.static_port,
            targets: self.targets.len().max(1),
        })
    }
}

fn applied(binat: &Binat, address: u128, packet: &Packet) -> Applied {
    Applied {
        label: binat.label.clone(),
        address: Some(address),
        port: packet.has_ports().then_some(packet.destination_port),
        pass: false,
        tag: None,
        port_chosen: false,
        targets: 1,
    }
}
