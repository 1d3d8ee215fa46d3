//! Syslog targets: where the firewall sends its log.
use super::prelude::*;
use super::words::{joined, word};

#[derive(Debug)]
pub struct LogTarget {
    pub id: Box<str>,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub host: Option<Box<str>>,
    pub port: Option<i64>,
    pub transport: Option<Box<str>>,
    pub programs: Option<Box<str>>,
    pub levels: Option<Box<str>>,
    pub facilities: Option<Box<str>>,
    pub rfc5424: Option<bool>,
}

static NODE: Node = Node::new("OPNsense/Syslog/destinations/destination", &[]);

pub static DOMAIN: Domain<LogTarget> = Domain {
    name: "syslog_targets",
    about: "Remote log servers and what is sent there.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("syslog", "syslog/settings/search_destinations", "System: Settings: Logging"),
        Source::config("syslog", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("enabled"),
        field("transport"),
        field("hostname"),
        field("port"),
        field("program"),
        field("level"),
        field("facility"),
        field("rfc5424"),
        field("description"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|l| Some(&l.id)), "Identifier in the configuration."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|l| l.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|l| Some(l.enabled)), "In use."),
        col(
            Role::Indexed,
            "host",
            Read::Name(|l| l.host.as_deref()),
            "Address or name of the server.",
        ),
        col(Role::Plain, "port", Read::Int(|l| l.port), "Its port."),
        col(
            Role::Plain,
            "transport",
            Read::Text(|l| l.transport.as_deref()),
            "udp4, tcp4, tls4 and so on.",
        ),
        col(
            Role::Plain,
            "programs",
            Read::Text(|l| l.programs.as_deref()),
            "Programs whose log is sent; absent for all.",
        ),
        col(
            Role::Plain,
            "levels",
            Read::Text(|l| l.levels.as_deref()),
            "Levels that are sent; absent for all.",
        ),
        col(
            Role::Plain,
            "facilities",
            Read::Text(|l| l.facilities.as_deref()),
            "Facilities that are sent; absent for all.",
        ),
        col(Role::Plain, "rfc5424", Read::Bool(|l| l.rfc5424), "In the format of RFC 5424."),
    ],
    parse: |raw, rows| {
        rows.push(LogTarget {
            id: raw.text("uuid")?,
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            host: raw.string("hostname"),
            port: raw.maybe_read("port")?,
            transport: word(raw, "transport"),
            programs: joined(&raw.list("program")),
            levels: joined(&raw.list("level")),
            facilities: joined(&raw.list("facility")),
            rfc5424: raw.maybe_flag("rfc5424")?,
        });
        Ok(())
    },
    never_empty: false,
};
