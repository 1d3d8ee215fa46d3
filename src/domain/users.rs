//! Users, when the settings ask for them: names and privileges, nothing else.
use super::prelude::*;
use crate::types::Release;

#[derive(Debug)]
pub struct User {
    pub name: Box<str>,
    pub duplicate: i64,
    pub number: Option<i64>,
    pub full_name: Option<Box<str>>,
    pub disabled: bool,
    pub scope: Option<Box<str>>,
    pub administrator: Option<bool>,
    pub expires: Option<Box<str>>,
    pub groups: Option<Box<str>>,
    pub privileges: Option<Box<str>>,
}

pub static DOMAIN: Domain<User> = Domain {
    name: "users",
    about: "Users of the firewall with groups and privileges. Opt-in.",
    cadence: Cadence::OptIn,
    sources: &[Source::grid("users", "auth/user/search", "System: Access: Management")
        .from(Release::new(25, 1, 0))],
    fields: &[
        field("name"),
        field("uid"),
        field("disabled"),
        field("scope"),
        field("expires"),
        field("group_memberships"),
        field("%group_memberships"),
        field("priv"),
        field("%priv"),
        field("is_admin"),
        field("descr"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|u| Some(&u.name)), "Login name."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|u| Some(u.duplicate)),
            "0; higher when a name is used twice.",
        ),
        col(Role::Plain, "number", Read::Int(|u| u.number), "User number."),
        col(Role::Plain, "full_name", Read::Text(|u| u.full_name.as_deref()), "Full name."),
        col(Role::Plain, "disabled", Read::Bool(|u| Some(u.disabled)), "May not log in."),
        col(Role::Plain, "scope", Read::Text(|u| u.scope.as_deref()), "system or user."),
        col(Role::Plain, "administrator", Read::Bool(|u| u.administrator), "May do everything."),
        col(
            Role::Plain,
            "expires",
            Read::Text(|u| u.expires.as_deref()),
            "Last day, as the firewall writes it.",
        ),
        col(Role::Plain, "groups", Read::Text(|u| u.groups.as_deref()), "Groups it belongs to."),
        col(
            Role::Plain,
            "privileges",
            Read::Text(|u| u.privileges.as_deref()),
            "Privileges of its own.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(User {
            name: raw.text("name")?,
            duplicate: raw.ordinal().into(),
            number: raw.maybe_read("uid")?,
            full_name: raw.string("descr"),
            disabled: raw.flag("disabled")?,
            scope: raw.string("scope"),
            administrator: raw.maybe_flag("is_admin")?,
            expires: raw.string("expires"),
            groups: raw.string("%group_memberships").or_else(|| raw.string("group_memberships")),
            privileges: raw.string("%priv").or_else(|| raw.string("priv")),
        });
        Ok(())
    },
    never_empty: false,
};
