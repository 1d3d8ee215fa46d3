//! DHCP relays: interfaces whose requests go to another server.
use super::node::{INTERFACE_NAMES, Key, Table};
use super::prelude::*;
use super::words::labelled;

#[derive(Debug)]
pub struct Relay {
    pub id: Box<str>,
    pub enabled: bool,
    pub interface: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub destination: Option<Box<str>>,
    pub agent_information: Option<bool>,
}

static DESTINATIONS: Table = Table {
    path: "OPNsense/DHCRelay/destinations",
    key: Key::Uuid,
    value: &["name"],
    between: "",
    or_name: false,
};

static NODE: Node = Node::new(
    "OPNsense/DHCRelay/relays",
    &[
        Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES },
        Take::Look { from: "destination", to: "%destination", table: &DESTINATIONS },
    ],
);

pub static DOMAIN: Domain<Relay> = Domain {
    name: "dhcp_relays",
    about: "DHCP relays: from which interface to which server.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("relay", "dhcrelay/settings/search_relay", "Services: DHCRelay"),
        Source::config("relay", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("enabled"),
        field("interface"),
        field("%interface"),
        field("destination"),
        field("%destination"),
        field("agent_info"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|r| Some(&r.id)), "Identifier in the configuration."),
        col(Role::Plain, "enabled", Read::Bool(|r| Some(r.enabled)), "In use."),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|r| r.interface.as_deref()),
            "Interface keys, such as opt1.",
        ),
        col(
            Role::Indexed,
            "interface_name",
            Read::Text(|r| r.interface_name.as_deref()),
            "Interface descriptions.",
        ),
        col(
            Role::Indexed,
            "destination",
            Read::Name(|r| r.destination.as_deref()),
            "Name of the destination, as in dhcp_relay_destinations.",
        ),
        col(
            Role::Plain,
            "agent_information",
            Read::Bool(|r| r.agent_information),
            "Adds relay agent information (RFC 3046).",
        ),
    ],
    parse: |raw, rows| {
        let (interface, interface_name) = labelled(raw, "interface", "%interface");
        rows.push(Relay {
            id: raw.text("uuid")?,
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            interface,
            interface_name,
            destination: raw.string("%destination").or_else(|| raw.string("destination")),
            agent_information: raw.maybe_flag("agent_info")?,
        });
        Ok(())
    },
    never_empty: false,
};
