//! High availability: what is synchronised with the other firewall.
use super::prelude::*;
use super::words::joined;

#[derive(Debug)]
pub struct Half {
    pub part: &'static str,
    pub enabled: bool,
    pub peer: Option<Box<str>>,
    pub interface: Option<Box<str>>,
    pub items: Option<Box<str>>,
    pub preempts: Option<bool>,
    pub verifies_certificate: Option<bool>,
}

// Not its password.
static NODE: Node = Node::new("hasync", &[]);

pub static DOMAIN: Domain<Half> = Domain {
    name: "ha_sync",
    about: "High availability: synchronised states (pfsync), and synchronised configuration (XMLRPC).",
    cadence: Cadence::Config,
    sources: &[
        Source::one("hasync", "core/hasync/get", "hasync", "System: High Availability"),
        Source::config("hasync", &NODE),
    ],
    fields: &[
        field("pfsyncinterface"),
        field("pfsyncpeerip"),
        field("synchronizetoip"),
        field("syncitems"),
        field("verifypeer"),
        field("disablepreempt"),
    ],
    identity: &[],
    columns: &[
        col(
            Role::Key,
            "part",
            Read::Text(|h| Some(h.part)),
            "states (pfsync) or configuration (XMLRPC).",
        ),
        col(Role::Plain, "enabled", Read::Bool(|h| Some(h.enabled)), "In use."),
        col(
            Role::Indexed,
            "peer",
            Read::Name(|h| h.peer.as_deref()),
            "The other firewall; of states absent for multicast.",
        ),
        col(
            Role::Plain,
            "interface",
            Read::Text(|h| h.interface.as_deref()),
            "Interface key that states travel over.",
        ),
        col(
            Role::Plain,
            "items",
            Read::Text(|h| h.items.as_deref()),
            "Parts of the configuration that are synchronised.",
        ),
        col(
            Role::Plain,
            "preempts",
            Read::Bool(|h| h.preempts),
            "The master takes over again after an outage.",
        ),
        col(
            Role::Plain,
            "verifies_certificate",
            Read::Bool(|h| h.verifies_certificate),
            "The certificate of the other firewall is checked.",
        ),
    ],
    parse,
    never_empty: false,
};

/// One object stands for two things that are used each without the other.
fn parse(raw: Raw<'_>, rows: &mut Vec<Half>) -> Result<(), Reject> {
    let (interface, target) = (raw.string("pfsyncinterface"), raw.string("synchronizetoip"));
    rows.push(Half {
        part: "states",
        enabled: interface.is_some(),
        peer: raw.string("pfsyncpeerip"),
        interface,
        items: None,
        preempts: raw.maybe_flag("disablepreempt")?.map(|disabled| !disabled),
        verifies_certificate: None,
    });
    rows.push(Half {
        part: "configuration",
        enabled: target.is_some(),
        peer: target,
        interface: None,
        items: joined(&raw.list("syncitems")),
        preempts: None,
        verifies_certificate: raw.maybe_flag("verifypeer")?,
    });
    Ok(())
}
