//! Aliases and tables to address sets, as pf looks them up.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets, Ipv6Net, Ipv6Subnets};

use super::rows::{AliasRow, InterfaceRow, TableRow};
use super::set::{Addresses, Family, Set, ends};

/// A resolved name.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) addresses: Addresses,
    /// Entries that are not known, in words.
    pub(super) unknown: Option<String>,
    /// What was taken for granted instead of known.
    pub(super) assumed: Option<String>,
}

/// Deepest nesting followed; OPNsense itself resolves far fewer levels.
const MOST_LEVELS: usize = 32;

/// Wildcard masks are spread over at most so many networks.
const MOST_WILDCARDS: u32 = 1 << 16;

/// Aliases by name, resolved once.
#[derive(Debug, Default)]
pub(super) struct Tables {
    tables: BTreeMap<String, Table>,
    ports: BTreeMap<String, Vec<String>>,
}

impl Tables {
    /// `nested` are tables that count only where an alias names them.
    pub(super) fn new(aliases: &[AliasRow], loaded: &[TableRow], nested: &[TableRow]) -> Self {
        let loaded: BTreeMap<&str, &TableRow> =
            loaded.iter().map(|t| (t.name.as_str(), t)).collect();
        let mut known: BTreeMap<&str, &TableRow> =
            nested.iter().map(|t| (t.name.as_str(), t)).collect();
        known.extend(&loaded);
        let by_name: BTreeMap<&str, &AliasRow> =
            aliases.iter().map(|a| (a.name.as_str(), a)).collect();
        let mut all = Self::default();
        for alias in aliases {
            if alias.kind == "port" {
                // pf has no empty macros: a disabled one is a range that no port is in.
                let content = if alias.enabled { alias.content.clone() } else { Vec::new() };
                all.ports.insert(alias.name.clone(), content);
            } else if alias.kind == "external" && alias.content.is_empty() && !loaded.is_empty() {
                // Tables are declared as they are filled: one that pf does not list holds nothing.
                if !loaded.contains_key(alias.name.as_str()) {
                    let assumed = format!(
                        "table `{}` is not among the loaded tables and is taken for empty",
                        alias.name
                    );
                    let table = Table { assumed: Some(assumed), ..Table::default() };
                    all.tables.insert(alias.name.clone(), table);
                }
            } else if alias.kind == "internal" && alias.content.is_empty() {
                // Networks of an interface: made from its addresses where they are named.
            } else if !loaded.contains_key(alias.name.as_str()) {
                let mut entries = Vec::new();
                let mut seen = BTreeSet::new();
                let unknown = gather(alias, &by_name, &known, &mut seen, &mut entries, 0);
                let table = Table { addresses: addresses(&entries), unknown, assumed: None };
                all.tables.insert(alias.name.clone(), table);
            }
        }
        for table in loaded.values() {
            if all.ports.contains_key(&table.name) {
                continue;
            }
            let mut entries = Vec::new();
            let mut strange = None;
            for text in &table.entries {
                if !read_entry(text, &mut entries) {
                    strange = Some(format!("table `{}` holds `{text}`", table.name));
                }
            }
            let resolved =
                Table { addresses: addresses(&entries), unknown: strange, assumed: None };
            all.tables.insert(table.name.clone(), resolved);
        }
        all
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    pub(super) fn ports(&self, name: &str) -> Option<&[String]> {
        self.ports.get(name).map(Vec::as_slice)
    }
}

/// The tables of interface networks (`__lan_network`), made from their addresses.
pub(super) fn of_interfaces(interfaces: &[InterfaceRow]) -> Vec<TableRow> {
    let net = |text: &String| own_net(text).map(|(_, net)| net);
    let near = |net: &IpNet| matches!(net, IpNet::V6(v6) if v6.addr().is_unicast_link_local());
    interfaces
        .iter()
        .filter(|interface| interface.enabled)
        .filter_map(|interface| {
            let nets = interface.addresses.iter().filter_map(net).filter(|net| !near(net));
            Some(TableRow {
                name: format!("__{}_network", interface.key.as_ref()?),
                entries: nets.map(|net| net.to_string()).collect(),
            })
        })
        .collect()
}

/// One entry: negated or not, and its network.
type Entry = (bool, IpNet);

/// Collects the entries of an alias and of those it names. Returns what is not known.
fn gather(
    alias: &AliasRow,
    aliases: &BTreeMap<&str, &AliasRow>,
    loaded: &BTreeMap<&str, &TableRow>,
    seen: &mut BTreeSet<String>,
    entries: &mut Vec<Entry>,
    level: usize,
) -> Option<String> {
    if !alias.enabled || level > MOST_LEVELS || !seen.insert(alias.name.clone()) {
        return None;
    }
    match alias.kind.as_str() {
        "external" if alias.content.is_empty() => {
            return Some(format!("`{}` is filled by a program and was not read", alias.name));
        }
        "internal" if alias.content.is_empty() => {
            return Some(format!("`{}` is filled by the firewall and was not read", alias.name));
        }
        "host" | "network" | "networkgroup" | "internal" | "external" => {}
        kind => return Some(format!("the contents of `{}` ({kind}) were not read", alias.name)),
    }
    let mut unknown = None;
    for item in &alias.content {
        // Only addresses may be negated: `!` before the name of an alias is looked up as a host name.
        let name = item.as_str();
        if let Some(table) = loaded.get(name) {
            for text in &table.entries {
                read_entry(text, entries);
            }
        } else if let Some(nested) = aliases.get(name) {
            let more = gather(nested, aliases, loaded, seen, entries, level + 1);
            unknown = unknown.or(more);
        } else if !read_entry(item, entries) {
            unknown =
                unknown.or_else(|| Some(format!("`{item}` in `{}` was not resolved", alias.name)));
        }
    }
    unknown
}

/// Reads an address, network, range or wildcard; `false` when it is none.
fn read_entry(text: &str, entries: &mut Vec<Entry>) -> bool {
    let (negated, text) = match text.trim().strip_prefix('!') {
        Some(rest) => (true, rest.trim()),
        None => (false, text.trim()),
    };
    let Some(nets) = nets(text) else { return false };
    entries.extend(nets.into_iter().map(|net| (negated, net)));
    true
}

/// The networks that `10.0.0.1`, `10.0.0.0/8`, `10.0.0.5-10.0.0.9` or `10.0.0.0/0.0.0.63` stands for.
pub(super) fn nets(text: &str) -> Option<Vec<IpNet>> {
    // A zone (`fe80::1%igb0`) is not part of a pf address.
    let text = text.split('%').next().unwrap_or(text);
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(vec![IpNet::from(address)]);
    }
    if let Ok(net) = text.parse::<IpNet>() {
        return Some(vec![net.trunc()]);
    }
    if let Some((first, last)) = text.split_once('-') {
        return range(first.trim().parse().ok()?, last.trim().parse().ok()?);
    }
    let (base, mask) = text.split_once('/')?;
    wildcard(base.parse().ok()?, mask.parse().ok()?)
}

