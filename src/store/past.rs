//! The state of an earlier moment as a store of its own: every question runs over it unchanged.
//!
//! [`Store::at`] finds the run that the moment belongs to, rebuilds the tables of that run from snapshots
//! in memory ([`super::rebuild`]), and gives a [`Store`] whose readers look there. Rebuilt states are kept
//! while they are asked for, within [`MOST_BYTES`].

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::domain::{ALL, AnyDomain};
use crate::types::{FirewallId, Moment, RunId, Timestamp};

use super::error::StoreError;
use super::ledger::Ledger;
use super::open::{self, Store};
use super::readers::Readers;
use super::rebuild;
use super::statement::Guard;
use super::writer::Writer;

/// Rebuilt states in memory together; the state of 1,000 devices is 1 MB. The newest is kept whatever its size.
const MOST_BYTES: u64 = 64 << 20;

/// A state that nobody asked for in so long is dropped at the next question about the past.
const IDLE: Duration = Duration::from_mins(10);

/// The newest run of one firewall at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunAt {
    pub(super) firewall: FirewallId,
    pub(super) run: RunId,
    /// Its place in history.
    pub(super) position: i64,
    pub(super) started_at: Timestamp,
}

/// Rebuilt states, shared by every clone of a store.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    states: Arc<Mutex<Vec<Arc<State>>>>,
}

/// The tables of one moment, in memory as long as somebody holds this.
#[derive(Debug)]
pub(super) struct State {
    runs: Vec<RunAt>,
    readers: Readers,
    guard: Guard,
    tables: Mutex<Tables>,
}

#[derive(Debug)]
struct Tables {
    /// Holds the memory: SQLite frees it with the last connection.
    connection: Connection,
    filled: Vec<&'static str>,
    bytes: u64,
    asked: Instant,
    /// What every question asks of this moment; another one when tables were added.
    ledger: Ledger,
}

impl Past {
    pub(super) fn clear(&self) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, runs: &[RunAt]) -> Option<Arc<State>> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.iter().find(|state| state.runs == runs).cloned()
    }

    /// Remembers `state` as the newest and forgets what is idle or too much.
    fn remember(&self, state: &Arc<State>) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.retain(|other| other.runs != state.runs && other.idle() < IDLE);
        let mut room = MOST_BYTES.saturating_sub(state.bytes());
        let newest_first = states.drain(..).rev().take_while(|other| {
            let fits = other.bytes() <= room;
            room = room.saturating_sub(other.bytes());
            fits
        });
        let mut kept: Vec<Arc<State>> = newest_first.collect();
        kept.reverse();
        kept.push(Arc::clone(state));
        *states = kept;
    }
}

impl State {
    fn new(path: &Path, runs: Vec<RunAt>) -> Result<Self, StoreError> {
        let (connection, name) = rebuild::tables(path, &runs)?;
        let readers = open::memory_readers(&name)?;
        let tables = Tables {
            connection,
            filled: Vec::new(),
            bytes: 0,
            asked: Instant::now(),
            ledger: Ledger::default(),
        };
        Ok(Self { runs, readers, guard: Guard::in_memory(&name), tables: Mutex::new(tables) })
    }

    pub(super) fn runs(&self) -> &[RunAt] {
        &self.runs
    }

    fn tables(&self) -> std::sync::MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> u64 {
        self.tables().bytes
    }

    fn ledger(&self) -> Ledger {
        self.tables().ledger.clone()
    }

    fn idle(&self) -> Duration {
        self.tables().asked.elapsed()
    }

