//! DHCP tags of dnsmasq, which ranges, hosts and options refer to.
use super::prelude::*;
use crate::types::Release;

#[derive(Debug)]
pub struct Tag {
    pub tag: Box<str>,
    pub duplicate: i64,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("dnsmasq/dhcp_tags", &[]);

pub static DOMAIN: Domain<Tag> = Domain {
    name: "dhcp_tags",
    about: "Tags that dnsmasq gives clients and that its options select by.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid(
            "dnsmasq",
            "dnsmasq/settings/search_tag",
            "Services: Dnsmasq DNS/DHCP: Settings",
        )
        .from(Release::new(25, 1, 6))
        .optional(),
        Source::config("dnsmasq", &NODE),
    ],
    fields: &[field("tag"), field("uuid")],
    identity: &["tag"],
    columns: &[
        col(Role::Key, "tag", Read::Name(|t| Some(&t.tag)), "Name of the tag."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|t| Some(t.duplicate)),
            "0; higher when a tag is configured several times.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|t| t.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Tag {
            tag: raw.text("tag")?,
            duplicate: raw.ordinal().into(),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
