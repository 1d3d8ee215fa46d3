//! Categories: labels that administrators give to rules and aliases.
use super::prelude::*;

#[derive(Debug)]
pub struct Category {
    pub uuid: Box<str>,
    pub name: Box<str>,
    pub automatic: bool,
    pub colour: Option<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/Firewall/Category/categories/category", &[]);

pub static DOMAIN: Domain<Category> = Domain {
    name: "firewall_categories",
    about: "Categories of rules and aliases, with their colour.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("search", "firewall/category/search_item", "Firewall: Categories"),
        Source::config("search", &NODE),
    ],
    fields: &[field("uuid"), field("name"), field("auto"), field("color")],
    identity: &["uuid"],
    columns: &[
        col(
            Role::Key,
            "uuid",
            Read::Text(|c| Some(&c.uuid)),
            "Identifier in the configuration; some releases name it in rules.",
        ),
        col(Role::Indexed, "name", Read::Name(|c| Some(&c.name)), "Name."),
        col(
            Role::Plain,
            "automatic",
            Read::Bool(|c| Some(c.automatic)),
            "Removed by itself when nothing uses it any more.",
        ),
        col(Role::Plain, "colour", Read::Text(|c| c.colour.as_deref()), "Six hexadecimal digits."),
    ],
    parse: |raw, rows| {
        rows.push(Category {
            uuid: raw.text("uuid")?,
            name: raw.text("name")?,
            automatic: raw.flag("auto")?,
            colour: raw.string("color"),
        });
        Ok(())
    },
    never_empty: false,
};
