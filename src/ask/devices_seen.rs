//! Devices by when they were seen: who is new, who is gone.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::Cell;
use crate::store::{DeviceSelection, Seen, SeenQuery};
use crate::types::{FirewallId, MacAddr, Timestamp};

use super::answer::Answer;
use super::cursor;
use super::device::Device;
use super::devices::{self, DevicesQuery};
use super::error::AskError;
use super::place::{self, Place};
use super::presence::seen_in;
use super::query::{self, Ask};

/// Columns with their order; a device that is gone has no others.
const COLUMNS: [&str; 9] =
    ["device", "ip", "interface", "online", "mac", "vendor", "owner", "first_seen", "last_seen"];

impl Ask {
    /// Devices by their first and last sighting, the last seen first. `online` is being there at the newest look.
    pub(super) async fn devices_seen(&self, query: &DevicesQuery) -> Result<Answer, AskError> {
        let look = self.store.look();
        let known = look.firewalls().await?;
        let firewall =
            query.firewall.as_deref().map(|name| query::firewall(&known, name)).transpose()?;
        let scope = firewall.or_else(|| query::only(&known));
        refuse_others(query)?;
        let shown = devices::columns(&query.columns, &COLUMNS)?.unwrap_or_else(|| COLUMNS.to_vec());
        let limit = query::limit(query.limit)?;
        let question = format!(
            "seen\n{:?}",
            (&query.firewall, &query.place, &query.new_since, &query.unseen_since)
        );
        let mut wanted = SeenQuery {
            firewall: scope,
            new_since: self.time(query.new_since.as_deref())?,
            unseen_since: self.time(query.unseen_since.as_deref())?,
            after: query.after.as_deref().map(|text| position(&question, text)).transpose()?,
            // One more than wanted tells whether there are more.
            limit: if query.count_only { 1 } else { limit + 1 },
            ..SeenQuery::default()
        };
        if let Some(text) = query.place.as_deref().filter(|text| !text.trim().is_empty()) {
            match place::place(&look.wiring().await?, scope, text)? {
                Place::Interfaces(found) => {
                    wanted.interfaces = found.iter().map(|w| place::label(w).to_owned()).collect();
                }
                Place::Range(range) => wanted.range = Some(range),
            }
        }
        let page = self.store.devices_seen(&wanted).await?;
        let mut seen = page.devices;
        let wanted =
            if query.count_only { 0 } else { usize::try_from(limit).unwrap_or(usize::MAX) };
        let more = seen.len() > wanted && !query.count_only;
        seen.truncate(wanted);
        let next = seen.last().filter(|_| more).map(|last| {
            let (at, client) = &last.position;
            cursor::encode(&question, &[Cell::Int(*at), Cell::Text(client.as_str().into())])
        });
        let named = self.now_known(&seen, scope).await?;
        let mut answer = Answer {
            domain: "devices",
            rows: seen.iter().map(|one| row(one, &named, &shown)).collect(),
            columns: shown,
            total: page.total,
            total_is_at_least: false,
            next,
            freshness: self.overall_of(firewall, &seen_in()).await?,
        };
        if query.new_since.is_some() {
            self.note_beginning(&seen, &mut answer).await?;
        }
        if firewall.is_none() {
            devices::name_firewalls(&mut answer, seen.iter().map(|one| one.firewall), &known);
        }
        if query.columns.is_empty() && !answer.rows.is_empty() {
            query::leave_out_empty(&mut answer);
        }
        Ok(answer)
    }

    /// What was there at the first look of all may have been there long before.
    async fn note_beginning(&self, seen: &[Seen], answer: &mut Answer) -> Result<(), AskError> {
        let begins = self.store.presence_begins().await?;
        let was_there = |(id, at): &&(FirewallId, Timestamp)| {
            seen.iter().any(|one| one.firewall == *id && one.first_at == *at)
        };
        if let Some((_, at)) = begins.iter().find(was_there) {
            answer.freshness.complete = false;
            answer.freshness.notes.push(format!(
                "devices were first looked at {at}: those first seen then may have been there before"
            ));
        }
        Ok(())
    }

    /// What is known of these devices besides; nothing of one that left no trace in the tables.
    async fn now_known(
        &self,
        seen: &[Seen],
        firewall: Option<FirewallId>,
    ) -> Result<BTreeMap<(String, FirewallId), Device>, AskError> {
        if seen.is_empty() {
            return Ok(BTreeMap::new());
        }
        let selection = DeviceSelection {
            firewall,
            ids: seen.iter().map(|one| one.client.to_lowercase()).collect(),
            limit: u32::try_from(seen.len()).unwrap_or(u32::MAX),
            ..DeviceSelection::default()
        };
        let look = self.store.look();
        let page = look.devices(&selection).await?;
        let (wires, labels) = (look.wiring().await?, look.labels().await?);
        let devices = devices::devices(&page, &wires, &labels);
        Ok(devices.into_iter().map(|d| ((d.id.to_lowercase(), d.firewall), d)).collect())
    }
}

fn row(
    seen: &Seen,
    named: &BTreeMap<(String, FirewallId), Device>,
    shown: &[&'static str],
) -> Vec<Value> {
    let device = named.get(&(seen.client.to_lowercase(), seen.firewall));
    let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    let cell = |column: &&'static str| match *column {
        "ip" => text(&seen.ip),
        "interface" => text(&seen.interface),
        "online" => seen.is_present.into(),
        "mac" => text(&seen.client),
        "first_seen" => Value::from(seen.first_at.to_string()),
        "last_seen" => Value::from(seen.seen_at.to_string()),
        column => match (device, column) {
            (Some(device), _) => device.cell(column),
            (None, "device") => text(&seen.client),
            (None, "vendor") => {
                let mac = seen.client.parse::<MacAddr>().ok();
                mac.as_ref().and_then(MacAddr::vendor).map_or(Value::Null, Value::from)
            }
            (None, _) => Value::Null,
        },
    };
    shown.iter().map(cell).collect()
}

/// A name, a vendor or a state narrows devices that are in the tables; these may have left them.
fn refuse_others(query: &DevicesQuery) -> Result<(), AskError> {
    if query.name.is_none() && query.vendor.is_none() && query.is.is_empty() {
        return Ok(());
    }
    Err(AskError::SeenWith)
}

fn position(question: &str, text: &str) -> Result<(i64, String), AskError> {
    match cursor::decode(question, 2, text)?.as_slice() {
        [Cell::Int(at), Cell::Text(client)] => Ok((*at, client.to_string())),
        _ => Err(AskError::Cursor),
    }
}
