//! Virtual IP addresses: aliases, CARP (shared with a second firewall), proxy ARP.
use std::net::IpAddr;

use super::node::INTERFACE_NAMES;
use super::prelude::*;
use crate::types::{Release, host_part};

#[derive(Debug)]
pub struct VirtualIp {
    pub ip: IpAddr,
    pub uuid: Box<str>,
    pub mode: &'static str,
    pub network: Vec<Box<str>>,
    pub interface: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub vhid: Option<i64>,
    pub advertise_base: Option<i64>,
    pub advertise_skew: Option<i64>,
    pub peer: Option<IpAddr>,
    pub peer6: Option<IpAddr>,
    pub gateway: Option<Box<str>>,
    pub expand: bool,
    pub bind: bool,
    pub description: Option<Box<str>>,
}

const RAW_SEARCH: Release = Release::new(25, 7, 0);
const SEARCH: &str = "interfaces/vip_settings/search_item";
const PRIVILEGE: &str = "Interfaces: Virtual IPs: Settings";

/// Not its `password`.
static NODE: Node = Node::new(
    "virtualip/vip",
    &[Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES }],
);

pub static DOMAIN: Domain<VirtualIp> = Domain {
    name: "virtual_ips",
    about: "Virtual addresses as configured: IP aliases, CARP addresses, proxy ARP ranges.",
    cadence: Cadence::Config,
    sources: &[
        // Up to 25.1 interface and mode are labels.
        Source::grid("search", SEARCH, PRIVILEGE).before(RAW_SEARCH).labels("interface", ""),
        Source::grid("search", SEARCH, PRIVILEGE).from(RAW_SEARCH),
        Source::config("search", &NODE),
    ],
    // Not `password`: CARP's.
    fields: &[
        field("uuid"),
        field("mode"),
        field("interface"),
        field("%interface"),
        field("subnet"),
        field("subnet_bits"),
        field("vhid"),
        field("advbase"),
        field("advskew"),
        field("peer"),
        field("peer6"),
        field("gateway"),
        field("noexpand"),
        field("nobind"),
        field("descr"),
    ],
    identity: &["uuid"],
    columns: &[
        col(
            Role::Key,
            "ip",
            Read::Ip(|v| Some(v.ip)),
            "Address, or the first of a proxy ARP network.",
        ),
        col(Role::Key, "uuid", Read::Text(|v| Some(&v.uuid)), "Identifier in the configuration."),
        col(
            Role::Indexed,
            "mode",
            Read::Text(|v| Some(v.mode)),
            "ipalias, carp, proxyarp or other.",
        ),
        col(
            Role::Plain,
            "network",
            Read::Nets(|v| &v.network),
            "Network it stands for, with prefix length.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|v| v.interface.as_deref()),
            "Key of the interface.",
        ),
        col(
            Role::Plain,
            "interface_name",
            Read::Text(|v| v.interface_name.as_deref()),
            "Description of the interface.",
        ),
        col(
            Role::Plain,
            "vhid",
            Read::Int(|v| v.vhid),
            "Virtual host ID of a CARP group (1 to 255).",
        ),
        col(
            Role::Plain,
            "advertise_base",
            Read::Int(|v| v.advertise_base),
            "Base interval of CARP advertisements in seconds.",
        ),
        col(
            Role::Plain,
            "advertise_skew",
            Read::Int(|v| v.advertise_skew),
            "Added to the interval in 1/256 s: the lowest is master.",
        ),
        col(Role::Plain, "peer", Read::Ip(|v| v.peer), "Unicast CARP peer; absent: multicast."),
        col(Role::Plain, "peer6", Read::Ip(|v| v.peer6), "Unicast CARP peer over IPv6."),
        col(
            Role::Plain,
            "gateway",
            Read::Text(|v| v.gateway.as_deref()),
            "Gateway of an IP alias on a point-to-point link.",
        ),
        col(
            Role::Plain,
            "expand",
            Read::Bool(|v| Some(v.expand)),
            "A proxy ARP network is offered address by address in NAT.",
        ),
        col(Role::Plain, "bind", Read::Bool(|v| Some(v.bind)), "Services listen on it."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|v| v.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(VirtualIp {
            ip: address(raw)?,
            uuid: raw.text("uuid")?,
            mode: mode(raw)?,
            network: network(raw),
            interface: raw.string("interface"),
            interface_name: raw.string("%interface"),
            vhid: raw.maybe_read("vhid")?,
            advertise_base: raw.maybe_read("advbase")?,
            advertise_skew: raw.maybe_read("advskew")?,
            peer: raw.maybe_read("peer")?,
            peer6: raw.maybe_read("peer6")?,
            gateway: raw.string("gateway"),
            expand: !raw.flag("noexpand")?,
            bind: !raw.flag("nobind")?,
            description: raw.string("descr"),
        });
        Ok(())
    },
    never_empty: false,
};

fn address(raw: Raw<'_>) -> Result<IpAddr, Reject> {
    let text = raw.text("subnet")?;
    host_part(&text).ok_or_else(|| Reject::new("subnet", format!("`{text}` is no address")))
}

fn network(raw: Raw<'_>) -> Vec<Box<str>> {
    let (Some(subnet), Some(bits)) = (raw.string("subnet"), raw.string("subnet_bits")) else {
        return raw.list("subnet");
    };
    vec![format!("{subnet}/{bits}").into()]
}

/// The value, or the label of 24.7 and 25.1.
fn mode(raw: Raw<'_>) -> Result<&'static str, Reject> {
    match raw.maybe("mode").as_deref() {
        Some("ipalias" | "IP Alias") => Ok("ipalias"),
        Some("carp" | "CARP") => Ok("carp"),
        Some("proxyarp" | "Proxy ARP") => Ok("proxyarp"),
        Some("other" | "Other") => Ok("other"),
        other => Err(Reject::new("mode", format!("`{}` is no mode", other.unwrap_or_default()))),
    }
}
