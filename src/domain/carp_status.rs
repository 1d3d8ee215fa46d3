//! CARP: which firewall of a cluster carries each shared address now.
use std::net::IpAddr;

use super::prelude::*;
use crate::types::host_part;

#[derive(Debug)]
pub struct Carp {
    pub ip: IpAddr,
    pub vhid: i64,
    pub interface_name: Box<str>,
    pub interface: Option<Box<str>>,
    pub status: Box<str>,
    pub mode: Option<Box<str>>,
    pub advertise_base: Option<i64>,
    pub advertise_skew: Option<i64>,
    pub demotion: Option<i64>,
    pub allowed: Option<bool>,
    pub maintenance: Option<bool>,
    pub message: Option<Box<str>>,
}

pub static DOMAIN: Domain<Carp> = Domain {
    name: "carp_status",
    about: "State of each CARP address (MASTER, BACKUP, INIT, DISABLED) with the firewall's demotion and maintenance mode.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid(
        "status",
        "diagnostics/interface/get_vip_status",
        "Interfaces: Virtual IPs: Status",
    )
    .labels("interface", "")
    .beside("carp")
    .backend()],
    fields: &[
        field("interface"),
        field("%interface"),
        field("vhid"),
        field("subnet"),
        field("mode"),
        field("status"),
        field("advbase"),
        field("advskew"),
        field("carp.demotion"),
        field("carp.allow"),
        field("carp.maintenancemode"),
        field("carp.status_msg"),
    ],
    identity: &["subnet", "vhid", "%interface"],
    columns: &[
        col(Role::Key, "ip", Read::Ip(|c| Some(c.ip)), "Shared address."),
        col(
            Role::Key,
            "vhid",
            Read::Int(|c| Some(c.vhid)),
            "Virtual host ID; 0 when the address has none.",
        ),
        col(
            Role::Key,
            "interface_name",
            Read::Text(|c| Some(&c.interface_name)),
            "Description of the interface.",
        ),
        col(
            Role::Plain,
            "interface",
            Read::Text(|c| c.interface.as_deref()),
            "Key of the interface; absent when two share the description.",
        ),
        col(
            Role::Indexed,
            "status",
            Read::Text(|c| Some(&c.status)),
            "MASTER, BACKUP, INIT or DISABLED.",
        ),
        col(
            Role::Plain,
            "mode",
            Read::Text(|c| c.mode.as_deref()),
            "carp, or ipalias for an alias that moves with a CARP address.",
        ),
        col(
            Role::Plain,
            "advertise_base",
            Read::Int(|c| c.advertise_base),
            "Base interval of advertisements in seconds.",
        ),
        col(
            Role::Plain,
            "advertise_skew",
            Read::Int(|c| c.advertise_skew),
            "Added to the interval in 1/256 s: the lowest is master.",
        ),
        col(
            Role::Plain,
            "demotion",
            Read::Int(|c| c.demotion),
            "Added to every skew of this firewall; above 0: it holds back because something is wrong.",
        ),
        col(Role::Plain, "allowed", Read::Bool(|c| c.allowed), "CARP is switched on."),
        col(
            Role::Plain,
            "maintenance",
            Read::Bool(|c| c.maintenance),
            "The administrator has asked this firewall to hold back.",
        ),
        col(
            Role::Plain,
            "message",
            Read::Text(|c| c.message.as_deref()),
            "What the firewall says about a demotion.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Carp {
            ip: raw
                .maybe("subnet")
                .and_then(|text| host_part(&text))
                .ok_or_else(|| Reject::new("subnet", "is no address"))?,
            vhid: raw.maybe_read("vhid")?.unwrap_or(0),
            interface_name: raw.string("%interface").unwrap_or_default(),
            interface: raw.string("interface"),
            status: raw.text("status")?,
            mode: raw.string("mode"),
            advertise_base: raw.maybe_read("advbase")?,
            advertise_skew: raw.maybe_read("advskew")?,
            demotion: raw.maybe_read("carp.demotion")?,
            allowed: raw.maybe_flag("carp.allow")?,
            maintenance: raw.maybe_flag("carp.maintenancemode")?,
            message: raw.string("carp.status_msg"),
        });
        Ok(())
    },
    never_empty: false,
};
