//! The firewall's own configuration history into ours: every revision it keeps, oldest first.
//!
//! Opt-in, because its privilege grants the whole configuration: each revision is read through the domains'
//! allow-lists as it is parsed, and the bytes are dropped. A revision is taken whole or not at all, and those that
//! were taken are not fetched again, so a backfill that was interrupted goes on where it stopped.

use std::io::BufReader;
use std::sync::Arc;

use serde::Serialize;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::configxml::{Config, revision_time};
use crate::opnsense::{Backup, Client, PullError};
use crate::store::{ImportKind, Revision, StoreError};
use crate::types::{FirewallId, Release, Timestamp, clean};

use super::gather::chain;
use super::import::{ImportReport, config_domains, import, import_running};
use super::outcome::Ending;
use super::run::Firewall;

/// Told before each revision: its place, how many there are, and when it was saved.
pub type Steps = Arc<dyn Fn(usize, usize, Timestamp) + Send + Sync>;

/// Longest words of a revision that are kept, in characters.
const MOST_WORDS: usize = 500;

/// What the history of one firewall gave.
#[derive(Debug, Clone, Serialize)]
pub struct BackfillReport {
    pub firewall: String,
    pub ending: Ending,
    /// Revisions that the firewall keeps.
    pub listed: usize,
    /// Of those, known before.
    pub known: usize,
    /// Of those, saved when syncs read the firewall already: their words were taken.
    pub covered: usize,
    pub requests: u64,
    /// Why it did not begin, or did not end.
    pub reason: Option<String>,
    pub taken: Vec<ImportReport>,
    pub unread: Vec<Unread>,
}

/// A revision that could not be read.
#[derive(Debug, Clone, Serialize)]
pub struct Unread {
    pub backup_id: String,
    pub at: Timestamp,
    pub problem: String,
}

impl Firewall {
    /// Reads every revision that the firewall keeps and the store does not.
    pub async fn backfill(
        &self,
        cancel: &CancellationToken,
        steps: &Steps,
    ) -> Result<BackfillReport, StoreError> {
        let client = self.client();
        client.reset();
        let before = client.requests();
        let mut report = BackfillReport {
            firewall: self.name().to_owned(),
            ending: Ending::Complete,
            listed: 0,
            known: 0,
            covered: 0,
            requests: 0,
            reason: None,
            taken: Vec::new(),
            unread: Vec::new(),
        };
        match list(client, cancel).await {
            Ok(backups) => self.take_all(backups, &mut report, cancel, steps).await?,
            Err(error) => {
                report.ending = ended(&error);
                report.reason = Some(chain(&error));
            }
        }
        report.requests = client.requests() - before;
        info!(
            firewall.name = report.firewall,
            "backfilled `{}`: {} revisions taken, {} known, {} unread",
            report.firewall,
            report.taken.len(),
            report.known,
            report.unread.len()
        );
        Ok(report)
    }

    async fn take_all(
        &self,
        backups: Vec<Backup>,
        report: &mut BackfillReport,
        cancel: &CancellationToken,
        steps: &Steps,
    ) -> Result<(), StoreError> {
        let id = self.record().await?;
        let known = self.store().revisions(id).await?;
        let read: Vec<&str> = known
            .iter()
            .filter(|row| row.run.is_some() || row.problem.is_some())
            .map(|row| row.revision.backup_id.as_str())
            .collect();
        report.listed = backups.len();
        let newest = backups.last().map(|backup| backup.id.clone());
        let mut missing: Vec<Backup> =
            backups.into_iter().filter(|backup| !read.contains(&backup.id.as_str())).collect();
        report.known = report.listed - missing.len();
        // States from the first sync on are the syncs'; of the firewall's revisions since, the words are wanted.
        if let Some(since) = self.store().synced_since(id).await? {
            let is_covered = |backup: &Backup| {
                newest.as_ref() != Some(&backup.id) && revision(backup).at >= since
            };
            for backup in missing.extract_if(.., |backup| is_covered(backup)) {
                self.store().revision_covered(id, revision(&backup)).await?;
                report.covered += 1;
            }
        }
        let of = missing.len();
        for (i, backup) in missing.into_iter().enumerate() {
            if cancel.is_cancelled() {
                report.ending = Ending::Cancelled;
                report.reason = Some(
                    "stopped; what was read is kept, and the next backfill goes on".to_owned(),
                );
                return Ok(());
            }
            let listed = revision(&backup);
            steps(i, of, listed.at);
            let body = match self.client().backup(&backup, cancel).await {
                Ok(body) => body,
                Err(PullError::Absent { .. }) => Vec::new(),
                Err(error) => {
                    report.ending = ended(&error);
                    report.reason = Some(chain(&error));
                    return Ok(());
                }
            };
            if body.is_empty() {
                let problem = "the firewall had removed it before it was fetched".to_owned();
                self.unread(id, listed, problem, report).await?;
                continue;
            }
            let is_newest = newest.as_ref() == Some(&backup.id);
            self.take(id, listed, body, is_newest, report).await?;
        }
        Ok(())
    }

