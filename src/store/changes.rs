//! What changed, run by run, the newest first: differences of neighbouring snapshots, as rows of the tables.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rusqlite::Connection;

use crate::domain::{AnyDomain, Cell, Kind, sql_names};
use crate::types::{FirewallId, MacAddr, Moment, RunId, Timestamp, sort_key};

use super::chunks::Chunks;
use super::compare::Compared;
use super::difference::{self, RowDifference};
use super::error::StoreError;
use super::noise::{self, NoiseGaps};
use super::open::Store;
use super::past::RunAt;
use super::rebuild;
use super::steps::{self, Step, Stream, streams};

/// Snapshots that one call compares at most; a search for something rare goes on with the next page.
const MOST_STEPS: usize = 5_000;

/// A question about changes.
#[derive(Debug, Clone)]
pub struct ChangesQuery {
    pub domains: Vec<&'static dyn AnyDomain>,
    pub firewall: Option<FirewallId>,
    /// After the state of this moment; since the beginning when absent.
    pub since: Option<Moment>,
    /// Up to the state of this moment; up to now when absent.
    pub until: Option<Moment>,
    pub about: Option<About>,
    /// Also what changes by itself, as far as its values were kept.
    pub noise: bool,
    pub after: Option<ChangePosition>,
    pub limit: usize,
}

/// What a change must mention, before or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Ip(IpAddr),
    Mac(MacAddr),
    /// Any text cell that says exactly this, without case; of a host name its first label suffices.
    Text(String),
}

/// Where a page ended: the place of the last change, or of the last snapshot that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePosition {
    pub position: i64,
    pub run: i64,
    pub firewall: i64,
    pub domain: String,
    /// Changes of that snapshot that were given.
    pub given: usize,
}

/// How a row changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    Added,
    Removed,
    Modified,
    /// An address that another device had before.
    Moved,
}

impl ChangeKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Modified => "modified",
            Self::Moved => "moved",
        }
    }
}

/// One row of a table that changed.
#[derive(Debug, Clone)]
pub struct Change {
    pub firewall: FirewallId,
    pub domain: &'static dyn AnyDomain,
    pub run: RunId,
    /// When it was seen first.
    pub at: Timestamp,
    /// When the state before it was last known to be another; later than this it happened.
    pub after: Timestamp,
    pub kind: ChangeKind,
    /// Nothing but what changes by itself is another.
    pub is_noise: bool,
    /// SQL cells, in the order of the columns.
    pub before: Option<Vec<Cell>>,
    pub now: Option<Vec<Cell>>,
    /// Device that had the address before, when its row was gone earlier.
    pub had: Option<String>,
}

/// A page of changes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// For the next page.
    pub next: Option<ChangePosition>,
    /// How far back was looked, when the search stopped before the beginning.
    pub looked_back_to: Option<Timestamp>,
    /// Where history begins, when that is after the moment since or up to which changes were asked for.
    pub begins: Option<Timestamp>,
    /// Domains of which the asked time was thinned out by retention, up to the earliest state that is kept.
    pub thinned: Vec<(&'static str, Timestamp)>,
    /// Rows that changed and could not be read as rows of the table.
    pub unreadable: usize,
    /// Snapshots that are damaged: what changed in them cannot be told, and why.
    pub damaged: Vec<String>,
    /// What is not known of fields that change by themselves, when they were asked for.
    pub noise: NoiseGaps,
}

/// Runs of a moment; where history begins when the moment is before it.
type Place = (Option<Vec<RunAt>>, Option<Timestamp>);

impl Store {
    /// Changes, the newest first. What a first sync found is no change.
    pub async fn changes(&self, query: ChangesQuery) -> Result<Changes, StoreError> {
        let (since, begins) = self.place(query.since).await?;
        let (until, before_all) = self.place(query.until).await?;
        let found = self
            .reader
            .run(move |connection| walk(connection, &query, since.as_deref(), until.as_deref()))
            .await?;
        Ok(Changes { begins: begins.or(before_all), ..found })
    }

    /// Rows of `domain` that differ between two moments, without volatile fields.
    pub async fn difference(
        &self,
        firewall: FirewallId,
        domain: &'static dyn AnyDomain,
        from: Moment,
        to: Moment,
    ) -> Result<Vec<RowDifference>, StoreError> {
        let (from, to) = (self.runs_at(from).await?.0, self.runs_at(to).await?.0);
        let of = move |runs: &[RunAt]| runs.iter().find(|run| run.firewall == firewall).copied();
        let (from, to) = (of(&from), of(&to));
        self.reader
            .run(move |connection| {
                let head = |at: Option<RunAt>| match at {
                    Some(at) => rebuild::found(connection, domain, at).map(|f| f.map(|f| f.head)),
                    None => Ok(None),
                };
                let (old, new) = (head(from)?, head(to)?);
                difference::rows(&Chunks::new(connection, domain.name()), domain, old, new)
            })
            .await
    }

    /// The places in history of a moment, by firewall; for a moment before it none, and where it begins.
    async fn place(&self, moment: Option<Moment>) -> Result<Place, StoreError> {
        match moment {
            None => Ok((None, None)),
            Some(moment) => match self.runs_at(moment).await {
                Ok((runs, _)) => Ok((Some(runs), None)),
                Err(StoreError::NoHistory { first, .. }) => Ok((Some(Vec::new()), first)),
                Err(other) => Err(other),
            },
        }
    }
}

