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
    /// Absent when the address could not be resolved.
    pub target: Option<u128>,
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
            if rdr.exempt {
                return None;
            }
            let port = packet.has_ports().then_some(packet.destination_port);
            return Some(Applied {
                label: rdr.label.clone(),
                address: match rdr.shift {
                    Some((from, to)) => Some(packet.destination - from + to),
                    None => rdr.targets.first().copied(),
                },
                port: port.map(|p| rdr.ports.map_or(p, |ports| ports.apply(p))),
                pass: rdr.pass,
                tag: rdr.tag,
                port_chosen: false,
                targets: rdr.targets.len(),
            });
        }
        let binat = self.binats.iter().find(|b| {
            b.family == packet.family
                && b.on.contains(device)
                && b.outside().contains(packet.destination)
                && b.peer.contains(packet.source)
        })?;
        Some(applied(binat, packet.destination - binat.outside + binat.inside, packet))
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
        (!nat.exempt).then(|| Applied {
            label: nat.label.clone(),
            address: nat.target,
            port: None,
            pass: false,
            tag: nat.tag,
            port_chosen: packet.has_ports() && !nat.static_port,
            targets: 1,
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
