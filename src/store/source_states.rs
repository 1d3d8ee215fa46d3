//! How the state of endpoints changed, so that an answer about the past knows what it misses.

use rusqlite::{Connection, params};

use crate::domain::AnyDomain;
use crate::types::{FirewallId, RunId, Timestamp};

use super::apply::{Batch, SourceState};
use super::error::StoreError;
use super::states::State;

/// Notes what the sources of a state of the past said, whatever was said later.
pub(super) fn add(connection: &Connection, batch: &Batch) -> Result<(), StoreError> {
    let sql = "INSERT INTO source_states (firewall_id, domain, source, run_id, state, reason, gap, good_at, rows)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    let failed = || StoreError::write("note the sources of the past");
    let mut put = connection.prepare_cached(sql).map_err(failed())?;
    for source in &batch.sources {
        put.execute(params![
            batch.firewall.get(),
            batch.domain.name(),
            source.name,
            batch.run.get(),
            source.state.as_str(),
            source.reason,
            source.gap,
            batch.at.millis(),
            i64::try_from(source.rows).unwrap_or(i64::MAX),
        ])
        .map_err(failed())?;
    }
    Ok(())
}

/// Notes what is new about `sources`, before they are recorded: an endpoint that is as it was writes nothing.
pub(super) fn note(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    at: Timestamp,
    run: Option<RunId>,
    sources: &[SourceState],
    names: &[&str],
) -> Result<(), StoreError> {
    let failed = || StoreError::write("note a change of a source");
    let run = run.map(RunId::get);
    let names = serde_json::json!(names).to_string();
    let sql = "INSERT INTO source_states (firewall_id, domain, source, run_id, state, reason, gap, good_at, rows)
         SELECT firewall_id, domain, source, coalesce(?3, (SELECT max(run_id) FROM runs WHERE firewall_id = ?1), 0),
                'absent', 'this release has no such endpoint', NULL, good_at, 0
         FROM sources WHERE firewall_id = ?1 AND domain = ?2 AND source NOT IN (SELECT value FROM json_each(?4))
         ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason, rows = 0";
    let mut forget = connection.prepare_cached(sql).map_err(failed())?;
    forget.execute((firewall.get(), domain.name(), run, names)).map_err(failed())?;
    let sql = "INSERT INTO source_states (firewall_id, domain, source, run_id, state, reason, gap, good_at, rows)
         SELECT ?1, ?2, ?3, coalesce(?4, (SELECT max(run_id) FROM runs WHERE firewall_id = ?1), 0), ?5, ?6, ?7,
                CASE WHEN ?9 THEN ?8 ELSE (SELECT good_at FROM sources WHERE firewall_id = ?1 AND domain = ?2 AND source = ?3) END,
                CASE WHEN ?9 OR ?5 = 'absent' THEN ?10 ELSE coalesce((SELECT rows FROM sources WHERE firewall_id = ?1 AND domain = ?2 AND source = ?3), 0) END
         WHERE NOT EXISTS (SELECT 1 FROM sources WHERE firewall_id = ?1 AND domain = ?2 AND source = ?3 AND state = ?5 AND gap IS ?7
               AND (?5 <> 'absent' OR rows = ?10))
         ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason, gap = excluded.gap,
                good_at = excluded.good_at, rows = excluded.rows";
    let mut put = connection.prepare_cached(sql).map_err(failed())?;
    for source in sources {
        put.execute(params![
            firewall.get(),
            domain.name(),
            source.name,
            run,
            source.state.as_str(),
            source.reason,
            source.gap,
            at.millis(),
            source.state == State::Fresh,
            i64::try_from(source.rows).unwrap_or(i64::MAX),
        ])
        .map_err(failed())?;
    }
    Ok(())
}
