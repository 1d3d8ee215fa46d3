//! What is in each alias at this moment: names resolved, lists downloaded, nested aliases expanded.
use super::prelude::*;
use super::source::{Items, Place};

#[derive(Debug)]
pub struct Entry {
    pub alias: Box<str>,
    pub entry: Box<str>,
    pub negated: bool,
    pub network: Vec<Box<str>>,
}

/// Each table is a request and a `pfctl`; 300 are 15 s of one configd at 50 ms each. A country list has
/// 100,000 entries, the longest list kept by hand a few hundred.
static ITEMS: Items = Items {
    list: Source::map("tables", super::alias_tables::TABLES, "details", "Firewall: Aliases")
        .keyed("name"),
    fields: &[field("name"), field("count")],
    place: Place::Segment,
    into: "alias",
    most_rows: 5000,
    most: 300,
};

pub static DOMAIN: Domain<Entry> = Domain {
    name: "alias_contents",
    about: "Entries of the loaded alias tables (after DNS, downloads and nesting), one row each; tables of more than 5000 are left out.",
    cadence: Cadence::Config,
    sources: &[Source::grid(
        "tables",
        "firewall/alias_util/list",
        "Diagnostics: PF Table IP addresses",
    )
    .each_item(&ITEMS)
    .backend()],
    fields: &[field("alias"), field("ip")],
    identity: &["alias", "ip"],
    columns: &[
        col(Role::Key, "alias", Read::Name(|e| Some(&e.alias)), "Name of the alias."),
        col(
            Role::Key,
            "entry",
            Read::Text(|e| Some(&e.entry)),
            "Address or network; `!` excludes it from the alias.",
        ),
        col(
            Role::Plain,
            "negated",
            Read::Bool(|e| Some(e.negated)),
            "Excluded: it does not match although a larger entry does.",
        ),
        col(Role::Plain, "network", Read::Nets(|e| &e.network), "The entry without its sign."),
    ],
    parse: |raw, rows| {
        rows.push(Entry {
            alias: raw.text("alias")?,
            entry: raw.text("ip")?,
            negated: raw.text("ip")?.starts_with('!'),
            network: vec![raw.text("ip")?.trim_start_matches('!').into()],
        });
        Ok(())
    },
    never_empty: false,
};
