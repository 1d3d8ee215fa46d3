//! What a statement may read, and what its columns mean.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::domain;

use super::refusal::Columns;

/// Tables beside those of the domains. Not here: chunks and snapshots (compressed), volatile values.
const CORE: &[&str] = &[
    "address_ranges",
    "changes",
    "domains",
    "firewalls",
    "labels",
    "presence",
    "rejects",
    "revisions",
    "runs",
    "sources",
];

/// Tables that are made from those of a domain, and as fresh as it.
const DERIVED: &[(&str, &str)] = &[("alias_terms", "aliases"), ("rule_terms", "firewall_rules")];

/// Views for people begin like this.
const VIEW: &str = "v_";

/// Table-valued functions.
const VIRTUAL: &[&str] = &["json_each", "json_tree"];

/// Beginnings of what SQLite has of its own.
const INTERNAL: &[&str] = &["sqlite_", "pragma_"];

/// A table or view with its definition, whose comments say what every column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTable {
    pub name: String,
    pub definition: String,
}

/// What one database offers.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) tables: Vec<PublishedTable>,
    pub(super) columns: Columns,
    /// All that may be read: the tables, and what the views read.
    readable: BTreeSet<String>,
    /// All else that has a name here, in lower case.
    hidden: BTreeSet<String>,
}

impl Published {
    /// Reads it from the schema of `connection`, which has no authorizer yet and is left without one.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut this = Self::default();
        let mut statement = connection.prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND sql IS NOT NULL ORDER BY name",
        )?;
        let table = |row: &rusqlite::Row<'_>| {
            Ok(PublishedTable { name: row.get(0)?, definition: row.get(1)? })
        };
        let all: Vec<PublishedTable> =
            statement.query_map([], table)?.collect::<rusqlite::Result<_>>()?;
        let (offered, kept): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|table| is_published(&table.name));
        this.hidden.extend(kept.into_iter().map(|table| table.name.to_lowercase()));
        let mut modules = connection.prepare("SELECT lower(name) FROM pragma_module_list")?;
        this.hidden.extend(
            modules.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?,
        );
        for table in offered {
            // The views of an earlier moment may want a table that is only kept now.
            let Ok(columns) = columns(connection, &table.name) else { continue };
            this.columns.insert(table.name.clone(), columns);
            this.readable.insert(table.name.clone());
            if table.name.starts_with(VIEW) {
                // A view that no longer fits its tables offers nothing; asking it says why.
                this.readable.extend(behind(connection, &table.name).unwrap_or_default());
            }
            this.tables.push(table);
        }
        this.readable.extend(VIRTUAL.iter().map(|name| (*name).to_owned()));
        Ok(this)
    }

    /// A table whose rows are counted without a look at any column, or a subquery of that name: of those
    /// SQLite asks alike.
    pub(super) fn may_be_counted(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        !self.hidden.contains(&name) && !INTERNAL.iter().any(|prefix| name.starts_with(prefix))
    }

    pub(super) fn is_readable(&self, table: &str) -> bool {
        self.readable.contains(table)
            || self.readable.iter().any(|known| known.eq_ignore_ascii_case(table))
    }
}

/// The table whose rows `table` has: itself, or the one that it is made from.
pub(super) fn origin(table: &str) -> &str {
    DERIVED.iter().find(|(made, _)| made.eq_ignore_ascii_case(table)).map_or(table, |(_, of)| of)
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    columns.query_map([table], |row| row.get(0))?.collect()
}

fn is_published(name: &str) -> bool {
    domain::by_name(name).is_some() || CORE.contains(&name) || name.starts_with(VIEW)
}

/// The tables that a view reads. The accessor that SQLite names to an authorizer will not do: a statement
/// may call a subquery of its own by the name of a view.
fn behind(connection: &Connection, view: &str) -> rusqlite::Result<BTreeSet<String>> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let tables = Arc::clone(&seen);
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        if let AuthAction::Read { table_name, .. } = context.action {
            tables.lock().unwrap_or_else(PoisonError::into_inner).insert(table_name.to_owned());
        }
        Authorization::Allow
    }))?;
    let prepared = connection.prepare(&format!("SELECT * FROM \"{view}\"")).map(drop);
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
    prepared?;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(seen.clone())
}
