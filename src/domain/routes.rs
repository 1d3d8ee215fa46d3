//! The routing table of the kernel: where packets really go.
use std::net::IpAddr;

use super::prelude::*;
use crate::types::host_part;

#[derive(Debug)]
pub struct Route {
    pub destination: Box<str>,
    pub next_hop: Box<str>,
    pub device: Box<str>,
    pub family: &'static str,
    pub duplicate: i64,
    pub network: Vec<Box<str>>,
    pub gateway: Option<IpAddr>,
    pub interface_name: Option<Box<str>>,
    pub flags: Option<Box<str>>,
    pub mtu: Option<i64>,
    pub expires_in: Option<i64>,
}

pub static DOMAIN: Domain<Route> = Domain {
    name: "routes",
    about: "Kernel routes (IPv4 and IPv6) with next hop and device, static, learnt and connected.",
    cadence: Cadence::Runtime,
    sources: &[Source::list(
        "routes",
        "diagnostics/interface/get_routes",
        "",
        "Diagnostics: Routing tables",
    )
    .backend()],
    fields: &[
        field("proto"),
        field("destination"),
        field("gateway"),
        field("netif"),
        field("intf_description"),
        field("flags"),
        field("mtu"),
        volatile("expire"),
    ],
    identity: &["proto", "destination", "gateway", "netif"],
    columns: &[
        col(
            Role::Key,
            "destination",
            Read::Text(|r| Some(&r.destination)),
            "default, a network, or a host.",
        ),
        col(
            Role::Key,
            "next_hop",
            Read::Text(|r| Some(&r.next_hop)),
            "Address of the next router, link#n when directly connected.",
        ),
        col(
            Role::Key,
            "device",
            Read::Text(|r| Some(&r.device)),
            "Device name of the outgoing interface.",
        ),
        col(Role::Key, "family", Read::Text(|r| Some(r.family)), "inet or inet6."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|r| Some(r.duplicate)),
            "0; higher for identical routes.",
        ),
        col(Role::Plain, "network", Read::Nets(|r| &r.network), "The destination as a network."),
        col(Role::Plain, "gateway", Read::Ip(|r| r.gateway), "The next hop when it is an address."),
        col(
            Role::Indexed,
            "interface_name",
            Read::Text(|r| r.interface_name.as_deref()),
            "Description of the interface.",
        ),
        col(
            Role::Plain,
            "flags",
            Read::Text(|r| r.flags.as_deref()),
            "netstat's letters: U up, G gateway, H host, S static, B blackhole, R reject.",
        ),
        col(Role::Plain, "mtu", Read::Int(|r| r.mtu), "Maximum transmission unit in bytes."),
        col(
            Role::Plain,
            "expires_in",
            Read::Int(|r| r.expires_in),
            "Seconds left when it was read; absent: it stays.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Route {
            destination: raw.text("destination")?,
            next_hop: raw.string("gateway").unwrap_or_default(),
            device: raw.string("netif").unwrap_or_default(),
            family: family(raw)?,
            duplicate: raw.ordinal().into(),
            network: network(raw)?,
            gateway: raw.maybe("gateway").and_then(|text| host_part(&text)),
            interface_name: raw.string("intf_description"),
            flags: raw.string("flags"),
            mtu: raw.maybe_read("mtu")?,
            expires_in: raw.maybe("expire").and_then(|text| text.parse().ok()),
        });
        Ok(())
    },
    never_empty: true,
};

fn family(raw: Raw<'_>) -> Result<&'static str, Reject> {
    match raw.maybe("proto").as_deref() {
        Some("ipv4") => Ok("inet"),
        Some("ipv6") => Ok("inet6"),
        other => Err(Reject::new("proto", format!("`{}` is no family", other.unwrap_or_default()))),
    }
}

/// `default` by family; a zone (`fe80::%igc0/64`) is cut, as the device is told apart.
fn network(raw: Raw<'_>) -> Result<Vec<Box<str>>, Reject> {
    let destination = raw.text("destination")?;
    if &*destination == "default" {
        return Ok(vec![if family(raw)? == "inet" { "0.0.0.0/0".into() } else { "::/0".into() }]);
    }
    let (host, length) = destination.split_once('/').unwrap_or((&destination, ""));
    let host = host.split('%').next().unwrap_or_default();
    let network = if length.is_empty() { host.into() } else { format!("{host}/{length}").into() };
    Ok(vec![network])
}
