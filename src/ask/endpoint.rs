//! Who is meant by FROM and TO: addresses, devices, networks, interfaces, aliases, the internet.

use std::net::IpAddr;

use crate::rules::{Addresses, DeviceId, Family, Ruleset, Set, number};
use crate::store::{Needle, Sought};
use crate::types::{MacAddr, did_you_mean};

use super::error::AskError;
use super::query::Ask;
use super::ruleset::Loaded;

/// Public addresses that may stand for the internet; the first that is in no local network is taken.
const PUBLIC: [&str; 4] = ["9.9.9.9", "1.1.1.1", "2620:fe::fe", "2606:4700:4700::1111"];

/// Rows in which a name is looked for.
const MOST_MENTIONS: u32 = 20;

/// Addresses that nobody on the internet has (RFC 6890).
const SPECIAL: [&str; 18] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/8",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
    "2001:db8::/32",
];

/// An end of a question, resolved.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    /// As it was written.
    pub(super) text: String,
    /// Everything it stands for.
    pub(super) addresses: Addresses,
    /// The one address a single packet uses, per family.
    pub(super) one: Vec<IpAddr>,
    /// How it was understood, when that is not plain.
    pub(super) note: Option<String>,
    /// The interface it is, when it is one.
    pub(super) device: Option<DeviceId>,
}

impl Endpoint {
    fn of(text: &str, addresses: Addresses, note: Option<String>) -> Self {
        let mut one = Vec::new();
        for family in Family::BOTH {
            let set = addresses.of(family);
            one.extend(middle(set).map(|n| family.address(n)));
        }
        Self { text: text.to_owned(), addresses, one, note, device: None }
    }

    pub(super) fn address(&self, family: Family) -> Option<IpAddr> {
        self.one.iter().copied().find(|a| Family::of(*a) == family)
    }
}

/// A host in the middle of the first interval: neither network nor broadcast address of a network.
fn middle(set: &Set) -> Option<u128> {
    let (first, last) = *set.intervals().first()?;
    Some(first + (last - first) / 2)
}

/// Splits `TO[:PORT]`: `nas:443`, `10.0.0.5:https`, `[fd00::5]:22`; IPv6 without brackets has no port.
pub(super) fn split_port(text: &str) -> (String, Option<String>) {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('[')
        && let Some((address, after)) = rest.split_once(']')
    {
        let port = after.strip_prefix(':').filter(|p| !p.is_empty()).map(str::to_owned);
        return (address.to_owned(), port);
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && !host.is_empty() && !port.is_empty() => {
            (host.to_owned(), Some(port.to_owned()))
        }
        _ => (text.to_owned(), None),
    }
}

impl Ask {
    pub(super) async fn endpoint(&self, loaded: &Loaded, text: &str) -> Result<Endpoint, AskError> {
        let ruleset = &loaded.ruleset;
        let text = text.trim();
        if let Some(endpoint) = literal(text) {
            return Ok(endpoint);
        }
        let lower = text.to_ascii_lowercase();
        match lower.as_str() {
            "any" => return Ok(Endpoint::of(text, Addresses::any(), None)),
            "internet" => return Ok(internet(ruleset, text)),
            "firewall" | "self" | "(self)" => return Ok(own(ruleset, text)),
            _ => {}
        }
        let name = lower.strip_suffix(" net").unwrap_or(&lower);
        if let Some(id) = ruleset.device_named(text).or_else(|| ruleset.device_named(name)) {
            return Ok(interface(ruleset, text, id));
        }
        let group = ruleset.devices.iter().filter(|d| d.groups.iter().any(|g| g == text));
        let members = group.fold(Addresses::default(), |all, d| all.union(&d.networks));
        if !members.is_empty() {
            return Ok(Endpoint::of(text, members, Some(format!("{text} is an interface group"))));
        }
        if let Some(table) = crate::rules::alias_addresses(&loaded.rows, text) {
            return Ok(Endpoint::of(text, table, Some(format!("{text} is an alias"))));
        }
        self.host(loaded, text).await
    }

