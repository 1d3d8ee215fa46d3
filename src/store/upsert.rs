//! Statements that fill a domain table, made from its columns, and the loop that runs them.

use std::collections::BTreeSet;

use rusqlite::types::Null;
use rusqlite::{Connection, Statement};
use sea_query::{Expr, ExprTrait, IntoIden, OnConflict, Query, SqliteQueryBuilder};

use crate::domain::{
    AnyDomain, Cell, ColumnSpec, Kind, ParsedRow, primary_key, sighting, sql_names,
};
use crate::types::{AddressRange, FirewallId, sort_key};

use super::error::StoreError;
use super::presence::Touched;
use super::sql;

/// Writes rows of one domain of one firewall; its statements are prepared once.
pub(super) struct Table<'c> {
    domain: &'static dyn AnyDomain,
    columns: Vec<ColumnSpec>,
    firewall: FirewallId,
    mode: Mode,
    write: Statement<'c>,
    delete: Statement<'c>,
    /// Clears and adds the ranges of a row, where the domain names any.
    ranges: Option<(Statement<'c>, Statement<'c>)>,
    /// Addresses of rows that were written or deleted, where the domain shows devices.
    touched: Option<TouchedAt>,
}

#[derive(Debug)]
struct TouchedAt {
    /// Position of the address among the cells, and in the key.
    cell: usize,
    key: Option<usize>,
    addresses: BTreeSet<Box<[u8]>>,
}

impl TouchedAt {
    fn new(domain: &dyn AnyDomain, columns: &[ColumnSpec]) -> Option<Self> {
        let address = format!("{}_sort", sighting(domain)?.address);
        let cell = columns.iter().flat_map(sql_names).position(|name| name == address)?;
        let key = primary_key(columns).iter().position(|name| *name == address);
        Some(Self { cell, key, addresses: BTreeSet::new() })
    }

    fn note(&mut self, cell: Option<&Cell>) {
        if let Some(Cell::Blob(address)) = cell {
            self.addresses.insert(address.clone());
        }
    }
}

/// Insert into an empty table, or upsert what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The domain has no rows of this firewall yet.
    Insert,
    Upsert,
}

impl<'c> Table<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        domain: &'static dyn AnyDomain,
        firewall: FirewallId,
        mode: Mode,
    ) -> Result<Self, StoreError> {
        let prepare = |text: &str| connection.prepare(text).map_err(StoreError::write("prepare"));
        let columns = domain.columns();
        let write = prepare(&insert(domain, &columns, mode))?;
        let delete = prepare(&delete(domain, &columns))?;
        let ranges = if columns.iter().any(|c| c.kind == Kind::Nets) {
            let clear =
                "DELETE FROM address_ranges WHERE firewall_id = ? AND domain = ? AND row_key = ?";
            let add =
                "INSERT INTO address_ranges (firewall_id, domain, row_key, field, first, last)
                 VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
            Some((prepare(clear)?, prepare(add)?))
        } else {
            None
        };
        let touched = TouchedAt::new(domain, &columns).filter(|_| mode == Mode::Upsert);
        Ok(Self { domain, columns, firewall, mode, write, delete, ranges, touched })
    }

    /// Writes one row and the address ranges it names; whether SQLite inserted or modified it.
    pub(super) fn write(&mut self, row: &ParsedRow) -> Result<bool, StoreError> {
        let failed = || StoreError::write("write a row");
        self.write.raw_bind_parameter(1, self.firewall.get()).map_err(failed())?;
        bind(&mut self.write, 2, &row.cells).map_err(failed())?;
        let written = self.write.raw_execute().map_err(failed())? > 0;
        if let Some(touched) = self.touched.as_mut().filter(|_| written) {
            touched.note(row.cells.get(touched.cell));
        }
        if self.ranges.is_some() {
            self.write_ranges(&row_key(&self.columns, row), &row.ranges)?;
        }
        Ok(written)
    }

    fn write_ranges(
        &mut self,
        key: &str,
        ranges: &[(usize, AddressRange)],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::write("write address ranges");
        let Some((clear, add)) = &mut self.ranges else { return Ok(()) };
        let (firewall, domain) = (self.firewall.get(), self.domain.name());
        if self.mode == Mode::Upsert {
            clear.execute((firewall, domain, key)).map_err(failed())?;
        }
        for (column, range) in ranges {
            let Some(column) = self.columns.get(*column) else { continue };
            let (first, last) = (sort_key(range.first()), sort_key(range.last()));
            add.execute((firewall, domain, key, column.name, first.as_slice(), last.as_slice()))
                .map_err(failed())?;
        }
        Ok(())
    }

    /// Deletes rows by primary key; the number deleted.
    pub(super) fn delete(&mut self, keys: &[Vec<Cell>]) -> Result<u64, StoreError> {
        let failed = || StoreError::write("delete rows");
        let mut deleted = 0;
        for key in keys {
            self.delete.raw_bind_parameter(1, self.firewall.get()).map_err(failed())?;
            bind(&mut self.delete, 2, key).map_err(failed())?;
            let gone = self.delete.raw_execute().map_err(failed())?;
            deleted += u64::try_from(gone).unwrap_or(0);
            if let Some(touched) = &mut self.touched {
                touched.note(touched.key.and_then(|at| key.get(at)));
            }
            if let Some((clear, _)) = &mut self.ranges {
                clear
                    .execute((self.firewall.get(), self.domain.name(), key_text(key)))
                    .map_err(failed())?;
            }
        }
        Ok(deleted)
    }

    /// Addresses whose rows were written or deleted.
    pub(super) fn touched(self) -> Touched {
        match self.touched {
            // A row whose address is no part of its key may have had another before.
            Some(touched) if touched.key.is_none() => Touched::All,
            touched => Touched::Some(touched.map(|t| t.addresses).unwrap_or_default()),
        }
    }
}