fn range(first: IpAddr, last: IpAddr) -> Option<Vec<IpNet>> {
    match (first, last) {
        (IpAddr::V4(a), IpAddr::V4(b)) if a <= b => {
            Some(Ipv4Subnets::new(a, b, 0).map(IpNet::V4).collect())
        }
        (IpAddr::V6(a), IpAddr::V6(b)) if a <= b => {
            Some(Ipv6Subnets::new(a, b, 0).map(IpNet::V6).collect())
        }
        _ => None,
    }
}

/// The networks of an interval of one family.
pub(super) fn cidrs(family: Family, first: u128, last: u128) -> Vec<IpNet> {
    range(family.address(first), family.address(last)).unwrap_or_default()
}

/// Cisco style: bits that are set in `mask` do not matter.
fn wildcard(base: std::net::Ipv4Addr, mask: std::net::Ipv4Addr) -> Option<Vec<IpNet>> {
    let (base, mask) = (u32::from(base), u32::from(mask));
    let host = mask.trailing_ones();
    let prefix = u8::try_from(32_u32.checked_sub(host)?).ok()?;
    let scattered = if host == 32 { 0 } else { mask >> host << host };
    if 1_u64 << scattered.count_ones() > u64::from(MOST_WILDCARDS) {
        return None;
    }
    let mut nets = Vec::new();
    let mut bits = 0_u32;
    loop {
        let address = (base & !mask) | bits;
        nets.push(IpNet::V4(Ipv4Net::new(address.into(), prefix).ok()?.trunc()));
        // The next subset of `scattered`.
        bits = bits.wrapping_sub(scattered) & scattered;
        if bits == 0 {
            return Some(nets);
        }
    }
}

