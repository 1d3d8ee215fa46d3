//! One statement of SQL over what is published.

use serde::Serialize;

use crate::domain::{self, AnyDomain};
use crate::store::{Cut, PublishedTable, Statement};

use super::error::AskError;
use super::freshness::{Freshness, freshness};
use super::joint::about;
use super::query::{Ask, DEFAULT_LIMIT, MAX_LIMIT};

/// A statement, and how large its answer may be.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    pub statement: String,
    /// Rows; 50 unless given.
    pub limit: Option<u32>,
    /// Bytes of the answer.
    pub bytes: usize,
}

/// What the statement found.
#[derive(Debug, Clone, Serialize)]
pub struct SqlAnswer {
    pub columns: Vec<String>,
    /// One array per row. Booleans are 0 and 1, blobs `x'..'`.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// There are more rows; `notes` says why they are not here.
    pub truncated: bool,
    /// Of all domains that the statement read; `as_of` is absent when it read none.
    #[serde(flatten)]
    pub freshness: Freshness,
}

impl Ask {
    /// Answers one `SELECT`; see [`Statement`] for its bounds.
    pub async fn sql(&self, sql: &Sql) -> Result<SqlAnswer, AskError> {
        let limit = sql.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(AskError::RowLimit { limit, most: MAX_LIMIT });
        }
        let statement = Statement {
            sql: sql.statement.clone(),
            rows: usize::try_from(limit).unwrap_or(usize::MAX),
            bytes: sql.bytes,
        };
        let found = self.store.answer(statement).await?.map_err(AskError::Sql)?;
        let mut freshness = self.of_tables(&found.tables).await?;
        if let Some(cut) = found.cut {
            let shown = found.rows.len();
            freshness.notes.insert(0, match cut {
                Cut::Rows => format!(
                    "only the first {shown} rows are shown and there are more; raise `limit` (at most {MAX_LIMIT}), \
                     aggregate, or go on with ORDER BY and a WHERE on its column"
                ),
                Cut::Bytes => format!(
                    "only the first {shown} rows are shown, more would exceed {} bytes; select fewer columns or rows",
                    sql.bytes
                ),
            });
        }
        Ok(SqlAnswer {
            columns: found.columns,
            rows: found.rows,
            truncated: found.cut.is_some(),
            freshness,
        })
    }

    /// Tables and views that [`Ask::sql`] reads; comments in the definitions say what the columns are.
    pub async fn published(&self) -> Result<Vec<PublishedTable>, AskError> {
        Ok(self.store.published().await?)
    }

    /// The freshness of the domains among `tables`, of all firewalls.
    async fn of_tables(&self, tables: &[String]) -> Result<Freshness, AskError> {
        let mut sum =
            Freshness { as_of: None, age_s: None, stale: false, complete: true, notes: Vec::new() };
        let domains = tables.iter().filter_map(|table| domain::by_name(table));
        let read: Vec<&'static str> = domains.map(AnyDomain::name).collect();
        if read.is_empty() {
            return Ok(sum);
        }
        let look = self.store.look();
        let (sources, statuses) = (look.sources().await?, look.domains().await?);
        let about = about(&look.firewalls().await?, None);
        let now = self.clock.now();
        for name in read {
            let one = freshness(name, &sources, &statuses, &about, now);
            sum.as_of = match (sum.as_of, one.as_of) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            sum.stale |= one.stale;
            sum.complete &= one.complete;
            sum.notes.extend(one.notes.into_iter().map(|note| format!("{name}: {note}")));
        }
        sum.age_s = sum.as_of.map(|then| now.seconds_since(then));
        Ok(sum)
    }
}
