//! Questions about presence: who had an address, which addresses a device had, who is new, who is gone.

use std::net::IpAddr;

use sea_query::{Value as SqlValue, Values};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::domain::SIGHTINGS;
use crate::types::{AddressRange, FirewallId, Timestamp, sort_key};

use super::error::StoreError;
use super::open::Store;
use super::sql;

/// Whose presence is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Anybody,
    /// MAC addresses or DUIDs.
    Clients(Vec<String>),
    Address(IpAddr),
    Within(AddressRange),
}

/// A question about intervals, the newest first.
#[derive(Debug, Clone)]
pub struct PresenceQuery {
    pub who: Who,
    pub firewall: Option<FirewallId>,
    /// Only intervals that had not ended by then.
    pub since: Option<Timestamp>,
    /// Only intervals that had begun by then.
    pub until: Option<Timestamp>,
    /// Position of the last interval of the page before.
    pub after: Option<(i64, i64)>,
    pub limit: u32,
}

/// One device with one address, from when to when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    pub firewall: FirewallId,
    /// MAC address, or DUID.
    pub client: String,
    pub ip: String,
    /// Description of the interface; empty when unknown.
    pub interface: String,
    pub first_at: Timestamp,
    /// Absent while it is there.
    pub last_at: Option<Timestamp>,
    /// When it was last seen: the end, or the newest confirmation.
    pub seen_at: Timestamp,
    /// For the next page.
    pub position: (i64, i64),
}

/// A question about devices, the last seen first.
#[derive(Debug, Clone, Default)]
pub struct SeenQuery {
    pub firewall: Option<FirewallId>,
    /// Seen on one of these interfaces, by description; on any when empty.
    pub interfaces: Vec<String>,
    /// Seen with an address of these; with any when absent.
    pub range: Option<AddressRange>,
    /// First seen at or after.
    pub new_since: Option<Timestamp>,
    /// Not seen since.
    pub unseen_since: Option<Timestamp>,
    pub after: Option<(i64, String)>,
    pub limit: u32,
}

/// A device, first and last seen with any address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub firewall: FirewallId,
    /// MAC address, or DUID.
    pub client: String,
    pub first_at: Timestamp,
    /// When it was last seen: the end of its last interval, or the newest confirmation.
    pub seen_at: Timestamp,
    pub is_present: bool,
    /// The newest address it was seen with there.
    pub ip: String,
    /// Description of the interface of that; empty when unknown.
    pub interface: String,
    /// For the next page.
    pub position: (i64, String),
}

/// A page of devices by when they were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenPage {
    pub devices: Vec<Seen>,
    /// Devices of all pages.
    pub total: u64,
}

/// Intervals as they were known at the moment of the store. Runs of the moment are `[firewall, began]`.
const INTERVALS: &str = "SELECT s.firewall_id, s.client, s.ip, s.interface, p.first_at,
        CASE WHEN p.last_at < coalesce(m.began, p.last_at + 1) THEN p.last_at END AS last_at,
        coalesce(CASE WHEN p.last_at < coalesce(m.began, p.last_at + 1) THEN p.last_at END, m.began, g.good_at, p.first_at) AS seen_at,
        p.first_run, s.sighting_id
    FROM sightings s JOIN presence p USING (sighting_id)
    LEFT JOIN (SELECT value ->> 0 AS firewall_id, value ->> 1 AS began FROM json_each(?)) m ON m.firewall_id = s.firewall_id
    LEFT JOIN (SELECT firewall_id, max(good_at) AS good_at FROM sources WHERE domain IN (SELECT value FROM json_each(?)) GROUP BY firewall_id) g
        ON g.firewall_id = s.firewall_id
    WHERE (? OR p.first_at <= m.began)";

impl Store {
    /// Intervals, the newest first.
    pub async fn presence(&self, query: &PresenceQuery) -> Result<Vec<Interval>, StoreError> {
        let failed = || StoreError::query("read presence");
        let mut text = INTERVALS.to_owned();
        let mut values = self.moment_values();
        condition(&query.who, &mut text, &mut values);
        if let Some(firewall) = query.firewall {
            text.push_str(" AND s.firewall_id = ?");
            values.push(firewall.get().into());
        }
        if let Some(since) = query.since {
            text.push_str(" AND coalesce(p.last_at, ?) >= ?");
            values.extend([since.millis().into(), since.millis().into()]);
        }
        if let Some(until) = query.until {
            text.push_str(" AND p.first_at <= ?");
            values.push(until.millis().into());
        }
        if let Some((run, sighting)) = query.after {
            text.push_str(" AND (p.first_run, s.sighting_id) < (?, ?)");
            values.extend([run.into(), sighting.into()]);
        }
        text.push_str(" ORDER BY p.first_run DESC, s.sighting_id DESC LIMIT ? + 0");
        values.push(query.limit.into());
        let rows =
            sql::fetch_all(&self.live, text.into(), Values(values)).await.map_err(failed())?;
        rows.iter().map(interval).collect::<Result<_, _>>().map_err(failed())
    }

