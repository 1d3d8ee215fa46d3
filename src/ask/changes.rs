//! What changed, when, and who did it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::{ALL, AnyDomain, Cadence, Cell, ColumnSpec, Kind, Role, sighting};
use crate::store::{
    About, Change, ChangeKind, ChangePosition, Changes, ChangesQuery, NoiseGaps, RevisionRow,
};
use crate::types::{FirewallId, MacAddr, RunId, Timestamp, host_part};

use super::catalog;
use super::cursor;
use super::error::AskError;
use super::freshness::Freshness;
use super::query::{Ask, DEFAULT_LIMIT, MAX_LIMIT, firewall};
use super::saved::{self, SavedBy};

/// A question about changes, in words.
#[derive(Debug, Clone, Default)]
pub struct ChangesAsked {
    /// After this moment; since the history began when absent.
    pub since: Option<String>,
    /// Up to this moment; up to now when absent.
    pub until: Option<String>,
    /// One domain, or `all`; when absent, all for a question about something, else those of the configuration.
    pub domain: Option<String>,
    /// An IP address, a MAC address, a name or a UUID that a row must mention.
    pub about: Option<String>,
    /// Also what changes by itself (expiry, ages, counters), as far as its values were kept; then all domains unless
    /// one is named.
    pub noise: bool,
    pub firewall: Option<String>,
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// Changes, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct ChangesAnswer {
    pub changes: Vec<ChangeRow>,
    /// Give it as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

/// One row that changed.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeRow {
    /// When it was seen first.
    pub at: Timestamp,
    pub run: RunId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firewall: Option<String>,
    pub domain: &'static str,
    /// `added`, `removed`, `modified`, or `moved`: an address that another device had.
    pub kind: &'static str,
    /// The row added or removed; of another what names it.
    pub row: Map<String, Value>,
    /// Column to `[before, after]`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub changed: Map<String, Value>,
    /// Who saved the configuration, when, in which words, where the firewall's history is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<SavedBy>,
}

/// Domains that one note names.
const NAMED: usize = 5;

impl Ask {
    /// Changes that later states show against earlier ones. Expiry, ages and counters are none unless asked for.
    pub async fn changes(&self, asked: &ChangesAsked) -> Result<ChangesAnswer, AskError> {
        let known = self.store.firewalls().await?;
        let scope = asked.firewall.as_deref().map(|name| firewall(&known, name)).transpose()?;
        let about = asked.about.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let everywhere = about.is_some() || asked.noise;
        let (domains, left_out) = domains(asked.domain.as_deref(), everywhere)?;
        let question = format!(
            "{asked:?}",
            asked = (&asked.since, &asked.until, &asked.domain, &asked.about, asked.noise, &scope)
        );
        let after = asked.after.as_deref().map(|text| position(&question, text)).transpose()?;
        let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(AskError::Limit { limit, most: MAX_LIMIT });
        }
        let moment = |text: &Option<String>| {
            let text = text.as_deref().filter(|text| !text.trim().is_empty());
            text.map(|text| self.clock.moment(text)).transpose()
        };
        let query = ChangesQuery {
            domains: domains.clone(),
            firewall: scope,
            since: moment(&asked.since)?,
            until: moment(&asked.until)?,
            about: about.map(read_about),
            noise: asked.noise,
            after,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        };
        let found = self.store.changes(query).await?;
        let name = |id: FirewallId| known.iter().find(|f| f.id == id).map(|f| f.name.clone());
        let several = known.len() > 1 && scope.is_none();
        let mut changes = Vec::with_capacity(found.changes.len());
        for change in &found.changes {
            let firewall = if several { name(change.firewall) } else { None };
            changes.push(row(change, firewall));
        }
        self.told_by(&found.changes, &mut changes).await?;
        let mut freshness = self.overall_of(scope, &domains).await?;
        notes(&mut freshness, &found, left_out);
        if asked.noise {
            noise_notes(&mut freshness, &found.noise, &domains);
        }
        let next = found.next.map(|position| cursor::encode(&question, &cells(&position)));
        Ok(ChangesAnswer { changes, next, freshness })
    }
}

