//! A packet's whole way: translation, inbound filter, route, source NAT, outbound filter.

use super::packet::{Action, DeviceId, Direction, Packet};
use super::route::Way;
use super::ruleset::{Rule, Ruleset, Via};
use super::set::Set;
use super::translate::Applied;
use super::walk::Pass;

/// Where a packet that passed inbound goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Egress {
    /// It was stopped, so it goes nowhere.
    Stopped,
    /// For the firewall itself.
    Local,
    /// Multicast, limited broadcast, loopback or unspecified: never forwarded.
    Group,
    Device {
        device: DeviceId,
        gateway: Option<String>,
        by_rule: bool,
    },
    /// Several next hops are possible: a gateway group, or equal routes. Their devices, where they are known.
    Several(String, Vec<DeviceId>),
    NoRoute,
}

/// What decided inbound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// pf does not look at this device, or is off.
    Unfiltered,
    /// A port forward that passes by itself.
    Redirect,
    Filter(Pass),
    /// The firewall itself is the sender.
    Own,
}

/// The whole decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub device: Option<DeviceId>,
    pub translated_in: Option<Applied>,
    /// The packet as the inbound filter saw it.
    pub inside: Packet,
    pub inbound: Inbound,
    pub egress: Egress,
    pub translated_out: Option<Applied>,
    /// The packet as the outbound filter saw it.
    pub outside: Packet,
    pub outbound: Option<Pass>,
    /// Some outbound rule tests the source port that pf picks for NAT.
    pub depends_on_port: bool,
    /// What is not known and would turn the verdict, in words.
    pub doubts: Vec<String>,
}

impl Decision {
    /// Of a packet that gets no further than where it arrives, before anything has looked at it.
    pub(super) const fn stopped(device: Option<DeviceId>, packet: &Packet) -> Self {
        Self {
            device,
            translated_in: None,
            inside: *packet,
            inbound: Inbound::Unfiltered,
            egress: Egress::Stopped,
            translated_out: None,
            outside: *packet,
            outbound: None,
            depends_on_port: false,
            doubts: Vec::new(),
        }
    }

    pub const fn inbound_action(&self) -> Action {
        match &self.inbound {
            Inbound::Filter(pass) => pass.action,
            Inbound::Unfiltered | Inbound::Redirect | Inbound::Own => Action::Pass,
        }
    }

    /// Pass only if both passes do.
    pub fn action(&self) -> Action {
        match self.inbound_action() {
            Action::Pass => self.outbound.as_ref().map_or(Action::Pass, |pass| pass.action),
            stopped => stopped,
        }
    }
}

impl Ruleset {
    /// The way of a packet that arrives on `device`; one of the firewall's own has none.
    pub fn decide(&self, device: Option<DeviceId>, packet: &Packet) -> Decision {
        let mut decision = self.decide_plain(device, packet);
        let bridged = self.doubt_bridge(&decision, packet);
        decision.doubts.extend(bridged);
        decision
    }

    /// The same, as if there were no bridges.
    pub(super) fn decide_plain(&self, device: Option<DeviceId>, packet: &Packet) -> Decision {
        let applied = device
            .filter(|id| !self.disabled && !self.skips(*id))
            .and_then(|id| self.translations.inbound(id, packet));
        let mut decision = self.decide_translated(device, packet, applied);
        decision.doubts = self.doubts(&decision, packet);
        decision
    }

    fn skips(&self, device: DeviceId) -> bool {
        self.device(device).is_some_and(|d| d.skipped)
    }

    /// The same, translated like this before the filter.
    pub(super) fn decide_translated(
        &self,
        device: Option<DeviceId>,
        packet: &Packet,
        applied: Option<Applied>,
    ) -> Decision {
        let mut decision = Decision { translated_in: applied, ..Decision::stopped(device, packet) };
        let mut tag = None;
        match device {
            None => decision.inbound = Inbound::Own,
            Some(id) if self.disabled || self.skips(id) => {}
            Some(id) => self.enter(id, &mut decision, &mut tag),
        }
        if decision.inbound_action() != Action::Pass {
            return decision;
        }
        decision.egress = self.egress(&decision);
        decision.outside = decision.inside;
        match decision.egress.clone() {
            Egress::Device { device, .. } => self.leave(device, &mut decision, tag),
            Egress::Several(_, ways) => self.leave_by_any(&ways, &mut decision, tag),
            _ => {}
        }
        decision
    }

    /// Several ways out: only what all of them stop is stopped.
    fn leave_by_any(&self, ways: &[DeviceId], decision: &mut Decision, tag: Option<u16>) {
        let ends: Vec<Decision> = ways
            .iter()
            .map(|device| {
                let mut end = decision.clone();
                self.leave(*device, &mut end, tag);
                end
            })
            .collect();
        if let Some(first) = ends.first()
            && ends.iter().all(|end| end.action() != Action::Pass)
        {
            decision.outbound.clone_from(&first.outbound);
            decision.outside = first.outside;
        }
    }

