//! Words of a rule to sets: interfaces, addresses, ports, protocols, ICMP types.

use std::collections::BTreeMap;

use crate::types::Release;

use super::packet::DeviceId;
use super::rows::{GroupRow, InterfaceRow};
use super::ruleset::{BYTE, Device, On, PORTS};
use super::set::{Addresses, Family, Set, ends};
use super::tables::{self, Tables};
use super::words;

/// First release whose IPv6 "net" of an interface always includes link-local addresses.
const LINK_LOCAL_ALWAYS: Release = Release::new(25, 1, 0);
/// First release that keeps ICMP types of IPv4 away from the IPv6 half of a rule.
const ICMP_SEPARATED: Release = Release::new(25, 7, 11);

/// Everything a rule may name.
pub(super) struct Names {
    pub(super) devices: Vec<Device>,
    keys: BTreeMap<String, DeviceId>,
    groups: BTreeMap<String, Vec<DeviceId>>,
    /// Interfaces whose IPv6 comes through a device of its own (6rd, 6to4), and that device where it is known.
    tunnels: BTreeMap<DeviceId, Option<DeviceId>>,
    pub(super) tables: Tables,
    pub(super) own: Addresses,
    pub(super) release: Release,
}

/// Whether the IPv6 "net" of an interface includes link-local addresses, as it does in filter rules only.
#[derive(Debug, Clone, Copy)]
pub(super) enum LinkLocal<'r> {
    Never,
    /// The interface of the rule itself, which decides on 24.7.
    InRuleOn(Option<&'r str>),
}

/// A resolved part of a rule, and what of it is not known.
#[derive(Debug, Default)]
pub(super) struct Term {
    pub(super) set: Set,
    pub(super) unknown: Option<String>,
    /// What was taken for granted instead of known.
    pub(super) assumed: Option<String>,
}

impl Names {
    pub(super) fn new(
        interfaces: &[InterfaceRow],
        groups: &[GroupRow],
        tables: Tables,
        release: Release,
    ) -> Self {
        let devices: Vec<Device> = interfaces.iter().map(device).collect();
        let mut names = Self {
            keys: BTreeMap::new(),
            groups: BTreeMap::new(),
            tunnels: BTreeMap::new(),
            own: Addresses::default(),
            devices,
            tables,
            release,
        };
        for (id, device) in names.devices.iter().enumerate() {
            if let (Some(key), true) = (&device.key, device.has_tunnel) {
                let name = format!("{key}_stf");
                let tunnel = names.devices.iter().position(|d| d.name == name);
                names.tunnels.insert(id, tunnel);
            }
            if let Some(key) = &device.key {
                names.keys.insert(key.clone(), id);
            }
            for group in &device.groups {
                names.groups.entry(group.clone()).or_default().push(id);
            }
            names.own = names.own.union(&device.own());
        }
        names.add_vpn_groups();
        for group in groups {
            let members = group.members.iter().filter_map(|key| names.keys.get(key).copied());
            let all = names.groups.entry(group.name.clone()).or_default();
            all.extend(members);
            all.sort_unstable();
            all.dedup();
        }
        names
    }

    /// The firewall puts VPN devices into groups; a configuration alone does not tell.
    fn add_vpn_groups(&mut self) {
        for (group, prefixes) in [("wireguard", &["wg"][..]), ("openvpn", &["ovpns", "ovpnc"])] {
            let is_one = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
            let devices = self.devices.iter().enumerate();
            let mine: Vec<DeviceId> =
                devices.filter(|(_, d)| is_one(&d.name)).map(|(id, _)| id).collect();
            if !mine.is_empty() {
                self.groups.entry(group.to_owned()).or_insert(mine);
            }
        }
    }

