//! Gateway groups: which gateways stand in for each other, and when.
use super::prelude::*;
use crate::types::Release;

#[derive(Debug)]
pub struct Member {
    pub name: Box<str>,
    pub gateway: Box<str>,
    pub tier: Option<i64>,
    pub trigger: Option<Box<str>>,
    pub pool: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

const MVC: Release = Release::new(26, 7, 0);
const SEARCH: &str = "routing/group_settings/search";
/// Its own privilege names another path (26.7).
const PRIVILEGE: &str = "All pages";

static NODE: Node = Node::new("gateways/gateway_group", &[]);

pub static DOMAIN: Domain<Member> = Domain {
    name: "gateway_groups",
    about: "Members of gateway groups by tier: the lowest tier that is up carries the traffic.",
    cadence: Cadence::Config,
    sources: &[
        // Answers 404; asked so that the gap is told together with the answer.
        Source::grid("groups", SEARCH, PRIVILEGE)
            .before(MVC)
            .optional()
            .gap("before 26.7 gateway groups are only in config.xml"),
        Source::grid("groups", SEARCH, PRIVILEGE).from(MVC),
        // Not `groups`, which is asked for its gap: what an import read stays beside that answer.
        Source::config("legacy", &NODE).before(MVC),
        Source::config("groups", &NODE).from(MVC),
    ],
    fields: &[
        field("uuid"),
        field("name"),
        field("item"),
        field("trigger"),
        field("poolopts"),
        field("descr"),
    ],
    identity: &["name"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|m| Some(&m.name)),
            "Name that rules use in place of a gateway.",
        ),
        col(Role::Key, "gateway", Read::Text(|m| Some(&m.gateway)), "Name of the member gateway."),
        col(
            Role::Plain,
            "tier",
            Read::Int(|m| m.tier),
            "1 to 5; the lowest tier that is up is used.",
        ),
        col(
            Role::Plain,
            "trigger",
            Read::Text(|m| m.trigger.as_deref()),
            "When a member is out: down, downloss, downlatency or downlosslatency.",
        ),
        col(
            Role::Plain,
            "pool",
            Read::Text(|m| m.pool.as_deref()),
            "How members of one tier share connections; absent: the system's default.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|m| m.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|m| m.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        let name = raw.text("name")?;
        let members = raw.list("item");
        for member in &members {
            // `WAN_DHCP|1`, and before 24.7 a virtual address behind it.
            let mut parts = member.split('|');
            let gateway = parts.next().unwrap_or_default();
            let tier = parts.next().and_then(|tier| tier.parse().ok());
            rows.push(Member {
                name: name.clone(),
                gateway: gateway.into(),
                tier,
                trigger: raw.string("trigger"),
                pool: raw.string("poolopts"),
                description: raw.string("descr"),
                uuid: raw.string("uuid"),
            });
        }
        Ok(())
    },
    never_empty: false,
};
