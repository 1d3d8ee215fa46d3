//! User groups, when the settings ask for them: names, members and privileges.
use super::prelude::*;
use crate::types::Release;

#[derive(Debug)]
pub struct Group {
    pub name: Box<str>,
    pub duplicate: i64,
    pub number: Option<i64>,
    pub description: Option<Box<str>>,
    pub scope: Option<Box<str>>,
    pub members: Option<Box<str>>,
    pub privileges: Option<Box<str>>,
    pub source_networks: Vec<Box<str>>,
}

pub static DOMAIN: Domain<Group> = Domain {
    name: "user_groups",
    about: "Groups of users of the firewall with their privileges. Opt-in.",
    cadence: Cadence::OptIn,
    sources: &[Source::grid("groups", "auth/group/search", "System: Access: Management")
        .from(Release::new(25, 1, 0))],
    fields: &[
        field("name"),
        field("gid"),
        field("scope"),
        field("description"),
        field("priv"),
        field("%priv"),
        field("member"),
        field("%member"),
        field("source_networks"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|g| Some(&g.name)), "Name of the group."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|g| Some(g.duplicate)),
            "0; higher when a name is used twice.",
        ),
        col(Role::Plain, "number", Read::Int(|g| g.number), "Group number."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|g| g.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "scope", Read::Text(|g| g.scope.as_deref()), "system or user."),
        col(Role::Plain, "members", Read::Text(|g| g.members.as_deref()), "Users in it."),
        col(Role::Plain, "privileges", Read::Text(|g| g.privileges.as_deref()), "Its privileges."),
        col(
            Role::Plain,
            "source_networks",
            Read::Nets(|g| &g.source_networks),
            "Where its members must come from; absent for anywhere.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Group {
            name: raw.text("name")?,
            duplicate: raw.ordinal().into(),
            number: raw.maybe_read("gid")?,
            description: raw.string("description"),
            scope: raw.string("scope"),
            members: raw.string("%member").or_else(|| raw.string("member")),
            privileges: raw.string("%priv").or_else(|| raw.string("priv")),
            source_networks: raw.list("source_networks"),
        });
        Ok(())
    },
    never_empty: false,
};
