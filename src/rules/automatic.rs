//! Rules that OPNsense adds by itself and no row tells of.

use super::rows::{Rows, RuleRow};
use super::terms::Names;

/// The label under which antispoof blocks are reported; they have none in pf.
pub const ANTISPOOF: &str = "antispoof";

/// `antispoof for` every assigned interface that is no member of a bridge: its networks elsewhere, and its
/// addresses anywhere, are blocked unless a later rule passes them.
pub(super) fn antispoof(rows: &Rows, names: &Names) -> Vec<RuleRow> {
    let bridged = |key: &str| rows.bridges.iter().any(|b| b.members.iter().any(|m| m == key));
    let assigned = names
        .devices
        .iter()
        .filter(|d| d.enabled && !d.skipped && d.key.as_deref().is_some_and(|key| !bridged(key)));
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
