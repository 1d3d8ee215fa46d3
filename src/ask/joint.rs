//! The freshness of an answer that several domains had a part in.

use crate::domain::by_name;
use crate::store::{DomainStatus, FirewallRow, SourceStatus};
use crate::types::{FirewallId, Timestamp};

use super::freshness::{Freshness, freshness};

/// As old as the oldest of `domains`, as incomplete as all of them together. Without a domain the answer is
/// about the index itself, which is of now.
pub(super) fn joint(
    domains: &[&str],
    sources: &[SourceStatus],
    statuses: &[DomainStatus],
    firewalls: &[(FirewallId, String)],
    now: Timestamp,
) -> Freshness {
    let mut sum =
        Freshness { as_of: None, age_s: None, stale: false, complete: true, notes: Vec::new() };
    if domains.is_empty() || firewalls.is_empty() {
        let of_nothing = freshness("", &[], &[], firewalls, now);
        if firewalls.is_empty() {
            return of_nothing;
        }
        return Freshness { as_of: Some(now), age_s: Some(0), ..sum };
    }
    for domain in domains {
        let one = freshness(domain, sources, statuses, firewalls, now);
        sum.as_of = match (sum.as_of, one.as_of) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        sum.stale |= one.stale;
        // What a release never tells (a gap) is noted; it does not make this answer less complete.
        // Nor does what no release tells at all, before a backfill or an import has read it.
        let is_untold = by_name(domain).is_some_and(|d| d.api_sources().is_empty());
        sum.complete &= !one.stale && (one.complete || one.as_of.is_some() || is_untold);
        if !one.complete || one.stale {
            sum.notes.extend(one.notes.into_iter().map(|note| format!("{domain}: {note}")));
        }
    }
    sum.age_s = sum.as_of.map(|then| now.seconds_since(then));
    sum
}

/// The firewalls that an answer is about.
pub(super) fn about(known: &[FirewallRow], only: Option<FirewallId>) -> Vec<(FirewallId, String)> {
    known
        .iter()
        .filter(|f| only.is_none_or(|id| id == f.id))
        .map(|f| (f.id, f.name.clone()))
        .collect()
}
