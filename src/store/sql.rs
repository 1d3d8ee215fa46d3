//! Running built statements. The only place where SQL that is not a literal reaches SQLite.

use std::sync::Arc;

use sea_query::{Expr, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, SqlitePool};

use crate::domain::{Cell, ColumnSpec, Role};

/// Statement text made by sea-query from column declarations; never from what a user or firewall wrote.
pub(super) type Text = Arc<str>;

/// Runs a statement that returns nothing; the number of rows it touched.
#[expect(clippy::disallowed_methods, reason = "the one place that may run built SQL")]
pub(super) async fn execute(
    connection: &mut SqliteConnection,
    sql: &Text,
    args: SqliteArguments,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query_with(AssertSqlSafe(Arc::clone(sql)), args).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Runs a question of exactly one row.
#[expect(clippy::disallowed_methods, reason = "the one place that may run built SQL")]
pub(super) async fn fetch_one(
    pool: &SqlitePool,
    sql: String,
    values: Values,
) -> Result<SqliteRow, sqlx::Error> {
    sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values)).fetch_one(pool).await
}

/// Runs a question of a bounded number of rows.
#[expect(clippy::disallowed_methods, reason = "the one place that may run built SQL")]
pub(super) async fn fetch_all(
    pool: &SqlitePool,
    sql: String,
    values: Values,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values)).fetch_all(pool).await
}

/// Runs a question of one number, within a transaction.
pub(super) async fn scalar(
    connection: &mut SqliteConnection,
    sql: String,
    values: Values,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar_with(AssertSqlSafe(sql), SqlxValues(values)).fetch_one(connection).await
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

/// Binds cells in order.
pub(super) fn bind(
    args: &mut SqliteArguments,
    cells: impl IntoIterator<Item = Cell>,
) -> Result<(), sqlx::Error> {
    for cell in cells {
        match cell {
            Cell::Null => args.add(None::<i64>),
            Cell::Int(n) => args.add(n),
            Cell::Text(text) => args.add(String::from(text)),
            Cell::Blob(bytes) => args.add(Vec::from(bytes)),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(())
}