    pub(super) fn device(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// Devices behind an interface key, a group or a device name; `None` when there is no such thing.
    pub(super) fn devices_of(&self, name: &str) -> Option<Vec<DeviceId>> {
        if let Some(id) = self.keys.get(name) {
            return self.devices.get(*id).filter(|d| d.enabled).map(|_| vec![*id]);
        }
        if let Some(members) = self.groups.get(name) {
            return Some(members.clone());
        }
        self.devices.iter().position(|d| d.name == name).map(|id| vec![id])
    }

    /// Where a rule applies in a family, from `wan,lan`, `!wan`, or nothing.
    pub(super) fn on(&self, interface: Option<&str>, family: Option<Family>) -> Result<On, String> {
        let Some(text) = interface.map(str::trim).filter(|t| !t.is_empty()) else {
            return Ok(On::Any);
        };
        let (inverted, list) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut on = On::none();
        let mut missing = Vec::new();
        for name in list.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            match self.devices_of(name) {
                Some(ids) => ids
                    .into_iter()
                    .map(|id| self.of_family(name, id, family))
                    .for_each(|id| on.add(id)),
                None => missing.push(name),
            }
        }
        if on.is_empty() && !missing.is_empty() {
            return Err(format!("interface {} does not exist or is off", missing.join(", ")));
        }
        if !inverted {
            return Ok(on);
        }
        let mut others = On::none();
        (0..self.devices.len()).filter(|id| !on.contains(*id)).for_each(|id| others.add(id));
        Ok(others)
    }

    /// The device that a family of an interface comes through; a group is its members as they are.
    fn of_family(&self, name: &str, id: DeviceId, family: Option<Family>) -> DeviceId {
        let by_key = self.keys.contains_key(name) && family == Some(Family::V6);
        match self.tunnels.get(&id).filter(|_| by_key) {
            // Where the device itself is not known, what is said of IPv6 is said of its interface.
            Some(Some(tunnel)) => *tunnel,
            Some(None) | None => id,
        }
    }

    /// The union of several address terms in one family. An error says why none is usable.
    pub(super) fn addresses(
        &self,
        terms: &[String],
        family: Family,
        link_local: LinkLocal<'_>,
    ) -> Result<Term, String> {
        let mut sum = Term::default();
        let mut usable = terms.is_empty();
        let mut why = None;
        if terms.is_empty() {
            sum.set = Set::interval(0, family.last());
        }
        for text in terms {
            match self.address(text, family, link_local) {
                Ok(term) => {
                    usable = true;
                    sum.set = sum.set.union(&term.set);
                    sum.unknown = sum.unknown.or(term.unknown);
                    sum.assumed = sum.assumed.or(term.assumed);
                }
                Err(reason) => why = Some(reason),
            }
        }
        if usable { Ok(sum) } else { Err(why.unwrap_or_default()) }
    }

    /// One term, with its `!`.
    fn address(
        &self,
        text: &str,
        family: Family,
        link_local: LinkLocal<'_>,
    ) -> Result<Term, String> {
        let (negated, name) = match text.trim().strip_prefix('!') {
            Some(rest) => (true, rest.trim()),
            None => (false, text.trim()),
        };
        if name.is_empty() || name == "any" {
            // `not any` is read as any.
            return Ok(known(Set::interval(0, family.last())));
        }
        let negate = |set: &Set| if negated { set.complement(family.last()) } else { set.clone() };
        if name == "(self)" {
            return Ok(known(negate(self.own.of(family))));
        }
        let is_interface = self.keys.contains_key(name) || self.groups.contains_key(name);
        if is_interface && self.tables.table(name).is_none() {
            let ids = self.devices_of(name).ok_or_else(|| format!("interface {name} is off"))?;
            let nets = self.networks(&ids, family);
            let link_local = family == Family::V6
                && match link_local {
                    LinkLocal::Never => false,
                    LinkLocal::InRuleOn(own) => {
                        self.release >= LINK_LOCAL_ALWAYS || own == Some(name)
                    }
                };
            // pf reads `!(dev:network), fe80::/10`: the link-local part is never negated.
            let set = negate(&nets);
            return Ok(known(if link_local { set.union(&fe80()) } else { set }));
        }
        if let Some(ids) = name.strip_suffix("ip").and_then(|key| {
            self.keys.get(key).filter(|id| self.devices.get(**id).is_some_and(|d| d.enabled))
        }) {
            let own = self.devices.get(*ids).map(Device::own).unwrap_or_default();
            return Ok(known(negate(own.of(family))));
        }
        if let Some(table) = self.tables.table(name) {
            let set = table.addresses.of(family);
            let term = open(negated, set, family, table.unknown.clone());
            return Ok(Term { assumed: table.assumed.clone(), ..term });
        }
        if let Some(key) = name.strip_prefix("__").and_then(|n| n.strip_suffix("_network")) {
            let ids = self.devices_of(key).ok_or_else(|| format!("no interface {key}"))?;
            return Ok(known(negate(&self.networks(&ids, family))));
        }
        if matches!(name, "bogons" | "bogonsv6" | "sshlockout" | "virusprot") {
            let assumed = format!("table `{name}` was not read and is taken for empty");
            return Ok(Term { assumed: Some(assumed), ..known(negate(&Set::empty())) });
        }
        if name.starts_with("__captiveportal_zone_") {
            let unknown = format!("the contents of table `{name}` were not read");
            return Ok(open(negated, &Set::empty(), family, Some(unknown)));
        }
        if let Some(set) = self.literal_device(name, family) {
            return Ok(known(negate(&set)));
        }
        let nets = tables::nets(name).ok_or_else(|| format!("`{name}` names nothing"))?;
        let mine = nets.iter().filter(|net| Family::of(net.addr()) == family);
        let set = Set::of(mine.map(|net| ends(*net)).collect());
        if set.is_empty() {
            return Err(format!("`{name}` is of the other address family"));
        }
        Ok(known(negate(&set)))
    }

