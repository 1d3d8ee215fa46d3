//! WireGuard peers as they are now: handshakes and traffic.
use std::net::IpAddr;
use std::net::SocketAddr;

use super::prelude::*;
use crate::types::Timestamp;

#[derive(Debug)]
pub struct Session {
    pub device: Box<str>,
    pub public_key: Box<str>,
    pub duplicate: i64,
    pub name: Option<Box<str>>,
    pub instance: Option<Box<str>>,
    pub ip: Option<IpAddr>,
    pub port: Option<i64>,
    pub allowed: Vec<Box<str>>,
    pub status: Option<Box<str>>,
    pub last_handshake: Option<Timestamp>,
    pub bytes_in: Option<i64>,
    pub bytes_out: Option<i64>,
}

pub static DOMAIN: Domain<Session> = Domain {
    name: "wireguard_sessions",
    about: "WireGuard peers now: where they connect from, last handshake, traffic, online or not.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid("wireguard", "wireguard/service/show", "VPN: WireGuard: Status")
        .optional()
        .backend()],
    fields: &[
        field("type"),
        field("if"),
        field("ifname"),
        field("public-key"),
        field("name"),
        field("endpoint"),
        field("allowed-ips"),
        field("peer-status"),
        volatile("latest-handshake"),
        volatile("transfer-rx"),
        volatile("transfer-tx"),
    ],
    identity: &["if", "public-key", "type"],
    columns: &[
        col(
            Role::Key,
            "device",
            Read::Text(|s| Some(&s.device)),
            "Device name of the instance, such as wg0.",
        ),
        col(
            Role::Key,
            "public_key",
            Read::Text(|s| Some(&s.public_key)),
            "Public key of the peer.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|s| Some(s.duplicate)),
            "0; higher when a peer is listed twice.",
        ),
        col(Role::Indexed, "name", Read::Name(|s| s.name.as_deref()), "Name of the peer."),
        col(
            Role::Indexed,
            "instance",
            Read::Text(|s| s.instance.as_deref()),
            "Name of the instance.",
        ),
        col(Role::Indexed, "ip", Read::Ip(|s| s.ip), "Address it connects from."),
        col(Role::Plain, "port", Read::Int(|s| s.port), "UDP port it connects from."),
        col(
            Role::Plain,
            "allowed",
            Read::Nets(|s| &s.allowed),
            "Addresses and networks behind it.",
        ),
        col(
            Role::Plain,
            "status",
            Read::Text(|s| s.status.as_deref()),
            "online (a handshake within 300 s), stale or offline; absent on 24.7.",
        ),
        col(
            Role::Plain,
            "last_handshake",
            Read::Time(|s| s.last_handshake),
            "Last handshake; absent when there was none.",
        ),
        col(
            Role::Plain,
            "bytes_in",
            Read::Int(|s| s.bytes_in),
            "Bytes received since the instance started.",
        ),
        col(
            Role::Plain,
            "bytes_out",
            Read::Int(|s| s.bytes_out),
            "Bytes sent since the instance started.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Session>) -> Result<(), Reject> {
    // The instances themselves are rows too.
    if raw.maybe("type").as_deref() != Some("peer") {
        return Ok(());
    }
    let (ip, port) = endpoint(raw);
    rows.push(Session {
        device: raw.text("if")?,
        public_key: raw.text("public-key")?,
        duplicate: raw.ordinal().into(),
        name: raw.string("name"),
        instance: raw.string("ifname"),
        ip,
        port,
        allowed: raw.list("allowed-ips"),
        status: raw.string("peer-status"),
        last_handshake: raw
            .maybe_read::<i64>("latest-handshake")?
            .filter(|s| *s > 0)
            .map(Timestamp::from_seconds),
        bytes_in: raw.maybe_read("transfer-rx")?,
        bytes_out: raw.maybe_read("transfer-tx")?,
    });
    Ok(())
}

/// `198.51.100.20:40000`, `[2001:db8::1]:40000` or `(none)`.
fn endpoint(raw: Raw<'_>) -> (Option<IpAddr>, Option<i64>) {
    let text = raw.maybe("endpoint").unwrap_or_default();
    match text.parse::<SocketAddr>() {
        Ok(address) => (Some(address.ip()), Some(address.port().into())),
        Err(_) => (None, None),
    }
}
