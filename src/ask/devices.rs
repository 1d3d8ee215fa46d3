//! Devices: who is there, in one row each.

use std::collections::BTreeMap;

use crate::domain::Cell;
use crate::store::{
    Counting, DeviceKey, DevicePage, DeviceSelection, FirewallRow, Label, Look, NameIs, Sighting,
    Total, Wire,
};
use crate::types::{AddressRange, FirewallId, MacAddr, did_you_mean, maker_prefixes};

use super::answer::Answer;
use super::cursor;
use super::device::{COLUMNS, Device};
use super::error::AskError;
use super::joint::{about, joint};
use super::place::{self, Place};
use super::query::{self, Ask};

/// Domains that devices are put together from.
const DOMAINS: &[&str] = &[
    "arp",
    "dhcp_leases",
    "dhcp_reservations",
    "dns_records",
    "host_discovery",
    "interfaces",
    "ndp",
];

/// An answer of so few devices shows every column: the next question would ask for them.
const FEW: usize = 3;

/// Which devices, in words.
#[derive(Debug, Clone, Default)]
pub struct DevicesQuery {
    /// Name of one firewall; all of them when absent.
    pub firewall: Option<String>,
    /// Interface, VLAN, network or range.
    pub place: Option<String>,
    /// Name, MAC address, DUID or IP address; `*` at an end leaves that end open.
    pub name: Option<String>,
    /// Part of the manufacturer's name.
    pub vendor: Option<String>,
    /// Words of [`STATES`]; all must hold.
    pub is: Vec<String>,
    /// First seen at or after this moment.
    pub new_since: Option<String>,
    /// Gone, and not seen since this moment.
    pub unseen_since: Option<String>,
    pub columns: Vec<String>,
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
    pub count_only: bool,
}

/// What a device may be.
pub const STATES: [&str; 7] =
    ["online", "offline", "reserved", "unreserved", "unknown", "randomised", "named"];

/// Columns of devices with their meanings.
pub fn device_columns() -> Vec<(&'static str, &'static str)> {
    COLUMNS.iter().map(|column| (column.name, column.about)).collect()
}

/// A page of devices as values.
#[derive(Debug, Clone)]
pub struct Devices {
    pub devices: Vec<Device>,
    pub total: u64,
}

impl Ask {
    /// Devices as rows.
    pub async fn devices(&self, query: &DevicesQuery) -> Result<Answer, AskError> {
        if query.new_since.is_some() || query.unseen_since.is_some() {
            return self.devices_seen(query).await;
        }
        let look = self.store.look();
        let (known, wires) = (look.firewalls().await?, look.wiring().await?);
        let mut selection = selection(query, &known, &wires)?;
        selection.limit = query::limit(query.limit)?;
        let columns = columns(&query.columns, &COLUMNS.each_ref().map(|c| c.name))?;
        let (page, question) = page(&look, query, selection).await?;
        let firewall = page_firewall(query, &known)?;
        let about = about(&known, firewall);
        let labels = look.labels().await?;
        let devices = devices(&page, &wires, &labels);
        let shown = match columns {
            Some(columns) => columns,
            None => usual(query, devices.len(), &page),
        };
        let cells = |d: &Device| shown.iter().map(|column| d.cell(column)).collect();
        let (total, at_least) = match page.total {
            Total::Exactly(n) => (n, false),
            Total::AtLeast(n) => (n, true),
        };
        let mut answer = Answer {
            domain: "devices",
            rows: devices.iter().map(cells).collect(),
            columns: shown,
            total,
            total_is_at_least: at_least,
            next: page.next.map(|last| {
                let (id, firewall) = (Cell::Text(last.id.into()), Cell::Int(last.firewall.get()));
                cursor::encode(&question, &[Cell::Int(last.by_duid.into()), id, firewall])
            }),
            freshness: joint(DOMAINS, &page.sources, &page.statuses, &about, self.clock.now()),
        };
        if firewall.is_none() {
            name_firewalls(&mut answer, devices.iter().map(|d| d.firewall), &known);
        }
        if query.columns.is_empty() && !answer.rows.is_empty() {
            query::leave_out_empty(&mut answer);
        }
        Ok(answer)
    }

