//! Interfaces, VLANs, groups: how the firewall is wired.

use std::net::Ipv4Addr;

use serde::Serialize;
use serde_json::{Value, json};

use crate::types::MacAddr;

use super::devices::link_local;
use super::grid::json as write;
use super::ids::uuid;
use super::network::Zone;
use super::world::World;
use super::{links, routing};

pub(super) const WAN_DEVICE: &str = "igc0";
/// RFC 5737 addresses: nobody's network.
pub(super) const WAN_ADDRESS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 14);
pub(super) const WAN_MAC: MacAddr = MacAddr::new([0x00, 0xe2, 0x69, 0x5a, 0x11, 0x00]);
/// VLANs share the address of their parent.
pub(super) const LAN_MAC: MacAddr = MacAddr::new([0x00, 0xe2, 0x69, 0x5a, 0x11, 0x01]);
const SPARE_MAC: MacAddr = MacAddr::new([0x00, 0xe2, 0x69, 0x5a, 0x11, 0x02]);
const LAN_DEVICE: &str = "igc1";
pub(super) const VPN: (&str, &str) = ("opt6", "VPN");
pub(super) const VPN_DEVICE: &str = "wg0";
pub(super) const GROUP: &str = "untrusted";
/// Guests, things and cameras.
pub(super) const GROUP_MEMBERS: [&str; 3] = ["opt1", "opt2", "opt3"];
const GROUP_SEQUENCE: &str = "10";
/// Groups that exist because a VPN does.
const VPN_GROUP: (&str, &str) = ("wireguard", "WireGuard (Group)");

/// What people call an interface or group, by its key; the key itself when nobody named it.
pub(super) fn label<'a>(world: &'a World, key: &'a str) -> &'a str {
    match key {
        "wan" => "WAN",
        "wireguard" => VPN_GROUP.1,
        _ if key == VPN.0 => VPN.1,
        _ => world.zone_by_key(key).map_or(key, |zone| &zone.descr),
    }
}

/// Rows of `interfaces_info`: small, and of a shape that differs from row to row.
pub(super) fn overview(world: &World) -> Vec<Value> {
    let mut rows = vec![wan()];
    let (lan, vlans): (Vec<&Zone>, Vec<&Zone>) =
        world.zones.iter().partition(|zone| zone.vlan.is_none());
    rows.extend(lan.into_iter().map(inside));
    rows.push(spare());
    rows.push(loopback());
    rows.extend(vlans.into_iter().map(inside));
    rows.push(vpn());
    let unassigned =
        json!({"ipv4": [], "ipv6": [], "identifier": "", "description": "Unassigned Interface"});
    rows.extend(links::devices(world).into_iter().map(|(device, mac, more)| {
        let mut row = interface(device, mac, ETHERNET, unassigned.clone());
        if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
            row.extend(more);
        }
        row
    }));
    rows
}

/// What every row has, `more` being laid over it.
fn interface(device: &str, mac: MacAddr, flags: &[&str], more: Value) -> Value {
    let mut row = json!({
        "flags": flags,
        "capabilities": ["rxcsum", "txcsum", "vlan_mtu", "vlan_hwtagging", "jumbo_mtu"],
        "options": ["vlan_mtu", "vlan_hwtagging", "jumbo_mtu"],
        "macaddr": mac.to_string(),
        "macaddr_hw": mac.to_string(),
        "supported_media": ["autoselect", "1000baseT", "100baseTX full-duplex"],
        "is_physical": device.starts_with("igc"),
        "device": device,
        "mtu": "1500",
        "media": "1000baseT <full-duplex>",
        "media_raw": "Ethernet autoselect (1000baseT <full-duplex>)",
        "status": "up",
        "nd6": {"flags": ["performnud", "auto_linklocal"]},
    });
    if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
        row.extend(more);
    }
    row
}

const ETHERNET: &[&str] = &["up", "broadcast", "running", "simplex", "multicast", "lower_up"];

