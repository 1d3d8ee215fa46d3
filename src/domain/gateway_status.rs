//! Gateway health: loss and delay of the monitoring probes.
use std::net::IpAddr;

use super::prelude::*;
use super::words::measure;
use crate::types::host_part;

#[derive(Debug)]
pub struct Health {
    pub name: Box<str>,
    pub status: Box<str>,
    pub measured: bool,
    pub ip: Option<IpAddr>,
    pub monitor: Option<IpAddr>,
    pub delay_us: Option<i64>,
    pub jitter_us: Option<i64>,
    pub loss_permille: Option<i64>,
}

pub static DOMAIN: Domain<Health> = Domain {
    name: "gateway_status",
    about: "Health of each gateway: online, loss, delay, down; unmonitored ones are assumed online.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::list("status", "routes/gateway/status", "items", "System: Gateways").backend()
    ],
    fields: &[
        field("name"),
        field("address"),
        field("monitor"),
        field("status"),
        volatile("delay"),
        volatile("stddev"),
        volatile("loss"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|h| Some(&h.name)), "Name of the gateway."),
        col(
            Role::Indexed,
            "status",
            Read::Text(|h| Some(&h.status)),
            "online, down, force_down, loss, delay or delay+loss.",
        ),
        col(
            Role::Plain,
            "measured",
            Read::Bool(|h| Some(h.measured)),
            "Probes were answered; otherwise online is an assumption.",
        ),
        col(Role::Plain, "ip", Read::Ip(|h| h.ip), "Address of the gateway, where it is known."),
        col(Role::Plain, "monitor", Read::Ip(|h| h.monitor), "Address that is probed."),
        col(
            Role::Plain,
            "delay_us",
            Read::Int(|h| h.delay_us),
            "Mean round-trip time in microseconds.",
        ),
        col(
            Role::Plain,
            "jitter_us",
            Read::Int(|h| h.jitter_us),
            "Standard deviation of it in microseconds.",
        ),
        col(
            Role::Plain,
            "loss_permille",
            Read::Int(|h| h.loss_permille),
            "Unanswered probes of a thousand.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Health {
            name: raw.text("name")?,
            status: status(raw)?,
            measured: measure(raw, "delay", 1)?.is_some(),
            ip: raw.maybe("address").and_then(|text| host_part(&text)),
            monitor: raw.maybe("monitor").and_then(|text| host_part(&text)),
            delay_us: measure(raw, "delay", 1000)?,
            jitter_us: measure(raw, "stddev", 1000)?,
            loss_permille: measure(raw, "loss", 10)?,
        });
        Ok(())
    },
    never_empty: false,
};

/// The firewall says `none` when nothing is wrong.
fn status(raw: Raw<'_>) -> Result<Box<str>, Reject> {
    let status = raw.text("status")?;
    Ok(if &*status == "none" { "online".into() } else { status })
}