    /// One revision: parsed, stored, and its bytes dropped.
    async fn take(
        &self,
        id: FirewallId,
        listed: Revision,
        body: Vec<u8>,
        is_newest: bool,
        report: &mut BackfillReport,
    ) -> Result<(), StoreError> {
        // Parsing is work for a thread, not for the loop that answers others.
        let parsed = tokio::task::spawn_blocking(move || {
            Config::read(BufReader::new(body.as_slice()), &config_domains())
        });
        match parsed.await.map_err(|_| StoreError::Interrupted)? {
            Ok(config) => {
                let revision = Revision {
                    at: config.revision.at.unwrap_or(listed.at),
                    backup_id: listed.backup_id,
                    user: config.revision.user.clone().or(listed.user),
                    description: config.revision.description.clone().or(listed.description),
                };
                let (store, now, kind) = (self.store(), self.now(), ImportKind::Backfill);
                // The newest is what runs, and syncs that began after it was saved say nothing of some of it.
                let is_before = store.synced_since(id).await?.is_some_and(|s| s > revision.at);
                if is_newest
                    && is_before
                    && let Some(release) = self.release(id).await?
                {
                    let (name, revision) = (self.name(), revision.clone());
                    import_running(store, &config, name, revision, release, now).await?;
                }
                report.taken.push(import(store, config, self.name(), revision, kind, now).await?);
            }
            Err(error) => {
                let problem = format!("it is no configuration: {error}");
                self.unread(id, listed, problem, report).await?;
                report.ending = Ending::Partial;
            }
        }
        Ok(())
    }

    /// The release that the newest sync read.
    async fn release(&self, id: FirewallId) -> Result<Option<Release>, StoreError> {
        let firewalls = self.store().firewalls().await?;
        let known = firewalls.iter().find(|f| f.id == id).and_then(|f| f.release.as_deref());
        Ok(known.and_then(|release| release.parse().ok()))
    }

    async fn unread(
        &self,
        id: FirewallId,
        revision: Revision,
        problem: String,
        report: &mut BackfillReport,
    ) -> Result<(), StoreError> {
        warn!(
            firewall.name = self.name(),
            "revision {} was not read: {problem}", revision.backup_id
        );
        let (backup_id, at) = (revision.backup_id.clone(), revision.at);
        self.store().revision_unread(id, revision, problem.clone()).await?;
        report.unread.push(Unread { backup_id, at, problem });
        Ok(())
    }
}

async fn list(client: &Client, cancel: &CancellationToken) -> Result<Vec<Backup>, PullError> {
    // Also settles which spelling the key's privileges have.
    client.detect(cancel).await?;
    client.backups(cancel).await
}

fn ended(error: &PullError) -> Ending {
    if matches!(error, PullError::Cancelled) { Ending::Cancelled } else { Ending::Failed }
}

/// A listed backup as a revision; its words come from whoever saved it.
fn revision(backup: &Backup) -> Revision {
    let words = |text: &str| {
        let text: String = clean(text).trim().chars().take(MOST_WORDS).collect();
        (!text.is_empty()).then_some(text)
    };
    let at = revision_time(&backup.time).or_else(|| {
        let id = backup.id.trim_start_matches("config-").trim_end_matches(".xml");
        revision_time(id)
    });
    Revision {
        at: at.unwrap_or(Timestamp::from_millis(0)),
        backup_id: backup.id.clone(),
        user: words(&backup.username),
        description: words(&backup.description),
    }
}