    /// `(igc0)`, its addresses, and `(igc0:network)`, its networks: automatic rules write pf's own words, and
    /// the API trims the brackets.
    fn literal_device(&self, text: &str, family: Family) -> Option<Set> {
        let text = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text);
        let (name, part) = text.split_once(':').unwrap_or((text, ""));
        let ids = match self.devices.iter().position(|d| d.name == name) {
            Some(id) => vec![id],
            None => self.groups.get(name)?.clone(),
        };
        if part == "network" {
            return Some(self.networks(&ids, family));
        }
        let mut devices = ids.iter().filter_map(|id| self.devices.get(*id));
        match part {
            "" => Some(devices.fold(Set::empty(), |set, d| set.union(d.own().of(family)))),
            "0" => devices.find_map(|d| d.first_address(family)).map(Set::point),
            _ => None,
        }
    }

    fn networks(&self, ids: &[DeviceId], family: Family) -> Set {
        let nets = ids.iter().filter_map(|id| self.devices.get(*id));
        nets.fold(Set::empty(), |set, device| set.union(device.networks.of(family)))
    }

    /// Ports of a rule; everything when it names none.
    pub(super) fn ports(&self, text: Option<&str>) -> Result<Set, String> {
        let Some(text) = text.map(str::trim).filter(|t| !t.is_empty() && *t != "any") else {
            return Ok(Set::interval(0, PORTS));
        };
        let mut ranges = Vec::new();
        for item in text.split(',').map(str::trim).filter(|i| !i.is_empty()) {
            self.port_ranges(item, &mut ranges, 0)?;
        }
        Ok(Set::of(ranges))
    }

    fn port_ranges(
        &self,
        item: &str,
        ranges: &mut Vec<(u128, u128)>,
        level: u8,
    ) -> Result<(), String> {
        /// Port aliases may name port aliases; a ring must end.
        const MOST_LEVELS: u8 = 16;
        if let Some(content) = self.tables.ports(item) {
            if level < MOST_LEVELS {
                for nested in content {
                    // What is no port there is left out of pf's macro.
                    let _left_out = self.port_ranges(nested, ranges, level + 1);
                }
            }
            return Ok(());
        }
        if let Some(port) = words::port(item) {
            ranges.push((port.into(), port.into()));
            return Ok(());
        }
        let (first, last) = item
            .split_once([':', '-'])
            .ok_or_else(|| format!("`{item}` is no port and no port alias"))?;
        let end = |text: &str, any: u128| match text.trim() {
            "any" | "" => Some(any),
            text => words::port(text).map(u128::from),
        };
        // `any-80` is written as `1:80`.
        match (end(first, 1), end(last, PORTS)) {
            (Some(a), Some(b)) => {
                ranges.push((a.min(b), a.max(b)));
                Ok(())
            }
            _ => Err(format!("`{item}` is no port range")),
        }
    }

    /// Protocols of a rule in one family.
    pub(super) fn protocols(text: &str, family: Family) -> Result<Set, String> {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("any") || text == "*" {
            return Ok(Set::interval(0, BYTE));
        }
        let one = |name: &str| {
            let number = words::protocol(name)
                .ok_or_else(|| format!("`{name}` is no protocol known here"))?;
            let number =
                if number == words::ICMP && family == Family::V6 { words::ICMP6 } else { number };
            Ok::<_, String>((u128::from(number), u128::from(number)))
        };
        // `a/n` is one protocol, `tcp/udp` two.
        if words::protocol(text).is_some() {
            return one(text).map(|range| Set::of(vec![range]));
        }
        text.split(['/', ',']).map(|name| one(name.trim())).collect::<Result<_, _>>().map(Set::of)
    }

    /// ICMP types of a rule in one family; everything when it names none for it, or is for other protocols.
    pub(super) fn icmp_types(
        &self,
        text: Option<&str>,
        protocols: &Set,
        family: Family,
    ) -> Result<Set, String> {
        let icmp = [words::ICMP, words::ICMP6].map(|p| Set::point(p.into()));
        if !icmp.contains(protocols) {
            return Ok(Set::interval(0, BYTE));
        }
        let mut types = Vec::new();
        for item in text.unwrap_or_default().split(',').map(str::trim).filter(|i| !i.is_empty()) {
            let of_v6 = item.bytes().all(|b| b.is_ascii_digit());
            let mine = match family {
                Family::V4 => !of_v6,
                Family::V6 => of_v6 || self.release < ICMP_SEPARATED,
            };
            if !mine {
                continue;
            }
            let number = words::icmp_type(item, family)
                .ok_or_else(|| format!("`{item}` is no ICMP type"))?;
            types.push((number.into(), number.into()));
        }
        Ok(if types.is_empty() { Set::interval(0, BYTE) } else { Set::of(types) })
    }
}

