//! Intrusion detection: rule sets and whether they are used.
use super::prelude::*;

#[derive(Debug)]
pub struct Ruleset {
    pub file: Box<str>,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub modified: Option<Box<str>>,
}

pub static DOMAIN: Domain<Ruleset> = Domain {
    name: "ids_rulesets",
    about: "Rule sets that intrusion detection knows, enabled or not.",
    cadence: Cadence::Config,
    sources: &[Source::grid("ids", "ids/settings/list_rulesets", "Services: Intrusion Detection")
        .backend()],
    fields: &[field("filename"), field("description"), field("enabled"), field("modified_local")],
    identity: &["filename"],
    columns: &[
        col(Role::Key, "file", Read::Text(|r| Some(&r.file)), "Name of the file."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|r| Some(r.duplicate)),
            "0; higher when a file is listed twice.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|r| r.description.as_deref()),
            "Name of the rule set.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|r| Some(r.enabled)), "Downloaded and used."),
        col(
            Role::Plain,
            "modified",
            Read::Text(|r| r.modified.as_deref()),
            "When the file last changed, as the firewall writes it.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Ruleset {
            file: raw.text("filename")?,
            duplicate: raw.ordinal().into(),
            description: raw.string("description"),
            enabled: raw.flag("enabled")?,
            modified: raw.string("modified_local"),
        });
        Ok(())
    },
    never_empty: false,
};
