//! Snapshots of each domain in a row, listed from the newest back; for noise also the moments between them at which
//! volatile fields were kept.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::AnyDomain;
use crate::types::{ContentHash, FirewallId, Timestamp};

use super::changes::ChangesQuery;
use super::error::StoreError;
use super::past::RunAt;
use super::snapshot::{Head, Height};

/// Snapshots of one domain that are listed at a time.
const LISTED: u32 = 64;

/// Where the volatile fields of a moment are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Among the earlier ones that were kept.
    Kept,
    /// They are those of now.
    Newest,
}

/// One snapshot in the list of a domain, or a later moment of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) position: i64,
    pub(super) run: i64,
    pub(super) head: Head,
    pub(super) at: Timestamp,
    pub(super) thinned: bool,
    /// All of it came from config.xml: it is from before the first sync.
    pub(super) is_file: bool,
    /// Volatile fields of this moment, when they are asked for and were kept.
    pub(super) values: Option<Values>,
}

/// The snapshots of one domain of one firewall, the newest first, listed as far as needed.
pub(super) struct Stream {
    pub(super) firewall: FirewallId,
    pub(super) domain: &'static dyn AnyDomain,
    /// Not at or before this place and run.
    pub(super) since: Option<(i64, i64)>,
    /// Volatile fields are asked for, and the domain has some.
    pub(super) with_noise: bool,
    /// Moments with volatile fields that were looked at.
    pub(super) values_seen: usize,
    pub(super) steps: Vec<Step>,
    /// The last one that was listed; there may be more before it.
    listed: Option<(i64, i64)>,
}

impl Stream {
    /// Refills the list so that the newest step and the one before it are there.
    pub(super) fn refill(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let Some((position, run)) = self.listed.filter(|_| self.steps.len() < 2) else {
            return Ok(());
        };
        let failed = || StoreError::write("list snapshots");
        let sql = "SELECT position, run_id, snapshot_id, root, height, taken_at, thinned_from,
                EXISTS (SELECT 1 FROM runs r WHERE r.run_id = snapshots.run_id AND r.run_id < 1 AND r.kind <> 'sync') FROM snapshots
             WHERE firewall_id = ? AND domain = ? AND (position, run_id) < (?, ?)
             ORDER BY position DESC, run_id DESC LIMIT ? + 0";
        let mut statement = connection.prepare_cached(sql).map_err(failed())?;
        let values = (self.firewall.get(), self.domain.name(), position, run, LISTED);
        let rows = statement
            .query_map(values, |r| {
                let root: Vec<u8> = r.get(3)?;
                // A root that is no hash is found missing when it is read.
                let root = ContentHash::from_slice(&root).unwrap_or(ContentHash::new([0; 32]));
                Ok(Step {
                    position: r.get(0)?,
                    run: r.get(1)?,
                    head: Head { id: r.get(2)?, root, height: r.get::<_, Height>(4)?.0 },
                    at: Timestamp::from_millis(r.get(5)?),
                    thinned: r.get::<_, Option<i64>>(6)?.is_some(),
                    is_file: r.get(7)?,
                    values: None,
                })
            })
            .and_then(Iterator::collect::<Result<Vec<Step>, _>>)
            .map_err(failed())?;
        self.listed = rows
            .last()
            .filter(|_| rows.len() >= usize::try_from(LISTED).unwrap_or(0))
            .map(|s| (s.position, s.run));
        let rows = if self.with_noise {
            self.with_values(connection, rows, (position, run))?
        } else {
            rows
        };
        self.steps.extend(rows);
        Ok(())
    }

