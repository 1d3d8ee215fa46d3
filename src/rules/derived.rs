//! The automatic rules of a configuration whose automatic rules no row tells of: releases and keys that show
//! none, and config.xml alone. As `filter_core_rules_system` makes them, release by release.

use crate::types::Release;

use super::rows::{InterfaceRow, Rows, RuleRow};
use super::rows_nat::ForwardRow;
use super::ruleset::Device;
use super::terms::Names;

/// CARP passes only where an address is shared since here; before, always.
const CARP_ON_DEMAND: Release = Release::new(25, 1, 0);
/// The captive portal is part of pf since here; before, ipfw blocks.
pub(super) const PORTAL_IN_PF: Release = Release::new(25, 1, 5);
/// Private networks are those of `169.254.0.0/16`, `fd00::/8`, `fe80::/10` and `::/128` too.
const MORE_PRIVATE: Release = Release::new(25, 1, 7);
/// Some automatic rules can be switched off.
const SWITCHES: Release = Release::new(25, 7, 6);
/// `ICMPv6` errors of types 3 and 4 pass as well.
const MORE_ERRORS: Release = Release::new(25, 7, 9);
/// Port forwards may add a rule behind all others.
const FORWARD_RULES: Release = Release::new(26, 1, 0);
/// The rules that force a gateway have priority 10000 instead of 100000.
const FORCED_EARLY: Release = Release::new(26, 1, 10);

/// Priority and rule, in order within a priority.
type Made = (i64, RuleRow);

/// Every rule that OPNsense adds by itself and that can be known.
pub(super) fn rules(rows: &Rows, names: &Names) -> Vec<Made> {
    let release = names.release;
    let ipv6 = rows.switches.ipv6 != Some(false);
    let mut made = defaults(rows, release, ipv6);
    for interface in active(rows) {
        made.extend(clients(interface, ipv6).into_iter().map(|row| (1, row)));
        made.extend(servers(interface, ipv6).into_iter().map(|row| (1, row)));
    }
    if release >= PORTAL_IN_PF {
        made.extend(portals(rows));
    }
    for interface in active(rows) {
        made.extend(foreign(interface, release, ipv6).into_iter().map(|row| (5, row)));
    }
    made.push((
        5,
        RuleRow {
            quick: false,
            direction: "out".to_owned(),
            allow_options: true,
            ..base("let out", "let out anything from firewall host itself")
        },
    ));
    made.extend(lockout(rows).map(|row| (5, row)));
    let forced = if release >= FORCED_EARLY { 10_000 } else { 100_000 };
    made.extend(forced_gateways(rows, names).into_iter().map(|row| (forced, row)));
    made.extend(ipsec(rows).into_iter().map(|row| (500_000, row)));
    if release >= FORWARD_RULES {
        made.extend(rows.forwards.iter().filter_map(of_forward).map(|row| (500_000, row)));
    }
    made
}

fn base(what: &str, description: &str) -> RuleRow {
    RuleRow {
        uuid: format!("derived: {what}"),
        origin: "automatic".to_owned(),
        family: "inet46".to_owned(),
        description: description.to_owned(),
        ..RuleRow::default()
    }
}

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn active(rows: &Rows) -> impl Iterator<Item = &InterfaceRow> {
    rows.interfaces.iter().filter(|i| i.enabled && i.key.is_some())
}

/// What every firewall has.
fn defaults(rows: &Rows, release: Release, ipv6: bool) -> Vec<Made> {
    let switches = &rows.switches;
    let wanted = |switch: Option<bool>| release < SWITCHES || switch != Some(false);
    let mut made = Vec::new();
    if !ipv6 {
        let family = "inet6".to_owned();
        let action = "block".to_owned();
        made.push(RuleRow { action, family, ..base("no IPv6", "Block all IPv6") });
    }
    made.push(RuleRow {
        action: "block".to_owned(),
        quick: false,
        ..base("default deny", "Default deny / state violation rule")
    });
    if ipv6 && wanted(switches.icmpv6_required) {
        made.extend(icmpv6(release));
    }
    if wanted(switches.port_zero_blocked) {
        let port0 = || RuleRow {
            action: "block".to_owned(),
            protocol: "tcp/udp".to_owned(),
            ..base("port 0", "block all targeting port 0")
        };
        made.push(RuleRow { source_port: Some("0".to_owned()), ..port0() });
        made.push(RuleRow { destination_port: Some("0".to_owned()), ..port0() });
    }
    if release < CARP_ON_DEMAND || rows.carp != Some(false) {
        let known = release < CARP_ON_DEMAND || rows.carp.is_some();
        made.extend(carp(known, ipv6));
    }
    let from = |table: &str, what: &str| RuleRow {
        action: "block".to_owned(),
        source: strings(&[table]),
        ..base(table, what)
    };
    if wanted(switches.ssh_lockout) {
        made.push(RuleRow {
            protocol: "tcp".to_owned(),
            destination: strings(&["(self)"]),
            condition: Some(PORTS_OF_ADMINISTRATION.to_owned()),
            ..from("sshlockout", "sshlockout")
        });
    }
    if wanted(switches.virus_protection) {
        made.push(from("virusprot", "virusprot overload table"));
    }
    made.into_iter().map(|row| (1, row)).collect()
}

