//! Rules that OPNsense adds by itself and no row tells of.

use super::rows::{InterfaceRow, Rows, RuleRow};
use super::terms::Names;

/// The label under which antispoof blocks are reported; they have none in pf.
pub const ANTISPOOF: &str = "antispoof";

/// `antispoof for` every assigned interface: its networks elsewhere, and its addresses anywhere, are
/// blocked unless a later rule passes them.
pub(super) fn antispoof(names: &Names) -> Vec<RuleRow> {
    let assigned = names.devices.iter().filter(|d| d.enabled && d.key.is_some() && !d.skipped);
    let row = |key: &str, interface, source: String| RuleRow {
        uuid: ANTISPOOF.to_owned(),
        origin: "automatic".to_owned(),
        action: "block".to_owned(),
        quick: false,
        interface,
        family: "inet46".to_owned(),
        source: vec![source],
        description: format!("antispoof for {key}"),
        ..RuleRow::default()
    };
    assigned
        .filter(|d| !d.networks.is_empty())
        .filter_map(|d| d.key.as_deref())
        .flat_map(|key| {
            [
                row(key, Some(format!("!{key}")), format!("__{key}_network")),
                row(key, None, format!("{key}ip")),
            ]
        })
        .collect()
}

/// `filter/bypassstaticroutes`: the networks of a static route and those of the interface it leads through may
/// talk unless a rule says otherwise. No API shows these rules (`pf_firewall` of `pf.inc`).
pub(super) fn static_routes(rows: &Rows, names: &Names) -> Vec<RuleRow> {
    let mut made = Vec::new();
    for route in rows.static_routes.iter().filter(|route| route.enabled) {
        let gateway = rows.gateways.iter().find(|g| g.name == route.gateway);
        let Some(key) = gateway.and_then(|g| g.interface.clone()) else { continue };
        let device = names.devices_of(&key).and_then(|ids| names.device(*ids.first()?));
        let Some(device) = device else { continue };
        let near = format!("({}:network)", device.name);
        let ends = [(&near, &route.network), (&route.network, &near)];
        for ((from, to), protocol) in ends.into_iter().flat_map(|e| [(e, "tcp"), (e, "any")]) {
            made.push(RuleRow {
                uuid: "derived: static routes".to_owned(),
                origin: "automatic".to_owned(),
                quick: false,
                interface: Some(key.clone()),
                family: if route.network.contains(':') { "inet6" } else { "inet" }.to_owned(),
                protocol: protocol.to_owned(),
                tcp_flags: (protocol == "tcp").then(|| "any".to_owned()),
                source: vec![from.clone()],
                destination: vec![to.clone()],
                description: "pass traffic between statically routed subnets".to_owned(),
                ..RuleRow::default()
            });
        }
    }
    made
}

/// What the options of an interface add: a DHCP client, and the blocks of private and bogon networks.
pub(super) fn of_interfaces(interfaces: &[InterfaceRow]) -> Vec<RuleRow> {
    const PRIVATE4: [&str; 5] =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10"];
    const PRIVATE6: [&str; 1] = ["fc00::/7"];
    let mut made = Vec::new();
    for (interface, key) in
        interfaces.iter().filter(|i| i.enabled).filter_map(|i| Some((i, i.key.as_ref()?)))
    {
        let base = |what: &str| RuleRow {
            uuid: format!("derived: {what} on {key}"),
            origin: "automatic".to_owned(),
            interface: Some(key.clone()),
            family: "inet46".to_owned(),
            description: format!("{what} on {}", interface.name),
            ..RuleRow::default()
        };
        if interface.dhcp {
            for (direction, from, to) in [("in", "67", "68"), ("out", "68", "67")] {
                made.push(RuleRow {
                    direction: direction.to_owned(),
                    protocol: "udp".to_owned(),
                    source_port: Some(from.to_owned()),
                    destination_port: Some(to.to_owned()),
                    ..base("allow DHCP client")
                });
            }
        }
        let block = |what: &str, family: &str, from: &[&str]| RuleRow {
            action: "block".to_owned(),
            family: family.to_owned(),
            source: from.iter().map(|net| (*net).to_owned()).collect(),
            ..base(what)
        };
        if interface.block_bogons {
            made.push(block("Block bogon IPv4 networks", "inet", &["bogons"]));
            made.push(block("Block bogon IPv6 networks", "inet6", &["bogonsv6"]));
        }
        if interface.block_private {
            made.push(block("Block private networks", "inet", &PRIVATE4));
            made.push(block("Block private networks", "inet6", &PRIVATE6));
        }
    }
    made
}

/// What every firewall has, for releases and keys that show no automatic rules (reference 6.2).
pub(super) fn essentials() -> Vec<RuleRow> {
    let base = || RuleRow {
        origin: "automatic".to_owned(),
        family: "inet46".to_owned(),
        ..RuleRow::default()
    };
    let strings = |items: &[&str]| items.iter().map(|i| (*i).to_owned()).collect::<Vec<_>>();
    let icmp6 =
        |description: &str, direction: &str, types: &str, from: &[&str], to: &[&str]| RuleRow {
            uuid: format!("derived: {description}"),
            direction: direction.to_owned(),
            family: "inet6".to_owned(),
            protocol: "ipv6-icmp".to_owned(),
            icmp_type: Some(types.to_owned()),
            source: strings(from),
            destination: strings(to),
            description: description.to_owned(),
            ..base()
        };
    let port0 = |source: Option<&str>, destination: Option<&str>| RuleRow {
        uuid: "derived: port 0".to_owned(),
        action: "block".to_owned(),
        protocol: "tcp/udp".to_owned(),
        source_port: source.map(str::to_owned),
        destination_port: destination.map(str::to_owned),
        description: "block all targeting port 0".to_owned(),
        ..base()
    };
    let local = ["fe80::/10", "ff02::/16"];
    vec![
        RuleRow {
            uuid: "derived: default deny".to_owned(),
            action: "block".to_owned(),
            quick: false,
            description: "Default deny / state violation rule".to_owned(),
            ..base()
        },
        RuleRow {
            uuid: "derived: let out".to_owned(),
            quick: false,
            direction: "out".to_owned(),
            description: "let out anything from firewall host itself".to_owned(),
            ..base()
        },
        icmp6("ICMPv6 errors and neighbours", "in", "1,2,135,136", &["any"], &["any"]),
        icmp6("ICMPv6 out", "out", "128,129,133,134,135,136", &["(self)"], &local),
        icmp6("ICMPv6 in", "in", "128,133,134,135,136", &["fe80::/10"], &local),
        icmp6(
            "ICMPv6 in from multicast",
            "in",
            "128,133,134,135,136",
            &["ff02::/16"],
            &["fe80::/10"],
        ),
        icmp6("ICMPv6 in from unspecified", "in", "128,133,134,135,136", &["::"], &["ff02::/16"]),
        port0(Some("0"), None),
        port0(None, Some("0")),
    ]
}
