//! Rows that could not be read, kept with the reason.

use rusqlite::Connection;

use crate::domain::{AnyDomain, RawRow, RawRows};
use crate::types::FirewallId;

use super::diff::Rejected;
use super::error::StoreError;

pub(super) fn clear(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
) -> Result<(), StoreError> {
    connection
        .execute(
            "DELETE FROM rejects WHERE firewall_id = ? AND domain = ?",
            (firewall.get(), domain.name()),
        )
        .map(drop)
        .map_err(StoreError::write("clear rejects"))
}

/// Whether a row is left out because another has its key: which of them is shown depends on all rows.
pub(super) fn has_duplicates(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
) -> Result<bool, StoreError> {
    let failed = || StoreError::write("look for duplicates");
    let sql = "SELECT 1 FROM rejects WHERE firewall_id = ? AND domain = ? AND field = 'key' AND reason LIKE 'another row%' LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    statement.exists((firewall.get(), domain.name())).map_err(failed())
}

/// Drops the rejects of rows that are read again or gone.
pub(super) fn forget(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    state: &RawRows,
    rows: &[RawRow],
) -> Result<(), StoreError> {
    let failed = || StoreError::write("forget rejects");
    let sql = "DELETE FROM rejects WHERE firewall_id = ? AND domain = ? AND identity = ?";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    for row in rows {
        let mut identity = Vec::new();
        state.write_identity(row, &mut identity);
        statement.execute((firewall.get(), domain.name(), identity)).map_err(failed())?;
    }
    Ok(())
}

pub(super) fn put(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    rejected: &[Rejected],
) -> Result<(), StoreError> {
    let failed = || StoreError::write("keep a reject");
    for reject in rejected {
        let sql = "INSERT INTO rejects (firewall_id, domain, identity, source, field, reason, raw) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (firewall_id, domain, identity) DO UPDATE SET field = excluded.field, reason = excluded.reason, raw = excluded.raw";
        connection
            .prepare_cached(sql)
            .map_err(failed())?
            .execute((
                firewall.get(),
                domain.name(),
                &reject.identity,
                reject.source,
                reject.field,
                &reject.reason,
                &reject.raw,
            ))
            .map_err(failed())?;
    }
    Ok(())
}

pub(super) fn count(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
) -> Result<i64, StoreError> {
    connection
        .query_row(
            "SELECT count(*) FROM rejects WHERE firewall_id = ? AND domain = ?",
            (firewall.get(), domain.name()),
            |r| r.get(0),
        )
        .map_err(StoreError::write("count rejects"))
}
