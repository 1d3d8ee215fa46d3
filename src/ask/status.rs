//! How fresh and complete the whole index is.

use serde::Serialize;

use crate::domain::ALL;
use crate::types::Timestamp;

use super::error::AskError;
use super::freshness::{Freshness, freshness};
use super::query::Ask;

/// Every firewall and every domain.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub now: Timestamp,
    pub firewalls: Vec<FirewallStatus>,
}

#[derive(Debug, Clone, Serialize)]
pub struct FirewallStatus {
    pub name: String,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_revision: Option<String>,
    /// `running`, `complete`, `partial`, `failed` or `cancelled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run_reason: Option<String>,
    pub domains: Vec<DomainFreshness>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DomainFreshness {
    pub domain: &'static str,
    pub rows: i64,
    pub rejects: i64,
    #[serde(flatten)]
    pub freshness: Freshness,
}

impl Ask {
    pub async fn status(&self) -> Result<Status, AskError> {
        let look = self.store.look();
        let (sources, statuses) = (look.sources().await?, look.domains().await?);
        let now = self.clock.now();
        let mut firewalls = Vec::new();
        for firewall in look.firewalls().await?.iter().cloned() {
            let about = [(firewall.id, firewall.name.clone())];
            let domain = |name: &'static str| {
                let status =
                    statuses.iter().find(|s| s.firewall == firewall.id && s.domain == name);
                DomainFreshness {
                    domain: name,
                    rows: status.map_or(0, |s| s.rows),
                    rejects: status.map_or(0, |s| s.rejects),
                    freshness: freshness(name, &sources, &statuses, &about, now),
                }
            };
            let domains = ALL.iter().map(|d| domain(d.name())).collect();
            firewalls.push(FirewallStatus {
                domains,
                url: firewall.url,
                host_name: firewall.host_name,
                release: firewall.release,
                config_revision: firewall.config_revision,
                last_run: firewall.last_run.as_ref().map(|r| r.outcome.clone()),
                last_run_at: firewall.last_run.as_ref().map(|r| r.started_at),
                last_run_reason: firewall.last_run.and_then(|r| r.reason),
                name: firewall.name,
            });
        }
        Ok(Status { now, firewalls })
    }
}