const PORTS_OF_ADMINISTRATION: &str =
    "it is for the ports of the web interface and of SSH, which the index does not hold";

fn icmpv6(release: Release) -> Vec<RuleRow> {
    let rule = |what: &str, direction: &str, types: &str, from: &[&str], to: &[&str]| RuleRow {
        direction: direction.to_owned(),
        family: "inet6".to_owned(),
        protocol: "ipv6-icmp".to_owned(),
        icmp_type: Some(types.to_owned()),
        source: strings(from),
        destination: strings(to),
        ..base(what, "IPv6 RFC4890 requirements (ICMP)")
    };
    let errors = if release >= MORE_ERRORS { "1,2,3,4,135,136" } else { "1,2,135,136" };
    let neighbours = "128,133,134,135,136";
    let local = ["fe80::/10", "ff02::/16"];
    vec![
        rule("ICMPv6 errors and neighbours", "in", errors, &["any"], &["any"]),
        rule("ICMPv6 out", "out", "128,129,133,134,135,136", &["(self)"], &local),
        rule("ICMPv6 in", "in", neighbours, &["fe80::/10"], &local),
        rule("ICMPv6 in from multicast", "in", neighbours, &["ff02::/16"], &["fe80::/10"]),
        rule("ICMPv6 in from unspecified", "in", neighbours, &["::"], &["ff02::/16"]),
    ]
}

fn carp(known: bool, ipv6: bool) -> Vec<RuleRow> {
    let groups = [("inet", "224.0.0.18"), ("inet6", "ff02::12")];
    let rule = |(family, group): &(&str, &str)| RuleRow {
        direction: "any".to_owned(),
        family: (*family).to_owned(),
        protocol: "carp".to_owned(),
        destination: strings(&[group]),
        condition: (!known)
            .then(|| "it is there only where an address is shared by CARP".to_owned()),
        ..base("CARP", "CARP defaults")
    };
    groups.iter().filter(|(family, _)| ipv6 || *family == "inet").map(rule).collect()
}

/// What lets an interface get its addresses.
fn clients(interface: &InterfaceRow, ipv6: bool) -> Vec<RuleRow> {
    let key = interface.key.as_deref().unwrap_or_default();
    let on = |what: &str| RuleRow {
        interface: Some(key.to_owned()),
        ..base(&format!("{what} on {key}"), &format!("{what} on {}", interface.name))
    };
    let udp = |what: &str, direction: &str, from: Option<&str>, to: &str| RuleRow {
        direction: direction.to_owned(),
        protocol: "udp".to_owned(),
        source_port: from.map(str::to_owned),
        destination_port: Some(to.to_owned()),
        ..on(what)
    };
    let mut made = Vec::new();
    let is_v6 = |kind: &str| ipv6 && interface.ipv6_type.as_deref() == Some(kind);
    if is_v6("dhcp6") || is_v6("slaac") {
        let family = "inet6".to_owned();
        made.push(RuleRow {
            family: family.clone(),
            destination: strings(&["fe80::/10"]),
            ..udp("allow dhcpv6 client in", "in", None, "546")
        });
        made.push(RuleRow {
            family,
            source: strings(&["fe80::/10"]),
            destination: strings(&["fe80::/10", "ff02::/16"]),
            ..udp("allow dhcpv6 client out", "out", Some("546"), "547")
        });
    }
    match interface.ipv4_type.as_deref() {
        Some("dhcp") => {
            made.push(udp("allow DHCP client", "in", Some("67"), "68"));
            made.push(udp("allow DHCP client", "out", Some("68"), "67"));
        }
        Some("pptp") => {
            let pptp = |protocol: &str, port: Option<&str>| RuleRow {
                quick: false,
                protocol: protocol.to_owned(),
                destination_port: port.map(str::to_owned),
                ..on("allow PPTP client")
            };
            made.extend([pptp("tcp", Some("1723")), pptp("gre", None)]);
        }
        _ => {}
    }
    made.extend(tunnels(interface, ipv6, key));
    made
}

