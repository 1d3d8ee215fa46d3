//! Statements that fill a domain table, made from its columns, and the loop that runs them.

use std::sync::Arc;

use sea_query::{Expr, ExprTrait, IntoIden, OnConflict, Query, SqliteQueryBuilder};
use sqlx::SqliteTransaction;
use sqlx::sqlite::SqliteArguments;

use crate::domain::{AnyDomain, Cell, ColumnSpec, Kind, ParsedRow, primary_key, sql_names};
use crate::types::{AddressRange, FirewallId, sort_key};

use super::error::StoreError;
use super::sql::{self, Text};

/// Rows in one INSERT: one by one sqlx writes 21,800 rows/s, by 100 it writes 110,000; more rows do not fit the
/// processor's cache with their bound values. SQLite allows 32,766 variables.
const ROWS_PER_STATEMENT: usize = 100;
const MOST_VARIABLES: usize = 32_766;

/// A first fill of at least so many rows builds the indexes afterwards: sorting keys once and appending them
/// costs about a third of inserting them one by one at random places (measured at 100,000 leases with six
/// indexes). Below, the difference is lost in the noise.
pub(super) const BULK: usize = 20_000;

/// The secondary indexes of an empty table, dropped for a bulk fill and built again after it, in the
/// transaction of the fill: nobody ever sees the table without them.
pub(super) struct Indexes {
    create: Vec<String>,
}

impl Indexes {
    /// Drops them if the table has no row of any firewall; `None` if it has.
    pub(super) async fn set_aside(
        transaction: &mut SqliteTransaction<'_>,
        domain: &'static dyn AnyDomain,
    ) -> Result<Option<Self>, StoreError> {
        let failed = || StoreError::query("set indexes aside");
        let mut any = Query::select();
        any.expr(Expr::cust("count(*)")).from_subquery(
            Query::select().expr(Expr::cust("1")).from(domain.name()).limit(1).take(),
            "some",
        );
        let (text, values) = any.build(SqliteQueryBuilder);
        if sql::scalar(transaction, text, values).await.map_err(failed())? > 0 {
            return Ok(None);
        }
        let indexes: Vec<(String, String)> =
            sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid")
                .bind(domain.name())
                .fetch_all(&mut **transaction)
                .await
                .map_err(failed())?;
        for (name, _) in &indexes {
            let text: Text = format!("DROP INDEX \"{name}\"").into();
            sql::execute(transaction, &text, SqliteArguments::default()).await.map_err(failed())?;
        }
        Ok(Some(Self { create: indexes.into_iter().map(|(_, sql)| sql).collect() }))
    }

    pub(super) async fn build(
        self,
        transaction: &mut SqliteTransaction<'_>,
    ) -> Result<(), StoreError> {
        for sql in self.create {
            sql::execute(transaction, &sql.into(), SqliteArguments::default())
                .await
                .map_err(StoreError::query("build indexes"))?;
        }
        Ok(())
    }
}

/// Writes rows of one domain of one firewall.
#[derive(Clone)]
pub(super) struct Writer {
    domain: &'static dyn AnyDomain,
    columns: Vec<ColumnSpec>,
    has_ranges: bool,
    firewall: FirewallId,
    /// Insert into an empty table, or upsert what differs.
    mode: Mode,
    per_statement: usize,
    full: Option<Text>,
}

/// The ranges of one row: the position of the column that names it, and the range.
type Ranges = Vec<(usize, AddressRange)>;

/// Rows ready to be written.
pub(super) struct Statement {
    pub(super) rows: usize,
    args: SqliteArguments,
    ranges: Vec<(String, Ranges)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The domain has no rows of this firewall yet.
    Insert,
    Upsert,
}

impl Writer {
    pub(super) fn new(domain: &'static dyn AnyDomain, firewall: FirewallId, mode: Mode) -> Self {
        let columns = domain.columns();
        let cells = 1 + columns.iter().flat_map(sql_names).count();
        let per_statement = ROWS_PER_STATEMENT.min(MOST_VARIABLES / cells);
        let has_ranges = columns.iter().any(|c| c.kind == Kind::Nets);
        Self { domain, columns, has_ranges, firewall, mode, per_statement, full: None }
    }

    /// Makes statements of rows. Runs on the thread that reads them, so that SQLite never waits for it.
    pub(super) fn encode(&self, rows: Vec<ParsedRow>) -> Result<Vec<Statement>, StoreError> {
        let failed = || StoreError::query("write rows");
        let mut statements = Vec::new();
        let mut rows = rows.into_iter();
        loop {
            let mut statement =
                Statement { rows: 0, args: SqliteArguments::default(), ranges: Vec::new() };
            for row in rows.by_ref().take(self.per_statement) {
                statement.rows += 1;
                if self.has_ranges {
                    statement.ranges.push((row_key(&self.columns, &row), row.ranges));
                }
                let cells = std::iter::once(Cell::Int(self.firewall.get())).chain(row.cells);
                sql::bind(&mut statement.args, cells).map_err(failed())?;
            }
            if statement.rows == 0 {
                return Ok(statements);
            }
            statements.push(statement);
        }
    }

