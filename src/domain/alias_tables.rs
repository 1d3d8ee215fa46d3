//! The tables of pf: what aliases are once they are loaded, by size.
use super::prelude::*;

#[derive(Debug)]
pub struct Table {
    pub name: Box<str>,
    pub internal: bool,
    pub entries: Option<i64>,
    pub updated: Option<Box<str>>,
    pub matches: Option<i64>,
    pub misses: Option<i64>,
}

/// One `pfctl` for all tables; sizes, not entries.
pub(super) const TABLES: &str = "firewall/alias/get_table_size";

pub static DOMAIN: Domain<Table> = Domain {
    name: "alias_tables",
    about: "Loaded alias tables with their number of entries; alias_contents has the entries.",
    cadence: Cadence::Runtime,
    sources: &[Source::map("tables", TABLES, "details", "Firewall: Aliases")
        .keyed("name")
        .backend()],
    fields: &[
        field("name"),
        volatile("count"),
        volatile("updated"),
        volatile("eval_match"),
        volatile("eval_nomatch"),
    ],
    identity: &["name"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|t| Some(&t.name)),
            "Name of the alias; names in double underscores are the firewall's own.",
        ),
        col(
            Role::Plain,
            "internal",
            Read::Bool(|t| Some(t.internal)),
            "Kept by the firewall itself, such as the networks of an interface.",
        ),
        col(Role::Plain, "entries", Read::Int(|t| t.entries), "Entries when it was read."),
        col(
            Role::Plain,
            "updated",
            Read::Text(|t| t.updated.as_deref()),
            "When it was last filled, in the firewall's local time; absent: not recorded.",
        ),
        col(
            Role::Plain,
            "matches",
            Read::Int(|t| t.matches),
            "Rule evaluations that found an entry since the table was loaded; from 25.7.",
        ),
        col(
            Role::Plain,
            "misses",
            Read::Int(|t| t.misses),
            "Rule evaluations that found none; from 25.7.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Table {
            name: raw.text("name")?,
            internal: raw.text("name")?.starts_with("__"),
            entries: raw.maybe_read("count")?,
            updated: raw.string("updated"),
            matches: raw.maybe_read("eval_match")?,
            misses: raw.maybe_read("eval_nomatch")?,
        });
        Ok(())
    },
    never_empty: false,
};
