//! How fresh and how complete each domain is.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::types::{FirewallId, Timestamp};

use super::error::StoreError;
use super::readers::Readers;

/// What the newest contact with one endpoint gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It answered in full.
    Fresh,
    /// It does not exist on this firewall: a plugin or backend that is not there.
    Absent,
    /// The API key lacks the privilege, or is refused.
    Denied,
    /// No answer in time, or no connection.
    Unreachable,
    /// An answer that is none: an error page, half a body, another shape.
    Malformed,
    /// An answer without rows where there were some, not believed yet.
    Suspect,
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::Fresh,
        Self::Absent,
        Self::Denied,
        Self::Unreachable,
        Self::Malformed,
        Self::Suspect,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Absent => "absent",
            Self::Denied => "denied",
            Self::Unreachable => "unreachable",
            Self::Malformed => "malformed",
            Self::Suspect => "suspect",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for State {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// The newest contact with one endpoint of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    pub firewall: FirewallId,
    pub domain: String,
    pub source: String,
    pub state: State,
    pub reason: Option<String>,
    pub gap: Option<String>,
    pub checked_at: Timestamp,
    /// When its rows were last confirmed; absent when it never answered.
    pub good_at: Option<Timestamp>,
    pub rows: i64,
    pub empty_since: Option<Timestamp>,
    pub empty_looks: i64,
    pub body_hash: Option<Vec<u8>>,
}

/// One domain of one firewall as the tables show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainStatus {
    pub firewall: FirewallId,
    pub domain: String,
    pub rows: i64,
    pub rejects: i64,
}

pub(super) fn source_status(row: &SqliteRow) -> Result<SourceStatus, sqlx::Error> {
    let time = |i| row.try_get::<Option<i64>, _>(i).map(|t| t.map(Timestamp::from_millis));
    let state: String = row.try_get(3)?;
    Ok(SourceStatus {
        firewall: FirewallId::new(row.try_get(0)?),
        domain: row.try_get(1)?,
        source: row.try_get(2)?,
        // A word this version does not know was written by a later one; it is not fresh.
        state: state.parse().unwrap_or(State::Malformed),
        reason: row.try_get(4)?,
        gap: row.try_get(5)?,
        checked_at: time(6)?.unwrap_or(Timestamp::from_millis(0)),
        good_at: time(7)?,
        rows: row.try_get(8)?,
        empty_since: time(9)?,
        empty_looks: row.try_get(10)?,
        body_hash: row.try_get(11)?,
    })
}

/// The same from a JSON array in this order, without the hash.
pub(super) fn source_status_of(row: &[serde_json::Value]) -> Option<SourceStatus> {
    let text = |i: usize| row.get(i).and_then(|v| v.as_str()).map(str::to_owned);
    let number = |i: usize| row.get(i).and_then(serde_json::Value::as_i64);
    Some(SourceStatus {
        firewall: FirewallId::new(number(0)?),
        domain: text(1)?,
        source: text(2)?,
        state: text(3)?.parse().unwrap_or(State::Malformed),
        reason: text(4),
        gap: text(5),
        checked_at: Timestamp::from_millis(number(6)?),
        good_at: number(7).map(Timestamp::from_millis),
        rows: number(8)?,
        empty_since: number(9).map(Timestamp::from_millis),
        empty_looks: number(10)?,
        body_hash: None,
    })
}

/// The newest contact with every endpoint, of all firewalls.
pub(super) async fn sources(readers: &Readers) -> Result<Arc<[SourceStatus]>, StoreError> {
    let failed = || StoreError::query("read the state of sources");
    let rows = sqlx::query(
        "SELECT firewall_id, domain, source, state, reason, gap, checked_at, good_at, rows, empty_since, empty_looks, body_hash
         FROM sources ORDER BY firewall_id, domain, source",
    )
    .fetch_all(&mut *readers.get().await.map_err(failed())?)
    .await
    .map_err(failed())?;
    rows.iter().map(source_status).collect::<Result<_, _>>().map_err(failed())
}

/// Row and reject counts of every domain, of all firewalls.
pub(super) async fn domains(readers: &Readers) -> Result<Arc<[DomainStatus]>, StoreError> {
    let failed = || StoreError::query("read the state of domains");
    let rows: Vec<(i64, String, i64, i64)> = sqlx::query_as(
        "SELECT firewall_id, domain, rows, rejects FROM domains ORDER BY firewall_id, domain",
    )
    .fetch_all(&mut *readers.get().await.map_err(failed())?)
    .await
    .map_err(failed())?;
    let status = |(firewall, domain, rows, rejects)| DomainStatus {
        firewall: FirewallId::new(firewall),
        domain,
        rows,
        rejects,
    };
    Ok(rows.into_iter().map(status).collect())
}
