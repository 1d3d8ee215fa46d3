//! OpenVPN sessions: who is connected.
use std::net::IpAddr;
use std::net::SocketAddr;

use super::prelude::*;
use crate::types::Timestamp;

#[derive(Debug)]
pub struct Session {
    pub id: Box<str>,
    pub duplicate: i64,
    pub instance: Option<Box<str>>,
    pub user: Option<Box<str>>,
    pub common_name: Option<Box<str>>,
    pub ip: Option<IpAddr>,
    pub port: Option<i64>,
    pub tunnel_ip: Option<IpAddr>,
    pub tunnel_ipv6: Option<IpAddr>,
    pub kind: Option<Box<str>>,
    pub status: Option<Box<str>>,
    pub is_client: Option<bool>,
    pub cipher: Option<Box<str>>,
    pub since: Option<Timestamp>,
    pub bytes_in: Option<i64>,
    pub bytes_out: Option<i64>,
}

pub static DOMAIN: Domain<Session> = Domain {
    name: "openvpn_sessions",
    about: "OpenVPN connections now: users of servers, and the state of clients.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::grid("openvpn", "openvpn/service/search_sessions", "Status: OpenVPN").backend()
    ],
    fields: &[
        field("id"),
        field("type"),
        field("status"),
        field("description"),
        field("common_name"),
        field("username"),
        field("real_address"),
        field("virtual_address"),
        field("virtual_ipv6_address"),
        field("connected_since__time_t_"),
        field("data_channel_cipher"),
        field("is_client"),
        volatile("bytes_received"),
        volatile("bytes_sent"),
    ],
    identity: &["id"],
    columns: &[
        col(
            Role::Key,
            "id",
            Read::Text(|s| Some(&s.id)),
            "Instance and far address of the connection.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|s| Some(s.duplicate)),
            "0; higher when a connection is listed twice.",
        ),
        col(
            Role::Indexed,
            "instance",
            Read::Name(|s| s.instance.as_deref()),
            "Description of the instance.",
        ),
        col(Role::Indexed, "user", Read::Name(|s| s.user.as_deref()), "Login name."),
        col(
            Role::Indexed,
            "common_name",
            Read::Name(|s| s.common_name.as_deref()),
            "Name in the certificate.",
        ),
        col(Role::Indexed, "ip", Read::Ip(|s| s.ip), "Address it connects from."),
        col(Role::Plain, "port", Read::Int(|s| s.port), "Port it connects from."),
        col(Role::Indexed, "tunnel_ip", Read::Ip(|s| s.tunnel_ip), "Address inside the tunnel."),
        col(
            Role::Indexed,
            "tunnel_ipv6",
            Read::Ip(|s| s.tunnel_ipv6),
            "IPv6 address inside the tunnel.",
        ),
        col(
            Role::Plain,
            "type",
            Read::Text(|s| s.kind.as_deref()),
            "server or client: what the firewall is.",
        ),
        col(
            Role::Plain,
            "status",
            Read::Text(|s| s.status.as_deref()),
            "State, as the management interface says.",
        ),
        col(
            Role::Plain,
            "is_client",
            Read::Bool(|s| s.is_client),
            "A client of a server, rather than the instance itself.",
        ),
        col(
            Role::Plain,
            "cipher",
            Read::Text(|s| s.cipher.as_deref()),
            "Cipher of the data channel.",
        ),
        col(Role::Plain, "since", Read::Time(|s| s.since), "When it connected."),
        col(Role::Plain, "bytes_in", Read::Int(|s| s.bytes_in), "Bytes received."),
        col(Role::Plain, "bytes_out", Read::Int(|s| s.bytes_out), "Bytes sent."),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Session>) -> Result<(), Reject> {
    let (ip, port) = far_end(raw);
    rows.push(Session {
        id: raw.text("id")?,
        duplicate: raw.ordinal().into(),
        instance: raw.string("description"),
        user: raw.string("username"),
        common_name: raw.string("common_name"),
        ip,
        port,
        tunnel_ip: raw.maybe_read("virtual_address")?,
        tunnel_ipv6: raw.maybe_read("virtual_ipv6_address")?,
        kind: raw.string("type"),
        status: raw.string("status"),
        is_client: raw.maybe_flag("is_client")?,
        cipher: raw.string("data_channel_cipher"),
        since: raw.maybe_read::<i64>("connected_since__time_t_")?.map(Timestamp::from_seconds),
        bytes_in: raw.maybe_read("bytes_received")?,
        bytes_out: raw.maybe_read("bytes_sent")?,
    });
    Ok(())
}

/// `198.51.100.44:51111`, `[2001:db8::1]:51111`, or in either way without a port.
fn far_end(raw: Raw<'_>) -> (Option<IpAddr>, Option<i64>) {
    let text = raw.maybe("real_address").unwrap_or_default();
    match text.parse::<SocketAddr>() {
        Ok(address) => (Some(address.ip()), Some(address.port().into())),
        Err(_) => (text.parse().ok(), None),
    }
}