fn wan() -> Value {
    let (addr4, addr6) = (format!("{WAN_ADDRESS}/24"), "2001:db8:100::14/64");
    let more = json!({
        "routes": ["default", "203.0.113.0/24", "fe80::%igc0/64"],
        "config": {
            "if": WAN_DEVICE, "descr": "WAN", "enable": "1", "spoofmac": "", "ipaddr": "dhcp", "ipaddrv6": "dhcp6",
            "blockpriv": "1", "blockbogons": "1", "dhcphostname": "", "dhcp6-ia-pd-len": "8", "mtu": "", "identifier": "wan",
        },
        "identifier": "wan", "description": "WAN", "enabled": true, "link_type": "dhcp", "link_typev6": "dhcp6",
        "addr4": addr4, "addr6": addr6,
        "ipv4": [{"ipaddr": addr4}, {"ipaddr": format!("{}/32", links::EXTRA_ADDRESS)}],
        "ipv6": [{"ipaddr": addr6}, {"ipaddr": format!("{}/64", link_local(WAN_MAC))}],
        "vlan_tag": null, "gateways": [routing::WAN_ROUTER],
    });
    interface(WAN_DEVICE, WAN_MAC, ETHERNET, more)
}

fn inside(zone: &Zone) -> Value {
    let addr4 = format!("{}/{}", zone.gateway(), zone.net.prefix_len());
    let addr6 = zone.gateway6().map(|v6| format!("{v6}/64"));
    let ipv6: Vec<String> =
        addr6.iter().cloned().chain([format!("{}/64", link_local(LAN_MAC))]).collect();
    let mut config = json!({
        "if": zone.device, "descr": zone.descr, "enable": "1", "spoofmac": "", "ipaddr": zone.gateway().to_string(),
        "subnet": zone.net.prefix_len().to_string(), "identifier": zone.key,
    });
    if let (Value::Object(config), Some(tag)) =
        (&mut config, addr6.as_ref().map(|_| zone.tag().unwrap_or(1)))
    {
        config.insert("ipaddrv6".to_owned(), json!("track6"));
        config.insert("track6-interface".to_owned(), json!("wan"));
        config.insert("track6-prefix-id".to_owned(), json!(tag.to_string()));
    }
    let mut ipv4 = vec![json!({"ipaddr": addr4})];
    if zone.vlan.is_none() {
        let shared = format!("{}/{}", zone.host(links::SHARED_HOST), zone.net.prefix_len());
        ipv4.push(json!({
            "ipaddr": shared, "vhid": links::SHARED_VHID, "status": "MASTER", "advbase": "1", "advskew": "0",
            "peer": "224.0.0.18", "peer6": "ff02::12",
        }));
    }
    let gateways: Vec<String> = (zone.descr == "DMZ")
        .then(|| zone.host(routing::SITE_HOST).to_string())
        .into_iter()
        .collect();
    let mut more = json!({
        "routes": [zone.net.to_string()],
        "config": config,
        "identifier": zone.key, "description": zone.descr, "enabled": true, "link_type": "static",
        "link_typev6": if addr6.is_some() { "track6" } else { "none" },
        "addr4": addr4, "addr6": addr6.unwrap_or_default(),
        "ipv4": ipv4,
        "ipv6": ipv6.iter().map(|v6| json!({"ipaddr": v6})).collect::<Vec<_>>(),
        "vlan_tag": zone.tag().map(|tag| tag.to_string()), "gateways": gateways,
    });
    if let (Value::Object(more), Some(tag)) = (&mut more, zone.tag()) {
        let groups: &[&str] =
            if GROUP_MEMBERS.contains(&zone.key.as_str()) { &["vlan", GROUP] } else { &["vlan"] };
        more.insert("groups".to_owned(), json!(groups));
        let vlan =
            json!({"tag": tag.to_string(), "proto": "802.1q", "pcp": "0", "parent": LAN_DEVICE});
        more.insert("vlan".to_owned(), vlan);
    }
    interface(&zone.device, LAN_MAC, ETHERNET, more)
}

