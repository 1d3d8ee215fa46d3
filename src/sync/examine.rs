//! A look at a firewall that stores nothing: what answers, what does not, and what would help.

use std::time::Instant;

use futures_util::future::join_all;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::domain::{ALL, AnyDomain, Cadence, RawRow, RawRows, Source, by_name};
use crate::opnsense::{Client, PullError};
use crate::store::State;
use crate::types::{Clock, Release, Timestamp};

use super::extra::Extra;
use super::gather;

/// What was found of one firewall. Nothing in it is secret, and no address of the firewall is.
#[derive(Debug, Clone, Serialize)]
pub struct Examination {
    pub firewall: String,
    /// Why nothing else is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    pub release: Option<Release>,
    /// The release was read, not guessed from what there is.
    pub release_is_exact: bool,
    /// Newer than every release that domains were checked against.
    pub best_effort: bool,
    /// `HTTP/2` or `HTTP/1.1`.
    pub protocol: Option<&'static str>,
    /// How long the first answer took, in milliseconds, connecting included.
    pub answered_ms: Option<u64>,
    /// How far the firewall's clock is ahead, in seconds; the time zone it writes does not matter.
    pub clock_ahead_s: Option<i64>,
    pub domains: Vec<DomainFinding>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DomainFinding {
    pub domain: &'static str,
    pub state: Finding,
    pub rows: u64,
    /// Rows that arrived and could not be read.
    pub rejects: u64,
    pub sources: Vec<SourceFinding>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SourceFinding {
    pub source: &'static str,
    pub state: Finding,
    /// What unlocks it.
    pub privilege: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a domain or one of its sources answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    Ok,
    /// The firewall has none of it.
    Absent,
    /// Some sources answer and some do not.
    Partial,
    Denied,
    Failed,
    /// Opt-in, and not named in the settings; not asked for.
    Off,
    /// Read only when somebody names it; not asked for.
    OnDemand,
}

impl Finding {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Absent => "absent",
            Self::Partial => "partial",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Off => "off",
            Self::OnDemand => "on demand",
        }
    }

    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::Partial | Self::Denied | Self::Failed)
    }
}

/// Asks everything once that a sync would ask.
pub async fn examine(
    firewall: &str,
    client: &Client,
    extra: &Extra,
    clock: &Clock,
    cancel: &CancellationToken,
) -> Examination {
    let started = Instant::now();
    let mut found = Examination {
        firewall: firewall.to_owned(),
        failure: None,
        release: None,
        release_is_exact: false,
        best_effort: false,
        protocol: None,
        answered_ms: None,
        clock_ahead_s: None,
        domains: Vec::new(),
    };
    let firmware = match client.detect(cancel).await {
        Ok(firmware) => firmware,
        Err(error) => {
            found.failure = Some(gather::chain(&error));
            return found;
        }
    };
    found.answered_ms = u64::try_from(started.elapsed().as_millis()).ok();
    found.release = Some(firmware.release);
    found.release_is_exact = firmware.exact;
    found.best_effort = firmware.release.is_unknown();
    found.protocol = client.protocol();
    found.clock_ahead_s = clock_ahead(client, firmware.release, clock, cancel).await;
    let looks = ALL.iter().map(|domain| look(client, *domain, firmware.release, extra, cancel));
    found.domains = join_all(looks).await;
    found
}

async fn look(
    client: &Client,
    domain: &'static dyn AnyDomain,
    release: Release,
    extra: &Extra,
    cancel: &CancellationToken,
) -> DomainFinding {
    let skipped = match domain.cadence() {
        _ if extra.has(domain) => None,
        Cadence::OptIn => Some(Finding::Off),
        Cadence::OnDemand => Some(Finding::OnDemand),
        Cadence::Config | Cadence::Runtime | Cadence::Daily => None,
    };
    let asked: Vec<&'static Source> =
        domain.api_sources().into_iter().filter(|s| s.exists_on(release)).collect();
    if let Some(state) = skipped {
        let of = |source: &&'static Source| SourceFinding {
            source: source.name,
            state,
            privilege: source.privilege,
            reason: None,
        };
        let sources = asked.iter().map(of).collect();
        return DomainFinding { domain: domain.name(), state, rows: 0, rejects: 0, sources };
    }
    let answers = join_all(asked.iter().map(|source| ask(client, domain, source, release, cancel)));
    let mut rows = Vec::new();
    let mut sources = Vec::new();
    for (finding, mut some) in answers.await {
        sources.push(finding);
        rows.append(&mut some);
    }
    let (mut read, mut rejects) = (Vec::new(), 0);
    for row in RawRows::new(domain, rows).iter() {
        rejects += u64::from(domain.parse(row, &mut read).is_err());
    }
    let rows = u64::try_from(read.len()).unwrap_or(u64::MAX);
    DomainFinding { domain: domain.name(), state: sum(&sources), rows, rejects, sources }
}

