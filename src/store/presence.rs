//! Presence: which device had which address when, as intervals.
//!
//! Kept inside the transaction that applies a domain, for the addresses whose rows were written: an unchanged
//! sync writes nothing, because an interval is open as long as its row is in a table, and was last seen
//! whenever its sources were last good.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Statement, params_from_iter};

use crate::domain::{AnyDomain, Only, SIGHTINGS, Sighting, sighting};
use crate::types::{FirewallId, RunId, Timestamp};

use super::error::StoreError;

/// Addresses whose rows were written or deleted.
#[derive(Debug)]
pub(super) enum Touched {
    /// The table was filled anew.
    All,
    Some(BTreeSet<Box<[u8]>>),
}

/// When the rows of `domain` were last confirmed, before this apply is recorded.
pub(super) fn last_good(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
) -> Result<Option<Timestamp>, StoreError> {
    let failed = || StoreError::write("find when a domain was last good");
    let sql = "SELECT max(good_at) FROM sources WHERE firewall_id = ? AND domain = ?";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    statement
        .query_row((firewall.get(), domain.name()), |r| r.get::<_, Option<i64>>(0))
        .map(|at| at.map(Timestamp::from_millis))
        .map_err(failed())
}

/// Opens and closes the intervals of `touched` addresses after the table of `domain` has changed. What is gone
/// was last seen at `before`.
pub(super) fn update(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    run: RunId,
    (before, now): (Option<Timestamp>, Timestamp),
    touched: &Touched,
) -> Result<(), StoreError> {
    let Some(sighting) = sighting(domain) else { return Ok(()) };
    if matches!(touched, Touched::Some(addresses) if addresses.is_empty()) {
        return Ok(());
    }
    let one = matches!(touched, Touched::Some(_));
    let seen = before.unwrap_or(now).min(now);
    let mut look = Look::new(connection, sighting, one, (firewall, run, seen, now))?;
    match touched {
        Touched::All => look.at(None),
        Touched::Some(addresses) => addresses.iter().try_for_each(|ip| look.at(Some(ip))),
    }
}

/// The statements of one update, each prepared once.
struct Look<'c> {
    /// Sightings that no table shows any more are over; their intervals with them.
    close: CachedStatement<'c>,
    closed: CachedStatement<'c>,
    /// Sightings that were over and that the table shows again; each begins an interval.
    reopen: CachedStatement<'c>,
    reopened: CachedStatement<'c>,
    /// Sightings that the table shows for the first time.
    open: CachedStatement<'c>,
    opened: CachedStatement<'c>,
    newest: CachedStatement<'c>,
    over: CachedStatement<'c>,
    firewall: i64,
    run: i64,
    seen: i64,
    now: i64,
}

impl<'c> Look<'c> {
    fn new(
        connection: &'c Connection,
        sighting: &Sighting,
        one: bool,
        (firewall, run, seen, now): (FirewallId, RunId, Timestamp, Timestamp),
    ) -> Result<Self, StoreError> {
        let prepare = |text: &str| {
            connection.prepare_cached(text).map_err(StoreError::write("prepare to keep presence"))
        };
        Ok(Self {
            close: prepare(&closing(one))?,
            closed: prepare(
                "UPDATE presence SET last_at = max(first_at, ?2) WHERE sighting_id = ?1 AND last_at IS NULL",
            )?,
            reopen: prepare(&reopening(sighting, one))?,
            reopened: prepare(
                "INSERT INTO presence (sighting_id, first_run, first_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET last_at = NULL",
            )?,
            open: prepare(&opening(sighting, one))?,
            // A first fill of 100,000 leases: one statement takes half the time of one for each.
            opened: prepare(
                "INSERT INTO presence (sighting_id, first_run, first_at)
                 SELECT sighting_id, ?2, ?3 FROM sightings WHERE sighting_id > ?1",
            )?,
            newest: prepare("SELECT coalesce(max(sighting_id), 0) FROM sightings")?,
            over: prepare(
                "SELECT EXISTS (SELECT 1 FROM sightings WHERE firewall_id = ?1 AND last_at IS NOT NULL)",
            )?,
            firewall: firewall.get(),
            run: run.get(),
            seen: seen.millis(),
            now: now.millis(),
        })
    }

    /// Looks at one address, or at all.
    fn at(&mut self, address: Option<&[u8]>) -> Result<(), StoreError> {
        let failed = || StoreError::write("keep presence");
        let Self { firewall, run, seen, now, .. } = *self;
        let newest: i64 = self.newest.query_row([], |r| r.get(0)).map_err(failed())?;
        for id in ids(&mut self.close, &[firewall, seen], address)? {
            self.closed.execute((id, seen)).map_err(failed())?;
        }
        // A first fill finds none that are over, and need not look for each row of the table.
        let none =
            address.is_none() && !self.over.query_row([firewall], |r| r.get(0)).map_err(failed())?;
        if !none {
            for id in ids(&mut self.reopen, &[firewall], address)? {
                self.reopened.execute((id, run, now)).map_err(failed())?;
            }
        }
        let new = self.open.execute(parameters(&[firewall, now], address));
        if new.map_err(failed())? > 0 {
            self.opened.execute((newest, run, now)).map_err(failed())?;
        }
        Ok(())
    }
}

