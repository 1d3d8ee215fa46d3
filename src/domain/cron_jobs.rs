//! Cron jobs: what the firewall does by the clock.
use super::prelude::*;

#[derive(Debug)]
pub struct Job {
    pub id: Box<str>,
    pub description: Option<Box<str>>,
    pub action: Option<Box<str>>,
    pub command: Option<Box<str>>,
    pub parameters: Option<Box<str>>,
    pub schedule: Box<str>,
    pub user: Option<Box<str>>,
    pub origin: Option<Box<str>>,
    pub enabled: bool,
}

static NODE: Node = Node::new("OPNsense/cron/jobs/job", &[])
    // The words for a command are the firewall's.
    .lacks(&["action", "command"]);

pub static DOMAIN: Domain<Job> = Domain {
    name: "cron_jobs",
    about: "Scheduled jobs: when they run and what they do.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("cron", "cron/settings/search_jobs", "System: Settings: Cron"),
        Source::config("cron", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("enabled"),
        field("minutes"),
        field("hours"),
        field("days"),
        field("months"),
        field("weekdays"),
        field("who"),
        field("command"),
        field("%command"),
        field("parameters"),
        field("description"),
        field("origin"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|j| Some(&j.id)), "Identifier in the configuration."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|j| j.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "action", Read::Text(|j| j.action.as_deref()), "What is done, in words."),
        col(
            Role::Plain,
            "command",
            Read::Text(|j| j.command.as_deref()),
            "The command of the configuration daemon; absent on 24.7 and 25.1.",
        ),
        col(Role::Plain, "parameters", Read::Text(|j| j.parameters.as_deref()), "Its parameters."),
        col(
            Role::Plain,
            "schedule",
            Read::Text(|j| Some(&j.schedule)),
            "Minute, hour, day, month and weekday, as in a crontab.",
        ),
        col(Role::Plain, "user", Read::Text(|j| j.user.as_deref()), "User it runs as."),
        col(
            Role::Plain,
            "origin",
            Read::Text(|j| j.origin.as_deref()),
            "cron, or the part of the system that made it.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|j| Some(j.enabled)), "In use."),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Job>) -> Result<(), Reject> {
    rows.push(Job {
        id: raw.text("uuid")?,
        description: raw.string("description"),
        action: raw.string("%command").or_else(|| raw.string("command")),
        command: raw.string("command").filter(|_| raw.has("%command")),
        parameters: raw.string("parameters"),
        schedule: schedule(raw),
        user: raw.string("who"),
        origin: raw.string("origin"),
        enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
    });
    Ok(())
}

fn schedule(raw: Raw<'_>) -> Box<str> {
    let parts = ["minutes", "hours", "days", "months", "weekdays"];
    parts.map(|part| raw.string(part).unwrap_or_else(|| "*".into())).join(" ").into()
}
