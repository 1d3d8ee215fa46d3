//! GIF tunnels (RFC 4213): IPv6 or IPv4 over an IP link, such as a tunnel broker's.
use std::net::IpAddr;

use super::prelude::*;

#[derive(Debug)]
pub struct Gif {
    pub device: Box<str>,
    pub interface: Option<Box<str>>,
    pub local: Option<IpAddr>,
    pub remote: Option<IpAddr>,
    pub inner_local: Option<IpAddr>,
    pub inner_remote: Option<IpAddr>,
    pub inner_prefix_length: Option<i64>,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("gifs/gif", &[]);

pub static DOMAIN: Domain<Gif> = Domain {
    name: "gifs",
    about: "GIF tunnels: outer and inner addresses of both ends.",
    cadence: Cadence::Config,
    sources: &[
        // Its own privilege names no API path (26.7).
        Source::grid("search", "interfaces/gif_settings/search_item", "All pages"),
        Source::config("search", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("gifif"),
        field("if"),
        field("ipaddr"),
        field("remote-addr"),
        field("tunnel-local-addr"),
        field("tunnel-remote-addr"),
        field("tunnel-remote-net"),
        field("descr"),
    ],
    identity: &["gifif"],
    columns: &[
        col(Role::Key, "device", Read::Name(|t| Some(&t.device)), "Device name, such as gif0."),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|t| t.interface.as_deref()),
            "Key of the interface that carries the tunnel.",
        ),
        col(
            Role::Plain,
            "local",
            Read::Ip(|t| t.local),
            "Outer local address, when it is not the interface's own.",
        ),
        col(Role::Plain, "remote", Read::Ip(|t| t.remote), "Outer remote address."),
        col(
            Role::Plain,
            "inner_local",
            Read::Ip(|t| t.inner_local),
            "Address of this end inside the tunnel.",
        ),
        col(
            Role::Plain,
            "inner_remote",
            Read::Ip(|t| t.inner_remote),
            "Address of the far end inside the tunnel.",
        ),
        col(
            Role::Plain,
            "inner_prefix_length",
            Read::Int(|t| t.inner_prefix_length),
            "Prefix length inside the tunnel.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|t| t.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|t| t.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Gif {
            device: raw.text("gifif")?,
            interface: raw.string("if"),
            local: raw.maybe_read("ipaddr")?,
            remote: raw.maybe_read("remote-addr")?,
            inner_local: raw.maybe_read("tunnel-local-addr")?,
            inner_remote: raw.maybe_read("tunnel-remote-addr")?,
            inner_prefix_length: raw.maybe_read("tunnel-remote-net")?,
            description: raw.string("descr"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
