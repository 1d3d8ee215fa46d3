//! Asking the firewall now.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::mcp::progress::Told;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema};
use crate::sync::{DomainReport, Due, Ending, Progress, Refresher, Report, SyncError};
use crate::types::did_you_mean;

use super::domain_name::DomainName;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "refresh",
    title: "Read the firewall now",
    about: "Read the firewall now (about a second), wait, and report per domain what changed. The index keeps itself fresh: \
            call this only when the age of an answer matters, then ask again. Never changes the firewall; what cannot be \
            read keeps its last good rows.",
    input: schema::input::<Params>,
    output: schema::output::<Refreshed>,
    effect: Effect::Refreshes,
    call: |call| Box::pin(run(call)),
};

/// Events that may wait for a slow client. Progress is a courtesy: what does not fit is not told.
const WAITING_EVENTS: usize = 256;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Default all.
    domains: Option<Vec<DomainName>>,
    firewall: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Refreshed {
    firewalls: Vec<Firewall>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Firewall {
    name: String,
    /// complete, partial, failed or cancelled.
    ending: &'static str,
    elapsed_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    domains: Vec<Line>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    domain: &'static str,
    state: &'static str,
    rows: u64,
    changed: u64,
    /// Rows that could not be read.
    rejects: u64,
    elapsed_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

const UNCONFIGURED: &str = "no firewall is configured, so there is nothing to refresh and answers stay as of the last sync; \
    the person who runs opndex can name one in its settings file or with OPNDEX_URL, OPNDEX_API_KEY and OPNDEX_API_SECRET, and restart it";

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let refresher = call.refresher.ok_or_else(|| Failure::refusal(UNCONFIGURED))?;
    let firewall = params.firewall.as_deref().map(str::trim);
    firewall.map_or(Ok(()), |name| known(refresher, name))?;
    let due = due(params.domains)?;
    let token = call.context.meta.get_progress_token();
    let told = token.map(|token| Told::new(&call.context.peer, token));
    // Stopping cancels every call too; the truer reason comes first.
    tokio::select! {
        biased;
        () = call.ended.cancelled() => Err(Failure::refusal("opndex is stopping")),
        () = call.context.ct.cancelled() => Err(Failure::refusal("the call was cancelled; the refresh may still finish")),
        reports = watched(refresher, firewall, due, told) => reply(reports?),
    }
}

/// Runs and tells; what happened before the reports is told before them.
async fn watched(
    refresher: &Refresher,
    firewall: Option<&str>,
    due: Due,
    told: Option<Told<'_>>,
) -> Result<Vec<Report>, Failure> {
    let Some(mut told) = told else {
        return refresher.refresh(firewall, due, None).await.map_err(failure);
    };
    let (send, mut events) = mpsc::channel(WAITING_EVENTS);
    let progress: Progress = Arc::new(move |event| drop(send.try_send(event)));
    let mut refreshing = Box::pin(refresher.refresh(firewall, due, Some(progress)));
    let reports = loop {
        tokio::select! {
            Some(event) = events.recv() => told.tell(event).await,
            reports = &mut refreshing => break reports,
        }
    };
    while let Ok(event) = events.try_recv() {
        told.tell(event).await;
    }
    reports.map_err(failure)
}

fn known(refresher: &Refresher, name: &str) -> Result<(), Failure> {
    if refresher.firewalls().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let names: Vec<&str> = refresher.firewalls().collect();
    let shown: String = name.chars().take(60).collect();
    let suggestion = did_you_mean(name, names.iter().copied());
    Err(Failure::refusal(format!(
        "no firewall is called `{shown}`{suggestion}; configured: {}",
        names.join(", ")
    )))
}

fn due(domains: Option<Vec<DomainName>>) -> Result<Due, Failure> {
    let domains = domains.unwrap_or_default();
    if domains.is_empty() {
        return Ok(Due::All);
    }
    let mut names = domains
        .iter()
        .map(|name| Ok(name.domain()?.name()))
        .collect::<Result<Vec<_>, Failure>>()?;
    names.sort_unstable();
    names.dedup();
    Ok(Due::Named(names))
}

fn failure(cause: SyncError) -> Failure {
    match cause {
        SyncError::Busy | SyncError::Stopping => Failure::refusal(cause.to_string()),
        // The worker has logged it.
        SyncError::Failed { .. } => Failure::logged(cause.to_string()),
        cause => Failure::fault("refresh", &cause),
    }
}

fn reply(reports: Vec<Report>) -> Result<Reply, Failure> {
    let domains = || reports.iter().flat_map(|report| &report.domains);
    let bad: Vec<_> = domains()
        .filter(|d| !d.state.is_good())
        .map(|d| format!("{} {}", d.domain, d.state))
        .collect();
    let changed: u64 = reports.iter().map(Report::changed).sum();
    let rest = if bad.is_empty() {
        String::new()
    } else {
        format!("; not refreshed, last rows kept: {}", bad.join(", "))
    };
    let summary = format!(
        "{} of {} domains read, {changed} rows changed{rest}.",
        domains().count() - bad.len(),
        domains().count()
    );
    let firewalls = reports.into_iter().map(Firewall::from).collect();
    Reply::new(summary, &Refreshed { firewalls })
}

impl From<Report> for Firewall {
    fn from(report: Report) -> Self {
        Self {
            name: report.firewall,
            ending: match report.ending {
                Ending::Complete => "complete",
                Ending::Partial => "partial",
                Ending::Failed => "failed",
                Ending::Cancelled => "cancelled",
            },
            elapsed_ms: report.elapsed_ms,
            reason: report.reason,
            domains: report.domains.into_iter().map(Line::from).collect(),
        }
    }
}

impl From<DomainReport> for Line {
    fn from(report: DomainReport) -> Self {
        Self {
            domain: report.domain,
            state: report.state.as_str(),
            rows: report.rows,
            changed: report.changed,
            rejects: report.rejects,
            elapsed_ms: report.elapsed_ms,
            reason: report.reason,
        }
    }
}
