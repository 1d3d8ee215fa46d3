//! Packets that a bridge takes from one member to another (`if_bridge(4)`).
//!
//! What is routed, or for the firewall, is met on the bridge as on any interface. What is bridged is met on the
//! members, on the bridge, on both or nowhere, as three settings of the kernel say.

use super::cube::{self, Cube};
use super::decide::{Decision, Egress, Inbound};
use super::packet::{Action, DeviceId, Direction, LocalTime, Packet};
use super::partition::TooManyParts;
use super::reach::Part;
use super::route::Way;
use super::rows::Rows;
use super::ruleset::Ruleset;
use super::set::{Family, Set};
use super::terms::Names;

/// A bridge with its members.
#[derive(Debug, Clone)]
pub struct Bridge {
    pub device: DeviceId,
    pub members: Vec<DeviceId>,
}

/// Where pf looks at what crosses bridges; absent: the setting was not read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter {
    member: Option<bool>,
    bridge: Option<bool>,
    local: Option<bool>,
}

impl Filter {
    pub(super) fn new(rows: &Rows) -> Self {
        Self {
            member: rows.switches.bridge_members_filtered,
            bridge: rows.switches.bridges_filtered,
            local: rows.switches.bridge_local_filtered,
        }
    }

    /// The defaults of OPNsense: members are filtered, the bridge and local packets are not.
    fn settled(self) -> [bool; 3] {
        let [member, bridge, local] = [self.member, self.bridge, self.local];
        [member.unwrap_or(true), bridge.unwrap_or(false), local.unwrap_or(false)]
    }

    /// Every way in which the settings that were not read may stand.
    fn possible(self) -> Vec<Self> {
        let either = |known: Option<bool>| known.map_or(vec![true, false], |known| vec![known]);
        let mut all = Vec::new();
        for member in either(self.member) {
            for bridge in either(self.bridge) {
                for local in either(self.local) {
                    let [member, bridge, local] = [member, bridge, local].map(Some);
                    all.push(Self { member, bridge, local });
                }
            }
        }
        all
    }
}

pub(super) fn bridges(rows: &Rows, names: &Names) -> Vec<Bridge> {
    let id = |name: &str| names.devices_of(name)?.first().copied();
    let bridge = |row: &super::rows::BridgeRow| {
        let members = row.members.iter().filter_map(|key| id(key)).collect();
        Some(Bridge { device: names.devices.iter().position(|d| d.name == row.device)?, members })
    };
    rows.bridges.iter().filter_map(bridge).collect()
}

impl Ruleset {
    /// The bridge that a device is, or is a member of.
    pub fn bridge_at(&self, device: DeviceId) -> Option<&Bridge> {
        self.bridges.iter().find(|b| b.device == device || b.members.contains(&device))
    }

    /// Whether a packet that arrives on one of its members, or on the bridge, stays within it.
    pub fn stays_in(&self, bridge: &Bridge, arrival: DeviceId, packet: &Packet) -> bool {
        if self.own.of(packet.family).contains(packet.destination) {
            return false;
        }
        let all = || bridge.members.iter().chain([&bridge.device]);
        if !all().any(|id| self.has_addresses(*id)) {
            // A bridge without addresses routes nothing.
            return true;
        }
        let within =
            |id: DeviceId| id == bridge.device || (id != arrival && bridge.members.contains(&id));
        matches!(self.routes.way(packet.destination_address()),
            Way::One(route) if within(route.device) && route.gateway.is_none())
    }

    fn has_addresses(&self, device: DeviceId) -> bool {
        self.device(device).is_some_and(|d| !d.networks.is_empty())
    }