async fn ask(
    client: &Client,
    domain: &'static dyn AnyDomain,
    source: &'static Source,
    release: Release,
    cancel: &CancellationToken,
) -> (SourceFinding, Vec<RawRow>) {
    let finding = |state, reason| SourceFinding {
        source: source.name,
        state,
        privilege: source.privilege,
        reason,
    };
    match client.pull(source, release, cancel).await {
        Ok(pulled) => match gather::rows(domain, source, &pulled) {
            Ok(rows) => (finding(Finding::Ok, None), rows),
            Err(error) => (finding(Finding::Failed, Some(error.to_string())), Vec::new()),
        },
        // Which of its requests it was: the list of items may need another privilege.
        Err(PullError::Denied { privilege, .. }) => {
            (SourceFinding { privilege, ..finding(Finding::Denied, None) }, Vec::new())
        }
        Err(error) => {
            let failure = gather::failure(source, &error);
            let state =
                if failure.state == State::Absent { Finding::Absent } else { Finding::Failed };
            (finding(state, Some(failure.reason)), Vec::new())
        }
    }
}

fn sum(sources: &[SourceFinding]) -> Finding {
    let has = |state| sources.iter().any(|s| s.state == state);
    match (has(Finding::Ok), has(Finding::Denied), has(Finding::Failed)) {
        (true, false, false) => Finding::Ok,
        (true, ..) => Finding::Partial,
        (false, true, _) => Finding::Denied,
        (false, false, true) => Finding::Failed,
        (false, false, false) => Finding::Absent,
    }
}

/// By the time that the `system` domain reads; `None` when that cannot be had.
async fn clock_ahead(
    client: &Client,
    release: Release,
    clock: &Clock,
    cancel: &CancellationToken,
) -> Option<i64> {
    let domain = by_name("system")?;
    let source = domain.sources().iter().find(|s| s.name == "time")?;
    let pulled = client.pull(source, release, cancel).await.ok()?;
    let now = clock.now();
    let rows = gather::rows(domain, source, &pulled).ok()?;
    let shown = domain.fields().iter().position(|f| f.name == "datetime")?;
    match rows.first()?.get(shown)? {
        crate::domain::RawValue::Text(text) => ahead(text, now),
        _ => None,
    }
}

/// Every time zone is a whole number of these away from UTC.
const ZONE_STEP_S: i64 = 900;

/// `Mon Nov 23 22:58:08 CET 2026`, compared with `now`. The abbreviation of a zone does not say its offset,
/// but what remains after the nearest quarter of an hour does not depend on it.
fn ahead(text: &str, now: Timestamp) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = text.split_whitespace();
    let (_, month, day, time, zone, year) = (
        parts.next()?,
        parts.next()?,
        parts.next()?.parse::<u8>().ok()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    );
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    let time = if time.find(':') == Some(1) { format!("0{time}") } else { time.to_owned() };
    let shown: Timestamp = format!("{year}-{month:02}-{day:02}T{time}Z").parse().ok()?;
    let apart = shown.seconds() - now.seconds();
    if matches!(zone, "UTC" | "GMT") {
        return Some(apart);
    }
    let nearest = (apart + ZONE_STEP_S / 2).div_euclid(ZONE_STEP_S) * ZONE_STEP_S;
    Some(apart - nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_compared_whatever_its_zone() {
        let now: Timestamp = "2026-11-23T22:58:08Z".parse().unwrap();
        assert_eq!(ahead("Mon Nov 23 22:58:10 UTC 2026", now), Some(2));
        assert_eq!(ahead("Mon Nov 23 23:58:05 CET 2026", now), Some(-3));
        assert_eq!(ahead("Tue Nov 24 4:28:08 IST 2026", now), Some(0));
        assert_eq!(ahead("Mon Nov 23 21:58:08 UTC 2026", now), Some(-3600));
        assert_eq!(ahead("soon", now), None);
    }
}
