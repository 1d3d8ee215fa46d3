//! The freshness of several domains together; that of all, which every `locate` tells, is put together once for each
//! change of the index.
//!
//! It is made of some 140 sources of 87 domains, and was 9 % of what a `locate` costs outside of SQLite.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::{ALL, AnyDomain, Cadence};
use crate::store::{DomainStatus, FirewallRow, Look, SourceStatus};
use crate::types::{FirewallId, Timestamp};

use super::error::AskError;
use super::freshness::Freshness;
use super::joint::{about, joint};
use super::query::Ask;

/// What was put together last. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Overall(Arc<Mutex<Option<Known>>>);

/// A freshness, and what it was made of: kept, so that the store cannot give another list the same address.
#[derive(Debug)]
struct Known {
    of: Of,
    freshness: Freshness,
}

#[derive(Debug)]
struct Of {
    scope: Option<FirewallId>,
    sources: Arc<[SourceStatus]>,
    statuses: Arc<[DomainStatus]>,
    firewalls: Arc<[FirewallRow]>,
}

impl Of {
    fn is(&self, other: &Self) -> bool {
        self.scope == other.scope
            && Arc::ptr_eq(&self.sources, &other.sources)
            && Arc::ptr_eq(&self.statuses, &other.statuses)
            && Arc::ptr_eq(&self.firewalls, &other.firewalls)
    }

    fn freshness(&self, domains: &[&'static dyn AnyDomain], now: Timestamp) -> Freshness {
        // What the user never asked to be read is not missed, and six notes about it are 200 tokens.
        let is_off = |domain: &dyn AnyDomain| {
            matches!(domain.cadence(), Cadence::OptIn | Cadence::OnDemand)
                && !self.sources.iter().any(|s| s.domain == domain.name())
        };
        let names: Vec<&str> =
            domains.iter().filter(|domain| !is_off(**domain)).map(|d| d.name()).collect();
        joint(&names, &self.sources, &self.statuses, &about(&self.firewalls, self.scope), now)
    }
}

impl Ask {
    /// The freshness of an answer that any domain may have a part in.
    pub(super) async fn overall(
        &self,
        look: &Look<'_>,
        scope: Option<FirewallId>,
    ) -> Result<Freshness, AskError> {
        let of = of(look, scope).await?;
        let now = self.clock.now();
        let mut known = self.overall.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_ref().filter(|known| known.of.is(&of)) {
            let age_s = known.freshness.as_of.map(|then| now.seconds_since(then));
            return Ok(Freshness { age_s, ..known.freshness.clone() });
        }
        let freshness = of.freshness(ALL, now);
        *known = Some(Known { of, freshness: freshness.clone() });
        Ok(freshness)
    }

    /// The freshness of `domains` together: an answer about all of them misses what any of them misses.
    pub(super) async fn overall_of(
        &self,
        scope: Option<FirewallId>,
        domains: &[&'static dyn AnyDomain],
    ) -> Result<Freshness, AskError> {
        Ok(of(&self.store.look(), scope).await?.freshness(domains, self.clock.now()))
    }
}

async fn of(look: &Look<'_>, scope: Option<FirewallId>) -> Result<Of, AskError> {
    Ok(Of {
        scope,
        sources: look.sources().await?,
        statuses: look.domains().await?,
        firewalls: look.firewalls().await?,
    })
}
