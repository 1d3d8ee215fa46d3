//! Kernel settings (sysctl) that the administrator or the system set.
use super::prelude::*;
use super::words::word;
use crate::types::Release;

#[derive(Debug)]
pub struct Tunable {
    pub name: Box<str>,
    pub duplicate: i64,
    pub value: Option<Box<str>>,
    pub default_value: Option<Box<str>>,
    pub changed: bool,
    pub description: Option<Box<str>>,
    pub kind: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("sysctl/item", &[])
    .lacks(&["default_value", "type"])
    // Those that nobody set.
    .beyond(&[("changed", &["false"])]);

pub static DOMAIN: Domain<Tunable> = Domain {
    name: "tunables",
    about: "Kernel settings: the value in force, the default, and what it is for.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("sysctl", "core/tunables/search_item", "System: Advanced: Tunables")
            .from(Release::new(25, 1, 0))
            .optional(),
        Source::config("sysctl", &NODE),
    ],
    fields: &[
        field("tunable"),
        field("value"),
        field("default_value"),
        field("descr"),
        field("type"),
        field("uuid"),
    ],
    identity: &["tunable"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|t| Some(&t.name)),
            "Name of the setting, such as net.inet.ip.redirect.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|t| Some(t.duplicate)),
            "0; higher when a setting is listed several times.",
        ),
        col(
            Role::Plain,
            "value",
            Read::Text(|t| t.value.as_deref()),
            "Value in force: the configured one, else the default.",
        ),
        col(
            Role::Plain,
            "default_value",
            Read::Text(|t| t.default_value.as_deref()),
            "Default of OPNsense.",
        ),
        col(
            Role::Plain,
            "changed",
            Read::Bool(|t| Some(t.changed)),
            "Configured to something else than the default.",
        ),
        col(Role::Plain, "description", Read::Text(|t| t.description.as_deref()), "What it does."),
        col(
            Role::Plain,
            "type",
            Read::Text(|t| t.kind.as_deref()),
            "When it can be set, such as runtime or boot_time.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|t| t.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        let (value, default) = (raw.string("value"), raw.string("default_value"));
        rows.push(Tunable {
            name: raw.text("tunable")?,
            duplicate: raw.ordinal().into(),
            value: value.clone().filter(|v| &**v != "default").or_else(|| default.clone()),
            default_value: default.clone(),
            changed: value
                .as_ref()
                .is_some_and(|v| &**v != "default" && Some(v) != default.as_ref()),
            description: raw.string("descr"),
            kind: word(raw, "type"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
