//! The local store: SQLite, and the only room that knows SQL.
//!
//! In: raw rows and outcomes from `sync`. Out: pages of rows, states of sources, hits of `locate`.
//! Never here: HTTP, a clock, anything that prints.
//!
//! [`Store::at`] gives the store of an earlier moment: the same type, so every question runs over it unchanged.
//!
//! One connection writes ([`writer`]), a small sqlx pool reads. Snapshots are the truth
//! ([`snapshot`]), domain tables their projections ([`apply`]); dynamic statements are made by
//! sea-query from column declarations and run in [`sql`] alone.

mod across;
mod apply;
mod beside;
mod cells;
mod changes;
mod chunk;
mod chunks;
mod compare;
mod diff;
mod difference;
mod error;
mod filled;
mod health;
mod identity;
mod import;
mod labels;
mod ledger;
mod locate;
mod look;
mod moved;
mod noise;
mod open;
mod past;
mod presence;
mod prune;
mod questions;
mod readers;
mod rebuild;
mod record;
mod refill;
mod rejects;
mod reply;
mod retention;
mod revisions;
mod runs;
mod seen;
mod select;
mod selection;
mod snapshot;
mod source_states;
mod splice;
mod sql;
mod standing;
mod statement;
mod states;
mod steps;
mod sweep;
mod upkeep;
mod upsert;
mod verify;
mod versions;
mod writer;

pub use apply::{Applied, Batch, Kept, SourceState, source_hash};
pub use changes::{About, Change, ChangeKind, ChangePosition, Changes, ChangesQuery};
pub use difference::RowDifference;
pub use error::StoreError;
pub use health::Health;
pub use import::{Effect, Import, ImportKind, Imported, ImportedDomain, ImportedState};
pub use labels::{Label, LabelChange};
pub use locate::{Hit, Needle, Sought};
pub use look::Look;
pub use noise::NoiseGaps;
pub use open::Store;
pub use prune::{Pruned, PrunedDomain};
pub use questions::{
    Counting, DeviceKey, DevicePage, DeviceSelection, InterfaceScope, JOINED, Joined, JoinedColumn,
    JoinedPage, JoinedSelection, NameIs, Narrow, Origin, Sighting, Subject, Wire, joined,
};
pub use record::{FirewallRow, RunEnd, RunOutcome, RunRow};
pub use refill::Rebuilt;
pub use retention::Retention;
pub use revisions::{Revision, RevisionRow};
pub use runs::PastRun;
pub use seen::{Interval, PresenceQuery, Seen, SeenPage, SeenQuery, Who};
pub use select::{Page, Total};
pub use selection::{Filter, Op, Selection, Value};
pub use statement::{Cut, Found, PublishedTable, Refusal, Statement};
pub use states::{DomainStatus, SourceStatus, State};
pub use upkeep::{HistoryRun, Part};
pub use verify::{Damage, Verified};
