//! Services: which daemons there are and whether they run.
use super::prelude::*;

#[derive(Debug)]
pub struct Service {
    pub id: Box<str>,
    pub name: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub running: bool,
    pub locked: bool,
}

pub static DOMAIN: Domain<Service> = Domain {
    name: "services",
    about: "Services of the firewall: which run now, which are locked against stopping.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid("services", "core/service/search", "Status: Services").backend()],
    fields: &[field("id"), field("name"), field("description"), field("running"), field("locked")],
    identity: &["id"],
    columns: &[
        col(Role::Key, "id", Read::Text(|s| Some(&s.id)), "Identifier, such as dpinger/WAN_DHCP."),
        col(
            Role::Indexed,
            "name",
            Read::Name(|s| s.name.as_deref()),
            "Name of the daemon, such as unbound.",
        ),
        col(
            Role::Plain,
            "description",
            Read::Text(|s| s.description.as_deref()),
            "What it is, as the web page words it.",
        ),
        col(Role::Plain, "running", Read::Bool(|s| Some(s.running)), "Runs now."),
        col(Role::Plain, "locked", Read::Bool(|s| Some(s.locked)), "Cannot be stopped by hand."),
    ],
    parse: |raw, rows| {
        rows.push(Service {
            id: raw.text("id")?,
            name: raw.string("name"),
            description: raw.string("description"),
            running: raw.flag("running")?,
            locked: raw.flag("locked")?,
        });
        Ok(())
    },
    never_empty: true,
};
