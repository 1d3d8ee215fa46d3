//! Devices: everything that is identified by a hardware address or a DUID, once each.
//!
//! There is no table of devices. Their identifiers are the union of the identifiers in indexed columns, which
//! SQLite merges in order and stops at the end of the page; the page's sightings are then looked up by key.
//! `cargo bench --bench ask`, 10,000 and 1,000,000 rows, p50 with the total known: first page 0.39 and 0.44 ms, one device
//! by name 0.11 and 0.12. About half of the page is looking its 240 sightings up, a fifth is their JSON; indexes that
//! hold every cell saved 15 % in a shell. A table of devices that each sync maintains was never measured.

use sea_query::Values;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::Row;

use crate::store::error::StoreError;
use crate::store::filled::Filled;
use crate::store::look::Look;
use crate::store::open::Store;
use crate::store::reply::{Question, Reads};
use crate::store::select::Total;
use crate::store::sql;
use crate::store::standing;
use crate::store::states::{DomainStatus, SourceStatus};
use crate::types::{AddressRange, FirewallId};

use super::statement::Statement;

#[path = "device_sightings.rs"]
mod device_sightings;
#[path = "device_spine.rs"]
mod device_spine;

/// Devices are counted up to here when a page is wanted (10,000 took 4 ms in a shell at 1,000,000 leases).
const COUNTED: u32 = 1_000;
/// Up to here when only the count is wanted (0.9 s there).
const COUNTED_ALONE: u32 = 1_000_000;

/// Domains that a device is put together from.
pub(super) const DOMAINS: &[&str] = &[
    "arp",
    "dhcp_leases",
    "dhcp_reservations",
    "dns_records",
    "host_discovery",
    "interfaces",
    "ndp",
];

/// Which devices, and which page of them. Conditions that are absent hold for every device.
#[derive(Debug, Clone, Default)]
pub struct DeviceSelection {
    pub firewall: Option<FirewallId>,
    /// Hardware addresses and DUIDs, as stored: any of them.
    pub ids: Vec<String>,
    /// Seen on any of them.
    pub interfaces: Vec<InterfaceScope>,
    /// Seen with an address in any of them.
    pub ranges: Vec<AddressRange>,
    pub name: Option<NameIs>,
    /// Part of the manufacturer's name, without case, as the firewall words it.
    pub vendor: Option<String>,
    /// First three bytes of the manufacturer's addresses, as text: any of them, beside `vendor`.
    pub makers: Vec<String>,
    pub online: Option<bool>,
    pub reserved: Option<bool>,
    /// Has a name by lease, reservation, DNS or reverse DNS.
    pub named: Option<bool>,
    pub randomised: Option<bool>,
    /// The last device of the page before.
    pub after: Option<DeviceKey>,
    pub limit: u32,
    pub counting: Counting,
}

/// Where a device stands among all: those with a hardware address first, by it, then those of which only a DUID is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceKey {
    pub by_duid: bool,
    pub id: String,
    pub firewall: FirewallId,
}

/// How far devices are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counting {
    /// A page, and its total up to 1,000.
    #[default]
    WithPage,
    /// No page; up to 1,000,000.
    Alone,
}

impl Counting {
    const fn most(self) -> u32 {
        match self {
            Self::WithPage => COUNTED,
            Self::Alone => COUNTED_ALONE,
        }
    }
}

/// An interface as sightings name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceScope {
    pub firewall: FirewallId,
    /// Its description.
    pub name: String,
    /// Its networks: reservations name no interface.
    pub networks: Vec<AddressRange>,
}

/// How a name must match, without case. A host name matches by its first label too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameIs {
    Exactly(String),
    Begins(String),
    /// Reads every name; the last resort.
    Contains(String),
}

/// Where a device was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Arp,
    Ndp,
    Lease,
    Reservation,
    /// The discovery daemon, which remembers.
    Discovery,
    /// What the user says.
    Label,
    Dns,
}

/// One place that mentions a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub id: String,
    pub firewall: FirewallId,
    pub origin: Origin,
    /// Backend of a lease, reservation or record.
    pub backend: Option<String>,
    pub ip: Option<String>,
    pub interface_name: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub vendor: Option<String>,
    /// A neighbour entry within its lifetime, an active lease.
    pub is_live: bool,
    /// A lease that follows a reservation.
    pub is_reserved: bool,
    /// In seconds since the epoch: end of a lease, last look of the discovery daemon; of a neighbour entry the
    /// seconds that are left.
    pub until: Option<i64>,
    pub duid: Option<String>,
    /// Mapped or delegated: not an address of the device itself.
    pub is_prefix: bool,
}

/// One page.
#[derive(Debug, Clone)]
pub struct DevicePage {
    /// Of the devices of the page, in no order.
    pub sightings: Vec<Sighting>,
    /// Devices of the page in order.
    pub devices: Vec<DeviceKey>,
    pub total: Total,
    /// The last device when more follow.
    pub next: Option<DeviceKey>,
    pub sources: Vec<SourceStatus>,
    pub statuses: Vec<DomainStatus>,
}