fn walk(
    connection: &mut Connection,
    query: &ChangesQuery,
    since: Option<&[RunAt]>,
    until: Option<&[RunAt]>,
) -> Result<Changes, StoreError> {
    // All of one moment.
    let transaction = connection.transaction().map_err(StoreError::write("read changes"))?;
    let connection: &Connection = &transaction;
    let readers: BTreeMap<&'static str, Chunks<'_>> =
        query.domains.iter().map(|d| (d.name(), Chunks::new(connection, d.name()))).collect();
    let mut streams = streams(connection, query, since, until)?;
    let mut page = Changes::default();
    for looked in 0.. {
        for stream in &mut streams {
            stream.refill(connection)?;
        }
        let Some((stream, (new, old))) = newest(&mut streams) else {
            page.noise.unknown = noise::unknown(connection, &streams)?;
            page.thinned = steps::thinned(connection, &streams)?;
            break;
        };
        let place = |given| ChangePosition {
            position: new.position,
            run: new.run,
            firewall: stream.firewall.get(),
            domain: stream.domain.name().to_owned(),
            given,
        };
        if looked >= MOST_STEPS {
            page.next = Some(place(0));
            page.looked_back_to = Some(new.at);
            break;
        }
        let skip = query
            .after
            .as_ref()
            .map_or(0, |after| if *after == place(after.given) { after.given } else { 0 });
        stream.steps.remove(0);
        let Some(chunks) = readers.get(stream.domain.name()) else { continue };
        let found = match compare(connection, chunks, stream, (old, new), &mut page) {
            Err(damaged @ StoreError::Damaged { .. }) => {
                page.damaged.push(format!("run {}: {damaged}", new.run));
                continue;
            }
            other => other?,
        };
        let wanted = found
            .into_iter()
            .filter(|change| query.about.as_ref().is_none_or(|about| about.holds(change)));
        for (n, change) in wanted.enumerate().skip(skip) {
            if page.changes.len() >= query.limit {
                page.next = Some(ChangePosition { given: n, ..place_of(&change, &new) });
                return Ok(page);
            }
            page.changes.push(change);
        }
    }
    Ok(page)
}

/// The newest step of all lists; of one run by firewall and domain.
fn newest(streams: &mut [Stream]) -> Option<(&mut Stream, (Step, Step))> {
    let steps =
        streams.iter_mut().filter_map(|stream| stream.newest().map(|steps| (stream, steps)));
    steps.max_by(|(a, (x, _)), (b, (y, _))| {
        let place = |s: &Step| (s.position, s.run);
        place(x)
            .cmp(&place(y))
            .then_with(|| (b.firewall, b.domain.name()).cmp(&(a.firewall, a.domain.name())))
    })
}

/// What changed from one step of a list to the next, and what is not known of it.
fn compare(
    connection: &Connection,
    chunks: &Chunks<'_>,
    stream: &mut Stream,
    (old, new): (Step, Step),
    page: &mut Changes,
) -> Result<Vec<Change>, StoreError> {
    let (firewall, domain) = (stream.firewall, stream.domain);
    stream.values_seen += usize::from(new.values.is_some());
    // A file has no such fields.
    let asks_noise = stream.with_noise && old.is_file == new.is_file;
    let known = asks_noise.then(|| noise::at(connection, chunks, firewall, domain, &new));
    let noise = match known.transpose() {
        // What else changed is told.
        Err(damaged @ StoreError::Damaged { .. }) => {
            page.damaged.push(format!("run {}: {damaged}", new.run));
            None
        }
        other => other?.flatten(),
    };
    let compared =
        Compared { connection, chunks, firewall, domain, old, new, noise: noise.as_ref() };
    let changes = compared.changes(&mut page.unreadable)?;
    match &noise {
        Some(noise) if noise.is_apart => drop(page.noise.between.insert(domain.name())),
        None if asks_noise && !changes.is_empty() => drop(page.noise.without.insert(domain.name())),
        _ => {}
    }
    Ok(changes)
}

fn place_of(change: &Change, step: &Step) -> ChangePosition {
    ChangePosition {
        position: step.position,
        run: step.run,
        firewall: change.firewall.get(),
        domain: change.domain.name().to_owned(),
        given: 0,
    }
}

impl About {
    fn holds(&self, change: &Change) -> bool {
        let columns = change.domain.columns();
        let kinds: Vec<Kind> = columns.iter().flat_map(|c| sql_names(c).map(|_| c.kind)).collect();
        let states = [&change.before, &change.now];
        let mut cells = states.into_iter().flatten().flat_map(|cells| kinds.iter().zip(cells));
        match self {
            Self::Ip(ip) => {
                let key = sort_key(*ip);
                cells.any(|(kind, cell)| match (kind, cell) {
                    (Kind::Ip, Cell::Blob(blob)) => **blob == key,
                    (Kind::Nets, Cell::Text(text)) => text.split(',').any(|item| {
                        item.parse()
                            .is_ok_and(|range: crate::types::AddressRange| range.contains(*ip))
                    }),
                    _ => false,
                })
            }
            Self::Mac(mac) => {
                let text = mac.to_string();
                change.had.as_ref() == Some(&text)
                    || cells.any(|(_, cell)| matches!(cell, Cell::Text(t) if **t == text))
            }
            Self::Text(wanted) => {
                let bare = |text: &str| text.split('.').next().unwrap_or_default().to_lowercase();
                cells.any(|(kind, cell)| match cell {
                    Cell::Text(text) if text.eq_ignore_ascii_case(wanted) => true,
                    Cell::Text(text) => *kind == Kind::Name && bare(text) == bare(wanted),
                    _ => false,
                })
            }
        }
    }
}
