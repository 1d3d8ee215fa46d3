//! Addresses of the firewall itself, one row each.
use std::net::IpAddr;

use super::prelude::*;
use crate::types::host_part;

#[derive(Debug)]
pub struct Address {
    pub ip: IpAddr,
    pub device: Box<str>,
    pub key: Option<Box<str>>,
    pub name: Option<Box<str>>,
    pub family: &'static str,
    pub prefix_length: Option<i64>,
    pub network: Vec<Box<str>>,
    pub is_primary: bool,
    pub scope: &'static str,
}

pub static DOMAIN: Domain<Address> = Domain {
    name: "interface_addresses",
    about: "Every IPv4 and IPv6 address of every interface of the firewall, aliases and CARP addresses included.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid(
        "overview",
        "interfaces/overview/interfaces_info",
        "Status: Interfaces",
    )
    .backend()],
    fields: &[
        field("device"),
        field("identifier"),
        field("description"),
        field("enabled"),
        field("addr4"),
        field("addr6"),
        field("ipv4.ipaddr"),
        field("ipv6.ipaddr"),
    ],
    identity: &["device"],
    columns: &[
        col(Role::Key, "ip", Read::Ip(|a| Some(a.ip)), "Address, without prefix length or zone."),
        col(Role::Key, "device", Read::Text(|a| Some(&a.device)), "Device name of the interface."),
        col(
            Role::Indexed,
            "key",
            Read::Text(|a| a.key.as_deref()),
            "Key of the interface (lan, opt3); absent when not assigned.",
        ),
        col(
            Role::Indexed,
            "name",
            Read::Name(|a| a.name.as_deref()),
            "Description of the interface.",
        ),
        col(Role::Plain, "family", Read::Text(|a| Some(a.family)), "inet or inet6."),
        col(Role::Plain, "prefix_length", Read::Int(|a| a.prefix_length), "Bits of the network."),
        col(
            Role::Plain,
            "network",
            Read::Nets(|a| &a.network),
            "The address with its prefix length; its whole network is found by it.",
        ),
        col(
            Role::Plain,
            "is_primary",
            Read::Bool(|a| Some(a.is_primary)),
            "The interface's own address, not an alias.",
        ),
        col(
            Role::Plain,
            "scope",
            Read::Text(|a| Some(a.scope)),
            "global, private (RFC 1918, fd00::/8), shared (100.64.0.0/10), link or host.",
        ),
    ],
    parse: |raw, rows| {
        let device = raw.text("device")?;
        let key = raw.string("identifier");
        // An unassigned device carries a translated placeholder as its description.
        let name = raw.string("description").filter(|_| key.is_some());
        let first = [raw.list("addr4"), raw.list("addr6")].concat();
        for text in raw.list("ipv4.ipaddr").into_iter().chain(raw.list("ipv6.ipaddr")) {
            let Some(ip) = host_part(&text) else {
                return Err(Reject::new("ipv4.ipaddr", format!("`{text}` is no address")));
            };
            let length = text.split_once('/').and_then(|(_, length)| length.parse().ok());
            rows.push(Address {
                ip,
                device: device.clone(),
                key: key.clone(),
                name: name.clone(),
                family: if ip.is_ipv4() { "inet" } else { "inet6" },
                prefix_length: length,
                network: vec![text.clone()],
                is_primary: first.iter().any(|one| host_part(one) == Some(ip)),
                scope: scope(ip),
            });
        }
        Ok(())
    },
    never_empty: true,
};

fn scope(ip: IpAddr) -> &'static str {
    match ip {
        _ if ip.is_loopback() => "host",
        IpAddr::V4(v4) if v4.is_link_local() => "link",
        IpAddr::V4(v4) if v4.is_private() => "private",
        IpAddr::V4(v4) if v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64 => "shared",
        IpAddr::V6(v6) if v6.is_unicast_link_local() => "link",
        IpAddr::V6(v6) if v6.is_unique_local() => "private",
        IpAddr::V4(_) | IpAddr::V6(_) => "global",
    }
}