    /// A device by name or hardware address, from what the index saw of it.
    async fn host(&self, loaded: &Loaded, text: &str) -> Result<Endpoint, AskError> {
        let needle = match text.parse::<MacAddr>() {
            Ok(mac) => Needle::Mac(mac),
            Err(_) => Needle::Name(text.to_owned()),
        };
        let hits = self.store.look().locate(&needle, Some(loaded.firewall), MOST_MENTIONS).await?;
        let mut found: Vec<(String, IpAddr)> = Vec::new();
        for hit in hits.iter().filter(|h| h.how == Sought::Exact) {
            let row = hit.domain.name();
            // Only domains in which the name is the name of a host.
            let of_host =
                matches!(row, "arp" | "ndp" | "dhcp_leases" | "dhcp_reservations" | "dns_records");
            let ip = hit.row.get("ip").and_then(|ip| ip.as_str());
            if let (true, Some(ip)) = (of_host, ip.and_then(|t| t.parse().ok())) {
                found.push((row.to_owned(), ip));
            }
        }
        // What answers now is better than what was configured once.
        let rank = |domain: &str| match domain {
            "arp" | "ndp" => 0,
            "dhcp_leases" => 1,
            "dhcp_reservations" => 2,
            _ => 3,
        };
        found.sort_by_key(|(domain, ip)| (rank(domain), *ip));
        let Some((domain, _)) = found.first().cloned() else {
            return Err(unknown(loaded, text));
        };
        let mut all = Addresses::default();
        let mut one: Vec<IpAddr> = Vec::new();
        for (_, ip) in &found {
            let family = Family::of(*ip);
            *all.of_mut(family) = all.of(family).union(&Set::point(number(*ip)));
            if !one.iter().any(|known| Family::of(*known) == family) {
                one.push(*ip);
            }
        }
        let many = all.v4.len() > 1;
        let shown: Vec<String> = found.iter().map(|(_, ip)| ip.to_string()).collect();
        let mut shown = shown;
        shown.dedup();
        let note = if many {
            format!("{text} has several addresses ({}); the first is used", shown.join(", "))
        } else {
            format!(
                "{text} is {} ({domain})",
                one.first().map(ToString::to_string).unwrap_or_default()
            )
        };
        Ok(Endpoint { text: text.to_owned(), addresses: all, one, note: Some(note), device: None })
    }
}

fn literal(text: &str) -> Option<Endpoint> {
    let range: crate::types::AddressRange = text.parse().ok()?;
    let family = Family::of(range.first());
    let mut all = Addresses::default();
    *all.of_mut(family) = Set::interval(number(range.first()), number(range.last()));
    let single = range.first() == range.last();
    let mut endpoint = Endpoint::of(text, all, None);
    if !single {
        endpoint.note = endpoint.one.first().map(|a| format!("{a} stands for {text}"));
    }
    Some(endpoint)
}

/// Everything that no local network and no own address is.
pub(super) fn internet_addresses(ruleset: &Ruleset) -> Addresses {
    let mut local = ruleset.own.clone();
    for device in &ruleset.devices {
        local = local.union(&device.networks);
    }
    for route in ruleset.routes.iter().filter(|r| r.net.prefix_len() > 0) {
        local = local.union(&Addresses::of_net(route.net));
    }
    for net in SPECIAL.iter().filter_map(|net| net.parse::<crate::types::AddressRange>().ok()) {
        let family = Family::of(net.first());
        let set = Set::interval(number(net.first()), number(net.last()));
        *local.of_mut(family) = local.of(family).union(&set);
    }
    local.complement()
}

fn internet(ruleset: &Ruleset, text: &str) -> Endpoint {
    let all = internet_addresses(ruleset);
    let one: Vec<IpAddr> =
        PUBLIC.iter().filter_map(|a| a.parse().ok()).filter(|a| all.contains(*a)).collect();
    let note = one.first().map(|a| format!("{a} stands for the internet"));
    let mut endpoint = Endpoint::of(text, all, note);
    if !one.is_empty() {
        endpoint.one = one;
    }
    endpoint
}

fn own(ruleset: &Ruleset, text: &str) -> Endpoint {
    let mut endpoint = Endpoint::of(text, ruleset.own.clone(), None);
    let of = |inside: bool| {
        ruleset
            .devices
            .iter()
            .filter(move |d| {
                d.key.is_some() && !d.skipped && (d.has_gateway == Some(true)) != inside
            })
            .flat_map(|d| d.addresses.iter().copied())
    };
    let firsts: Vec<IpAddr> = of(true).chain(of(false)).collect();
    endpoint.one = firsts;
    endpoint.note = endpoint.one.first().map(|a| format!("{a} stands for the firewall"));
    endpoint
}

fn interface(ruleset: &Ruleset, text: &str, id: DeviceId) -> Endpoint {
    let Some(device) = ruleset.device(id) else {
        return Endpoint::of(text, Addresses::default(), None);
    };
    let own = device.own();
    let hosts =
        Addresses { v4: device.networks.v4.minus(&own.v4), v6: device.networks.v6.minus(&own.v6) };
    let mut endpoint = Endpoint::of(text, hosts, None);
    // The largest gap between own addresses, so that the host is one of the network's.
    endpoint.one.clear();
    for family in Family::BOTH {
        let set = endpoint.addresses.of(family);
        let largest = set.intervals().iter().max_by_key(|(a, b)| b - a);
        endpoint.one.extend(largest.map(|(a, b)| family.address(a + (b - a) / 2)));
    }
    endpoint.note =
        endpoint.one.first().map(|a| format!("{a} stands for a host on {}", device.label()));
    endpoint.device = Some(id);
    endpoint
}

fn unknown(loaded: &Loaded, text: &str) -> AskError {
    let aliases = loaded.rows.aliases.iter().map(|a| a.name.as_str());
    let names = loaded.ruleset.devices.iter().filter_map(|d| d.key.as_deref());
    let descriptions = loaded.ruleset.devices.iter().map(|d| d.description.as_str());
    AskError::Endpoint {
        text: text.chars().take(60).collect(),
        suggestion: did_you_mean(text, names.chain(descriptions).chain(aliases)),
    }
}
