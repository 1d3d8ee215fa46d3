//! DHCP servers that relays send requests to.
use super::prelude::*;

#[derive(Debug)]
pub struct Destination {
    pub id: Box<str>,
    pub name: Option<Box<str>>,
    pub servers: Vec<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/DHCRelay/destinations", &[]);

pub static DOMAIN: Domain<Destination> = Domain {
    name: "dhcp_relay_destinations",
    about: "Named groups of DHCP servers for the relays.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("relay", "dhcrelay/settings/search_dest", "Services: DHCRelay"),
        Source::config("relay", &NODE),
    ],
    fields: &[field("uuid"), field("name"), field("server")],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|d| Some(&d.id)), "Identifier in the configuration."),
        col(Role::Indexed, "name", Read::Name(|d| d.name.as_deref()), "Name of the group."),
        col(Role::Plain, "servers", Read::Nets(|d| &d.servers), "Addresses of the servers."),
    ],
    parse: |raw, rows| {
        rows.push(Destination {
            id: raw.text("uuid")?,
            name: raw.string("name"),
            servers: raw.list("server"),
        });
        Ok(())
    },
    never_empty: false,
};
