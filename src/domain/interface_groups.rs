//! Interface groups: several interfaces under one name in rules.
use super::node::INTERFACE_NAMES;
use super::prelude::*;
use super::term::joined;
use crate::types::Release;

#[derive(Debug)]
pub struct Group {
    pub name: Box<str>,
    pub members: Option<Box<str>>,
    pub member_names: Option<Box<str>>,
    pub sequence: Option<i64>,
    pub listed: bool,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

const RAW_SEARCH: Release = Release::new(25, 7, 0);
const SEARCH: &str = "firewall/group/search_item";
const PRIVILEGE: &str = "Firewall: Groups";

static NODE: Node = Node::new(
    "ifgroups/ifgroupentry",
    &[Take::Look { from: "members", to: "%members", table: &INTERFACE_NAMES }],
)
// The firewall's own.
.beyond(&[("name", &["enc0", "openvpn", "wireguard"])]);

pub static DOMAIN: Domain<Group> = Domain {
    name: "interface_groups",
    about: "Interface groups and their members, with the order in which their rules are evaluated.",
    cadence: Cadence::Config,
    sources: &[
        // Up to 25.1 members are descriptions.
        Source::grid("search", SEARCH, "Interfaces: Groups: Edit")
            .before(RAW_SEARCH)
            .labels("members", ""),
        Source::grid("search", SEARCH, PRIVILEGE).from(RAW_SEARCH),
        Source::config("search", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("ifname"),
        field("members"),
        field("%members"),
        field("nogroup"),
        field("sequence"),
        field("descr"),
    ],
    identity: &["ifname"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|g| Some(&g.name)),
            "Name that rules use in place of an interface key.",
        ),
        col(
            Role::Plain,
            "members",
            Read::Text(|g| g.members.as_deref()),
            "Keys of the member interfaces, separated by commas; absent for groups the system fills.",
        ),
        col(
            Role::Plain,
            "member_names",
            Read::Text(|g| g.member_names.as_deref()),
            "Descriptions of the members.",
        ),
        col(
            Role::Plain,
            "sequence",
            Read::Int(|g| g.sequence),
            "Groups with a lower number come first; their rules come after floating ones.",
        ),
        col(
            Role::Plain,
            "listed",
            Read::Bool(|g| Some(g.listed)),
            "Interfaces are grouped by it in the menus.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|g| g.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|g| g.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Group {
            name: raw.text("ifname")?,
            members: joined(raw, &["members"]),
            member_names: joined(raw, &["%members"]),
            sequence: raw.maybe_read("sequence")?,
            listed: !raw.flag("nogroup")?,
            description: raw.string("descr"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
