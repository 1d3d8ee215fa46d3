//! Captive-portal sessions: who is logged in behind a portal, and from which device.
use std::net::IpAddr;

use super::prelude::*;
use crate::types::{MacAddr, Timestamp};

#[derive(Debug)]
pub struct Session {
    pub zone: i64,
    pub ip: IpAddr,
    pub mac: MacAddr,
    pub duplicate: i64,
    pub user: Option<Box<str>>,
    pub authenticated_by: Option<Box<str>>,
    pub since: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    pub packets_in: Option<i64>,
    pub packets_out: Option<i64>,
    pub bytes_in: Option<i64>,
    pub bytes_out: Option<i64>,
}

pub static DOMAIN: Domain<Session> = Domain {
    name: "captive_portal_sessions",
    about: "Clients that are logged in at a captive portal.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid("portal", "captiveportal/session/search", "Services: Captive Portal")
        .backend()],
    fields: &[
        field("zoneid"),
        field("ipAddress"),
        field("macAddress"),
        field("userName"),
        field("authenticated_via"),
        field("startTime"),
        volatile("last_accessed"),
        volatile("packets_in"),
        volatile("packets_out"),
        volatile("bytes_in"),
        volatile("bytes_out"),
    ],
    identity: &["zoneid", "ipAddress", "macAddress"],
    columns: &[
        col(Role::Key, "zone", Read::Int(|s| Some(s.zone)), "Number of the zone."),
        col(Role::Key, "ip", Read::Ip(|s| Some(s.ip)), "Address of the client."),
        col(Role::Key, "mac", Read::Mac(|s| Some(s.mac)), "Hardware address of the client."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|s| Some(s.duplicate)),
            "0; higher when a client is listed several times.",
        ),
        col(
            Role::Indexed,
            "user",
            Read::Name(|s| s.user.as_deref()),
            "Login name; absent in anonymous zones.",
        ),
        col(
            Role::Plain,
            "authenticated_by",
            Read::Text(|s| s.authenticated_by.as_deref()),
            "Server that knew the user.",
        ),
        col(Role::Plain, "since", Read::Time(|s| s.since), "When the session began."),
        col(Role::Plain, "last_used", Read::Time(|s| s.last_used), "When traffic was last seen."),
        col(Role::Plain, "packets_in", Read::Int(|s| s.packets_in), "Packets from the client."),
        col(Role::Plain, "packets_out", Read::Int(|s| s.packets_out), "Packets to the client."),
        col(Role::Plain, "bytes_in", Read::Int(|s| s.bytes_in), "Bytes from the client."),
        col(Role::Plain, "bytes_out", Read::Int(|s| s.bytes_out), "Bytes to the client."),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Session>) -> Result<(), Reject> {
    rows.push(Session {
        zone: raw.read("zoneid")?,
        ip: raw.read("ipAddress")?,
        mac: raw.read("macAddress")?,
        duplicate: raw.ordinal().into(),
        user: raw.string("userName"),
        authenticated_by: raw.string("authenticated_via"),
        since: moment(raw, "startTime")?,
        last_used: moment(raw, "last_accessed")?,
        packets_in: raw.maybe_read("packets_in")?,
        packets_out: raw.maybe_read("packets_out")?,
        bytes_in: raw.maybe_read("bytes_in")?,
        bytes_out: raw.maybe_read("bytes_out")?,
    });
    Ok(())
}

/// Seconds since the epoch with a fraction, of which the whole part is kept.
fn moment(raw: Raw<'_>, name: &'static str) -> Result<Option<Timestamp>, Reject> {
    let Some(text) = raw.maybe(name) else { return Ok(None) };
    let seconds = text.split('.').next().and_then(|whole| whole.parse().ok());
    let seconds: i64 = seconds.ok_or_else(|| Reject::new(name, "is no number of seconds"))?;
    Ok(Some(Timestamp::from_seconds(seconds)).filter(|_| seconds > 0))
}
