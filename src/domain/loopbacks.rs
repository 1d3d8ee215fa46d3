//! Additional loopback devices.
use super::prelude::*;

#[derive(Debug)]
pub struct Loopback {
    pub device: Box<str>,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/Interfaces/loopbacks/loopback", &[]);

pub static DOMAIN: Domain<Loopback> = Domain {
    name: "loopbacks",
    about: "Additional loopback devices.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("search", "interfaces/loopback_settings/search_item", "Interfaces: Loopback"),
        Source::config("search", &NODE),
    ],
    fields: &[field("uuid"), field("deviceId"), field("description")],
    identity: &["deviceId"],
    columns: &[
        col(Role::Key, "device", Read::Name(|l| Some(&l.device)), "Device name, such as lo1."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|l| l.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|l| l.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Loopback {
            device: format!("lo{}", raw.text("deviceId")?).into(),
            description: raw.string("description"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