    /// Devices with their first and last sighting, the last seen first.
    pub async fn devices_seen(&self, query: &SeenQuery) -> Result<SeenPage, StoreError> {
        let failed = || StoreError::query("read when devices were seen");
        let mut inner = INTERVALS.to_owned();
        let mut values = self.moment_values();
        if !query.interfaces.is_empty() {
            inner.push_str(" AND s.interface IN (SELECT value FROM json_each(?))");
            values.push(serde_json::json!(query.interfaces).to_string().into());
        }
        if let Some(range) = query.range {
            condition(&Who::Within(range), &mut inner, &mut values);
        }
        if let Some(firewall) = query.firewall {
            inner.push_str(" AND s.firewall_id = ?");
            values.push(firewall.get().into());
        }
        // Bare columns beside a single `max` are those of the row that has it (SQLite, "Bare columns in an aggregate
        // query"): the last sighting, of several the one with an IPv4 address.
        let mut text = format!(
            "SELECT firewall_id, client, first_at, newest >> 1 AS seen_at, is_present, ip, interface, count(*) OVER () AS total
             FROM (SELECT firewall_id, client, first AS first_at, max((seen_at << 1) | (instr(ip, ':') = 0)) AS newest,
                    count(*) > count(last_at) AS is_present, ip, interface
                FROM (SELECT *, min(first_at) OVER (PARTITION BY firewall_id, client) AS first FROM ({inner}))
                GROUP BY firewall_id, client) WHERE 1"
        );
        if let Some(since) = query.new_since {
            text.push_str(" AND first_at >= ?");
            values.push(since.millis().into());
        }
        if let Some(since) = query.unseen_since {
            text.push_str(" AND newest >> 1 < ? AND NOT is_present");
            values.push(since.millis().into());
        }
        if let Some((seen, client)) = &query.after {
            text = format!("SELECT * FROM ({text}) WHERE (seen_at, client) < (?, ?)");
            values.extend([(*seen).into(), client.clone().into()]);
        }
        text.push_str(" ORDER BY seen_at DESC, client DESC LIMIT ? + 0");
        values.push(query.limit.into());
        let rows =
            sql::fetch_all(&self.live, text.into(), Values(values)).await.map_err(failed())?;
        let total = rows.first().map_or(Ok(0), |row| row.try_get::<i64, _>("total"));
        Ok(SeenPage {
            devices: rows.iter().map(seen).collect::<Result<_, _>>().map_err(failed())?,
            total: u64::try_from(total.map_err(failed())?).unwrap_or_default(),
        })
    }

    /// When each firewall's devices were looked at first.
    pub async fn presence_begins(&self) -> Result<Vec<(FirewallId, Timestamp)>, StoreError> {
        let failed = || StoreError::query("find when presence begins");
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("SELECT firewall_id, min(first_at) FROM sightings GROUP BY firewall_id")
                .fetch_all(&mut *self.live.get().await.map_err(failed())?)
                .await
                .map_err(failed())?;
        let begins = |(id, at)| (FirewallId::new(id), Timestamp::from_millis(at));
        Ok(rows.into_iter().map(begins).collect())
    }

    fn moment_values(&self) -> Vec<SqlValue> {
        let runs: Vec<(i64, i64)> = self
            .state
            .iter()
            .flat_map(|state| state.runs())
            .map(|r| (r.firewall.get(), r.started_at.millis()))
            .collect();
        let domains: Vec<&str> = SIGHTINGS.iter().map(|s| s.domain).collect();
        vec![
            serde_json::json!(runs).to_string().into(),
            serde_json::json!(domains).to_string().into(),
            self.state.is_none().into(),
        ]
    }
}

fn condition(who: &Who, text: &mut String, values: &mut Vec<SqlValue>) {
    match who {
        Who::Anybody => {}
        Who::Clients(clients) => {
            text.push_str(" AND s.client IN (SELECT value FROM json_each(?))");
            values.push(serde_json::json!(clients).to_string().into());
        }
        Who::Address(ip) => {
            text.push_str(" AND s.ip_sort = ?");
            values.push(sort_key(*ip).to_vec().into());
        }
        Who::Within(range) => {
            text.push_str(" AND ");
            text.push_str(&sql::within("s.ip_sort", *range, ["?"; 2]));
            values.extend([range.first(), range.last()].map(|ip| sort_key(ip).to_vec().into()));
        }
    }
}

fn interval(row: &SqliteRow) -> Result<Interval, sqlx::Error> {
    Ok(Interval {
        firewall: FirewallId::new(row.try_get(0)?),
        client: row.try_get(1)?,
        ip: row.try_get(2)?,
        interface: row.try_get(3)?,
        first_at: Timestamp::from_millis(row.try_get(4)?),
        last_at: row.try_get::<Option<i64>, _>(5)?.map(Timestamp::from_millis),
        seen_at: Timestamp::from_millis(row.try_get(6)?),
        position: (row.try_get(7)?, row.try_get(8)?),
    })
}

fn seen(row: &SqliteRow) -> Result<Seen, sqlx::Error> {
    let (client, seen_at): (String, i64) = (row.try_get(1)?, row.try_get(3)?);
    Ok(Seen {
        firewall: FirewallId::new(row.try_get(0)?),
        first_at: Timestamp::from_millis(row.try_get(2)?),
        seen_at: Timestamp::from_millis(seen_at),
        is_present: row.try_get(4)?,
        ip: row.try_get(5)?,
        interface: row.try_get(6)?,
        position: (seen_at, client.clone()),
        client,
    })
}
