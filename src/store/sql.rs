//! Running built statements. The only place where SQL that is not a literal reaches SQLite.

use std::sync::Arc;

use sea_query::{Expr, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;

use crate::domain::{ColumnSpec, Role, primary_key};
use crate::types::AddressRange;

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

/// Ranges as `r`, by how many bytes both ends have in common, so that what is said of where they begin is a search of
/// `address_ranges_common`. A range whose ends have so many bytes in common begins with as many bytes of every address
/// that it holds, and not behind it.
pub(super) const RANGES: &str = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) b
CROSS JOIN address_ranges r ON r.common = b.column1";

/// What the sortable forms of IPv4 addresses begin with, and no other address.
const IPV4: &str = "X'00000000000000000000FFFF'";

/// Whether the sortable address `column` is in `range`, whose ends are bound to `first` and `last`. Among its bytes an
/// IPv4 address lies within `::/0`, which holds none.
pub(super) fn within(column: &str, range: AddressRange, [first, last]: [&str; 2]) -> String {
    let between = format!("{column} BETWEEN {first} AND {last}");
    if range.first().is_ipv4() {
        return between;
    }
    format!("{between} AND substr({column}, 1, 12) <> {IPV4}")
}

/// Whether a range of [`RANGES`] holds the address `mark`, named four times; of its own family, as above.
pub(super) fn holds(mark: &str) -> String {
    format!(
        "r.first BETWEEN substr({mark}, 1, b.column1) AND {mark} AND r.last >= {mark} \
         AND (b.column1 >= 12 OR substr({mark}, 1, 12) <> {IPV4})"
    )
}

/// The key of the row that a range of [`RANGES`] is of: what [`key_expressions`] is compared with.
pub(super) fn range_key(columns: &[ColumnSpec]) -> String {
    let parts = primary_key(columns);
    let parts = parts.iter().enumerate().map(|(i, name)| part(name, &format!("r.row_key ->> {i}")));
    std::iter::once("r.firewall_id".to_owned()).chain(parts).collect::<Vec<_>>().join(", ")
}

/// Whether the key part `name` of `t` is what `text` finds in `address_ranges.row_key`, as the primary key compares.
pub(super) fn is_part(name: &str, text: &str) -> String {
    format!("t.\"{name}\" = {}", part(name, text))
}

/// What `text` finds in `address_ranges.row_key`, as the column `name` has it: there, blobs are in hexadecimal, which
/// JSON can hold.
fn part(name: &str, text: &str) -> String {
    if is_blob(name) { format!("unhex({text})") } else { format!("({text}) COLLATE BINARY") }
}

/// Addresses are stored in a form that sorts.
pub(super) fn is_blob(name: &str) -> bool {
    name.ends_with("_sort")
}
