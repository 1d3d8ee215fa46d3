//! Monit: who is told.
use super::prelude::*;
use super::words::joined;

#[derive(Debug)]
pub struct Alert {
    pub recipient: Box<str>,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub inverted: Option<bool>,
    pub events: Option<Box<str>>,
    pub reminder: Option<i64>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/monit/alert", &[]);

pub static DOMAIN: Domain<Alert> = Domain {
    name: "monit_alerts",
    about: "Recipients of the mails of Monit.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid(
            "monit",
            "monit/settings/search_alert",
            "WebCfg - Services: Monit System Monitoring page",
        ),
        Source::config("monit", &NODE),
    ],
    fields: &[
        field("recipient"),
        field("enabled"),
        field("noton"),
        field("events"),
        field("reminder"),
        field("description"),
        field("uuid"),
    ],
    identity: &["recipient"],
    columns: &[
        col(Role::Key, "recipient", Read::Name(|a| Some(&a.recipient)), "Mail address."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|a| Some(a.duplicate)),
            "0; higher when a recipient is listed twice.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|a| a.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|a| Some(a.enabled)), "In use."),
        col(Role::Plain, "inverted", Read::Bool(|a| a.inverted), "All events but these."),
        col(
            Role::Plain,
            "events",
            Read::Text(|a| a.events.as_deref()),
            "Events that are told; absent for all.",
        ),
        col(Role::Plain, "reminder", Read::Int(|a| a.reminder), "Repeated after so many cycles."),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|a| a.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Alert {
            recipient: raw.text("recipient")?,
            duplicate: raw.ordinal().into(),
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            inverted: raw.maybe_flag("noton")?,
            events: joined(&raw.list("events")),
            reminder: raw.maybe_read("reminder")?,
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