/// A port nobody uses: no configuration, addresses in the other notation.
fn spare() -> Value {
    let more = json!({
        "ipv4": [],
        "ipv6": [{
            "autoconf": false, "deprecated": false, "detached": false, "ipaddr": link_local(SPARE_MAC).to_string(),
            "link-local": true, "pltime": "0", "tentative": false, "tunnel": false, "vltime": "0", "subnetbits": 64,
        }],
        "media": "Ethernet autoselect", "media_raw": "Ethernet autoselect", "status": "no carrier",
        "identifier": "", "description": "Unassigned Interface",
    });
    interface("igc2", SPARE_MAC, ETHERNET, more)
}

fn loopback() -> Value {
    json!({
        "flags": ["up", "loopback", "running", "multicast", "lower_up"],
        "capabilities": [], "options": ["rxcsum", "txcsum", "linkstate", "rxcsum_ipv6", "txcsum_ipv6"],
        "macaddr": "00:00:00:00:00:00", "supported_media": [], "is_physical": false, "device": "lo0", "mtu": "16384",
        "groups": ["lo"], "nd6": {"flags": ["performnud", "auto_linklocal"]}, "routes": ["127.0.0.1", "::1"],
        "config": {
            "internal_dynamic": "1", "if": "lo0", "descr": "Loopback", "enable": "1", "ipaddr": "127.0.0.1",
            "ipaddrv6": "::1", "subnet": "8", "subnetv6": "128", "type": "none", "virtual": "1", "identifier": "lo0",
        },
        "status": "up", "identifier": "lo0", "description": "Loopback", "enabled": true,
        "link_type": "static", "link_typev6": "static", "addr4": "127.0.0.1/8", "addr6": "::1/128",
        "ipv4": [{"ipaddr": "127.0.0.1/8"}], "ipv6": [{"ipaddr": "::1/128"}, {"ipaddr": "fe80::1/64"}],
        "vlan_tag": null, "gateways": [],
    })
}

fn vpn() -> Value {
    let (key, descr) = VPN;
    json!({
        "flags": ["up", "running", "noarp", "multicast", "lower_up"],
        "capabilities": [], "options": ["linkstate"], "macaddr": "00:00:00:00:00:00", "supported_media": [],
        "is_physical": false, "device": "wg0", "mtu": "1420", "groups": ["wg", "wireguard"],
        "nd6": {"flags": ["performnud", "no_dad"]}, "routes": ["10.10.10.0/24"],
        "config": {
            "if": "wg0", "descr": descr, "enable": "1", "ipaddr": "10.10.10.1", "subnet": "24",
            "ipaddrv6": "fd00:10:10::1", "subnetv6": "64", "virtual": "1", "identifier": key,
        },
        "status": "up", "identifier": key, "description": descr, "enabled": true,
        "link_type": "static", "link_typev6": "static", "addr4": "10.10.10.1/24", "addr6": "fd00:10:10::1/64",
        "ipv4": [{"ipaddr": "10.10.10.1/24"}], "ipv6": [{"ipaddr": "fd00:10:10::1/64"}],
        "vlan_tag": null, "gateways": [],
    })
}

#[derive(Serialize)]
pub(super) struct VlanRow<'a> {
    uuid: String,
    r#if: &'static str,
    #[serde(rename = "%if")]
    if_text: String,
    tag: String,
    pcp: &'static str,
    #[serde(rename = "%pcp")]
    pcp_text: &'static str,
    proto: &'static str,
    descr: &'a str,
    vlanif: String,
}

