//! A ruleset as pf would load it: rules as sets, in evaluation order, indexed by where they apply.

use std::net::IpAddr;

use super::bridge::{Bridge, Filter};
use super::packet::{Action, DeviceId, Direction, LocalTime, Packet};
use super::rows::RuleRow;
use super::schedule::Schedule;
use super::set::{Addresses, Family, Set};
use super::translate::Translations;
use super::{route::Routes, words};

/// Devices that something applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// Every device, also those that come later.
    Any,
    /// Bits by [`DeviceId`].
    These(Vec<u64>),
}

impl On {
    pub fn none() -> Self {
        Self::These(Vec::new())
    }

    pub fn add(&mut self, device: DeviceId) {
        if let Self::These(bits) = self {
            let word = device / 64;
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            if let Some(bits) = bits.get_mut(word) {
                *bits |= 1 << (device % 64);
            }
        }
    }

    pub fn contains(&self, device: DeviceId) -> bool {
        match self {
            Self::Any => true,
            Self::These(bits) => {
                bits.get(device / 64).is_some_and(|b| b & (1 << (device % 64)) != 0)
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::These(bits) if bits.iter().all(|b| *b == 0))
    }
}

/// A device, its assignment and its networks.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Device {
    pub name: String,
    pub key: Option<String>,
    pub description: String,
    pub enabled: bool,
    /// Own addresses in the order of the firewall.
    pub addresses: Vec<IpAddr>,
    /// Networks of all its addresses, without link-local ones.
    pub networks: Addresses,
    /// Broadcast addresses of its IPv4 networks.
    pub(super) broadcasts: Set,
    pub groups: Vec<String>,
    pub has_gateway: Option<bool>,
    pub(super) gateway4: Option<bool>,
    pub(super) gateway6: Option<bool>,
    pub(super) gateway6_guessed: bool,
    /// Its IPv6 comes through a device of its own (6rd, 6to4).
    pub has_tunnel: bool,
    /// pf never looks at it (`set skip`).
    pub skipped: bool,
}

impl Device {
    /// How people call it: description and key, or the device name.
    pub fn label(&self) -> String {
        match &self.key {
            Some(key) if !self.description.is_empty() && self.description != *key => {
                format!("{} ({key})", self.description)
            }
            Some(key) => key.clone(),
            None => self.name.clone(),
        }
    }

    /// The firewall has an IPv4 gateway for it now.
    pub(super) fn has_gateway4(&self) -> bool {
        self.gateway4.or(self.has_gateway) == Some(true)
    }

    pub(super) fn has_gateway6(&self) -> bool {
        self.gateway6 == Some(true)
    }

    /// Whether the firewall has a gateway for it in a family; `None` when that is a guess.
    pub fn gateway_of(&self, family: Family) -> Option<bool> {
        match family {
            Family::V4 => Some(self.has_gateway4()),
            Family::V6 => (!self.gateway6_guessed).then(|| self.has_gateway6()),
        }
    }

    /// `(dev:0)`: the first address that is no link-local one, else the first.
    pub(super) fn first_address(&self, family: Family) -> Option<u128> {
        let mine = || self.addresses.iter().filter(|a| Family::of(**a) == family);
        let number = |a: &IpAddr| super::set::number(*a);
        mine()
            .map(number)
            .find(|n| family == Family::V4 || !super::terms::fe80().contains(*n))
            .or_else(|| mine().map(number).next())
    }

    pub fn own(&self) -> Addresses {
        let mut all = Addresses::default();
        for address in &self.addresses {
            let family = Family::of(*address);
            let point = Set::point(super::set::number(*address));
            *all.of_mut(family) = all.of(family).union(&point);
        }
        all
    }
}

/// Where a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Automatic,
    Floating,
    Group,
    Interface,
}

impl Class {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Floating => "floating",
            Self::Group => "group",
            Self::Interface => "interface",
        }
    }
}

/// Where matching traffic is sent instead of by the routing table.
#[derive(Debug, Clone)]
pub enum Via {
    /// One next hop: its device and name.
    Hop { gateway: String, device: DeviceId, address: Option<IpAddr> },
    /// Several next hops, by these devices; pf chooses.
    Several { gateway: String, devices: Vec<DeviceId> },
    /// Named, but not usable: the routing table decides.
    Fallback { gateway: String, why: String },
}

