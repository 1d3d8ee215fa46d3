//! DNS block lists: names that Unbound does not resolve.
use super::prelude::*;
use super::words::joined;
use crate::types::Release;

const PRIVILEGE: &str = "Services: Unbound";
/// Before, there was one, which only the whole model shows.
const SEVERAL: Release = Release::new(25, 7, 8);

#[derive(Debug)]
pub struct Blocklist {
    pub name: Box<str>,
    pub duplicate: i64,
    pub kind: Option<Box<str>>,
    pub type_name: Option<Box<str>>,
    pub urls: Option<Box<str>>,
    pub allowed: Option<Box<str>>,
    pub blocked: Option<Box<str>>,
    pub wildcards: Option<Box<str>>,
    pub source_networks: Vec<Box<str>>,
    pub answer: Option<Box<str>>,
    pub nxdomain: Option<bool>,
    pub safe_search: Option<bool>,
    pub cache_ttl: Option<i64>,
    pub enabled: bool,
    pub uuid: Option<Box<str>>,
}

static MODEL: Node = Node::new("OPNsense/unboundplus/dnsbl", &[]);

static LISTS: Node = Node::new("OPNsense/unboundplus/dnsbl/blocklist", &[]).lacks(&["type_name"]);

pub static DOMAIN: Domain<Blocklist> = Domain {
    name: "dns_blocklists",
    about: "Block lists of Unbound: which lists are used, what is allowed or blocked by hand, for whom.",
    cadence: Cadence::Config,
    sources: &[
        Source::one("model", "unbound/settings/get", "unbound.dnsbl", PRIVILEGE).before(SEVERAL),
        Source::grid("lists", "unbound/settings/search_dnsbl", PRIVILEGE).from(SEVERAL),
        Source::config("model", &MODEL).before(SEVERAL),
        Source::config("lists", &LISTS).from(SEVERAL),
    ],
    fields: &[
        field("description"),
        field("type"),
        field("%type"),
        field("lists"),
        field("allowlists"),
        field("whitelists"),
        field("blocklists"),
        field("wildcards"),
        field("source_nets"),
        field("address"),
        field("nxdomain"),
        field("cache_ttl"),
        field("safesearch"),
        field("enabled"),
        field("uuid"),
    ],
    identity: &["description"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|b| Some(&b.name)),
            "Description of the list; default where the release has only one.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|b| Some(b.duplicate)),
            "0; higher when two lists have one description.",
        ),
        col(
            Role::Plain,
            "type",
            Read::Text(|b| b.kind.as_deref()),
            "Keys of the lists that are downloaded, such as hgz003.",
        ),
        col(
            Role::Plain,
            "type_name",
            Read::Text(|b| b.type_name.as_deref()),
            "The same in words; absent on older releases.",
        ),
        col(Role::Plain, "urls", Read::Text(|b| b.urls.as_deref()), "Addresses of further lists."),
        col(
            Role::Plain,
            "allowed",
            Read::Text(|b| b.allowed.as_deref()),
            "Names and patterns that are never blocked.",
        ),
        col(Role::Plain, "blocked", Read::Text(|b| b.blocked.as_deref()), "Names blocked by hand."),
        col(
            Role::Plain,
            "wildcards",
            Read::Text(|b| b.wildcards.as_deref()),
            "Domains blocked with all names below them.",
        ),
        col(
            Role::Plain,
            "source_networks",
            Read::Nets(|b| &b.source_networks),
            "Clients it applies to; absent for all.",
        ),
        col(
            Role::Plain,
            "answer",
            Read::Text(|b| b.answer.as_deref()),
            "Address that is answered for a blocked name; absent for 0.0.0.0.",
        ),
        col(Role::Plain, "nxdomain", Read::Bool(|b| b.nxdomain), "Blocked names do not exist."),
        col(
            Role::Plain,
            "safe_search",
            Read::Bool(|b| b.safe_search),
            "Search engines are forced to their safe mode; absent where that is a general setting.",
        ),
        col(
            Role::Plain,
            "cache_ttl",
            Read::Int(|b| b.cache_ttl),
            "Seconds that a downloaded list is kept.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|b| Some(b.enabled)), "In use."),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|b| b.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Blocklist {
            name: raw.string("description").unwrap_or_else(|| "default".into()),
            duplicate: raw.ordinal().into(),
            kind: joined(&raw.list("type")),
            type_name: raw.string("%type"),
            urls: joined(&raw.list("lists")),
            allowed: joined(&raw.list(if raw.has("allowlists") {
                "allowlists"
            } else {
                "whitelists"
            })),
            blocked: joined(&raw.list("blocklists")),
            wildcards: joined(&raw.list("wildcards")),
            source_networks: raw.list("source_nets"),
            answer: raw.string("address"),
            nxdomain: raw.maybe_flag("nxdomain")?,
            safe_search: raw.maybe_flag("safesearch")?,
            cache_ttl: raw.maybe_read("cache_ttl")?,
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