/// IPv6 in IPv4 (protocol 41) of 6rd and 6to4.
fn tunnels(interface: &InterfaceRow, ipv6: bool, key: &str) -> Vec<RuleRow> {
    let kind = interface.ipv6_type.as_deref().filter(|_| ipv6);
    let Some(kind @ ("6rd" | "6to4")) = kind else { return Vec::new() };
    let relay = "its other end is the border relay of 6rd, which the index does not hold";
    let own = strings(&[if kind == "6to4" { "(self)" } else { "any" }]);
    let rule = |direction: &str| RuleRow {
        interface: Some(key.to_owned()),
        direction: direction.to_owned(),
        quick: false,
        family: "inet".to_owned(),
        protocol: "ipv6".to_owned(),
        condition: (kind == "6rd").then(|| relay.to_owned()),
        ..base(
            &format!("{kind} on {key}"),
            &format!("Allow 6in4 traffic {direction} for {kind} on {}", interface.name),
        )
    };
    vec![RuleRow { destination: own.clone(), ..rule("in") }, RuleRow { source: own, ..rule("out") }]
}

/// What a DHCP server adds to the interfaces it serves. Which ones these are is not asked here: the packets are
/// told apart and said to depend on it.
fn servers(interface: &InterfaceRow, ipv6: bool) -> Vec<RuleRow> {
    let key = interface.key.as_deref().unwrap_or_default();
    let has = |kind: &Option<String>| {
        kind.as_deref().is_none_or(|k| matches!(k, "static" | "track6" | "idassoc6"))
    };
    let rule = |family: &str, from: &[&str], to: &[&str], port: &str| RuleRow {
        interface: Some(key.to_owned()),
        family: family.to_owned(),
        protocol: "udp".to_owned(),
        source: strings(from),
        destination: strings(to),
        destination_port: Some(port.to_owned()),
        condition: Some(format!(
            "it is there only if a DHCP server or relay serves {}, and no row shows automatic rules",
            interface.name
        )),
        ..base(&format!("DHCP server on {key}"), "allow access to DHCP server")
    };
    let mut made = Vec::new();
    if has(&interface.ipv4_type) {
        made.push(RuleRow {
            source_port: Some("68".to_owned()),
            ..rule("inet", &["any"], &["255.255.255.255", "(self)"], "67")
        });
    }
    if ipv6 && has(&interface.ipv6_type) {
        let to = ["fe80::/10", "ff02::/16", "(self)"];
        made.push(rule("inet6", &["fe80::/10", "ff02::/16"], &to, "546-547"));
    }
    made
}

/// Zones of the captive portal: DNS, the login page, and the block of who has not logged in.
fn portals(rows: &Rows) -> Vec<Made> {
    let mut made = Vec::new();
    for portal in &rows.portals {
        let zone = portal.zone;
        let outside = vec![format!("!__captiveportal_zone_{zone}")];
        for key in &portal.interfaces {
            let on = |what: &str| RuleRow {
                interface: Some(key.clone()),
                ..base(&format!("captive portal {zone} on {key}"), &format!("{what} (zone {zone})"))
            };
            let to_self = |what: &str, protocol: &str, port: String| RuleRow {
                protocol: protocol.to_owned(),
                destination: strings(&["(self)"]),
                destination_port: Some(port),
                ..on(what)
            };
            made.push((1, to_self("Allow DNS for Captive Portal", "tcp/udp", "53".to_owned())));
            for (name, first) in [("HTTP", 9_000), ("HTTPS", 8_000)] {
                let what = format!("Allow access to Captive Portal over {name}");
                made.push((2, to_self(&what, "tcp", zone.saturating_add(first).to_string())));
            }
            made.push((
                3,
                RuleRow {
                    action: "block".to_owned(),
                    source: outside.clone(),
                    destination: outside.clone(),
                    ..on("Default Captive Portal block rule")
                },
            ));
        }
    }
    made
}

/// Blocks of private networks, and of those nobody was given.
fn foreign(interface: &InterfaceRow, release: Release, ipv6: bool) -> Vec<RuleRow> {
    const PRIVATE4: [&str; 6] = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
    ];
    let (v4, v6): (&[&str], &[&str]) = if release >= MORE_PRIVATE {
        (&PRIVATE4, &["fd00::/8", "fe80::/10", "::/128"])
    } else {
        (PRIVATE4.get(..5).unwrap_or(&PRIVATE4), &["fc00::/7"])
    };
    let key = interface.key.as_deref().unwrap_or_default();
    let block = |what: &str, family: &str, from: &[&str]| RuleRow {
        action: "block".to_owned(),
        interface: Some(key.to_owned()),
        family: family.to_owned(),
        source: strings(from),
        ..base(&format!("{what} on {key}"), &format!("{what} from {}", interface.name))
    };
    let mut made = Vec::new();
    if interface.block_bogons {
        made.push(block("Block bogon IPv4 networks", "inet", &["bogons"]));
        made.push(block("Block bogon IPv6 networks", "inet6", &["bogonsv6"]));
    }
    if interface.block_private {
        made.push(block("Block private networks", "inet", v4));
        made.push(block("Block private networks", "inet6", v6));
    }
    made.retain(|row| ipv6 || row.family != "inet6");
    made
}

