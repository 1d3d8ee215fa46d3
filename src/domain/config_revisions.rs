//! The backups that the firewall keeps of its own configuration.
use super::prelude::*;
use crate::types::Timestamp;

#[derive(Debug)]
pub struct Revision {
    pub id: Box<str>,
    pub duplicate: i64,
    pub saved: Option<Timestamp>,
    pub user: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub size: Option<i64>,
}

pub static DOMAIN: Domain<Revision> = Domain {
    name: "config_revisions",
    about: "Saved configurations on the firewall: when, by whom, why. Opt-in.",
    cadence: Cadence::OptIn,
    sources: &[Source::list(
        "backups",
        "core/backup/backups/this",
        "items",
        "Diagnostics: Configuration History",
    )],
    fields: &[
        field("id"),
        field("time"),
        field("username"),
        field("description"),
        field("filesize"),
    ],
    identity: &["id"],
    columns: &[
        col(Role::Key, "id", Read::Text(|r| Some(&r.id)), "File name of the backup."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|r| Some(r.duplicate)),
            "0; higher when a file is listed twice.",
        ),
        col(Role::Plain, "saved", Read::Time(|r| r.saved), "When it was saved."),
        col(
            Role::Indexed,
            "user",
            Read::Name(|r| r.user.as_deref()),
            "Who saved it: user@address, or (root).",
        ),
        col(
            Role::Plain,
            "description",
            Read::Text(|r| r.description.as_deref()),
            "What changed, as the firewall or the user says.",
        ),
        col(Role::Plain, "size", Read::Int(|r| r.size), "Size of the file in bytes."),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Revision>) -> Result<(), Reject> {
    rows.push(Revision {
        id: raw.text("id")?,
        duplicate: raw.ordinal().into(),
        saved: Some(Timestamp::from_seconds(whole(raw)?)),
        user: raw.string("username"),
        description: raw.string("description"),
        size: raw.maybe_read("filesize")?,
    });
    Ok(())
}

/// Seconds since the epoch with a fraction of two to four digits.
fn whole(raw: Raw<'_>) -> Result<i64, Reject> {
    let text = raw.text("time")?;
    let whole = text.split('.').next().unwrap_or_default();
    whole.parse().map_err(|_| Reject::new("time", "is no number of seconds"))
}