    /// `snapshots`, which were listed below the place `end`, and the moments between them with volatile fields.
    fn with_values(
        &self,
        connection: &Connection,
        snapshots: Vec<Step>,
        end: (i64, i64),
    ) -> Result<Vec<Step>, StoreError> {
        let failed = || StoreError::write("list volatile fields");
        let begin = self.listed.map_or(i64::MIN, |(position, _)| position);
        // Two runs may begin in one millisecond; the earlier one keeps.
        let sql = "SELECT v.position, (SELECT min(r.run_id) FROM runs r WHERE r.firewall_id = v.firewall_id AND r.position = v.position AND r.run_id >= s.run_id),
                v.snapshot_id, v.at, 0
             FROM volatile_states v JOIN snapshots s ON s.snapshot_id = v.snapshot_id
             WHERE v.firewall_id = ?1 AND v.domain = ?2 AND v.position BETWEEN ?3 AND ?4
             UNION ALL
             SELECT max(r.position, s.position), max(r.run_id, s.run_id), s.snapshot_id, max(r.started_at, s.taken_at), 1
             FROM volatiles v JOIN domains d USING (firewall_id, domain) JOIN snapshots s ON s.snapshot_id = d.snapshot_id
                  JOIN runs r ON r.run_id = v.run_id
             WHERE v.firewall_id = ?1 AND v.domain = ?2 AND max(r.position, s.position) BETWEEN ?3 AND ?4
             ORDER BY 5";
        let mut statement = connection.prepare_cached(sql).map_err(failed())?;
        let values = (self.firewall.get(), self.domain.name(), begin, end.0);
        let kept: Vec<(i64, Option<i64>, i64, i64, bool)> = statement
            .query_map(values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))
            .and_then(Iterator::collect)
            .map_err(failed())?;
        let beside: BTreeMap<i64, Step> =
            snapshots.iter().map(|step| (step.head.id, *step)).collect();
        let mut steps: BTreeMap<(i64, i64), Step> =
            snapshots.into_iter().map(|step| ((step.position, step.run), step)).collect();
        for (position, run, snapshot, at, is_newest) in kept {
            let (Some(run), Some(of)) = (run, beside.get(&snapshot)) else { continue };
            if (position, run) < end {
                let at = Timestamp::from_millis(at);
                let step =
                    steps.entry((position, run)).or_insert(Step { position, run, at, ..*of });
                // What was kept of the newest state is the same.
                let values = if is_newest { Values::Newest } else { Values::Kept };
                step.values = step.values.or(Some(values));
            }
        }
        Ok(steps.into_values().rev().collect())
    }

    /// The newest step that is a change: it has one before it and lies after `since`.
    pub(super) fn newest(&self) -> Option<(Step, Step)> {
        match self.steps.as_slice() {
            [new, old, ..] if self.since.is_none_or(|since| (new.position, new.run) > since) => {
                Some((*new, *old))
            }
            _ => None,
        }
    }
}

/// A list for every firewall and domain that `query` is about.
pub(super) fn streams(
    connection: &Connection,
    query: &ChangesQuery,
    since: Option<&[RunAt]>,
    until: Option<&[RunAt]>,
) -> Result<Vec<Stream>, StoreError> {
    let failed = || StoreError::write("list the firewalls");
    let mut statement = connection
        .prepare("SELECT firewall_id FROM firewalls ORDER BY firewall_id")
        .map_err(failed())?;
    let firewalls: Vec<FirewallId> = statement
        .query_map([], |r| r.get(0).map(FirewallId::new))
        .and_then(Iterator::collect)
        .map_err(failed())?;
    let mut streams = Vec::new();
    for firewall in firewalls.into_iter().filter(|id| query.firewall.is_none_or(|f| f == *id)) {
        let at = |runs: Option<&[RunAt]>| match runs {
            None => Some(None),
            Some(runs) => runs.iter().find(|run| run.firewall == firewall).map(|run| Some(*run)),
        };
        // A firewall that had no run by then has no change up to then.
        let Some(until) = at(until) else { continue };
        let since = at(since).flatten().map(|run| (run.position, run.run.get()));
        let end = until
            .map_or((i64::MAX, i64::MAX), |run| (run.position, run.run.get().saturating_add(1)));
        for domain in &query.domains {
            let mut listed = end;
            if let Some(after) = &query.after {
                let place = (after.position, after.run);
                // Of the run where the page ended, domains before that one are done.
                let done =
                    (firewall.get(), domain.name()) < (after.firewall, after.domain.as_str());
                let from = if done { place } else { (place.0, place.1.saturating_add(1)) };
                listed = listed.min(from);
            }
            streams.push(Stream {
                firewall,
                domain: *domain,
                since,
                with_noise: query.noise && domain.fields().iter().any(|field| field.volatile),
                values_seen: 0,
                steps: Vec::new(),
                listed: Some(listed),
            });
        }
    }
    Ok(streams)
}

/// Domains whose list ends after the time that is asked for, although they were read by then: retention has dropped
/// what was before. With the moment of the earliest state that is kept.
pub(super) fn thinned(
    connection: &Connection,
    streams: &[Stream],
) -> Result<Vec<(&'static str, Timestamp)>, StoreError> {
    let failed = || StoreError::write("find the earliest state");
    let sql = "SELECT 1 FROM source_states q JOIN runs r ON r.run_id = q.run_id
         WHERE q.firewall_id = ? AND q.domain = ? AND q.state = 'fresh' AND r.position <= ? LIMIT 1";
    let mut was_read = connection.prepare_cached(sql).map_err(failed())?;
    let mut thinned = Vec::new();
    for stream in streams {
        // The first state of all is no change; what is left of the list is the earliest that is kept.
        let [earliest] = stream.steps.as_slice() else { continue };
        let by = stream.since.map_or(earliest.position - 1, |(position, _)| position);
        if by >= earliest.position {
            continue;
        }
        let values = (stream.firewall.get(), stream.domain.name(), by);
        if was_read.exists(values).map_err(failed())? {
            thinned.push((stream.domain.name(), earliest.at));
        }
    }
    Ok(thinned)
}
