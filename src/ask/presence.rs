//! Who had an address then, which addresses a device had, who is new, who is gone.

use serde::Serialize;

use crate::store::{Interval, PresenceQuery, Seen, SeenQuery, Who};
use crate::types::{AddressRange, FirewallId, Moment, Timestamp};

use super::error::AskError;
use super::freshness::Freshness;
use super::labels::LabelRow;
use super::query::{Ask, DEFAULT_LIMIT, MAX_LIMIT, firewall};

/// A question about presence, in words.
#[derive(Debug, Clone, Default)]
pub struct PresenceAsked {
    /// An address, a network, a MAC, a name; anybody when absent.
    pub about: Option<String>,
    pub firewall: Option<String>,
    /// Intervals that had not ended by then.
    pub since: Option<String>,
    /// Devices first seen after this moment.
    pub new_since: Option<String>,
    /// Devices not seen since this moment.
    pub unseen_since: Option<String>,
    pub limit: Option<u32>,
}

/// Intervals, or devices where the question is who is new or gone.
#[derive(Debug, Clone, Serialize)]
pub struct PresenceAnswer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<PresenceRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<SeenRow>,
    /// More was found than is shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
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

/// A device with its first and last sighting.
#[derive(Debug, Clone, Serialize)]
pub struct SeenRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firewall: Option<String>,
    pub device: String,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub present: bool,
    /// How many addresses it was seen with.
    pub addresses: i64,
}

impl SeenRow {
    fn new(firewall: Option<String>, seen: Seen) -> Self {
        Self {
            firewall,
            device: seen.client,
            first_seen: seen.first_at,
            last_seen: seen.seen_at,
            present: seen.is_present,
            addresses: seen.addresses,
        }
    }
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
    /// Presence as intervals, the newest first; or, for `new_since` and `unseen_since`, devices.
    pub async fn presence(&self, asked: &PresenceAsked) -> Result<PresenceAnswer, AskError> {
        let known = self.store.firewalls().await?;
        let scope = asked.firewall.as_deref().map(|name| firewall(&known, name)).transpose()?;
        let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(AskError::Limit { limit, most: MAX_LIMIT });
        }
        let who = self.who(asked.about.as_deref()).await?;
        let name = |id: FirewallId| {
            known.iter().find(|f| f.id == id && known.len() > 1).map(|f| f.name.clone())
        };
        let moment = |text: &Option<String>| self.time(text.as_deref());
        let (new_since, unseen_since) = (moment(&asked.new_since)?, moment(&asked.unseen_since)?);
        let mut answer = PresenceAnswer {
            intervals: Vec::new(),
            devices: Vec::new(),
            more: false,
            labels: Vec::new(),
            freshness: self.overall_of(scope, &seen_in()).await?,
        };
        // One more than wanted tells whether there are more.
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        if new_since.is_some() || unseen_since.is_some() {
            let clients = if let Who::Clients(clients) = who { clients } else { Vec::new() };
            let query = SeenQuery {
                firewall: scope,
                clients,
                new_since,
                unseen_since,
                after: None,
                limit: limit + 1,
            };
            let seen = self.store.devices_seen(&query).await?;
            answer.more = seen.len() > wanted;
            let row = |seen: Seen| SeenRow::new(name(seen.firewall), seen);
            answer.devices = seen.into_iter().take(wanted).map(row).collect();
        } else {
            let since = moment(&asked.since)?;
            let query =
                PresenceQuery { who, firewall: scope, since, after: None, limit: limit + 1 };
            let intervals = self.store.presence(&query).await?;
            answer.more = intervals.len() > wanted;
            let row = |one: Interval| PresenceRow::new(name(one.firewall), one);
            answer.intervals = intervals.into_iter().take(wanted).map(row).collect();
        }
        let shown = |label: &LabelRow| {
            let is = |device: &String| device.eq_ignore_ascii_case(&label.device);
            answer.intervals.iter().any(|i| is(&i.device))
                || answer.devices.iter().any(|d| is(&d.device))
        };
        let labels = self.labels().await?;
        answer.labels = labels.into_iter().filter(|label| shown(label)).collect();
        Ok(answer)
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

    /// The time that `text` names; of a run, when it began.
    fn time(&self, text: Option<&str>) -> Result<Option<Timestamp>, AskError> {
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

fn seen_in() -> Vec<&'static dyn crate::domain::AnyDomain> {
    crate::domain::SIGHTINGS.iter().filter_map(|s| crate::domain::by_name(s.domain)).collect()
}
