//! Who had an address when, and which addresses a device had.

use serde::Serialize;

use crate::domain::Cell;
use crate::store::{Interval, PresenceQuery, Who};
use crate::types::{AddressRange, FirewallId, Moment, Timestamp};

use super::cursor;
use super::error::AskError;
use super::freshness::Freshness;
use super::labels::LabelRow;
use super::query::{self, Ask, firewall};

/// A question about presence, in words.
#[derive(Debug, Clone, Default)]
pub struct PresenceAsked {
    /// An address, a network, a MAC, a name; anybody when absent.
    pub about: Option<String>,
    pub firewall: Option<String>,
    /// Intervals that had not ended by then.
    pub since: Option<String>,
    /// Intervals that had begun by then; with the same `since` those of that moment.
    pub until: Option<String>,
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// Intervals, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct PresenceAnswer {
    pub intervals: Vec<PresenceRow>,
    /// Give it as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelRow>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

/// One device with one address, from when to when.
#[derive(Debug, Clone, Serialize)]
pub struct PresenceRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firewall: Option<String>,
    /// MAC address, or DUID.
    pub device: String,
    pub ip: String,
    pub interface: String,
    pub since: Timestamp,
    /// When it was last seen; of one that is there, the newest confirmation.
    pub until: Timestamp,
    pub present: bool,
}

impl PresenceRow {
    fn new(firewall: Option<String>, one: Interval) -> Self {
        Self {
            firewall,
            device: one.client,
            ip: one.ip,
            interface: one.interface,
            since: one.first_at,
            until: one.seen_at,
            present: one.last_at.is_none(),
        }
    }
}

impl Ask {
    /// Presence as intervals, the newest first.
    pub async fn presence(&self, asked: &PresenceAsked) -> Result<PresenceAnswer, AskError> {
        let known = self.store.firewalls().await?;
        let scope = asked.firewall.as_deref().map(|name| firewall(&known, name)).transpose()?;
        let limit = query::limit(asked.limit)?;
        let question = format!("{:?}", (&asked.about, &asked.firewall, &asked.since, &asked.until));
        let after = asked.after.as_deref().map(|text| position(&question, text)).transpose()?;
        let (since, until) =
            (self.time(asked.since.as_deref())?, self.time(asked.until.as_deref())?);
        let query = PresenceQuery {
            who: self.who(asked.about.as_deref()).await?,
            firewall: scope,
            since,
            until,
            after,
            // One more than wanted tells whether there are more.
            limit: limit + 1,
        };
        let mut freshness = self.overall_of(scope, &seen_in()).await?;
        let mut found = self.store.presence(&query).await?;
        let is_moment = since.is_none() || since == until;
        if let (true, Some(then), None) = (found.is_empty() && is_moment, until, after) {
            // Between two looks of the firewall an address is with nobody.
            found = self.store.presence(&PresenceQuery { since: None, limit: 1, ..query }).await?;
            freshness.notes.push(match found.first() {
                Some(_) => format!("seen by nobody at {then}; the last before is shown"),
                None => format!("not seen up to {then}"),
            });
        }
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > wanted;
        found.truncate(wanted);
        let next = found.last().filter(|_| more).map(|last| {
            let (run, sighting) = last.position;
            cursor::encode(&question, &[Cell::Int(run), Cell::Int(sighting)])
        });
        let name = |id: FirewallId| {
            known.iter().find(|f| f.id == id && known.len() > 1).map(|f| f.name.clone())
        };
        let row = |one: Interval| PresenceRow::new(name(one.firewall), one);
        let intervals: Vec<PresenceRow> = found.into_iter().map(row).collect();
        let shown = |label: &LabelRow| {
            intervals.iter().any(|i| i.device.eq_ignore_ascii_case(&label.device))
        };
        let labels = self.labels().await?.into_iter().filter(shown).collect();
        Ok(PresenceAnswer { intervals, next, labels, freshness })
    }

    async fn who(&self, about: Option<&str>) -> Result<Who, AskError> {
        let Some(text) = about.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(Who::Anybody);
        };
        if let Ok(ip) = text.parse() {
            return Ok(Who::Address(ip));
        }
        // A MAC may be written with dashes, as no range is.
        if text.parse::<crate::types::MacAddr>().is_err()
            && let Ok(range) = text.parse::<AddressRange>()
        {
            return Ok(Who::Within(range));
        }
        Ok(Who::Clients(vec![self.device(text).await?]))
    }

    /// The time that `text` names; a run is refused.
    pub(super) fn time(&self, text: Option<&str>) -> Result<Option<Timestamp>, AskError> {
        match text.map(str::trim).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => match self.clock.moment(text)? {
                Moment::At(at) => Ok(Some(at)),
                Moment::Run(_) => Err(AskError::Filter {
                    text: text.to_owned(),
                    why: "a time is wanted here, not a run".to_owned(),
                }),
            },
        }
    }
}

fn position(question: &str, text: &str) -> Result<(i64, i64), AskError> {
    match cursor::decode(question, 2, text)?.as_slice() {
        [Cell::Int(run), Cell::Int(sighting)] => Ok((*run, *sighting)),
        _ => Err(AskError::Cursor),
    }
}

/// Domains that tell who was there.
pub(super) fn seen_in() -> Vec<&'static dyn crate::domain::AnyDomain> {
    crate::domain::SIGHTINGS.iter().filter_map(|s| crate::domain::by_name(s.domain)).collect()
}