    fn enter(&self, device: DeviceId, decision: &mut Decision, tag: &mut Option<u16>) {
        if let Some(applied) = &decision.translated_in {
            if let Some(address) = applied.address {
                decision.inside.destination = address;
            }
            if let Some(port) = applied.port {
                decision.inside.destination_port = port;
            }
            *tag = applied.tag;
            if applied.pass {
                decision.inbound = Inbound::Redirect;
                return;
            }
        }
        let pass = self.walk(Direction::In, device, &decision.inside, *tag);
        *tag = pass.tag;
        decision.inbound = Inbound::Filter(pass);
    }

    fn egress(&self, decision: &Decision) -> Egress {
        let packet = &decision.inside;
        if self.own.of(packet.family).contains(packet.destination) {
            return Egress::Local;
        }
        if self.never_forwarded.of(packet.family).contains(packet.destination) {
            return Egress::Group;
        }
        let rule = match &decision.inbound {
            Inbound::Filter(pass) => pass.rule.and_then(|i| self.rule(i)),
            _ => None,
        };
        match rule.and_then(|r| r.via.as_ref()) {
            Some(Via::Hop { gateway, device, .. }) => {
                return Egress::Device {
                    device: *device,
                    gateway: Some(gateway.clone()),
                    by_rule: true,
                };
            }
            Some(Via::Several { gateway, devices }) => {
                return Egress::Several(gateway.clone(), devices.clone());
            }
            Some(Via::Fallback { .. }) | None => {}
        }
        match self.routes.way(packet.destination_address()) {
            Way::One(route) => Egress::Device {
                device: route.device,
                gateway: route.gateway.clone(),
                by_rule: false,
            },
            Way::Several => Egress::Several(
                "the routing table".to_owned(),
                self.routes.ways(packet.destination_address()),
            ),
            Way::None => Egress::NoRoute,
        }
    }

    fn leave(&self, device: DeviceId, decision: &mut Decision, tag: Option<u16>) {
        if self.disabled || self.skips(device) {
            return;
        }
        let applied = self.translations.outbound(device, &decision.outside, tag);
        self.leave_translated(device, decision, tag, applied);
    }

    pub(super) fn leave_translated(
        &self,
        device: DeviceId,
        decision: &mut Decision,
        tag: Option<u16>,
        applied: Option<Applied>,
    ) {
        decision.translated_out = applied;
        let mut tag = tag;
        let mut chosen = false;
        if let Some(applied) = &decision.translated_out {
            if let Some(address) = applied.address {
                decision.outside.source = address;
            }
            tag = applied.tag.or(tag);
            chosen = applied.port_chosen;
        }
        let mut pass = self.walk(Direction::Out, device, &decision.outside, tag);
        if chosen {
            decision.depends_on_port =
                self.tests_source_port(device, &decision.outside, tag, &pass);
        }
        if let Some((gateway, other)) = self.sent_elsewhere(device, &pass) {
            decision.egress =
                Egress::Device { device: other, gateway: Some(gateway), by_rule: true };
            let again = self.walk(Direction::Out, other, &decision.outside, pass.tag);
            if again.action != Action::Pass {
                pass = again;
            }
        }
        decision.outbound = Some(pass);
    }

    /// A rule that passes on the way out may send by a gateway of another interface, where pf looks again.
    fn sent_elsewhere(&self, device: DeviceId, pass: &Pass) -> Option<(String, DeviceId)> {
        let rule = pass.rule.and_then(|i| self.rule(i))?;
        self.way_of(rule, device).map(|(gateway, other)| (gateway.to_owned(), other))
    }

    /// The gateway of a passing rule, when it is of another interface.
    pub(super) fn way_of<'r>(
        &self,
        rule: &'r Rule,
        device: DeviceId,
    ) -> Option<(&'r str, DeviceId)> {
        match rule.via.as_ref()? {
            Via::Hop { gateway, device: other, .. } if *other != device && !self.skips(*other) => {
                Some((gateway, *other))
            }
            _ => None,
        }
    }

    /// Whether another source port could end the outbound pass differently.
    fn tests_source_port(
        &self,
        device: DeviceId,
        packet: &Packet,
        tag: Option<u16>,
        pass: &Pass,
    ) -> bool {
        /// pf picks a source port from here to the end.
        const FIRST_CHOSEN: u128 = 1024;
        let chosen = Set::interval(FIRST_CHOSEN, super::ruleset::PORTS);
        let edges = self
            .legs(Direction::Out, packet.family, device)
            .flat_map(|leg| leg.source_port.intersect(&chosen).intervals().to_vec())
            .flat_map(|(first, last)| [first, last, last + 1, first.saturating_sub(1)])
            .filter(|port| chosen.contains(*port));
        let mut ports: Vec<u128> = edges.collect();
        ports.sort_unstable();
        ports.dedup();
        ports.into_iter().filter_map(|port| u16::try_from(port).ok()).any(|port| {
            let other = packet.with_ports(port, packet.destination_port);
            let end = self.walk(Direction::Out, device, &other, tag);
            (end.action, end.rule) != (pass.action, pass.rule)
        })
    }
}