/// Empties a domain for one firewall.
pub(super) fn clear(
    connection: &Connection,
    domain: &'static dyn AnyDomain,
    firewall: FirewallId,
) -> Result<(), StoreError> {
    let failed = || StoreError::write("empty a table");
    let mut statement = Query::delete();
    statement.from_table(domain.name()).and_where(Expr::col("firewall_id").eq(0));
    let text = statement.build(SqliteQueryBuilder).0;
    connection.execute(&text, [firewall.get()]).map_err(failed())?;
    connection
        .execute(
            "DELETE FROM address_ranges WHERE firewall_id = ? AND domain = ?",
            (firewall.get(), domain.name()),
        )
        .map(drop)
        .map_err(failed())
}

/// Rows of one firewall in a domain's table.
pub(super) fn count(
    connection: &Connection,
    domain: &'static dyn AnyDomain,
    firewall: FirewallId,
) -> Result<i64, StoreError> {
    let mut statement = Query::select();
    statement
        .expr(Expr::cust("count(*)"))
        .from(domain.name())
        .and_where(Expr::col("firewall_id").eq(0));
    let text = statement.build(SqliteQueryBuilder).0;
    connection
        .query_row(&text, [firewall.get()], |r| r.get(0))
        .map_err(StoreError::write("count rows"))
}

/// A first fill of at least so many rows builds the indexes afterwards: sorting keys once and appending
/// them is cheaper than inserting them one by one at random places.
pub(super) const BULK: usize = 20_000;

/// The secondary indexes of an empty table, dropped for a bulk fill and built again after it, in the
/// transaction of the fill: nobody ever sees the table without them.
pub(super) struct Indexes {
    create: Vec<String>,
}

impl Indexes {
    /// Drops them if the table has no row of any firewall; `None` if it has.
    pub(super) fn set_aside(
        connection: &Connection,
        domain: &'static dyn AnyDomain,
    ) -> Result<Option<Self>, StoreError> {
        let failed = || StoreError::write("set indexes aside");
        let mut any = Query::select();
        any.expr(Expr::cust("1")).from(domain.name()).limit(1);
        let text = format!("SELECT EXISTS ({})", any.to_string(SqliteQueryBuilder));
        if connection.query_row(&text, [], |r| r.get::<_, bool>(0)).map_err(failed())? {
            return Ok(None);
        }
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid";
        let mut statement = connection.prepare(sql).map_err(failed())?;
        let found: Vec<(String, String)> = statement
            .query_map([domain.name()], |r| Ok((r.get(0)?, r.get(1)?)))
            .and_then(Iterator::collect)
            .map_err(failed())?;
        for (name, _) in &found {
            connection.execute_batch(&format!("DROP INDEX \"{name}\"")).map_err(failed())?;
        }
        Ok(Some(Self { create: found.into_iter().map(|(_, sql)| sql).collect() }))
    }

