//! Link aggregation: several ports as one.
use super::prelude::*;
use super::term::chosen;

#[derive(Debug)]
pub struct Lagg {
    pub device: Box<str>,
    pub members: Option<Box<str>>,
    pub protocol: Option<Box<str>>,
    pub primary_member: Option<Box<str>>,
    pub fast_timeout: bool,
    pub hash: Option<Box<str>>,
    pub mtu: Option<i64>,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("laggs/lagg", &[]);

pub static DOMAIN: Domain<Lagg> = Domain {
    name: "laggs",
    about: "Link aggregation devices with their member ports and protocol.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("search", "interfaces/lagg_settings/search_item", "Interfaces: LAGG: Edit"),
        Source::config("search", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("laggif"),
        field("members"),
        field("primary_member"),
        field("proto"),
        field("lacp_fast_timeout"),
        field("lacp_strict"),
        field("lagghash"),
        field("mtu"),
        field("descr"),
    ],
    identity: &["laggif"],
    columns: &[
        col(Role::Key, "device", Read::Name(|l| Some(&l.device)), "Device name, such as lagg0."),
        col(
            Role::Plain,
            "members",
            Read::Text(|l| l.members.as_deref()),
            "Device names of the member ports, separated by commas.",
        ),
        col(
            Role::Plain,
            "protocol",
            Read::Text(|l| l.protocol.as_deref()),
            "lacp, failover, loadbalance, roundrobin or none.",
        ),
        col(
            Role::Plain,
            "primary_member",
            Read::Text(|l| l.primary_member.as_deref()),
            "Port that carries the traffic in failover mode.",
        ),
        col(
            Role::Plain,
            "fast_timeout",
            Read::Bool(|l| Some(l.fast_timeout)),
            "LACP partners are missed after 3 s instead of 90.",
        ),
        col(
            Role::Plain,
            "hash",
            Read::Text(|l| l.hash.as_deref()),
            "Layers that choose the port; absent: the default.",
        ),
        col(
            Role::Plain,
            "mtu",
            Read::Int(|l| l.mtu),
            "Maximum transmission unit in bytes, when set.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|l| l.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|l| l.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Lagg {
            device: raw.text("laggif")?,
            members: members(raw),
            protocol: raw.string("proto"),
            primary_member: chosen(raw, "primary_member").map(|member| device(&member)),
            fast_timeout: raw.flag("lacp_fast_timeout")?,
            hash: raw.string("lagghash"),
            mtu: raw.maybe_read("mtu")?,
            description: raw.string("descr"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};

/// 24.7 and 25.1 add the hardware address: `ix0 (02:00:00:00:00:01)`.
fn device(text: &str) -> Box<str> {
    text.split(' ').next().unwrap_or_default().into()
}

fn members(raw: Raw<'_>) -> Option<Box<str>> {
    let members: Vec<_> = raw.list("members").iter().map(|member| device(member)).collect();
    (!members.is_empty()).then(|| members.join(",").into())
}