impl Look<'_> {
    /// Devices and everything that mentions them, in one statement.
    pub async fn devices(&self, selection: &DeviceSelection) -> Result<DevicePage, StoreError> {
        let failed = || StoreError::query("list devices");
        let all = DeviceSelection { after: None, limit: 0, ..selection.clone() };
        let question = Question {
            what: "list devices",
            domains: DOMAINS,
            columns: 2,
            counted: format!("devices {all:?}"),
        };
        let filled = self.filled().await?;
        let statement = |reads| match reads {
            // Asked when somebody has written since the look: what had no rows may have some by now.
            Reads::All => whole(selection, reads, &Filled::Unknown),
            Reads::Rows | Reads::RowsAndTotal => whole(selection, reads, filled),
        };
        let reply = self.reply(question, statement).await?;
        let json = |i: usize| reply.row.try_get::<Option<String>, _>(i).map_err(failed());
        let damaged = |_| StoreError::Declaration { domain: "devices" };
        let mut devices: Vec<DeviceKey> =
            read::<Identified, _>(json(0)?.as_deref()).map_err(damaged)?;
        let sightings: Vec<Sighting> = read::<Line, _>(json(1)?.as_deref()).map_err(damaged)?;
        let limit = usize::try_from(selection.limit).unwrap_or(usize::MAX);
        let more = devices.len() > limit;
        devices.truncate(limit);
        let next = devices.last().filter(|_| more).cloned();
        let most = selection.counting.most();
        let total = if reply.total > u64::from(most) {
            Total::AtLeast(most.into())
        } else {
            Total::Exactly(reply.total)
        };
        Ok(DevicePage {
            sightings,
            devices,
            total,
            next,
            sources: reply.sources,
            statuses: reply.statuses,
        })
    }
}

impl Store {
    /// The statement that answers `selection`, for people who read SQL.
    pub fn devices_statement(selection: &DeviceSelection) -> String {
        whole(selection, Reads::All, &Filled::Unknown).0
    }

    /// How SQLite runs it: one line per step of `EXPLAIN QUERY PLAN`.
    pub async fn explain_devices(
        &self,
        selection: &DeviceSelection,
    ) -> Result<Vec<String>, StoreError> {
        let (text, values) = whole(selection, Reads::All, &Filled::Unknown);
        self.plan(text, values).await
    }
}

/// Identifiers of the page, their sightings, the total, and the state of the domains: one row.
fn whole(selection: &DeviceSelection, reads: Reads, filled: &Filled) -> (String, Values) {
    let mut statement = Statement::default();
    let mut with: Vec<String> =
        device_spine::candidates(&mut statement, selection, filled).into_iter().collect();
    let mut columns = vec!["NULL".to_owned(), "NULL".to_owned()];
    if selection.counting == Counting::WithPage {
        // One more than wanted tells whether a next page exists.
        let limit = sql::limit(&statement.bind(i64::from(selection.limit) + 1));
        let page = device_spine::identifiers(&mut statement, selection, filled, true, &limit);
        if let Some(page) = page {
            with.push(format!("page (id, firewall_id, by_duid) AS MATERIALIZED (\n{page}\n)"));
            with.push(device_sightings::sightings(filled));
            columns = vec![
                "(SELECT json_group_array(json_array(id, firewall_id, by_duid)) FROM page)"
                    .to_owned(),
                // Lines are JSON already; `json_group_array(json(line))` would read each once more.
                "(SELECT '[' || coalesce(group_concat(line, ','), '') || ']' FROM sightings)"
                    .to_owned(),
            ];
        }
    }
    if reads != Reads::Rows {
        let most = sql::limit(&statement.bind(i64::from(selection.counting.most()) + 1));
        let all = device_spine::identifiers(&mut statement, selection, filled, false, &most);
        columns.push(
            all.map_or_else(|| "0".to_owned(), |all| format!("(SELECT count(*) FROM (\n{all}))")),
        );
    }
    if reads == Reads::All {
        columns.push(standing::columns(DOMAINS));
    }
    let with = if with.is_empty() { String::new() } else { format!("WITH {}\n", with.join(",\n")) };
    statement.text = format!("{with}SELECT {}", columns.join(",\n"));
    statement.into_parts()
}

/// A JSON array of lines, each read straight into what it becomes.
fn read<L: Into<T> + DeserializeOwned, T>(json: Option<&str>) -> Result<Vec<T>, serde_json::Error> {
    let lines: Vec<L> = json.map_or(Ok(Vec::new()), serde_json::from_str)?;
    Ok(lines.into_iter().map(Into::into).collect())
}

/// The columns of `page`.
#[derive(Deserialize)]
struct Identified(String, i64, i64);

impl From<Identified> for DeviceKey {
    fn from(Identified(id, firewall, by_duid): Identified) -> Self {
        Self { by_duid: by_duid == 1, id, firewall: FirewallId::new(firewall) }
    }
}

/// The columns of `sightings`, in their order.
#[derive(Deserialize)]
struct Line(
    String,
    i64,
    Origin,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
);

impl From<Line> for Sighting {
    fn from(line: Line) -> Self {
        Self {
            id: line.0,
            firewall: FirewallId::new(line.1),
            origin: line.2,
            backend: line.3,
            ip: line.4,
            interface_name: line.5,
            name: line.6,
            description: line.7,
            vendor: line.8,
            is_live: line.9 == Some(1),
            is_reserved: line.10 == Some(1),
            until: line.11,
            duid: line.12,
            is_prefix: line.13 == Some(1),
        }
    }
}