pub(super) fn vlans(world: &World) -> impl Iterator<Item = VlanRow<'_>> + Clone {
    world.zones.iter().filter_map(|zone| {
        let vlan = zone.vlan.as_ref()?;
        Some(VlanRow {
            uuid: uuid(world.seed, &format!("vlan-{}", vlan.tag)),
            r#if: LAN_DEVICE,
            if_text: format!("{LAN_DEVICE} ({LAN_MAC}) [LAN]"),
            tag: vlan.tag.to_string(),
            pcp: "0",
            pcp_text: "Best Effort (0, default)",
            proto: "",
            descr: &vlan.about,
            // The firewall decorates the device with the name of its interface.
            vlanif: format!("{} [{}]", zone.device, zone.descr),
        })
    })
}

/// The VPN is missing here, as on the real one: virtual interfaces are not assigned by hand.
pub(super) fn assignments(world: &World) -> Vec<Value> {
    let row = |key: &str, descr: &str, group: &str, device: &str, text: String| {
        json!({
            "uuid": key, "descr": descr, "identifier": key, "icon": "fa fa-plug text-success",
            "optgroup": group, "if": device, "%if": text, "lock": "0",
        })
    };
    let mut rows =
        vec![row("wan", "WAN", "hardware", WAN_DEVICE, format!("{WAN_DEVICE} ({WAN_MAC})"))];
    rows.extend(world.zones.iter().map(|zone| match &zone.vlan {
        None => row(
            &zone.key,
            &zone.descr,
            "hardware",
            &zone.device,
            format!("{} ({LAN_MAC})", zone.device),
        ),
        Some(vlan) => {
            let text =
                format!("{} {} (Parent: {LAN_DEVICE}, Tag: {})", zone.device, vlan.about, vlan.tag);
            row(&zone.key, &zone.descr, "vlan", &zone.device, text)
        }
    }));
    rows
}

pub(super) fn groups(world: &World) -> Vec<Value> {
    let names: Vec<&str> = GROUP_MEMBERS.iter().map(|key| label(world, key)).collect();
    vec![
        json!({"uuid": "enc0", "ifname": "enc0", "members": "", "nogroup": "", "sequence": "10", "descr": "IPsec encapsulation"}),
        json!({
            "uuid": uuid(world.seed, "group-untrusted"), "ifname": GROUP, "members": GROUP_MEMBERS.join(","),
            "%members": names.join(", "), "nogroup": "0", "sequence": GROUP_SEQUENCE, "descr": "Untrusted zones",
        }),
        json!({
            "uuid": VPN_GROUP.0, "ifname": VPN_GROUP.0, "members": "", "nogroup": "", "sequence": "10", "descr": VPN_GROUP.1,
        }),
    ]
}

/// The choices above the rule list: floating, groups, interfaces by name, and all.
pub(super) fn rule_interfaces(world: &World) -> Vec<u8> {
    let item = |value: &str, label: &str, kind: &str| json!({"value": value, "label": label, "type": kind});
    let mut interfaces: Vec<(&str, &str)> =
        world.zones.iter().map(|zone| (zone.descr.as_str(), zone.key.as_str())).collect();
    interfaces.extend([("WAN", "wan"), (VPN.1, VPN.0)]);
    interfaces.sort_unstable();
    let interfaces: Vec<Value> =
        interfaces.into_iter().map(|(label, key)| item(key, label, "interface")).collect();
    let groups = [item(GROUP, GROUP, "group"), item(VPN_GROUP.0, VPN_GROUP.1, "group")];
    write(&json!({
        "floating": {
            "label": "Floating", "icon": "fa fa-layer-group fa-fw text-primary",
            "items": [item("__floating", "Floating", "floating")],
        },
        "groups": {"label": "Groups", "icon": "fa fa-sitemap fa-fw text-warning", "items": groups},
        "interfaces": {"label": "Interfaces", "icon": "fa fa-ethernet fa-fw text-info", "items": interfaces},
        "any": {"label": "Any", "icon": "fa fa-globe-europe fa-fw", "items": [item("__any", "All rules", "any")]},
    }))
}