/// One rule of the firewall; all its expansions together.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Rule {
    pub row: RuleRow,
    /// 1 for the first rule that pf evaluates.
    pub number: usize,
    pub class: Class,
    pub action: Action,
    pub quick: bool,
    pub on: On,
    pub inbound: bool,
    pub outbound: bool,
    pub tag: Option<u16>,
    /// Replies and later packets pass by state.
    pub stateful: bool,
    pub via: Option<Via>,
    /// Why it is not loaded, when it is not.
    pub asleep: Option<String>,
    /// Terms that could not be resolved, in words.
    pub unknown: Vec<String>,
}

impl Rule {
    pub const fn applies(&self, direction: Direction) -> bool {
        match direction {
            Direction::In => self.inbound,
            Direction::Out => self.outbound,
        }
    }

    /// Its label in pf, or its place when it has none.
    pub fn id(&self) -> String {
        if self.row.uuid.is_empty() { format!("#{}", self.number) } else { self.row.uuid.clone() }
    }
}

/// A rule in one family, as sets.
#[derive(Debug, Clone)]
pub struct Leg {
    /// Index into [`Ruleset::rules`].
    pub rule: usize,
    pub family: Family,
    /// Where it is met: as its rule, but for the IPv6 half of an interface that has a device of its own for it.
    pub on: On,
    pub protocols: Set,
    pub source: Set,
    pub destination: Set,
    pub source_port: Set,
    pub destination_port: Set,
    pub icmp_types: Set,
    /// TCP flags that must be set, out of these.
    pub flags: Option<(u8, u8)>,
    pub tagged: Option<u16>,
    pub schedule: Option<Schedule>,
    /// More may match than the sets say: an unresolved term.
    pub unknown: bool,
    /// Less may match than the sets say: it looks at what no question gives.
    pub partial: bool,
}

/// The first test of a rule that a packet fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    Family,
    Protocol,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
    IcmpType,
    Flags,
    Tag,
    Schedule,
    /// Type of service, VLAN priority or operating system.
    Condition,
}

/// How a rule and a packet stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Yes,
    No(Miss),
    /// It would match if an unresolved term held the packet's address, or at the right time.
    Maybe(Miss),
}

pub(super) const PORTS: u128 = 65_535;
pub(super) const BYTE: u128 = 255;

impl Leg {
    /// Tests in the order in which an administrator reads a rule.
    pub fn test(&self, packet: &Packet, tag: Option<u16>) -> Match {
        if self.family != packet.family {
            return Match::No(Miss::Family);
        }
        if !self.protocols.contains(packet.protocol.into()) {
            return Match::No(Miss::Protocol);
        }
        let mut open = None;
        for (set, number, miss) in [
            (&self.source, packet.source, Miss::Source),
            (&self.destination, packet.destination, Miss::Destination),
        ] {
            if !set.contains(number) {
                if !self.unknown {
                    return Match::No(miss);
                }
                open = Some(miss);
            }
        }
        if packet.has_ports() {
            if !self.source_port.contains(packet.source_port.into()) {
                return Match::No(Miss::SourcePort);
            }
            if !self.destination_port.contains(packet.destination_port.into()) {
                return Match::No(Miss::DestinationPort);
            }
        }
        let icmp = matches!(packet.protocol, words::ICMP | words::ICMP6);
        if icmp && !self.icmp_types.contains(packet.icmp_type.into()) {
            return Match::No(Miss::IcmpType);
        }
        if let Some((set, of)) = self.flags.filter(|_| packet.protocol == words::TCP)
            && packet.flags & of != set
        {
            return Match::No(Miss::Flags);
        }
        if self.tagged.is_some() && self.tagged != tag {
            return Match::No(Miss::Tag);
        }
        match self.schedule.as_ref().map(|s| s.is_active(packet.moment)) {
            Some(Some(false)) => return Match::No(Miss::Schedule),
            Some(None) => open = open.or(Some(Miss::Schedule)),
            None | Some(Some(true)) => {}
        }
        if self.partial {
            open = open.or(Some(Miss::Condition));
        }
        open.map_or(Match::Yes, Match::Maybe)
    }

