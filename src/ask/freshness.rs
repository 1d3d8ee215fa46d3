//! Of what moment an answer is, and what it may miss.

use serde::Serialize;

use crate::domain::{AnyDomain, Cadence, by_name};
use crate::store::{DomainStatus, FirewallRow, SourceStatus, State};
use crate::types::{FirewallId, Release, Timestamp};

/// How far an answer can be trusted. Part of every answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freshness {
    /// When the oldest of its sources last confirmed its rows; absent when nothing was ever read.
    pub as_of: Option<Timestamp>,
    /// Seconds between then and now.
    pub age_s: Option<i64>,
    /// Some source did not answer when last asked: its rows are from before.
    pub stale: bool,
    /// Nothing is known to be missing.
    pub complete: bool,
    /// What is stale or missing, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The state of the sources behind an answer. `firewalls` names those that it is about.
pub(super) fn freshness(
    domain: &str,
    sources: &[SourceStatus],
    statuses: &[DomainStatus],
    firewalls: &[(FirewallId, String)],
    now: Timestamp,
) -> Freshness {
    let mut sum =
        Freshness { as_of: None, age_s: None, stale: false, complete: true, notes: Vec::new() };
    if firewalls.is_empty() {
        sum.complete = false;
        sum.notes.push("no firewall was ever synced: run `opndex sync`".to_owned());
    }
    for (id, name) in firewalls {
        let prefix = if firewalls.len() > 1 { format!("{name}: ") } else { String::new() };
        let mine: Vec<&SourceStatus> =
            sources.iter().filter(|s| s.firewall == *id && s.domain == domain).collect();
        one_firewall(&mut sum, domain, &prefix, &mine);
        let rejects = statuses
            .iter()
            .find(|s| s.firewall == *id && s.domain == domain)
            .map_or(0, |s| s.rejects);
        if rejects > 0 {
            sum.complete = false;
            sum.notes.push(format!("{prefix}{rejects} rows could not be read and are not among the rows (table `rejects` has them with the reason)"));
        }
    }
    sum.age_s = sum.as_of.map(|then| now.seconds_since(then));
    sum
}

/// What to say of answers about firewalls whose release nobody has checked.
pub(super) fn best_effort<'a>(
    firewalls: impl IntoIterator<Item = &'a FirewallRow>,
) -> impl Iterator<Item = String> {
    let release = |f: &FirewallRow| f.release.as_deref().and_then(|r| r.parse::<Release>().ok());
    firewalls.into_iter().filter_map(move |f| {
        let release = release(f).filter(Release::is_unknown)?;
        Some(format!(
            "{} runs OPNsense {release}, newer than the releases opndex was checked against: best effort",
            f.name
        ))
    })
}

fn one_firewall(sum: &mut Freshness, domain: &str, prefix: &str, sources: &[&SourceStatus]) {
    let before = sum.notes.len();
    for source in sources {
        let counts = source.state != State::Absent || source.rows > 0;
        if counts {
            sum.as_of = match (sum.as_of, source.good_at) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        if counts && source.state != State::Fresh {
            sum.stale = true;
            sum.complete = false;
            sum.notes.push(format!("{prefix}{}", stale_note(source)));
        } else if let Some(gap) = source.gap.as_deref().filter(|_| counts) {
            sum.complete = false;
            sum.notes.push(format!("{prefix}{gap}"));
        }
    }
    if sources.is_empty() {
        sum.complete = false;
        let cadence = by_name(domain).map(AnyDomain::cadence);
        let when = match cadence {
            Some(Cadence::OnDemand) => ": it is read on demand only, by naming it".to_owned(),
            Some(Cadence::OptIn) => {
                ": it is opt-in, add it to `sync.extra` in the settings to have it read".to_owned()
            }
            _ => String::new(),
        };
        sum.notes.push(format!("{prefix}`{domain}` was not read yet{when}"));
    } else if sum.notes.len() == before && sources.iter().all(|s| s.state == State::Absent) {
        if let Some(means) = sources.iter().find_map(|source| idle(domain, source)) {
            sum.notes.push(format!("{prefix}{means}"));
            return;
        }
        let none = format!("{prefix}this firewall has no source of `{domain}`");
        // Something may be there that this release's API does not show.
        let gaps: Vec<&str> = sources.iter().filter_map(|s| s.gap.as_deref()).collect();
        if gaps.is_empty() {
            sum.notes.push(none);
        } else {
            sum.complete = false;
            sum.notes.push(format!("{none}: {}", gaps.join("; ")));
        }
    }
}

/// What the source says when what it tells of does not run, if that is why it has nothing.
fn idle(domain: &str, status: &SourceStatus) -> Option<&'static str> {
    let sources = by_name(domain)?.sources();
    let means = sources.iter().find(|source| source.name == status.source)?.idle?.means;
    status.reason.as_deref().is_some_and(|reason| reason.ends_with(means)).then_some(means)
}