impl Ask {
    /// Adds who saved the configuration between the state before and the one that shows the change.
    async fn told_by(&self, changes: &[Change], rows: &mut [ChangeRow]) -> Result<(), AskError> {
        let mut revisions: BTreeMap<FirewallId, Vec<RevisionRow>> = BTreeMap::new();
        for (change, row) in changes.iter().zip(rows) {
            // Nobody saves what changes by itself.
            if change.domain.cadence() != Cadence::Config || change.is_noise {
                continue;
            }
            let known = match revisions.entry(change.firewall) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    unknown.insert(self.store.revisions(change.firewall).await?)
                }
            };
            row.by = saved::by(known, change.domain, change.after, change.at);
        }
        Ok(())
    }
}

/// The domains to look at, and whether those of running state are left out.
fn domains(
    named: Option<&str>,
    everywhere: bool,
) -> Result<(Vec<&'static dyn AnyDomain>, bool), AskError> {
    match named.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) if name.eq_ignore_ascii_case("all") => Ok((ALL.to_vec(), false)),
        Some(name) => Ok((vec![catalog::domain(name)?], false)),
        None if everywhere => Ok((ALL.to_vec(), false)),
        None => {
            let config = ALL.iter().copied().filter(|d| d.cadence() == Cadence::Config);
            Ok((config.collect(), true))
        }
    }
}

fn read_about(text: &str) -> About {
    match (text.parse::<IpAddr>().ok().or_else(|| host_part(text)), text.parse::<MacAddr>()) {
        (Some(ip), _) => About::Ip(ip),
        (_, Ok(mac)) => About::Mac(mac),
        _ => About::Text(text.to_owned()),
    }
}

fn notes(freshness: &mut Freshness, found: &Changes, left_out: bool) {
    let mut note = |text: String, is_gap: bool| {
        freshness.complete &= !is_gap;
        freshness.notes.push(text);
    };
    if left_out {
        note("configuration only: leases, neighbours and other running state are shown for `domain` = their name or `all`, or with `about`".to_owned(), false);
    }
    if let Some(first) = found.begins {
        note(format!("the history begins at {first}; what changed before is not known"), true);
    }
    if !found.thinned.is_empty() {
        let named = found.thinned.iter().take(NAMED);
        let named: Vec<String> = named.map(|(name, at)| format!("{name} (from {at})")).collect();
        let others = match found.thinned.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more domains"),
        };
        note(
            format!(
                "earlier states were thinned out by retention, what changed in them is not known: {}{others}",
                named.join(", ")
            ),
            true,
        );
    }
    if let Some(at) = found.looked_back_to {
        note(format!("looked back to {at} so far; `next` goes on"), true);
    }
    if found.unreadable > 0 {
        note(
            format!("{} rows that changed could not be read and are not shown", found.unreadable),
            true,
        );
    }
    for damaged in &found.damaged {
        note(damaged.clone(), true);
    }
}

/// What is not known of fields that change by themselves.
fn noise_notes(freshness: &mut Freshness, gaps: &NoiseGaps, domains: &[&'static dyn AnyDomain]) {
    let mut gap = |domains: &BTreeSet<&'static str>, words: &str| {
        if !domains.is_empty() {
            let names: Vec<String> = domains.iter().map(|name| format!("`{name}`")).collect();
            freshness.complete = false;
            freshness.notes.push(format!("{}: {words}", names.join(", ")));
        }
    };
    gap(
        &gaps.between,
        "values that change by themselves are kept once an hour, and once a day after a week; what they were in between is not shown",
    );
    gap(
        &gaps.without,
        "some changes are shown without the fields that change by themselves, whose values of then were not kept or have been thinned out",
    );
    gap(
        &gaps.unknown,
        "values that change by themselves did change, and none of that time were kept or they have been thinned out",
    );
    if let [one] = domains
        && one.fields().iter().all(|field| !field.volatile)
    {
        freshness.notes.push(format!("`{}` has no fields that change by themselves", one.name()));
    }
}