    /// The devices that `name` names, as values: by identifier or address, else by exact name, else by its beginning.
    pub(super) async fn devices_named(
        &self,
        name: &str,
        firewall: Option<&str>,
        limit: u32,
    ) -> Result<Devices, AskError> {
        let query = DevicesQuery {
            firewall: firewall.map(str::to_owned),
            name: Some(name.to_owned()),
            ..DevicesQuery::default()
        };
        let look = self.store.look();
        let (known, wires) = (look.firewalls().await?, look.wiring().await?);
        let mut selection = selection(&query, &known, &wires)?;
        selection.limit = limit;
        let (page, _) = page(&look, &query, selection).await?;
        let (Total::Exactly(total) | Total::AtLeast(total)) = page.total;
        let labels = look.labels().await?;
        Ok(Devices { devices: devices(&page, &wires, &labels), total })
    }

    /// How many devices a name names in exactly this way.
    pub(super) async fn devices_by(
        &self,
        name: NameIs,
        firewall: Option<&str>,
    ) -> Result<u64, AskError> {
        let look = self.store.look();
        let known = look.firewalls().await?;
        let firewall = firewall.map(|name| query::firewall(&known, name)).transpose()?;
        let selection = DeviceSelection {
            firewall: firewall.or_else(|| query::only(&known)),
            name: Some(name),
            counting: Counting::Alone,
            ..DeviceSelection::default()
        };
        let (Total::Exactly(total) | Total::AtLeast(total)) = look.devices(&selection).await?.total;
        Ok(total)
    }
}

/// The page, and the question that its cursor belongs to. A plain name is tried as the whole name, then as
/// its beginning, then as a part of it: the first that finds anything.
async fn page(
    look: &Look<'_>,
    query: &DevicesQuery,
    mut selection: DeviceSelection,
) -> Result<(DevicePage, String), AskError> {
    let whole = match &selection.name {
        Some(NameIs::Exactly(name)) => Some(name.clone()),
        _ => None,
    };
    let mut ways = vec![selection.name.clone()];
    if let Some(name) = whole {
        ways.extend([Some(NameIs::Begins(name.clone())), Some(NameIs::Contains(name))]);
    }
    let last = ways.len() - 1;
    for (i, way) in ways.into_iter().enumerate() {
        selection.name = way;
        let question = question(query, &selection);
        if let Some(text) = &query.after {
            match cursor::decode(&question, 3, text) {
                Ok(key) => selection.after = after(&key),
                Err(_) if i < last => continue,
                Err(refused) => return Err(refused),
            }
        }
        let page = look.devices(&selection).await?;
        if i == last || page.total != Total::Exactly(0) || query.after.is_some() {
            return Ok((page, question));
        }
    }
    Err(AskError::Cursor)
}

fn after(key: &[Cell]) -> Option<DeviceKey> {
    match key {
        [Cell::Int(by_duid), Cell::Text(id), Cell::Int(firewall)] => Some(DeviceKey {
            by_duid: *by_duid == 1,
            id: id.to_string(),
            firewall: FirewallId::new(*firewall),
        }),
        _ => None,
    }
}

fn page_firewall(
    query: &DevicesQuery,
    known: &[FirewallRow],
) -> Result<Option<FirewallId>, AskError> {
    query.firewall.as_deref().map(|name| query::firewall(known, name)).transpose()
}