/// Nobody locks himself out on the first of lan, opt1, opt2, ..., wan.
fn lockout(rows: &Rows) -> Option<RuleRow> {
    if rows.switches.anti_lockout == Some(false) {
        return None;
    }
    let place = |key: &str| match key {
        "lan" => Some(0),
        "wan" => Some(u32::MAX),
        other => other.strip_prefix("opt").and_then(|n| n.parse().ok()).map(|n: u32| n + 1),
    };
    let keys = rows.interfaces.iter().filter_map(|i| i.key.as_deref());
    let key = keys.filter_map(|key| Some((place(key)?, key))).min()?.1;
    Some(RuleRow {
        interface: Some(key.to_owned()),
        protocol: "tcp".to_owned(),
        destination: strings(&["(self)"]),
        condition: Some(PORTS_OF_ADMINISTRATION.to_owned()),
        ..base("anti-lockout", "anti-lockout rule")
    })
}

/// What the firewall sends from an interface's address leaves by that interface's gateway.
fn forced_gateways(rows: &Rows, names: &Names) -> Vec<RuleRow> {
    if rows.switches.force_gateway == Some(false) {
        return Vec::new();
    }
    let mut made = Vec::new();
    let has = |device: &Device, family: &str| match family {
        "inet6" => device.has_gateway6(),
        _ => device.has_gateway4(),
    };
    for device in names.devices.iter().filter(|d| d.enabled && !d.skipped) {
        let Some(key) = device.key.as_deref() else { continue };
        for family in ["inet", "inet6"] {
            let mine = rows.gateways.iter().find(|g| {
                g.enabled
                    && g.family == family
                    && g.interface.as_deref() == Some(key)
                    && g.address.is_some()
            });
            let Some(gateway) = mine.filter(|_| has(device, family)) else { continue };
            made.push(RuleRow {
                quick: false,
                direction: "out".to_owned(),
                family: family.to_owned(),
                source: vec![format!("({})", device.name)],
                destination: vec![format!("!{key}")],
                gateway: Some(gateway.name.clone()),
                ..base(
                    &format!("force gateway on {key}"),
                    "let out anything from firewall host itself (force gw)",
                )
            });
        }
    }
    made
}

/// What lets the far ends of legacy IPsec tunnels in.
fn ipsec(rows: &Rows) -> Vec<RuleRow> {
    let mut made = Vec::new();
    for peer in &rows.ipsec_peers {
        let from = if peer.parse::<std::net::IpAddr>().is_ok() { peer.as_str() } else { "any" };
        for (protocol, port) in [("udp", Some("500")), ("udp", Some("4500")), ("esp", None)] {
            made.push(RuleRow {
                quick: false,
                protocol: protocol.to_owned(),
                source: strings(&[from]),
                destination_port: port.map(str::to_owned),
                condition: Some(format!(
                    "it is for the legacy IPsec tunnel to {peer}, on the interface of that tunnel and unless such rules are switched off"
                )),
                ..base("IPsec", &format!("IPsec: {peer}"))
            });
        }
    }
    made
}

/// The rule of a port forward that asks for one: behind all others, for what it translates to.
fn of_forward(row: &ForwardRow) -> Option<RuleRow> {
    if !row.enabled || row.no_rdr || row.pass.as_deref() != Some("rule") {
        return None;
    }
    let wanted = row.destination_port.as_deref().map(str::trim).filter(|p| !p.is_empty());
    let local = row.target_port.as_deref().map(str::trim).filter(|p| !p.is_empty());
    let port = match (wanted, local) {
        (Some(wanted), Some(local)) => Some(shifted(wanted, local)),
        (wanted, local) => local.or(wanted).map(str::to_owned),
    };
    Some(RuleRow {
        interface: row.interface.clone(),
        family: row.family.clone(),
        protocol: row.protocol.clone(),
        source: row.source.clone(),
        source_port: row.source_port.clone(),
        destination: vec![row.target.clone()],
        destination_port: port,
        ..base(&format!("rule of forward {}", row.uuid), &row.description)
    })
}

/// `8000-8010` to `80` is `80-90`.
fn shifted(wanted: &str, local: &str) -> String {
    let number = |text: &str| super::words::port(text.trim());
    let range = wanted.split_once(['-', ':']).and_then(|(a, b)| Some((number(a)?, number(b)?)));
    match (range, number(local)) {
        (Some((first, last)), Some(to)) => {
            format!("{to}-{}", to.saturating_add(last.saturating_sub(first)))
        }
        _ => local.to_owned(),
    }
}
