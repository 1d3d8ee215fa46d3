//! DNS access lists: who may ask Unbound.
use super::prelude::*;
use super::words::word;
use crate::types::Release;

const PRIVILEGE: &str = "Services: Unbound";

#[derive(Debug)]
pub struct AccessList {
    pub name: Box<str>,
    pub duplicate: i64,
    pub action: Option<Box<str>>,
    pub networks: Vec<Box<str>>,
    pub enabled: bool,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/unboundplus/acls/acl", &[]);

pub static DOMAIN: Domain<AccessList> = Domain {
    name: "dns_acls",
    about: "Access lists of Unbound: which networks may ask, and which are refused.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("unbound", "unbound/settings/search_acl", PRIVILEGE)
            .before(Release::new(25, 1, 0))
            .gap("24.7 does not list the networks of an access list"),
        Source::grid("unbound", "unbound/settings/search_acl", PRIVILEGE)
            .from(Release::new(25, 1, 0)),
        Source::config("unbound", &NODE),
    ],
    fields: &[
        field("name"),
        field("action"),
        field("networks"),
        field("enabled"),
        field("description"),
        field("uuid"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|a| Some(&a.name)), "Name of the list."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|a| Some(a.duplicate)),
            "0; higher when two lists have one name.",
        ),
        col(
            Role::Plain,
            "action",
            Read::Text(|a| a.action.as_deref()),
            "allow, deny, refuse, allow_snoop, deny_non_local or refuse_non_local.",
        ),
        col(Role::Plain, "networks", Read::Nets(|a| &a.networks), "Networks it is about."),
        col(Role::Plain, "enabled", Read::Bool(|a| Some(a.enabled)), "In use."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|a| a.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|a| a.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(AccessList {
            name: raw.text("name")?,
            duplicate: raw.ordinal().into(),
            action: word(raw, "action"),
            networks: raw.list("networks"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            description: raw.string("description"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