    pub(super) fn build(self, connection: &Connection) -> Result<(), StoreError> {
        let failed = || StoreError::write("build indexes");
        self.create.iter().try_for_each(|sql| connection.execute_batch(sql).map_err(failed()))
    }
}

/// Binds cells by reference, from position `first`.
fn bind(statement: &mut Statement<'_>, first: usize, cells: &[Cell]) -> rusqlite::Result<()> {
    for (i, cell) in cells.iter().enumerate() {
        let at = first + i;
        match cell {
            Cell::Null => statement.raw_bind_parameter(at, Null),
            Cell::Int(n) => statement.raw_bind_parameter(at, n),
            Cell::Text(text) => statement.raw_bind_parameter(at, &**text),
            Cell::Blob(bytes) => statement.raw_bind_parameter(at, &**bytes),
        }?;
    }
    Ok(())
}

/// The key of a parsed row: its primary key after the firewall.
pub(super) fn key_of(columns: &[ColumnSpec], row: &ParsedRow) -> Vec<Cell> {
    let names: Vec<_> = columns.iter().flat_map(sql_names).collect();
    let wanted = primary_key(columns);
    let cell = |name: &String| {
        names.iter().position(|n| n == name).and_then(|i| row.cells.get(i)).cloned()
    };
    wanted.iter().filter_map(cell).collect()
}

fn row_key(columns: &[ColumnSpec], row: &ParsedRow) -> String {
    key_text(&key_of(columns, row))
}

/// A key as the JSON array that `address_ranges.row_key` holds.
pub(super) fn key_text(key: &[Cell]) -> String {
    let values: Vec<serde_json::Value> = key
        .iter()
        .map(|cell| match cell {
            Cell::Null => serde_json::Value::Null,
            Cell::Int(n) => (*n).into(),
            Cell::Text(text) => (&**text).into(),
            Cell::Blob(bytes) => hex(bytes).into(),
        })
        .collect();
    serde_json::Value::Array(values).to_string()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// `INSERT INTO t (...) VALUES (?, ...)`, with the upsert of what differs when rows may be there.
fn insert(domain: &'static dyn AnyDomain, columns: &[ColumnSpec], mode: Mode) -> String {
    let names: Vec<String> = std::iter::once("firewall_id".to_owned())
        .chain(columns.iter().flat_map(sql_names).map(Into::into))
        .collect();
    let mut statement = Query::insert();
    statement
        .into_table(domain.name())
        .columns(names.iter().map(|n| n.clone().into_iden()))
        // The values only mark the places; cells are bound by position.
        .values_panic(names.iter().map(|_| Expr::val(0)));
    if mode == Mode::Insert {
        // Rows with a key that is taken are counted by the caller and kept as rejects.
        statement.on_conflict(OnConflict::new().do_nothing().to_owned());
        return statement.build(SqliteQueryBuilder).0;
    }
    let key = primary_key(columns);
    let free: Vec<&String> =
        names.iter().filter(|n| *n != "firewall_id" && !key.contains(n)).collect();
    let target = std::iter::once("firewall_id".to_owned()).chain(key.iter().cloned());
    let mut conflict = OnConflict::columns(target.map(IntoIden::into_iden));
    if free.is_empty() {
        conflict.do_nothing();
    } else {
        conflict.update_columns(free.iter().map(|n| (*n).clone().into_iden()));
        conflict.action_and_where(differs(domain, &free));
    }
    statement.on_conflict(conflict);
    statement.build(SqliteQueryBuilder).0
}

/// True when any column would change: an upsert that changes nothing then writes nothing.
fn differs(domain: &'static dyn AnyDomain, columns: &[&String]) -> Expr {
    let one = |name: &str| {
        let new = Expr::col(("excluded", name.to_owned()));
        Expr::col((domain.name(), name.to_owned())).binary(sea_query::BinOper::IsNot, new)
    };
    columns.iter().map(|name| one(name)).reduce(ExprTrait::or).unwrap_or_else(|| Expr::val(false))
}

fn delete(domain: &'static dyn AnyDomain, columns: &[ColumnSpec]) -> String {
    let mut statement = Query::delete();
    statement.from_table(domain.name()).and_where(Expr::col("firewall_id").eq(0));
    for key in sql::key_expressions(columns) {
        statement.and_where(key.eq(0));
    }
    statement.build(SqliteQueryBuilder).0
}
