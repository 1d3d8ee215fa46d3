//! The firewall's own configuration revisions: who saved what, when, in whose words.

use rusqlite::{Connection, OptionalExtension};

use crate::types::{FirewallId, RunId, Timestamp};

use super::error::StoreError;
use super::open::Store;

/// One save of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub at: Timestamp,
    /// Name of the backup on the firewall; empty for a file that the user named.
    pub backup_id: String,
    pub user: Option<String>,
    pub description: Option<String>,
}

/// A revision the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionRow {
    pub revision: Revision,
    /// The run that read it; absent when it could not be read.
    pub run: Option<RunId>,
    pub problem: Option<String>,
}

/// How well a revision is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    No,
    /// Its words, not its content.
    Listed,
    Read,
}

impl Store {
    /// Every known revision of a firewall, oldest first.
    pub async fn revisions(&self, firewall: FirewallId) -> Result<Vec<RevisionRow>, StoreError> {
        type Columns = (i64, String, Option<String>, Option<String>, Option<i64>, Option<String>);
        let failed = || StoreError::query("list configuration revisions");
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT revised_at, backup_id, user, description, run_id, problem FROM revisions
             WHERE firewall_id = ? ORDER BY revised_at, backup_id",
        )
        .bind(firewall.get())
        .fetch_all(&mut *self.readers.get().await.map_err(failed())?)
        .await
        .map_err(failed())?;
        let row = |(at, backup_id, user, description, run, problem): Columns| RevisionRow {
            revision: Revision { at: Timestamp::from_millis(at), backup_id, user, description },
            run: run.map(RunId::new),
            problem,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Records the words of a revision from the time of syncs, whose content they have.
    pub async fn revision_covered(
        &self,
        firewall: FirewallId,
        revision: Revision,
    ) -> Result<(), StoreError> {
        self.revision_unread(firewall, revision, super::import::COVERED.to_owned()).await
    }

    /// When the first sync of a firewall began that read something.
    pub async fn synced_since(
        &self,
        firewall: FirewallId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.writer.run(move |connection| super::import::synced_since(connection, firewall)).await
    }

    /// Records a revision whose content could not be read, and why.
    pub async fn revision_unread(
        &self,
        firewall: FirewallId,
        revision: Revision,
        problem: String,
    ) -> Result<(), StoreError> {
        self.writer
            .transact("record a revision", move |connection| {
                put(connection, firewall, &revision, None, Some(&problem))
            })
            .await
    }
}

/// Whether a revision was read before, from the firewall or from a file; one with the same words at the same
/// millisecond is the same.
pub(super) fn known(
    connection: &Connection,
    firewall: FirewallId,
    revision: &Revision,
) -> Result<Known, StoreError> {
    let failed = || StoreError::write("look for a revision");
    let sql = "SELECT max(run_id IS NOT NULL) FROM revisions
         WHERE firewall_id = ?1 AND revised_at = ?2
           AND (backup_id = ?3 OR ((backup_id = '' OR ?3 = '') AND user IS ?4 AND description IS ?5))";
    let values = (
        firewall.get(),
        revision.at.millis(),
        &revision.backup_id,
        &revision.user,
        &revision.description,
    );
    let read: Option<bool> =
        connection.query_row(sql, values, |r| r.get(0)).optional().map_err(failed())?.flatten();
    Ok(match read {
        None => Known::No,
        Some(false) => Known::Listed,
        Some(true) => Known::Read,
    })
}

/// Whether a newer revision is known.
pub(super) fn is_older(
    connection: &Connection,
    firewall: FirewallId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM revisions WHERE firewall_id = ? AND revised_at > ?)";
    connection
        .query_row(sql, (firewall.get(), at.millis()), |r| r.get(0))
        .map_err(StoreError::write("look for a newer revision"))
}

pub(super) fn put(
    connection: &Connection,
    firewall: FirewallId,
    revision: &Revision,
    run: Option<RunId>,
    problem: Option<&str>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO revisions (firewall_id, revised_at, backup_id, user, description, run_id, problem)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (firewall_id, revised_at, backup_id) DO UPDATE SET
            run_id = coalesce(excluded.run_id, run_id),
            problem = CASE WHEN coalesce(excluded.run_id, run_id) IS NULL THEN excluded.problem END";
    let values = (
        firewall.get(),
        revision.at.millis(),
        &revision.backup_id,
        &revision.user,
        &revision.description,
        run.map(RunId::get),
        problem,
    );
    connection.execute(sql, values).map(drop).map_err(StoreError::write("record a revision"))
}
