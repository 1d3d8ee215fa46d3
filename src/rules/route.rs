//! Which way a packet leaves when no rule says so.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::packet::DeviceId;
use super::rows::RouteRow;
use super::ruleset::Device;
use super::set::{Family, Set, number};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub net: IpNet,
    pub device: DeviceId,
    /// Absent for a connected network.
    pub gateway: Option<String>,
}

/// Routes of both families, longest prefixes first.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    routes: Vec<Route>,
    /// Made from interface addresses because the index holds no routing table.
    pub derived: bool,
}

/// What the routing table says about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'r> {
    One(&'r Route),
    /// Several routes of one prefix: the choice is the kernel's.
    Several,
    None,
}

impl Routes {
    pub(super) fn new(rows: &[RouteRow], devices: &[Device]) -> Self {
        let by_name: BTreeMap<&str, DeviceId> =
            devices.iter().enumerate().map(|(i, d)| (d.name.as_str(), i)).collect();
        let mut routes: Vec<Route> = rows
            .iter()
            .filter_map(|row| {
                let device = *by_name.get(row.device.as_str())?;
                Some(Route { net: network(row)?, device, gateway: next_hop(row) })
            })
            .filter(|route| !is_link_local(route.net.addr()))
            .collect();
        let derived = routes.is_empty();
        if derived {
            routes = connected(devices);
        }
        routes.sort_by_key(|route| std::cmp::Reverse(route.net.prefix_len()));
        routes.dedup();
        Self { routes, derived }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }

    pub fn way(&self, destination: IpAddr) -> Way<'_> {
        if is_link_local(destination) {
            // Every interface has fe80::/10; the sender's scope would decide.
            return Way::Several;
        }
        let mut best: Option<&Route> = None;
        for route in self.routes.iter().filter(|r| r.net.contains(&destination)) {
            match best {
                None => best = Some(route),
                Some(first) if first.net.prefix_len() > route.net.prefix_len() => break,
                Some(first) if first.device == route.device => {}
                Some(_) => return Way::Several,
            }
        }
        best.map_or(Way::None, Way::One)
    }

    /// The devices of all routes of the longest prefix.
    pub fn ways(&self, destination: IpAddr) -> Vec<DeviceId> {
        if is_link_local(destination) {
            return Vec::new();
        }
        let mut mine = self.routes.iter().filter(|r| r.net.contains(&destination)).peekable();
        let Some(longest) = mine.peek().map(|route| route.net.prefix_len()) else {
            return Vec::new();
        };
        let mut devices: Vec<DeviceId> =
            mine.take_while(|r| r.net.prefix_len() == longest).map(|r| r.device).collect();
        devices.sort_unstable();
        devices.dedup();
        devices
    }

    /// The addresses of a family that leave by each route, longest prefix first: a partition. Of several routes
    /// of one prefix the first counts.
    pub fn partition(&self, family: Family) -> Vec<(DeviceId, Set)> {
        let mut parts: BTreeMap<DeviceId, Set> = BTreeMap::new();
        for (devices, set) in self.ways_by_set(family) {
            let Some(first) = devices.first() else { continue };
            let sum = parts.entry(*first).or_default();
            *sum = sum.union(&set);
        }
        parts.into_iter().collect()
    }

    /// The same with every device that has a route of that prefix.
    pub(super) fn ways_by_set(&self, family: Family) -> Vec<(Vec<DeviceId>, Set)> {
        let mut taken = Set::empty();
        let mut parts: BTreeMap<Vec<DeviceId>, Set> = BTreeMap::new();
        let mine = || self.routes.iter().filter(|r| Family::of(r.net.addr()) == family);
        let mut by_net: BTreeMap<IpNet, Vec<DeviceId>> = BTreeMap::new();
        for route in mine() {
            let devices = by_net.entry(route.net).or_default();
            if !devices.contains(&route.device) {
                devices.push(route.device);
            }
        }
        for route in mine() {
            let Some(devices) = by_net.remove(&route.net) else { continue };
            let all = Set::of_net(route.net);
            let part = all.minus(&taken);
            taken = taken.union(&all);
            let sum = parts.entry(devices).or_default();
            *sum = sum.union(&part);
        }
        parts.into_iter().filter(|(_, set)| !set.is_empty()).collect()
    }
}

fn connected(devices: &[Device]) -> Vec<Route> {
    let mut routes = Vec::new();
    for (device, of) in devices.iter().enumerate().filter(|(_, d)| d.enabled) {
        for family in Family::BOTH {
            for (first, last) in of.networks.of(family).intervals() {
                routes.extend(
                    super::tables::cidrs(family, *first, *last).into_iter().map(|net| Route {
                        net,
                        device,
                        gateway: None,
                    }),
                );
            }
        }
    }
    routes
}

fn network(row: &RouteRow) -> Option<IpNet> {
    let text = row.destination.trim();
    if text == "default" {
        let v6 = row.family.as_deref() == Some("inet6")
            || row.gateway.as_deref().is_some_and(|g| g.contains(':'));
        return (if v6 { "::/0" } else { "0.0.0.0/0" }).parse().ok();
    }
    // `fe80::%igc0/64` carries its zone.
    let text = match text.split_once('%') {
        Some((address, rest)) => match rest.split_once('/') {
            Some((_, bits)) => format!("{address}/{bits}"),
            None => address.to_owned(),
        },
        None => text.to_owned(),
    };
    text.parse::<IpNet>()
        .ok()
        .map(|net| net.trunc())
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

fn next_hop(row: &RouteRow) -> Option<String> {
    row.gateway.clone().filter(|g| !g.is_empty() && !g.starts_with("link#"))
}

/// 169.254/16 is routed like any other network; `fe80::/10` is not.
fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

/// What never leaves by a route: multicast, limited broadcast, loopback and the unspecified address
/// (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5).
pub(super) fn never_forwarded(family: Family) -> Set {
    match family {
        Family::V4 => Set::of(vec![
            (0, 0),
            (0x7f00_0000, 0x7fff_ffff),
            (0xe000_0000, 0xefff_ffff),
            (0xffff_ffff, 0xffff_ffff),
        ]),
        Family::V6 => Set::of(vec![(0, 1), (0xff << 120, u128::MAX)]),
    }
}

/// The broadcast addresses of the networks of an interface. Tunnels have no broadcast.
pub(super) fn broadcasts(device: &str, nets: &[IpNet]) -> Set {
    const WITHOUT: [&str; 8] = ["wg", "ovpn", "tun", "gif", "gre", "ppp", "ipsec", "lo"];
    if WITHOUT.iter().any(|prefix| device.starts_with(prefix)) {
        return Set::empty();
    }
    let last = |net: &IpNet| match net {
        IpNet::V4(net) if net.prefix_len() < 31 => Some(number(IpAddr::V4(net.broadcast()))),
        _ => None,
    };
    Set::of(nets.iter().filter_map(last).map(|n| (n, n)).collect())
}

/// The number of an address, for callers that hold text.
pub(super) fn parse_number(text: &str) -> Option<(Family, u128)> {
    let address: IpAddr = text.parse().ok()?;
    Some((Family::of(address), number(address)))
}
