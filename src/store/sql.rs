//! Running built statements. The only place where SQL that is not a literal reaches SQLite.

use std::sync::Arc;

use sea_query::{Expr, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;

use crate::domain::{ColumnSpec, Role, primary_key};

use super::readers::Readers;

/// Runs a question of exactly one row.
#[expect(clippy::disallowed_methods, reason = "the one place that may run built SQL")]
pub(super) async fn fetch_one(
    readers: &Readers,
    sql: Arc<str>,
    values: Values,
) -> Result<SqliteRow, sqlx::Error> {
    let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values));
    query.fetch_one(&mut *readers.get().await?).await
}

/// Runs a question of a bounded number of rows.
#[expect(clippy::disallowed_methods, reason = "the one place that may run built SQL")]
pub(super) async fn fetch_all(
    readers: &Readers,
    sql: Arc<str>,
    values: Values,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values));
    query.fetch_all(&mut *readers.get().await?).await
}

/// `LIMIT` by the parameter `mark`. A bare parameter there is a value that SQLite's planner looks at, so it prepares
/// the statement anew each time that one is bound, which is at each call: 1.3 of the 1.4 ms of a page of devices.
pub(super) fn limit(mark: &str) -> String {
    format!("LIMIT {mark} + 0")
}

/// The columns of the primary key as expressions that compare as the primary key does: bytewise, where
/// the column itself compares without case.
pub(super) fn key_expressions(columns: &[ColumnSpec]) -> Vec<Expr> {
    let exact = |c: &ColumnSpec| {
        let name = c.search_name().into_owned();
        if c.is_nocase() {
            Expr::cust(format!("\"{name}\" COLLATE BINARY"))
        } else {
            Expr::col(name)
        }
    };
    columns.iter().filter(|c| c.role == Role::Key).map(exact).collect()
}

/// The part `name` of a row's key as JSON can hold it.
pub(super) fn printed(name: &str) -> String {
    if is_blob(name) { format!("hex(\"{name}\")") } else { format!("\"{name}\"") }
}

/// The key of a row of `table` as `address_ranges.row_key` has it: blobs in hexadecimal, which JSON cannot hold.
pub(super) fn row_key(table: &str, columns: &[ColumnSpec]) -> String {
    let part = |name: &String| {
        let cell = format!("\"{table}\".\"{name}\"");
        if is_blob(name) { format!("lower(hex({cell}))") } else { cell }
    };
    format!("json_array({})", primary_key(columns).iter().map(part).collect::<Vec<_>>().join(", "))
}

/// Whether the key part `name` of `t` is what `text` finds in a key of [`row_key`], as the primary key compares.
pub(super) fn is_part(name: &str, text: &str) -> String {
    if is_blob(name) {
        format!("t.\"{name}\" = unhex({text})")
    } else {
        format!("t.\"{name}\" = ({text}) COLLATE BINARY")
    }
}

/// Addresses are stored in a form that sorts.
pub(super) fn is_blob(name: &str) -> bool {
    name.ends_with("_sort")
}
