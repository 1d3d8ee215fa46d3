//! Interfaces: every device of the firewall, with its assignment, addresses and link.
use super::node::{INTERFACE_NAMES, Key, Table, network};
use super::prelude::*;
use crate::types::MacAddr;

#[derive(Debug)]
pub struct Interface {
    pub device: Box<str>,
    pub key: Option<Box<str>>,
    pub name: Option<Box<str>>,
    pub enabled: Option<bool>,
    pub status: Option<Box<str>>,
    pub mac: Option<MacAddr>,
    pub hardware_mac: Option<MacAddr>,
    pub ipv4: Vec<Box<str>>,
    pub ipv6: Vec<Box<str>>,
    pub ipv4_type: Option<Box<str>>,
    pub ipv6_type: Option<Box<str>>,
    pub vlan_tag: Option<i64>,
    pub vlan_parent: Option<Box<str>>,
    pub vlan_protocol: Option<Box<str>>,
    pub vlan_priority: Option<i64>,
    pub mtu: Option<i64>,
    pub media: Option<Box<str>>,
    pub physical: Option<bool>,
    pub groups: Option<Box<str>>,
    pub gateways: Option<Box<str>>,
    pub gateway_name: Option<Box<str>>,
    pub track_interface: Option<Box<str>>,
    pub track_prefix_id: Option<Box<str>>,
    pub block_private: Option<bool>,
    pub block_bogons: Option<bool>,
    pub tunnel_local: Option<Box<str>>,
    pub tunnel_remote: Option<Box<str>>,
    pub flags: Option<Box<str>>,
}

static VLAN_TAGS: Table = Table {
    path: "vlans/vlan",
    key: Key::Leaf("vlanif"),
    value: &["tag"],
    between: "",
    or_name: false,
};

static VLAN_PARENTS: Table = Table { value: &["if"], ..VLAN_TAGS };

static VLAN_PRIORITIES: Table = Table { value: &["pcp"], ..VLAN_TAGS };

static VLAN_PROTOCOLS: Table = Table { value: &["proto"], ..VLAN_TAGS };

static NODE: Node = Node::new(
    "interfaces/*",
    &[
        // Groups of interfaces, which have no device.
        Take::Not { from: "type", is: &["group"] },
        rename("if", "device"),
        Take::Name { star: 0, to: "identifier" },
        Take::Look { from: "identifier", to: "description", table: &INTERFACE_NAMES },
        flag("enable", "enabled"),
        Take::Make { to: "ipv4.ipaddr", from: &["ipaddr", "subnet"], make: network },
        Take::Make { to: "ipv6.ipaddr", from: &["ipaddrv6", "subnetv6"], make: network },
        Take::Make { to: "link_type", from: &["ipaddr"], make: link_type },
        Take::Make { to: "link_typev6", from: &["ipaddrv6"], make: link_type },
        Take::Look { from: "device", to: "vlan.tag", table: &VLAN_TAGS },
        Take::Look { from: "device", to: "vlan.parent", table: &VLAN_PARENTS },
        Take::Look { from: "device", to: "vlan.pcp", table: &VLAN_PRIORITIES },
        Take::Look { from: "device", to: "vlan.proto", table: &VLAN_PROTOCOLS },
        Take::Make { to: "vlan.proto", from: &["vlan.proto", "vlan.tag"], make: vlan_protocol },
        rename("gateway", "config.gateway"),
        rename("track6-interface", "config.track6-interface"),
        rename("track6-prefix-id", "config.track6-prefix-id"),
        rename("blockpriv", "config.blockpriv"),
        rename("blockbogons", "config.blockbogons"),
    ],
)
.lacks(&[
    "status",
    "mac",
    "hardware_mac",
    "ipv4",
    "ipv6",
    "mtu",
    "media",
    "physical",
    "groups",
    "gateways",
    "flags",
    "tunnel_local",
    "tunnel_remote",
])
// Devices that nobody assigned.
.beyond(&[("key", &[""])]);

/// A VLAN without a protocol has the usual one.
fn vlan_protocol(parts: &[Option<&str>]) -> Option<String> {
    match parts {
        [Some(protocol), _] => Some((*protocol).to_owned()),
        [None, Some(_)] => Some("802.1q".to_owned()),
        _ => None,
    }
}