    /// The interface that gets what a member hands to the firewall: the one whose address senders have as their
    /// router, which is the bridge, the member itself or another.
    fn router_at(&self, bridge: &Bridge, member: DeviceId, packet: &Packet) -> Option<DeviceId> {
        let mut all: Vec<DeviceId> = vec![member, bridge.device];
        all.extend(&bridge.members);
        all.retain(|id| self.has_addresses(*id));
        let near = |id: &&DeviceId| {
            let nets = self.device(**id).map(|d| d.networks.of(packet.family));
            nets.is_some_and(|nets| nets.contains(packet.source))
        };
        all.iter().find(near).or(all.first()).copied()
    }

    /// What a bridge makes of a packet: where it is met, as far as the settings of the kernel tell. `None` when it
    /// arrives on no bridge and no member of one.
    pub fn decide_at_bridge(&self, device: DeviceId, packet: &Packet) -> Option<Decision> {
        let bridge = self.bridge_at(device)?;
        let stays = self.stays_in(bridge, device, packet);
        if !stays && device != bridge.device {
            let router = self.router_at(bridge, device, packet)?;
            if router != bridge.device {
                return Some(self.decide_plain(Some(router), packet));
            }
        }
        if device == bridge.device && (!stays || bridge.members.is_empty()) {
            // Which member it came by matters only where local packets are looked at there.
            let [_, _, local] = self.bridge_filter.settled();
            let mut decision = self.decide_plain(Some(device), packet);
            if local && self.any_member_stops(bridge, packet) {
                decision.doubts.push(self.member_words(bridge, "some of its members stop it"));
            }
            return Some(decision);
        }
        let from: Vec<DeviceId> =
            if device == bridge.device { bridge.members.clone() } else { vec![device] };
        let decide = |member: DeviceId, filter: Filter| {
            if stays {
                self.cross(bridge, member, filter, packet)
            } else {
                self.enter_by(bridge, member, filter, packet)
            }
        };
        let first = *from.first()?;
        let mut decision = decide(first, self.bridge_filter);
        let passes = |d: &Decision| d.action() == Action::Pass;
        let mine = passes(&decision);
        if from.iter().any(|member| passes(&decide(*member, self.bridge_filter)) != mine) {
            decision.doubts.push(self.member_words(bridge, "it depends on the member it comes by"));
        }
        if self.bridge_filter.possible().iter().any(|f| passes(&decide(first, *f)) != mine) {
            decision.doubts.push(self.member_words(
                bridge,
                "the settings net.link.bridge.pfil_member, pfil_bridge and pfil_local_phys were not read, and it depends on them",
            ));
        }
        Some(decision)
    }

    fn member_words(&self, bridge: &Bridge, what: &str) -> String {
        let label = self.device(bridge.device).map(super::ruleset::Device::label);
        format!("{} is a bridge: {what}", label.unwrap_or_default())
    }

    fn any_member_stops(&self, bridge: &Bridge, packet: &Packet) -> bool {
        let stops = |member: &DeviceId| {
            self.walk(Direction::In, *member, packet, None).action != Action::Pass
        };
        bridge.members.iter().any(stops)
    }

    /// A packet that the bridge hands to the firewall: met on the bridge, and before on the member if so set.
    fn enter_by(
        &self,
        bridge: &Bridge,
        member: DeviceId,
        filter: Filter,
        packet: &Packet,
    ) -> Decision {
        let [_, _, local] = filter.settled();
        let decision = self.decide_plain(Some(bridge.device), packet);
        if !local || self.disabled {
            return decision;
        }
        let pass = self.walk(Direction::In, member, packet, None);
        if pass.action == Action::Pass {
            return decision;
        }
        Decision { inbound: Inbound::Filter(pass), ..Decision::stopped(Some(member), packet) }
    }