fn selection(
    query: &DevicesQuery,
    known: &[FirewallRow],
    wires: &[Wire],
) -> Result<DeviceSelection, AskError> {
    let firewall = page_firewall(query, known)?.or_else(|| query::only(known));
    let mut selection = DeviceSelection {
        firewall,
        counting: if query.count_only { Counting::Alone } else { Counting::WithPage },
        ..DeviceSelection::default()
    };
    if let Some(text) = given(query.place.as_deref()) {
        match place::place(wires, firewall, text)? {
            Place::Interfaces(found) => {
                selection.interfaces = found.iter().map(place::scope).collect();
            }
            Place::Range(range) => selection.ranges.push(range),
        }
    }
    if let Some(text) = given(query.name.as_deref()) {
        named(&mut selection, text)?;
    }
    selection.vendor = given(query.vendor.as_deref()).map(str::to_owned);
    if let Some(vendor) = &selection.vendor {
        selection.makers = maker_prefixes(vendor);
    }
    for word in &query.is {
        let word = word.trim().to_lowercase();
        match word.as_str() {
            "online" => selection.online = Some(true),
            "offline" => selection.online = Some(false),
            "reserved" => selection.reserved = Some(true),
            "unreserved" => selection.reserved = Some(false),
            "randomised" => selection.randomised = Some(true),
            "named" => selection.named = Some(true),
            // Neither the administrator nor the device itself says what it is.
            "unknown" => {
                selection.named = Some(false);
                selection.reserved = Some(false);
            }
            _ => {
                return Err(AskError::UnknownState {
                    suggestion: did_you_mean(&word, STATES),
                    name: word.chars().take(60).collect(),
                    known: STATES.join(", "),
                });
            }
        }
    }
    Ok(selection)
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Sets what `text` names: an address, an identifier or a name.
fn named(selection: &mut DeviceSelection, text: &str) -> Result<(), AskError> {
    if let Ok(range) = text.parse::<AddressRange>() {
        selection.ranges.push(range);
    } else if let Ok(mac) = text.parse::<MacAddr>() {
        selection.ids.push(mac.to_string());
    } else if is_duid(text) {
        selection.ids.push(text.to_lowercase().replace('-', ":"));
    } else {
        let (open_start, open_end) = (text.starts_with('*'), text.ends_with('*'));
        let name = text.trim_matches('*').to_owned();
        if name.is_empty() {
            return Err(AskError::TooShort { text: text.to_owned(), least: 1 });
        }
        selection.name = Some(match (open_start, open_end) {
            (true, _) => NameIs::Contains(name),
            (false, true) => NameIs::Begins(name),
            (false, false) => NameIs::Exactly(name),
        });
    }
    Ok(())
}

/// At least eight hexadecimal pairs (RFC 8415, 11.1: two bytes of type and more).
fn is_duid(text: &str) -> bool {
    let pairs: Vec<&str> = text.split([':', '-']).collect();
    pairs.len() >= 8
        && pairs.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A first column that says whose each row is, where there are several firewalls.
pub(super) fn name_firewalls(
    answer: &mut Answer,
    of_rows: impl Iterator<Item = FirewallId>,
    known: &[FirewallRow],
) {
    if known.len() < 2 {
        return;
    }
    answer.columns.insert(0, "firewall");
    for (cells, id) in answer.rows.iter_mut().zip(of_rows) {
        let name = known.iter().find(|firewall| firewall.id == id);
        cells.insert(0, name.map(|firewall| firewall.name.as_str()).into());
    }
}

/// The columns of `all` that `names` asks for, if it asks for any.
pub(super) fn columns(
    names: &[String],
    all: &[&'static str],
) -> Result<Option<Vec<&'static str>>, AskError> {
    let wanted: Vec<&str> =
        names.iter().flat_map(|n| n.split(',')).map(str::trim).filter(|n| !n.is_empty()).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let find = |name: &str| {
        let known = || all.iter().copied();
        known().find(|c| c.eq_ignore_ascii_case(name)).ok_or_else(|| AskError::UnknownColumn {
            domain: "devices",
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(name, known()),
            known: all.join(", "),
        })
    };
    wanted.into_iter().map(find).collect::<Result<_, _>>().map(Some)
}

/// Columns shown unasked: not those that the question has fixed, and all of them of a few devices.
fn usual(query: &DevicesQuery, rows: usize, page: &DevicePage) -> Vec<&'static str> {
    if rows <= FEW && page.next.is_none() && query.after.is_none() {
        return COLUMNS.iter().map(|c| c.name).collect();
    }
    let is = |state: &str| query.is.iter().any(|word| word.trim().eq_ignore_ascii_case(state));
    let fixed = |name: &str| match name {
        "online" => is("online") || is("offline"),
        "interface" => given(query.place.as_deref()).is_some(),
        _ => false,
    };
    COLUMNS.iter().filter(|c| c.usual && !fixed(c.name)).map(|c| c.name).collect()
}

pub(super) fn devices(page: &DevicePage, wires: &[Wire], labels: &[Label]) -> Vec<Device> {
    let mut seen: BTreeMap<(&str, FirewallId), Vec<&Sighting>> = BTreeMap::new();
    for sighting in &page.sightings {
        seen.entry((&sighting.id, sighting.firewall)).or_default().push(sighting);
    }
    let of = |key: &DeviceKey| {
        let seen = seen.get(&(key.id.as_str(), key.firewall)).map_or(&[][..], Vec::as_slice);
        let label = labels.iter().find(|label| label.client.eq_ignore_ascii_case(&key.id));
        Device::new(&key.id, key.firewall, seen, wires, label)
    };
    page.devices.iter().map(of).collect()
}

/// What a cursor belongs to: everything that decides which devices follow which.
fn question(query: &DevicesQuery, selection: &DeviceSelection) -> String {
    format!(
        "devices\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        query.firewall, query.place, selection.name, query.vendor, query.is
    )
}
