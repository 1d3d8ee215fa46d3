//! The rows of a question, its total and the state of its sources, all of one moment.
//!
//! The state of the sources stands in memory ([`super::ledger`]), and the total of a question is the same for every
//! page of it: what is known already is left out of the statement. The version of the file is looked at before and
//! after; if somebody committed in between, everything is read again by one statement.

use sea_query::Values;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::error::StoreError;
use super::look::Look;
use super::sql;
use super::standing;
use super::states::{DomainStatus, SourceStatus};

/// What a statement reads, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Rows,
    /// Rows, then one number.
    RowsAndTotal,
    /// Rows, the number, then [`standing::columns`]: what is read when somebody has written since the look.
    All,
}

/// A question to run.
pub(super) struct Question<'q> {
    /// Words for errors: "list devices".
    pub(super) what: &'static str,
    /// Domains whose state is asked for.
    pub(super) domains: &'q [&'static str],
    /// Columns that hold rows.
    pub(super) columns: usize,
    /// What decides the total, and nothing else: no page, no order.
    pub(super) counted: String,
}

/// One row of columns with the total beside it.
pub(super) struct Reply {
    pub(super) row: SqliteRow,
    pub(super) total: u64,
    pub(super) sources: Vec<SourceStatus>,
    pub(super) statuses: Vec<DomainStatus>,
}

impl Look<'_> {
    pub(super) async fn reply(
        &self,
        question: Question<'_>,
        statement: impl Fn(Reads) -> (String, Values) + Sync,
    ) -> Result<Reply, StoreError> {
        let failed = || StoreError::query(question.what);
        let (sources, domains) = (self.sources().await?, self.domains().await?);
        let known = self.parts.total(&question.counted);
        let reads = if known.is_some() { Reads::Rows } else { Reads::RowsAndTotal };
        let (text, values) = statement(reads);
        let row =
            sql::fetch_one(&self.store.readers, text.into(), values).await.map_err(failed())?;
        if !self.is_current() {
            return self.reply_whole(&question, statement(Reads::All)).await;
        }
        let total = if let Some(total) = known {
            total
        } else {
            let total = count(&row, question.columns).map_err(failed())?;
            self.parts.keep_total(question.counted, total);
            total
        };
        let about = |domain: &str| question.domains.contains(&domain);
        Ok(Reply {
            row,
            total,
            sources: sources.iter().filter(|s| about(&s.domain)).cloned().collect(),
            statuses: domains.iter().filter(|d| about(&d.domain)).cloned().collect(),
        })
    }

    async fn reply_whole(
        &self,
        question: &Question<'_>,
        (text, values): (String, Values),
    ) -> Result<Reply, StoreError> {
        let failed = || StoreError::query(question.what);
        let row =
            sql::fetch_one(&self.store.readers, text.into(), values).await.map_err(failed())?;
        let json = |i| row.try_get::<Option<String>, _>(question.columns + i).map_err(failed());
        let standing = standing::read(json(1)?.as_deref(), json(2)?.as_deref())?;
        let total = count(&row, question.columns).map_err(failed())?;
        Ok(Reply { row, total, sources: standing.sources, statuses: standing.statuses })
    }
}

fn count(row: &SqliteRow, column: usize) -> Result<u64, sqlx::Error> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}