    /// Writes the rows of a statement and the address ranges they name; the rows that SQLite inserted or
    /// modified.
    pub(super) async fn write(
        &mut self,
        transaction: &mut SqliteTransaction<'_>,
        statement: Statement,
    ) -> Result<u64, StoreError> {
        self.write_ranges(transaction, &statement.ranges).await?;
        let text = self.text(statement.rows);
        sql::execute(transaction, &text, statement.args)
            .await
            .map_err(StoreError::query("write rows"))
    }

    fn text(&mut self, rows: usize) -> Text {
        match &self.full {
            Some(text) if rows == self.per_statement => Arc::clone(text),
            _ => {
                let text: Text = insert(self.domain, &self.columns, rows, self.mode).into();
                if rows == self.per_statement {
                    self.full = Some(Arc::clone(&text));
                }
                text
            }
        }
    }

    async fn write_ranges(
        &self,
        transaction: &mut SqliteTransaction<'_>,
        rows: &[(String, Ranges)],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::query("write address ranges");
        for (key, ranges) in rows {
            if self.mode == Mode::Upsert {
                sqlx::query("DELETE FROM address_ranges WHERE firewall_id = ? AND domain = ? AND row_key = ?")
                    .bind(self.firewall.get())
                    .bind(self.domain.name())
                    .bind(key)
                    .execute(&mut **transaction)
                    .await
                    .map_err(failed())?;
            }
            for (column, range) in ranges {
                let Some(column) = self.columns.get(*column) else { continue };
                sqlx::query(
                    "INSERT INTO address_ranges (firewall_id, domain, row_key, field, first, last) VALUES (?, ?, ?, ?, ?, ?)
                     ON CONFLICT DO NOTHING",
                )
                .bind(self.firewall.get())
                .bind(self.domain.name())
                .bind(key)
                .bind(column.name)
                .bind(sort_key(range.first()).as_slice())
                .bind(sort_key(range.last()).as_slice())
                .execute(&mut **transaction)
                .await
                .map_err(failed())?;
            }
        }
        Ok(())
    }

    /// Deletes rows by primary key; the number deleted.
    pub(super) async fn delete(
        &self,
        transaction: &mut SqliteTransaction<'_>,
        keys: &[Vec<Cell>],
    ) -> Result<u64, StoreError> {
        let failed = || StoreError::query("delete rows");
        let text: Text = delete(self.domain, &self.columns).into();
        let mut deleted = 0;
        for key in keys {
            let mut args = SqliteArguments::default();
            sql::bind(
                &mut args,
                std::iter::once(Cell::Int(self.firewall.get())).chain(key.iter().cloned()),
            )
            .map_err(failed())?;
            deleted += sql::execute(transaction, &text, args).await.map_err(failed())?;
            if self.has_ranges {
                sqlx::query("DELETE FROM address_ranges WHERE firewall_id = ? AND domain = ? AND row_key = ?")
                    .bind(self.firewall.get())
                    .bind(self.domain.name())
                    .bind(key_text(key))
                    .execute(&mut **transaction)
                    .await
                    .map_err(failed())?;
            }
        }
        Ok(deleted)
    }

    /// Empties the domain for this firewall.
    pub(super) async fn clear(
        &self,
        transaction: &mut SqliteTransaction<'_>,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::query("empty a table");
        let text: Text = Query::delete()
            .from_table(self.domain.name())
            .and_where(Expr::col("firewall_id").eq(0))
            .build(SqliteQueryBuilder)
            .0
            .into();
        let mut args = SqliteArguments::default();
        sql::bind(&mut args, [Cell::Int(self.firewall.get())]).map_err(failed())?;
        sql::execute(transaction, &text, args).await.map_err(failed())?;
        sqlx::query("DELETE FROM address_ranges WHERE firewall_id = ? AND domain = ?")
            .bind(self.firewall.get())
            .bind(self.domain.name())
            .execute(&mut **transaction)
            .await
            .map(drop)
            .map_err(failed())
    }
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
            Cell::Blob(bytes) => {
                bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().into()
            }
        })
        .collect();
    serde_json::Value::Array(values).to_string()
}

/// `INSERT INTO t (...) VALUES (...), ...`, with the upsert of what differs when rows may be there.
fn insert(
    domain: &'static dyn AnyDomain,
    columns: &[ColumnSpec],
    rows: usize,
    mode: Mode,
) -> String {
    let names: Vec<String> = std::iter::once("firewall_id".to_owned())
        .chain(columns.iter().flat_map(sql_names).map(Into::into))
        .collect();
    let mut statement = Query::insert();
    statement.into_table(domain.name()).columns(names.iter().map(|n| n.clone().into_iden()));
    for _ in 0..rows {
        // The values only mark the places; cells are bound by position.
        statement.values_panic(names.iter().map(|_| Expr::val(0)));
    }
    if mode == Mode::Upsert {
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
        return statement.build(SqliteQueryBuilder).0;
    }
    // Rows with a key that is taken are counted by the caller and kept as rejects. `OR IGNORE` and not
    // `ON CONFLICT DO NOTHING`: only the former needs no statement journal, which copies every page that a
    // statement of many rows touches.
    statement.build(SqliteQueryBuilder).0.replacen("INSERT INTO", "INSERT OR IGNORE INTO", 1)
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