fn stale_note(source: &SourceStatus) -> String {
    let since = source.good_at.map_or_else(
        || "it never answered".to_owned(),
        |t| format!("its {} rows are as of {t}", source.rows),
    );
    let reason = source.reason.as_deref().unwrap_or("no reason was recorded");
    format!("{} ({}; {since})", reason, source.state)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn source(name: &str, state: State, rows: i64, good: Option<i64>) -> SourceStatus {
        SourceStatus {
            firewall: FirewallId::new(1),
            domain: "dhcp_leases".to_owned(),
            source: name.to_owned(),
            state,
            reason: Some(format!("{name}: because")),
            gap: None,
            checked_at: NOW,
            good_at: good.map(Timestamp::from_seconds),
            rows,
            empty_since: None,
            empty_looks: 0,
            body_hash: None,
        }
    }

    fn of(sources: &[SourceStatus]) -> Freshness {
        freshness("dhcp_leases", sources, &[], &[(FirewallId::new(1), "fw".to_owned())], NOW)
    }

    #[test]
    fn an_answer_is_as_old_as_its_oldest_source() {
        let answer = of(&[
            source("kea4", State::Fresh, 5, Some(990)),
            source("isc4", State::Fresh, 1, Some(900)),
        ]);
        assert_eq!((answer.age_s, answer.stale, answer.complete), (Some(100), false, true));
    }

    #[test]
    fn a_backend_that_is_not_there_is_not_missing() {
        let answer = of(&[
            source("kea4", State::Fresh, 5, Some(990)),
            source("isc4", State::Absent, 0, None),
        ]);
        assert!(answer.complete && answer.notes.is_empty(), "{answer:?}");
    }

    #[test]
    fn rows_of_a_source_that_vanished_are_stale() {
        let answer = of(&[source("isc4", State::Absent, 7, Some(500))]);
        assert!(answer.stale && !answer.complete);
        assert!(answer.notes[0].contains("7 rows are as of"), "{answer:?}");
    }

    #[test]
    fn what_does_not_run_is_said_instead_of_no_source() {
        let mut monit = source("monit", State::Absent, 0, None);
        monit.domain = "monit_status".to_owned();
        let means = by_name("monit_status").unwrap().sources()[0].idle.unwrap().means;
        monit.reason = Some(format!("monit: {means}"));
        let firewalls = [(FirewallId::new(1), "fw".to_owned())];
        let of = |monit| freshness("monit_status", &[monit], &[], &firewalls, NOW);
        assert_eq!(of(monit.clone()).notes, [means]);
        monit.reason = Some("monit: 404".to_owned());
        assert_eq!(of(monit).notes, ["this firewall has no source of `monit_status`"]);
    }

    #[test]
    fn a_denied_source_makes_an_answer_incomplete_and_says_why() {
        let answer = of(&[
            source("kea4", State::Fresh, 5, Some(990)),
            source("dnsmasq", State::Denied, 0, None),
        ]);
        assert!(answer.stale && !answer.complete);
        assert!(
            answer.notes[0].contains("dnsmasq: because (denied; it never answered)"),
            "{answer:?}"
        );
    }

    #[test]
    fn what_a_release_cannot_show_is_said_although_nothing_is_there() {
        let hidden = SourceStatus {
            gap: Some("before 26.1 only config.xml has it".to_owned()),
            ..source("mvc", State::Absent, 0, None)
        };
        let answer = of(&[hidden]);
        assert!(!answer.complete && answer.notes[0].contains("before 26.1"), "{answer:?}");
        let absent = of(&[source("mvc", State::Absent, 0, None)]);
        assert!(absent.complete && absent.notes[0].contains("no source"), "{absent:?}");
    }
}
