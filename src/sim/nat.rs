//! Address translation: port forwards, outbound rules, one-to-one, IPv6 prefixes; and categories.

use serde_json::{Value, json};

use super::ids::uuid;
use super::interfaces::{VPN, label};
use super::links::EXTRA_ADDRESS;
use super::network::{DMZ, LAN};
use super::rules::Category;
use super::world::World;

/// Ports of the web interface and of SSH, which nobody may forward away.
const LOCKOUT: [&str; 3] = ["443", "80", "22"];

/// Port, host number in the DMZ, port there, what it needs in the filter, reflection, description.
const FORWARDS: &[(&str, u8, &str, &str, &str, &str)] = &[
    ("443", 10, "443", "pass", "", "HTTPS to the web server"),
    ("80", 10, "80", "", "", "HTTP to the web server"),
    ("25", 11, "25", "rule", "purenat", "Mail"),
    ("2222", 12, "22", "", "disable", "SSH to git <b>(temporary)</b>"),
];

fn dmz(world: &World, number: u8) -> String {
    world.zones.get(DMZ).map_or_else(String::new, |zone| zone.host(number).to_string())
}

pub(super) fn destination(world: &World) -> Vec<Value> {
    let lan = world.zones.get(LAN).map_or("lan", |zone| &zone.key);
    let mut rows: Vec<Value> = (0..)
        .zip(LOCKOUT)
        .map(|(nth, port)| {
            json!({
                "uuid": format!("lockout_{nth}"), "ipprotocol": "", "protocol": "tcp", "%protocol": "TCP",
                "disabled": "0", "nordr": "1", "interface": lan, "%interface": label(world, lan),
                "destination.network": format!("{lan}ip"), "destination.port": port, "descr": "Anti-Lockout Rule",
                "is_automatic": true, "sort_order": format!("100000.{nth:07}"), "prio_group": "100000",
            })
        })
        .collect();
    rows.extend((1_u32..).zip(FORWARDS).map(|(nth, forward)| {
        let &(port, host, inner, pass, reflection, descr) = forward;
        json!({
            "uuid": uuid(world.seed, &format!("forward-{port}")), "sequence": (nth * 10).to_string(),
            "disabled": if port == "2222" { "1" } else { "0" }, "nordr": "0", "interface": "wan", "%interface": "WAN",
            "ipprotocol": "inet", "%ipprotocol": "IPv4", "protocol": "tcp", "%protocol": "TCP",
            "source.network": if port == "25" { "u_drop" } else { "" }, "source.address": "", "source.port": "",
            "source.not": if port == "25" { "1" } else { "0" },
            "destination.network": "wanip", "%destination.network": "WAN address", "destination.address": "",
            "destination.port": port, "destination.not": "0", "target": dmz(world, host), "local-port": inner,
            "poolopts": "", "log": "0", "category": "", "categories": "", "descr": descr, "tag": "", "tagged": "",
            "nosync": "0", "natreflection": reflection, "pass": pass, "associated-rule-id": "", "category_colors": [],
            "sort_order": format!("400000.{:07}", nth * 10), "prio_group": "400000",
        })
    }));
    rows
}

/// The source NAT mode, as a dictionary of choices.
pub(super) fn mode(_: &World) -> Vec<u8> {
    let choice = |value: &str, selected: u8| json!({"value": value, "selected": selected});
    let modes = json!({
        "automatic": choice("Automatic Source NAT rule generation", 0),
        "hybrid": choice("Hybrid Source NAT rule generation", 1),
        "advanced": choice("Manual Source NAT rule generation", 0),
        "disabled": choice("Disable Source NAT rule generation", 0),
    });
    serde_json::to_vec(&json!({"filter": {"general": {"snat_mode": modes}}})).unwrap_or_default()
}

/// The mode is hybrid: rules of a person first, then the firewall's own summary.
pub(super) fn source(world: &World) -> Vec<Value> {
    let extra = EXTRA_ADDRESS.to_string();
    let row = |nth: u32,
               source: &str,
               destination: &str,
               target: &str,
               nonat: bool,
               about: &str| {
        json!({
            "uuid": uuid(world.seed, &format!("outbound-{nth}")), "enabled": "1", "nonat": if nonat { "1" } else { "0" },
            "nosync": "0", "sequence": nth.to_string(), "sort_order": format!("400000.{nth:07}"), "prio_group": "400000",
            "interface": "wan", "%interface": "WAN", "ipprotocol": "inet", "%ipprotocol": "IPv4", "protocol": "any",
            "source_net": source, "source_not": "0", "source_port": "", "destination_net": destination,
            "destination_not": "0", "destination_port": "", "target": target, "target_port": "", "staticnatport": "0",
            "log": "0", "categories": "", "tag": "", "tagged": "", "endpoint-independent": "0", "description": about,
            "category_colors": [],
        })
    };
    let mut rows = vec![
        row(1, "n_private", "n_not_office", "wanip", true, "No translation to the office"),
        row(2, "opt4", "any", &extra, false, "DMZ leaves under its own address"),
    ];
    let inside: Vec<&str> =
        world.zones.iter().map(|zone| zone.key.as_str()).chain([VPN.0, "lo0"]).collect();
    for (nth, name, port, keeps, about) in [
        (1, "automatic_isakmp_wan", "500", "1", "Auto created rule for ISAKMP"),
        (2, "automatic_wan", "", "0", "Auto created rule"),
    ] {
        rows.push(json!({
            "uuid": name, "enabled": "1", "nonat": "0", "nosync": "0", "sequence": nth.to_string(), "interface": "wan",
            "%interface": "WAN", "ipprotocol": "inet", "%ipprotocol": "IPv4", "protocol": "any", "%protocol": "*",
            "source_net": inside.join(","), "source_not": "0", "source_port": "", "destination_net": "any",
            "destination_not": "0", "destination_port": port, "target": "wanip", "target_port": "",
            "staticnatport": keeps, "log": "0", "categories": "", "description": about, "is_automatic": true,
            "sort_order": format!("500000.{nth:07}"), "prio_group": "500000", "category_colors": [],
        }));
    }
    rows
}

pub(super) fn one_to_one(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "one-to-one"), "enabled": "1", "log": "0", "sequence": "1",
        "sort_order": "400000.0000001", "prio_group": "400000", "interface": "wan", "%interface": "WAN",
        "type": "binat", "%type": "BINAT", "source_net": dmz(world, 12), "source_not": "0", "destination_net": "any",
        "destination_not": "0", "external": format!("{EXTRA_ADDRESS}/32"), "natreflection": "", "categories": "",
        "description": "git under its own address", "category_colors": [],
    })]
}

pub(super) fn prefixes(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "npt"), "enabled": "1", "log": "0", "sequence": "1",
        "sort_order": "400000.0000001", "prio_group": "400000", "interface": "wan", "%interface": "WAN",
        "source_net": "fd00:10:10::/64", "destination_net": "2001:db8:101:ff::/64", "trackif": "", "categories": "",
        "description": "VPN clients to the internet", "category_colors": [],
    })]
}

pub(super) fn categories(world: &World) -> Vec<Value> {
    [Category::Core, Category::Temporary]
        .into_iter()
        .map(|category| {
            json!({
                "uuid": category.uuid(world.seed), "name": category.name(), "auto": "0",
                "color": category.colour().trim_start_matches('#'),
            })
        })
        .collect()
}
