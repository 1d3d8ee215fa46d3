//! Gateways: routers the firewall can send to, as configured or learnt.
use std::net::IpAddr;

use super::node::{INTERFACE_NAMES, Table};
use super::prelude::*;
use super::term::family;
use crate::types::host_part;

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the firewall's own form")]
pub struct Gateway {
    pub name: Box<str>,
    pub interface: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub device: Option<Box<str>>,
    pub family: &'static str,
    pub ip: Option<IpAddr>,
    pub monitor: Option<IpAddr>,
    pub monitored: bool,
    pub enabled: bool,
    pub default_now: bool,
    pub default_candidate: bool,
    pub priority: Option<i64>,
    pub weight: Option<i64>,
    pub far: bool,
    pub forced_down: bool,
    pub dynamic: bool,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static DEVICES: Table = Table { value: &["if"], or_name: false, ..INTERFACE_NAMES };

static NODE: Node = Node::new(
    "OPNsense/Gateways/gateway_item",
    &[
        // Whether it may become the default; the API's `defaultgw` says whether it is.
        rename("defaultgw", "upstream"),
        Take::Look { from: "interface", to: "interface_descr", table: &INTERFACE_NAMES },
        Take::Look { from: "interface", to: "if", table: &DEVICES },
    ],
)
.lacks(&["default_now", "ip", "dynamic"])
.beyond(&[("dynamic", &["true"])]);

pub static DOMAIN: Domain<Gateway> = Domain {
    name: "gateways",
    about: "Gateways with interface, address, monitor and which one is the default now; gateway_status has their health.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::grid("search", "routing/settings/search_gateway", "System: Gateways").backend(),
        Source::config("search", &NODE)
            .gap("config.xml has neither dynamic gateways nor the addresses that they got"),
    ],
    fields: &[
        field("name"),
        field("uuid"),
        field("interface"),
        field("if"),
        field("interface_descr"),
        field("ipprotocol"),
        field("gateway"),
        field("monitor"),
        field("monitor_disable"),
        field("disabled"),
        field("defaultgw"),
        field("upstream"),
        field("priority"),
        field("weight"),
        field("fargw"),
        field("force_down"),
        field("dynamic"),
        field("virtual"),
        field("descr"),
    ],
    identity: &["name"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|g| Some(&g.name)),
            "Name that rules, routes and groups use.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|g| g.interface.as_deref()),
            "Key of the interface.",
        ),
        col(
            Role::Plain,
            "interface_name",
            Read::Text(|g| g.interface_name.as_deref()),
            "Description of the interface.",
        ),
        col(
            Role::Plain,
            "device",
            Read::Text(|g| g.device.as_deref()),
            "Device name of the interface.",
        ),
        col(Role::Plain, "family", Read::Text(|g| Some(g.family)), "inet or inet6."),
        col(
            Role::Plain,
            "ip",
            Read::Ip(|g| g.ip),
            "Address of the router; absent while a dynamic one is not known.",
        ),
        col(
            Role::Plain,
            "monitor",
            Read::Ip(|g| g.monitor),
            "Address that is probed; absent: none, or the gateway itself.",
        ),
        col(
            Role::Plain,
            "monitored",
            Read::Bool(|g| Some(g.monitored)),
            "Probed for loss and delay.",
        ),
        col(
            Role::Plain,
            "enabled",
            Read::Bool(|g| Some(g.enabled)),
            "A disabled gateway is not used.",
        ),
        col(
            Role::Plain,
            "default_now",
            Read::Bool(|g| Some(g.default_now)),
            "Default route of its family at this moment.",
        ),
        col(
            Role::Plain,
            "default_candidate",
            Read::Bool(|g| Some(g.default_candidate)),
            "May become the default route.",
        ),
        col(
            Role::Plain,
            "priority",
            Read::Int(|g| g.priority),
            "The lowest candidate that is up becomes the default (1 to 255).",
        ),
        col(Role::Plain, "weight", Read::Int(|g| g.weight), "Share within a group tier."),
        col(
            Role::Plain,
            "far",
            Read::Bool(|g| Some(g.far)),
            "Outside of the interface's own networks.",
        ),
        col(
            Role::Plain,
            "forced_down",
            Read::Bool(|g| Some(g.forced_down)),
            "Counted as down by the administrator's will.",
        ),
        col(
            Role::Plain,
            "dynamic",
            Read::Bool(|g| Some(g.dynamic)),
            "Address or whole entry comes from DHCP, PPP or a tunnel.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|g| g.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|g| g.uuid.as_deref()),
            "Identifier in the configuration; the name for learnt ones.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Gateway {
            name: raw.text("name")?,
            interface: raw.string("interface"),
            interface_name: raw.string("interface_descr"),
            device: raw.string("if"),
            family: family(raw)?,
            ip: raw.maybe("gateway").and_then(|text| host_part(&text)),
            monitor: raw.maybe("monitor").and_then(|text| host_part(&text)),
            monitored: !raw.flag("monitor_disable")?,
            enabled: !raw.flag("disabled")?,
            default_now: raw.flag("defaultgw")?,
            default_candidate: raw.flag("upstream")?,
            priority: raw.maybe_read("priority")?,
            weight: raw.maybe_read("weight")?,
            far: raw.flag("fargw")?,
            forced_down: raw.flag("force_down")?,
            dynamic: raw.flag("dynamic")? || raw.flag("virtual")?,
            description: raw.string("descr"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