/// A word such as `dhcp` as it is, an address as `static`.
fn link_type(parts: &[Option<&str>]) -> Option<String> {
    let [address] = parts else { return None };
    Some(match address {
        None => "none".to_owned(),
        Some(text) if text.parse::<std::net::IpAddr>().is_ok() => "static".to_owned(),
        Some(word) => (*word).to_owned(),
    })
}

pub static DOMAIN: Domain<Interface> = Domain {
    name: "interfaces",
    about: "Devices and interfaces: key (lan, opt3), description, device name, addresses, link state, VLAN.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::grid("overview", "interfaces/overview/interfaces_info", "Status: Interfaces")
            .backend(),
        Source::config("overview", &NODE).gap(
            "config.xml has assigned interfaces only, and neither link state nor dynamic addresses",
        ),
    ],
    // Not `config.*` as a whole: it holds the secrets of DHCP and PPP options.
    fields: &[
        field("device"),
        field("identifier"),
        field("description"),
        field("enabled"),
        field("status"),
        field("macaddr"),
        field("macaddr_hw"),
        field("ipv4.ipaddr"),
        field("ipv6.ipaddr"),
        field("link_type"),
        field("link_typev6"),
        field("vlan.tag"),
        field("vlan.parent"),
        field("vlan.proto"),
        field("vlan.pcp"),
        field("mtu"),
        field("media"),
        field("is_physical"),
        field("groups"),
        field("gateways"),
        field("config.gateway"),
        field("config.track6-interface"),
        field("config.track6-prefix-id"),
        field("config.blockpriv"),
        field("config.blockbogons"),
        field("tunnel.src_addr"),
        field("tunnel.dest_addr"),
        field("flags"),
    ],
    identity: &["device"],
    columns: &[
        col(
            Role::Key,
            "device",
            Read::Name(|i| Some(&i.device)),
            "Device name in the kernel, such as igc1 or vlan01.",
        ),
        col(
            Role::Indexed,
            "key",
            Read::Name(|i| i.key.as_deref()),
            "Key in the configuration (lan, opt3); absent when not assigned.",
        ),
        col(
            Role::Indexed,
            "name",
            Read::Name(|i| i.name.as_deref()),
            "Description, as the web interface shows it.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|i| i.enabled), "Switched on in the configuration."),
        col(
            Role::Plain,
            "status",
            Read::Text(|i| i.status.as_deref()),
            "up, down, no carrier or associated.",
        ),
        col(
            Role::Plain,
            "mac",
            Read::Mac(|i| i.mac),
            "Hardware address; VLANs share their parent's.",
        ),
        col(
            Role::Plain,
            "hardware_mac",
            Read::Mac(|i| i.hardware_mac),
            "Address the port was made with; another one than mac when that was set by hand.",
        ),
        col(Role::Plain, "ipv4", Read::Nets(|i| &i.ipv4), "IPv4 addresses with prefix length."),
        col(Role::Plain, "ipv6", Read::Nets(|i| &i.ipv6), "IPv6 addresses with prefix length."),
        col(
            Role::Plain,
            "ipv4_type",
            Read::Text(|i| i.ipv4_type.as_deref()),
            "static, dhcp, pppoe or none.",
        ),
        col(
            Role::Plain,
            "ipv6_type",
            Read::Text(|i| i.ipv6_type.as_deref()),
            "static, dhcp6, slaac, track6 or none; absent on 24.7.",
        ),
        col(Role::Indexed, "vlan_tag", Read::Int(|i| i.vlan_tag), "VLAN ID of a VLAN device."),
        col(
            Role::Plain,
            "vlan_parent",
            Read::Text(|i| i.vlan_parent.as_deref()),
            "Device that carries the VLAN.",
        ),
        col(
            Role::Plain,
            "vlan_protocol",
            Read::Text(|i| i.vlan_protocol.as_deref()),
            "802.1q or 802.1ad.",
        ),
        col(
            Role::Plain,
            "vlan_priority",
            Read::Int(|i| i.vlan_priority),
            "Priority code point of the VLAN, 0 to 7.",
        ),
        col(Role::Plain, "mtu", Read::Int(|i| i.mtu), "Maximum transmission unit in bytes."),
        col(Role::Plain, "media", Read::Text(|i| i.media.as_deref()), "Link speed and duplex."),
        col(Role::Plain, "physical", Read::Bool(|i| i.physical), "A port, not a virtual device."),
        col(
            Role::Plain,
            "groups",
            Read::Text(|i| i.groups.as_deref()),
            "Interface groups, separated by commas.",
        ),
        col(
            Role::Plain,
            "gateways",
            Read::Text(|i| i.gateways.as_deref()),
            "Gateway addresses, separated by commas.",
        ),
        col(
            Role::Plain,
            "gateway_name",
            Read::Text(|i| i.gateway_name.as_deref()),
            "Name of the gateway set for the interface: replies leave by it.",
        ),
        col(
            Role::Plain,
            "track_interface",
            Read::Text(|i| i.track_interface.as_deref()),
            "Key of the interface whose delegated IPv6 prefix it shares.",
        ),
        col(
            Role::Plain,
            "track_prefix_id",
            Read::Text(|i| i.track_prefix_id.as_deref()),
            "Which part of that prefix.",
        ),
        col(
            Role::Plain,
            "block_private",
            Read::Bool(|i| i.block_private),
            "Private source addresses are blocked on arrival.",
        ),
        col(
            Role::Plain,
            "block_bogons",
            Read::Bool(|i| i.block_bogons),
            "Source addresses that nobody was given are blocked on arrival.",
        ),
        col(
            Role::Plain,
            "tunnel_local",
            Read::Text(|i| i.tunnel_local.as_deref()),
            "Outer local address of a tunnel.",
        ),
        col(
            Role::Plain,
            "tunnel_remote",
            Read::Text(|i| i.tunnel_remote.as_deref()),
            "Outer remote address of a tunnel.",
        ),
        col(
            Role::Plain,
            "flags",
            Read::Text(|i| i.flags.as_deref()),
            "Kernel flags such as up, running, promisc, separated by commas.",
        ),
    ],
    parse: |raw, rows| {
        let joined =
            |name| Some(raw.list(name).join(",")).filter(|t| !t.is_empty()).map(Into::into);
        let key = raw.string("identifier");
        rows.push(Interface {
            device: raw.text("device")?,
            // An unassigned device carries a translated placeholder as its description.
            name: raw.string("description").filter(|_| key.is_some()),
            key,
            enabled: raw.maybe_flag("enabled")?,
            status: raw.string("status"),
            // Devices without hardware show zeroes.
            mac: raw.maybe_read("macaddr")?.filter(|mac| *mac != MacAddr::new([0; 6])),
            hardware_mac: raw.maybe_read("macaddr_hw")?.filter(|mac| *mac != MacAddr::new([0; 6])),
            ipv4: raw.list("ipv4.ipaddr"),
            ipv6: raw.list("ipv6.ipaddr"),
            ipv4_type: raw.string("link_type"),
            ipv6_type: raw.string("link_typev6"),
            vlan_tag: raw.maybe_read("vlan.tag")?,
            vlan_parent: raw.string("vlan.parent"),
            vlan_protocol: raw.string("vlan.proto"),
            vlan_priority: raw.maybe_read("vlan.pcp")?,
            mtu: raw.maybe_read("mtu")?,
            media: raw.string("media"),
            physical: raw.maybe_flag("is_physical")?,
            groups: joined("groups"),
            gateways: joined("gateways"),
            gateway_name: raw.string("config.gateway"),
            track_interface: raw.string("config.track6-interface"),
            track_prefix_id: raw.string("config.track6-prefix-id"),
            // The configuration of an assigned interface says it by presence.
            block_private: block(raw, "config.blockpriv")?,
            block_bogons: block(raw, "config.blockbogons")?,
            tunnel_local: raw.string("tunnel.src_addr"),
            tunnel_remote: raw.string("tunnel.dest_addr"),
            flags: joined("flags"),
        });
        Ok(())
    },
    never_empty: true,
};

/// Off when an assigned interface does not say it.
fn block(raw: Raw<'_>, name: &'static str) -> Result<Option<bool>, Reject> {
    let said = raw.maybe_flag(name)?;
    Ok(said.or_else(|| raw.has("identifier").then_some(false)))
}