    pub fn matches_at(&self, moment: Option<LocalTime>) -> bool {
        self.schedule.as_ref().is_none_or(|s| s.is_active(moment) != Some(false))
    }
}

/// Everything that decides about packets.
#[derive(Debug)]
pub struct Ruleset {
    pub devices: Vec<Device>,
    pub rules: Vec<Rule>,
    pub(super) legs: Vec<Leg>,
    /// What disabled rules would match.
    pub(super) sleeping: Vec<Leg>,
    /// Legs in evaluation order, by direction, family and device.
    pub(super) index: Vec<Vec<u32>>,
    pub translations: Translations,
    pub routes: Routes,
    pub bridges: Vec<Bridge>,
    pub(super) bridge_filter: Filter,
    /// Own addresses of every device.
    pub own: Addresses,
    /// Multicast, limited broadcast, loopback and unspecified addresses.
    pub(super) never_forwarded: Addresses,
    /// pf is switched off.
    pub disabled: bool,
    /// Legacy rules may exist that are not among `rules`.
    pub(super) legacy_hidden: bool,
    /// Names of tags, by number.
    pub tags: Vec<String>,
    /// What is not known, in words: tables without contents, rules that could not be read.
    pub gaps: Vec<String>,
}

impl Ruleset {
    pub(super) fn slot(&self, direction: Direction, family: Family, device: DeviceId) -> usize {
        let direction = usize::from(direction == Direction::Out);
        let family = usize::from(family == Family::V6);
        (direction * 2 + family) * self.devices.len() + device
    }

    /// Legs that a packet meets, in order.
    pub(super) fn legs(
        &self,
        direction: Direction,
        family: Family,
        device: DeviceId,
    ) -> impl DoubleEndedIterator<Item = &Leg> {
        let slot = self.index.get(self.slot(direction, family, device));
        slot.into_iter().flatten().filter_map(|leg| self.legs.get(usize::try_from(*leg).ok()?))
    }

    /// Whether a rule that no row tells of may stand before this one, or overrule it.
    pub fn may_be_overruled(&self, rule: Option<usize>) -> bool {
        let certain =
            rule.and_then(|i| self.rule(i)).is_some_and(|r| r.quick && r.class <= Class::Floating);
        self.legacy_hidden && !certain
    }

    pub fn rule(&self, index: usize) -> Option<&Rule> {
        self.rules.get(index)
    }

    /// Whether a packet is for everybody in a network of the firewall: pf looks at it like at any other, and the
    /// kernel forwards none.
    pub fn is_broadcast(&self, packet: &Packet) -> bool {
        let v4 = packet.family == Family::V4;
        v4 && self.devices.iter().any(|d| d.broadcasts.contains(packet.destination))
    }

    pub fn device(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// A device by its name, its interface key, or the description of its interface.
    pub fn device_named(&self, name: &str) -> Option<DeviceId> {
        let by = |same: &dyn Fn(&Device) -> bool| self.devices.iter().position(same);
        by(&|d| d.name == name)
            .or_else(|| by(&|d| d.key.as_deref() == Some(name)))
            .or_else(|| by(&|d| d.key.is_some() && d.description.eq_ignore_ascii_case(name)))
            .or_else(|| by(&|d| d.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case(name))))
    }
}

/// Fills [`Ruleset::index`].
pub(super) fn index(devices: usize, rules: &[Rule], legs: &[Leg]) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new(); 4 * devices];
    for (number, leg) in legs.iter().enumerate() {
        let (Some(rule), Ok(number)) = (rules.get(leg.rule), u32::try_from(number)) else {
            continue;
        };
        for direction in [Direction::In, Direction::Out] {
            if !rule.applies(direction) {
                continue;
            }
            let base = (usize::from(direction == Direction::Out) * 2
                + usize::from(leg.family == Family::V6))
                * devices;
            for device in (0..devices).filter(|d| leg.on.contains(*d)) {
                if let Some(slot) = all.get_mut(base + device) {
                    slot.push(number);
                }
            }
        }
    }
    all
}