    fn has(&self, domains: &[&'static dyn AnyDomain]) -> bool {
        let mut tables = self.tables();
        tables.asked = Instant::now();
        domains.iter().all(|domain| tables.filled.contains(&domain.name()))
    }

    /// Rebuilds those of `domains` that are not there yet.
    fn fill(&self, domains: &[&'static dyn AnyDomain]) -> Result<(), StoreError> {
        let mut tables = self.tables();
        for domain in domains {
            if !tables.filled.contains(&domain.name()) {
                rebuild::fill(&mut tables.connection, *domain, &self.runs)?;
                tables.filled.push(domain.name());
            }
        }
        if domains.len() == ALL.len() {
            rebuild::fill_sightings(&mut tables.connection, &self.runs)?;
        }
        tables.bytes = rebuild::size(&tables.connection)?;
        tables.ledger = Ledger::default();
        Ok(())
    }
}

/// Firewall, its run at the moment, when that began and its place in history, its newest run.
type FoundColumns = (i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

impl Store {
    /// The store as it was at `moment`, with the tables of `domains` ([`crate::domain::ALL`] for any question).
    ///
    /// What it gives is a [`Store`] that answers every question over the rows, sources and runs of then, and
    /// refuses to be written. Where all firewalls' newest runs are meant, it is this store itself. The first
    /// call for a moment rebuilds the tables; later ones find them in memory.
    ///
    /// `At` means the newest run of each firewall that began no later. Where a clock went backwards, what was seen
    /// later counts as later. A firewall without one has no rows then; if none has, that is [`StoreError::NoHistory`].
    pub async fn at(
        &self,
        moment: Moment,
        domains: &[&'static dyn AnyDomain],
    ) -> Result<Self, StoreError> {
        let (runs, is_newest) = self.runs_at(moment).await?;
        if is_newest {
            return Ok(Self {
                readers: self.live.clone(),
                ledger: self.live_ledger.clone(),
                ..self.clone()
            });
        }
        let state = match self.past.known(&runs) {
            Some(state) if state.has(domains) => state,
            known => {
                let (path, wanted) = (self.path.clone(), domains.to_vec());
                let built = tokio::task::spawn_blocking(move || {
                    let state = known.map_or_else(|| State::new(&path, runs).map(Arc::new), Ok)?;
                    state.fill(&wanted).map(|()| state)
                });
                built.await.map_err(|_| StoreError::Interrupted)??
            }
        };
        self.past.remember(&state);
        Ok(Self {
            readers: state.readers.clone(),
            ledger: state.ledger(),
            guard: state.guard.clone(),
            writer: Writer::closed(),
            state: Some(state),
            ..self.clone()
        })
    }

    /// The newest run of every firewall at `moment`, and whether no firewall has a newer one.
    pub(super) async fn runs_at(&self, moment: Moment) -> Result<(Vec<RunAt>, bool), StoreError> {
        let failed = || StoreError::query("find the runs of a moment");
        let (at, exact) = match moment {
            Moment::At(at) => (at, None),
            Moment::Run(run) => {
                let found: Option<(i64, i64)> =
                    sqlx::query_as("SELECT firewall_id, started_at FROM runs WHERE run_id = ?")
                        .bind(run.get())
                        .fetch_optional(&mut *self.live.get().await.map_err(failed())?)
                        .await
                        .map_err(failed())?;
                let (firewall, started) = found.ok_or(StoreError::NoRun { run })?;
                (Timestamp::from_millis(started), Some((firewall, run)))
            }
        };
        // Within a turn of the clock, later runs began later: each is one search of the index.
        let rows: Vec<FoundColumns> = sqlx::query_as(
            "WITH RECURSIVE turns (firewall_id, turn) AS (
                 SELECT firewall_id, (SELECT max(position) >> 48 FROM runs r WHERE r.firewall_id = f.firewall_id) FROM firewalls f
                 UNION ALL SELECT firewall_id, turn - 1 FROM turns WHERE turn > 0),
             found (firewall_id, turn, run_id) AS (
                 SELECT firewall_id, turn, (SELECT run_id FROM runs r WHERE r.firewall_id = t.firewall_id
                        AND r.position BETWEEN (t.turn << 48) AND (t.turn << 48) + ?1 ORDER BY r.position DESC, r.run_id DESC LIMIT 1)
                 FROM turns t),
             chosen (firewall_id, run_id) AS (
                 SELECT firewall_id, CASE firewall_id WHEN ?2 THEN ?3 ELSE
                        (SELECT run_id FROM found g WHERE g.firewall_id = f.firewall_id AND run_id IS NOT NULL ORDER BY turn DESC LIMIT 1) END
                 FROM firewalls f)
             SELECT c.firewall_id, c.run_id, r.started_at, r.position,
                    (SELECT run_id FROM runs n WHERE n.firewall_id = c.firewall_id ORDER BY position DESC, run_id DESC LIMIT 1)
             FROM chosen c LEFT JOIN runs r ON r.run_id = c.run_id ORDER BY c.firewall_id",
        )
        .bind(at.millis())
        .bind(exact.map(|(firewall, _)| firewall))
        .bind(exact.map(|(_, run)| run.get()))
        .fetch_all(&mut *self.live.get().await.map_err(failed())?)
        .await
        .map_err(failed())?;
        let is_newest = rows.iter().all(|(_, run, _, _, newest)| run == newest);
        let runs: Vec<RunAt> = rows
            .into_iter()
            .filter_map(|(firewall, run, started, position, _)| {
                let started_at = Timestamp::from_millis(started?);
                Some(RunAt {
                    firewall: FirewallId::new(firewall),
                    run: RunId::new(run?),
                    position: position?,
                    started_at,
                })
            })
            .collect();
        if runs.is_empty() {
            let first: Option<i64> = sqlx::query_scalar("SELECT min(started_at) FROM runs")
                .fetch_one(&mut *self.live.get().await.map_err(failed())?)
                .await
                .map_err(failed())?;
            return Err(StoreError::NoHistory { at, first: first.map(Timestamp::from_millis) });
        }
        Ok((runs, is_newest))
    }

    /// Whether this is the state of an earlier moment.
    pub const fn is_past(&self) -> bool {
        self.state.is_some()
    }
}
