//! What the user says about devices: reading, writing, and finding devices by it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::{Kind, sighting};
use crate::store::{Hit, Label, LabelChange, Needle};
use crate::types::{MacAddr, clean, host_part};

use super::error::AskError;
use super::query::Ask;

/// Longest word about a device, in characters.
const LONGEST: usize = 500;

/// A device and what the user says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelRow {
    /// MAC address, or DUID.
    pub device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl From<&Label> for LabelRow {
    fn from(label: &Label) -> Self {
        Self {
            device: label.client.clone(),
            name: label.name.clone(),
            owner: label.owner.clone(),
            group: label.group.clone(),
            note: label.note.clone(),
        }
    }
}

impl Ask {
    /// Every label.
    pub async fn labels(&self) -> Result<Vec<LabelRow>, AskError> {
        Ok(self.store.labels().await?.iter().map(LabelRow::from).collect())
    }

    /// Writes what `change` says about the device that `text` (a MAC, an address, a name) means.
    pub async fn label(&self, text: &str, change: LabelChange) -> Result<LabelRow, AskError> {
        let client = self.device(text).await?;
        let tidy = |field: Option<String>| -> Result<Option<String>, AskError> {
            let Some(field) = field else { return Ok(None) };
            let field = clean(&field).trim().to_owned();
            if field.chars().count() > LONGEST {
                return Err(AskError::LongLabel { most: LONGEST });
            }
            Ok(Some(field))
        };
        let change = LabelChange {
            name: tidy(change.name)?,
            owner: tidy(change.owner)?,
            group: tidy(change.group)?,
            note: tidy(change.note)?,
        };
        self.store.label(&client, change, self.clock.now()).await?;
        let labels = self.store.labels().await?;
        let label = labels.iter().find(|l| l.client.eq_ignore_ascii_case(&client));
        Ok(label.map_or_else(
            || LabelRow { device: client, name: None, owner: None, group: None, note: None },
            LabelRow::from,
        ))
    }

    /// Removes what is said about the device that `text` means; the device, if something was.
    pub async fn label_remove(&self, text: &str) -> Result<Option<String>, AskError> {
        let client = self.device(text).await?;
        Ok(self.store.label_remove(&client).await?.then_some(client))
    }

    /// The one device that `text` means: a MAC itself, or the only one with that address, name or label.
    pub(super) async fn device(&self, text: &str) -> Result<String, AskError> {
        let text = text.trim();
        if let Ok(mac) = text.parse::<MacAddr>() {
            return Ok(mac.to_string());
        }
        let mut found: BTreeSet<String> = BTreeSet::new();
        let needle = if let Some(ip) = host_part(text) {
            Needle::Ip(ip)
        } else {
            let labels = self.store.labels().await?;
            let is = |label: &&Label| {
                let name = label.name.as_deref().unwrap_or_default();
                name.eq_ignore_ascii_case(text) || label.client.eq_ignore_ascii_case(text)
            };
            found.extend(labels.iter().filter(is).map(|label| label.client.clone()));
            Needle::Name(text.to_owned())
        };
        if found.is_empty() {
            let hits = self.store.look().locate(&needle, None, 10).await?;
            let exact = hits.iter().filter(|hit| hit.how == crate::store::Sought::Exact);
            // Neighbours and leases know devices; a MAC elsewhere is the firewall's own.
            found.extend(exact.filter(|hit| sighting(hit.domain).is_some()).flat_map(clients));
        }
        // What DHCPv6 knows by a DUID is the device whose hardware address is in it.
        let macs: Vec<MacAddr> = found.iter().filter_map(|client| client.parse().ok()).collect();
        found.retain(|client| !macs.iter().any(|mac| mac.is_in_duid(client)));
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(AskError::NoDevice { name: text.chars().take(60).collect() }),
            (Some(one), Some(other)) => Err(AskError::SeveralDevices {
                name: text.chars().take(60).collect(),
                known: [one, other].into_iter().chain(found.take(8)).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

/// Those of `labels` that are about devices which `hits` mention.
pub(super) fn labels_of(hits: &[Hit], labels: &[Label]) -> Vec<LabelRow> {
    if labels.is_empty() {
        return Vec::new();
    }
    let devices: BTreeSet<String> =
        hits.iter().flat_map(clients).map(|client| client.to_lowercase()).collect();
    let known = labels.iter().filter(|label| devices.contains(&label.client.to_lowercase()));
    known.map(LabelRow::from).collect()
}

/// The devices that a row names.
fn clients(hit: &Hit) -> Vec<String> {
    let columns = hit.domain.columns();
    let is_client = |name: &str, kind| {
        kind == Kind::Mac || sighting(hit.domain).is_some_and(|s| s.clients.contains(&name))
    };
    let cells = columns
        .iter()
        .filter(|column| is_client(column.name, column.kind))
        .filter_map(|column| hit.row.get(column.name));
    // The first names it; a DUID beside a MAC is the same device.
    cells.filter_map(|cell| cell.as_str().map(str::to_owned)).take(1).collect()
}