fn known(set: Set) -> Term {
    Term { set, unknown: None, assumed: None }
}

/// A table of which entries may be missing: those it holds are certain, of its negation nothing is.
fn open(negated: bool, entries: &Set, family: Family, unknown: Option<String>) -> Term {
    let set = match (negated, &unknown) {
        (false, _) => entries.clone(),
        (true, None) => entries.complement(family.last()),
        (true, Some(_)) => Set::empty(),
    };
    Term { set, unknown, assumed: None }
}

/// Link-local addresses of IPv6.
pub(super) fn fe80() -> Set {
    Set::interval(0xfe80 << 112, (0xfec0 << 112) - 1)
}

fn device(row: &InterfaceRow) -> Device {
    let mut networks = Addresses::default();
    let mut addresses = Vec::new();
    let mut nets = Vec::new();
    for (address, net) in row.addresses.iter().filter_map(|text| tables::own_net(text)) {
        addresses.push(address);
        nets.push(net);
        let family = Family::of(address);
        let set = Set::of_net(net);
        // `(dev:network)` leaves link-local networks out.
        if family == Family::V4 || !set.is_within(&fe80()) {
            *networks.of_mut(family) = networks.of(family).union(&set);
        }
    }
    Device {
        name: row.device.clone(),
        key: row.key.clone(),
        description: row.name.clone(),
        enabled: row.enabled,
        addresses,
        networks,
        broadcasts: super::route::broadcasts(&row.device, &nets),
        groups: row.groups.clone(),
        has_gateway: row.has_gateway,
        gateway4: row.gateway4,
        gateway6: row.gateway6,
        gateway6_guessed: row.gateway6_guessed,
        has_tunnel: matches!(row.ipv6_type.as_deref(), Some("6rd" | "6to4")),
        skipped: matches!(row.device.as_str(), "lo0" | "pfsync0"),
    }
}