    /// A packet that goes from a member to another.
    fn cross(
        &self,
        bridge: &Bridge,
        member: DeviceId,
        filter: Filter,
        packet: &Packet,
    ) -> Decision {
        let [on_member, on_bridge, _] = filter.settled();
        let mut decision = Decision::stopped(Some(member), packet);
        let others: Vec<DeviceId> =
            bridge.members.iter().copied().filter(|other| *other != member).collect();
        let stages = [(on_member, member), (on_bridge, bridge.device)];
        for (_, device) in stages.iter().filter(|(on, _)| *on && !self.disabled) {
            let pass = self.walk(Direction::In, *device, packet, None);
            let stops = pass.action != Action::Pass;
            decision.inbound = Inbound::Filter(pass);
            if stops {
                return decision;
            }
        }
        decision.egress = match others.as_slice() {
            [one] => Egress::Device { device: *one, gateway: None, by_rule: false },
            _ => Egress::Several("the bridge".to_owned(), others.clone()),
        };
        if on_bridge && !self.disabled {
            decision.outbound = Some(self.walk(Direction::Out, bridge.device, packet, None));
        }
        if decision.action() != Action::Pass || !on_member || self.disabled {
            return decision;
        }
        let ends: Vec<_> =
            others.iter().map(|other| self.walk(Direction::Out, *other, packet, None)).collect();
        let stops = |end: &&super::walk::Pass| end.action != Action::Pass;
        let stopping = ends.iter().filter(stops).count();
        if stopping == ends.len() {
            decision.outbound = ends.into_iter().next().or(decision.outbound);
        } else if stopping > 0 {
            let what = self.member_words(bridge, "it depends on the member it leaves by");
            decision.doubts.push(what);
        } else if let [end] = ends.as_slice() {
            decision.outbound = Some(end.clone());
        }
        decision
    }

    /// A packet is decided on the interface that it is said to arrive on; this is what the bridge makes otherwise.
    pub(super) fn doubt_bridge(&self, decision: &Decision, packet: &Packet) -> Option<String> {
        let device = decision.device.filter(|_| !self.disabled)?;
        let bridge = self.bridge_at(device)?;
        let there = self.decide_at_bridge(device, packet)?;
        let differs = (there.action() == Action::Pass) != (decision.action() == Action::Pass);
        if !differs && there.doubts.is_empty() {
            return None;
        }
        let rule = match (&there.inbound, &there.outbound) {
            (_, Some(out)) if out.action != Action::Pass => out.rule,
            (Inbound::Filter(pass), _) => pass.rule,
            _ => None,
        };
        let by = rule
            .and_then(|i| self.rule(i))
            .map(|r| format!(" by rule {} ({})", r.id(), r.row.description));
        let how =
            if self.stays_in(bridge, device, packet) { "takes it across" } else { "routes it" };
        let mut said = vec![self.member_words(
            bridge,
            &format!("where it {how} the verdict is {}{}", there.action(), by.unwrap_or_default()),
        )];
        said.extend(there.doubts);
        Some(said.join("; "))
    }

    /// The same for sets: what a bridge may take across depends on more than a set tells.
    pub(super) fn reach_at_bridge(
        &self,
        bridge: &Bridge,
        arrival: DeviceId,
        family: Family,
        start: &Cube,
        moment: Option<LocalTime>,
    ) -> Result<Vec<Part>, TooManyParts> {
        let is_member = arrival != bridge.device;
        if is_member && self.has_addresses(arrival) {
            return self.reach_plain(arrival, family, start, moment);
        }
        let own = self.own.of(family);
        let near = match self.device(bridge.device).filter(|d| !d.networks.is_empty()) {
            Some(device) if !is_member => device.networks.of(family).minus(own),
            _ => Set::interval(0, family.last()),
        };
        let to = start.side(cube::DESTINATION);
        let [_, _, local] = self.bridge_filter.settled();
        let mut parts = Vec::new();
        for (set, open) in [(to.intersect(&near), true), (to.minus(&near), local)] {
            let cube = start.clone().with(cube::DESTINATION, set);
            if cube.is_empty() {
                continue;
            }
            let first = parts.len();
            parts.append(&mut self.reach_plain(arrival, family, &cube, moment)?);
            let mine = parts.get_mut(first..).unwrap_or_default();
            for part in mine {
                part.fate.open |= open;
            }
        }
        Ok(parts)
    }
}