fn ids(
    statement: &mut Statement<'_>,
    numbers: &[i64],
    address: Option<&[u8]>,
) -> Result<Vec<i64>, StoreError> {
    statement
        .query_map(parameters(numbers, address), |r| r.get(0))
        .and_then(Iterator::collect)
        .map_err(StoreError::write("keep presence"))
}

/// `numbers`, and the address behind them if the statement looks at one.
fn parameters<'a>(numbers: &'a [i64], address: Option<&'a [u8]>) -> impl rusqlite::Params + 'a {
    let numbers = numbers.iter().map(|n| ToSqlOutput::from(*n));
    params_from_iter(numbers.chain(address.map(|ip| ToSqlOutput::Borrowed(ValueRef::Blob(ip)))))
}

/// Ends sightings that no table shows any more.
fn closing(one: bool) -> String {
    let mut text = "UPDATE sightings SET last_at = max(first_at, ?2) WHERE firewall_id = ?1 AND last_at IS NULL".to_owned();
    if one {
        text.push_str(" AND ip_sort = ?3");
    }
    for s in SIGHTINGS {
        // Writing into a string cannot fail.
        let _infallible = write!(
            text,
            " AND NOT EXISTS (SELECT 1 FROM \"{0}\" t WHERE t.firewall_id = ?1 AND t.\"{1}_sort\" = sightings.ip_sort AND {2} = sightings.client AND coalesce(t.\"{3}\", '') = sightings.interface AND {4})",
            s.domain,
            s.address,
            client(s),
            s.interface,
            condition(s)
        );
    }
    text.push_str(" RETURNING sighting_id");
    text
}

/// Sightings that were over and that the table shows again.
fn reopening(s: &Sighting, one: bool) -> String {
    format!(
        "UPDATE sightings SET last_at = NULL WHERE sighting_id IN (
            SELECT s.sighting_id FROM {shown}
            AND s.firewall_id = ?1 AND s.client = {client} AND s.ip_sort = t.\"{ip}_sort\"
            AND s.interface = coalesce(t.\"{interface}\", '') AND s.last_at IS NOT NULL)
         RETURNING sighting_id",
        shown = shown(s, one.then_some("?2"), " CROSS JOIN sightings s"),
        client = client(s),
        ip = s.address,
        interface = s.interface,
    )
}

/// Begins sightings that the table shows for the first time; a row that repeats one adds nothing.
fn opening(s: &Sighting, one: bool) -> String {
    format!(
        "INSERT INTO sightings (firewall_id, client, ip, ip_sort, interface, first_at)
         SELECT t.firewall_id, {client}, t.\"{ip}\", t.\"{ip}_sort\", coalesce(t.\"{interface}\", ''), ?2
         FROM {shown} ON CONFLICT DO NOTHING",
        client = client(s),
        ip = s.address,
        interface = s.interface,
        shown = shown(s, one.then_some("?3"), ""),
    )
}

/// The rows of a table that show a device, up to the conditions that may follow.
fn shown(s: &Sighting, address: Option<&str>, join: &str) -> String {
    let address = address.map(|ip| format!(" AND t.\"{}_sort\" = {ip}", s.address));
    format!(
        "\"{}\" t{join} WHERE t.firewall_id = ?1 AND {} IS NOT NULL AND {}{address}",
        s.domain,
        client(s),
        condition(s),
        address = address.unwrap_or_default(),
    )
}

fn client(s: &Sighting) -> String {
    let columns: Vec<String> = s.clients.iter().map(|name| format!("t.\"{name}\"")).collect();
    match columns.as_slice() {
        [one] => one.clone(),
        several => format!("coalesce({})", several.join(", ")),
    }
}

fn condition(s: &Sighting) -> String {
    match s.only {
        Only::Always => "1".to_owned(),
        Only::Says(column, word) => format!("t.\"{column}\" = '{word}'"),
        Only::Not(column) => format!("t.\"{column}\" IS NOT 1"),
    }
}

/// The devices that the tables of `connection` show, as an expression for `IN`.
pub(super) fn clients() -> String {
    let one = |s: &Sighting| format!("SELECT {} FROM \"{}\" t", client(s), s.domain);
    SIGHTINGS.iter().map(one).collect::<Vec<_>>().join(" UNION ")
}