/// Table lookup as sets: the most specific entry decides, a negated one excludes.
fn addresses(entries: &[Entry]) -> Addresses {
    let mut all = Addresses::default();
    for family in Family::BOTH {
        let mine = || entries.iter().filter(|(_, net)| Family::of(net.addr()) == family);
        let set = if mine().any(|(negated, _)| *negated) {
            let mut by_length: BTreeMap<u8, [Vec<(u128, u128)>; 2]> = BTreeMap::new();
            for (negated, net) in mine() {
                let [adds, cuts] = by_length.entry(net.prefix_len()).or_default();
                (if *negated { cuts } else { adds }).push(ends(*net));
            }
            by_length.into_values().fold(Set::empty(), |set, [adds, cuts]| {
                set.union(&Set::of(adds)).minus(&Set::of(cuts))
            })
        } else {
            Set::of(mine().map(|(_, net)| ends(*net)).collect())
        };
        *all.of_mut(family) = set;
    }
    all
}

/// A network of an own address: `192.0.2.7/24` is 192.0.2.0/24, an address alone is itself.
pub(super) fn own_net(text: &str) -> Option<(IpAddr, IpNet)> {
    let text = match text.split_once('%') {
        Some((address, rest)) => match rest.split_once('/') {
            Some((_, bits)) => format!("{address}/{bits}"),
            None => address.to_owned(),
        },
        None => text.to_owned(),
    };
    let net: IpNet = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()?;
    let address = match net {
        IpNet::V4(net) => IpAddr::V4(Ipv4Net::addr(&net)),
        IpNet::V6(net) => IpAddr::V6(Ipv6Net::addr(&net)),
    };
    Some((address, net.trunc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, content: &[&str]) -> AliasRow {
        AliasRow {
            name: name.to_owned(),
            content: content.iter().map(|c| (*c).to_owned()).collect(),
            ..AliasRow::default()
        }
    }

    fn holds(aliases: &[AliasRow], name: &str, address: &str) -> bool {
        let tables = Tables::new(aliases, &[], &[]);
        tables.table(name).unwrap().addresses.contains(address.parse().unwrap())
    }

    #[test]
    fn the_most_specific_entry_decides() {
        let alias = [host("a", &["10.0.0.0/8", "!10.1.0.0/16", "10.1.2.3"])];
        assert!(holds(&alias, "a", "10.9.9.9") && holds(&alias, "a", "10.1.2.3"));
        assert!(!holds(&alias, "a", "10.1.2.4"));
    }

    #[test]
    fn aliases_that_name_each_other_end() {
        let aliases = [host("a", &["b", "10.0.0.1"]), host("b", &["a", "10.0.0.2"])];
        assert!(holds(&aliases, "a", "10.0.0.1") && holds(&aliases, "a", "10.0.0.2"));
    }

    #[test]
    fn a_scattered_wildcard_mask_is_every_network_it_allows() {
        let alias = [host("a", &["10.0.0.1/0.0.255.0"])];
        assert!(holds(&alias, "a", "10.0.77.1") && !holds(&alias, "a", "10.0.77.2"));
    }

    #[test]
    fn a_disabled_alias_is_empty_and_an_unresolved_name_is_said() {
        let mut off = host("off", &["10.0.0.1"]);
        off.enabled = false;
        let tables = Tables::new(&[off, host("dns", &["nas.example.org"])], &[], &[]);
        assert!(tables.table("off").unwrap().addresses.is_empty());
        assert!(tables.table("off").unwrap().unknown.is_none());
        assert!(tables.table("dns").unwrap().unknown.as_ref().unwrap().contains("nas.example.org"));
    }
}
