//! VXLAN (RFC 7348): layer-2 networks over UDP.
use std::net::IpAddr;

use super::prelude::*;
use super::term::chosen;

#[derive(Debug)]
pub struct Vxlan {
    pub device: Box<str>,
    pub vni: i64,
    pub local: Option<IpAddr>,
    pub local_port: Option<i64>,
    pub remote: Option<IpAddr>,
    pub remote_port: Option<i64>,
    pub multicast_group: Option<IpAddr>,
    pub group_interface: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/Interfaces/vxlans/vxlan", &[]);

pub static DOMAIN: Domain<Vxlan> = Domain {
    name: "vxlans",
    about: "VXLAN devices: network identifier, local and remote end.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("search", "interfaces/vxlan_settings/search_item", "Interfaces: VXLAN"),
        Source::config("search", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("deviceId"),
        field("vxlanid"),
        field("vxlanlocal"),
        field("vxlanlocalport"),
        field("vxlanremote"),
        field("vxlanremoteport"),
        field("vxlangroup"),
        field("vxlandev"),
    ],
    identity: &["deviceId"],
    columns: &[
        col(Role::Key, "device", Read::Name(|v| Some(&v.device)), "Device name, such as vxlan1."),
        col(
            Role::Indexed,
            "vni",
            Read::Int(|v| Some(v.vni)),
            "VXLAN network identifier (24 bits).",
        ),
        col(Role::Plain, "local", Read::Ip(|v| v.local), "Local end."),
        col(
            Role::Plain,
            "local_port",
            Read::Int(|v| v.local_port),
            "Local UDP port; absent: 4789.",
        ),
        col(
            Role::Plain,
            "remote",
            Read::Ip(|v| v.remote),
            "Remote end of a point-to-point tunnel.",
        ),
        col(
            Role::Plain,
            "remote_port",
            Read::Int(|v| v.remote_port),
            "Remote UDP port; absent: 4789.",
        ),
        col(
            Role::Plain,
            "multicast_group",
            Read::Ip(|v| v.multicast_group),
            "Multicast group instead of a remote end.",
        ),
        col(
            Role::Plain,
            "group_interface",
            Read::Text(|v| v.group_interface.as_deref()),
            "Interface that carries the multicast.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|v| v.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Vxlan {
            device: format!("vxlan{}", raw.text("deviceId")?).into(),
            vni: raw.read("vxlanid")?,
            local: raw.maybe_read("vxlanlocal")?,
            local_port: raw.maybe_read("vxlanlocalport")?,
            remote: raw.maybe_read("vxlanremote")?,
            remote_port: raw.maybe_read("vxlanremoteport")?,
            multicast_group: raw.maybe_read("vxlangroup")?,
            group_interface: chosen(raw, "vxlandev"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