fn row(change: &Change, firewall: Option<String>) -> ChangeRow {
    let columns = change.domain.columns();
    let (before, now) =
        (values(&columns, change.before.as_deref()), values(&columns, change.now.as_deref()));
    let mut changed = Map::new();
    let shown = now.as_ref().or(before.as_ref()).cloned().unwrap_or_default();
    let row = match (&before, &now, change.kind) {
        (Some(before), Some(now), _) => {
            for (column, (a, b)) in columns.iter().zip(before.iter().zip(now)) {
                if a != b {
                    changed
                        .insert(column.name.to_owned(), Value::Array(vec![a.clone(), b.clone()]));
                }
            }
            object(&columns, &shown, |column| column.role == Role::Key || column.kind == Kind::Name)
        }
        _ => object(&columns, &shown, |_| true),
    };
    if let (Some(had), ChangeKind::Moved, Some(sighting)) =
        (&change.had, change.kind, sighting(change.domain))
    {
        let is_client = |column: &&ColumnSpec| sighting.clients.contains(&column.name);
        let has = columns
            .iter()
            .zip(&shown)
            .find(|(column, value)| is_client(column) && !value.is_null());
        if let Some((column, value)) = has {
            let pair = vec![Value::from(had.as_str()), value.clone()];
            changed.insert(column.name.to_owned(), Value::Array(pair));
        }
    }
    ChangeRow {
        at: change.at,
        run: change.run,
        firewall,
        domain: change.domain.name(),
        kind: change.kind.as_str(),
        row,
        changed,
        by: None,
    }
}

fn object(
    columns: &[ColumnSpec],
    values: &[Value],
    shown: impl Fn(&ColumnSpec) -> bool,
) -> Map<String, Value> {
    let cells =
        columns.iter().zip(values).filter(|(column, value)| !value.is_null() && shown(column));
    cells.map(|(column, value)| (column.name.to_owned(), value.clone())).collect()
}

/// One value per column, as answers print them; the sortable forms of addresses are left out.
fn values(columns: &[ColumnSpec], cells: Option<&[Cell]>) -> Option<Vec<Value>> {
    let mut cells = cells?.iter();
    let mut values = Vec::with_capacity(columns.len());
    for column in columns {
        let value = match (cells.next(), column.kind) {
            (Some(Cell::Int(n)), Kind::Bool) => Value::Bool(*n != 0),
            (Some(Cell::Int(n)), Kind::Time) => Timestamp::from_seconds(*n).to_string().into(),
            (Some(Cell::Int(n)), _) => (*n).into(),
            (Some(Cell::Text(text)), _) => (&**text).into(),
            _ => Value::Null,
        };
        if column.kind == Kind::Ip {
            cells.next();
        }
        values.push(value);
    }
    Some(values)
}

fn cells(position: &ChangePosition) -> Vec<Cell> {
    vec![
        Cell::Int(position.position),
        Cell::Int(position.run),
        Cell::Int(position.firewall),
        Cell::Text(position.domain.as_str().into()),
        Cell::Int(i64::try_from(position.given).unwrap_or(i64::MAX)),
    ]
}

fn position(question: &str, text: &str) -> Result<ChangePosition, AskError> {
    match cursor::decode(question, 5, text)?.as_slice() {
        [
            Cell::Int(position),
            Cell::Int(run),
            Cell::Int(firewall),
            Cell::Text(domain),
            Cell::Int(given),
        ] => Ok(ChangePosition {
            position: *position,
            run: *run,
            firewall: *firewall,
            domain: domain.to_string(),
            given: usize::try_from(*given).unwrap_or(0),
        }),
        _ => Err(AskError::Cursor),
    }
}
