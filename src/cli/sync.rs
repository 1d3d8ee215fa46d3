//! `opndex sync`: every firewall at once, then a summary.

use serde::Serialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::ask::AskError;
use crate::daemon;
use crate::domain::{self, AnyDomain};
use crate::settings::{Settings, default_config_file};
use crate::store::StoreError;
use crate::sync::{Due, Ending, Firewall, Report, SyncError};
use crate::types::{Clock, did_you_mean};

use super::args::{Format, SyncArgs};
use super::error::CliError;
use super::exit;
use super::load;
use super::outcome::Outcome;
use super::print;
use super::progress::Bars;
use super::signals;
use super::table::{self, Grid};
use super::words;

const COLUMNS: [&str; 7] =
    ["domain", "state", "rows", "changed", "rejects", "elapsed_ms", "reason"];

pub(super) async fn run(
    mut settings: Settings,
    args: &SyncArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    let due = due(&args.domains)?;
    need_a_firewall(&settings)?;
    if let Some(name) = &args.firewall {
        choose(&mut settings, name)?;
    }
    let cancel = CancellationToken::new();
    match signals::until_stopped(&cancel, read(&settings, &due, &cancel)).await {
        Some(reports) => outcome(&reports?, cancel.is_cancelled(), format),
        None => Ok(Outcome { exit: exit::INTERRUPTED, ..Outcome::default() }),
    }
}

/// Refuses settings without a firewall, and says where one is named.
pub(super) fn need_a_firewall(settings: &Settings) -> Result<(), CliError> {
    if !settings.firewalls.is_empty() {
        return Ok(());
    }
    let file = default_config_file().map(|path| format!("`{}`", path.display()));
    let file = file.unwrap_or_else(|| "a settings file named by --config".to_owned());
    Err(CliError::NoFirewall { file })
}

/// Reads what is due of every firewall of the settings, in their order.
pub(super) async fn read(
    settings: &Settings,
    due: &Due,
    cancel: &CancellationToken,
) -> Result<Vec<Report>, CliError> {
    let store = daemon::open_store(&settings.database).await?;
    let firewalls = daemon::firewalls(settings, &store, &Clock::system())?;
    // A log that goes to the same terminal would run into the bars.
    let is_drawn = print::notes_are_for_a_person()
        && (settings.log.filter == load::QUIET || settings.log.file.is_some());
    let reports = all(firewalls, due, cancel, &Bars::new(is_drawn)).await;
    store.close().await;
    reports
}

async fn all(
    firewalls: Vec<Firewall>,
    due: &Due,
    cancel: &CancellationToken,
    bars: &Bars,
) -> Result<Vec<Report>, CliError> {
    let mut runs = JoinSet::new();
    for (position, firewall) in firewalls.into_iter().enumerate() {
        let (due, cancel, progress) = (due.clone(), cancel.clone(), bars.add(firewall.name()));
        runs.spawn(async move { (position, firewall.run(&due, &cancel, &progress).await) });
    }
    let mut done: Vec<(usize, Result<Report, StoreError>)> = Vec::with_capacity(runs.len());
    while let Some(run) = runs.join_next().await {
        done.push(run.map_err(|_| CliError::Task)?);
    }
    bars.clear();
    done.sort_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, run)| run).collect::<Result<_, _>>()?)
}

fn due(names: &[String]) -> Result<Due, SyncError> {
    if names.is_empty() {
        return Ok(Due::All);
    }
    names.iter().map(|name| domain_name(name)).collect::<Result<_, _>>().map(Due::Named)
}

/// Dashes and case are forgiven, as in questions.
fn domain_name(name: &str) -> Result<&'static str, SyncError> {
    let wanted = name.trim().to_lowercase().replace('-', "_");
    domain::by_name(&wanted).map(AnyDomain::name).ok_or_else(|| SyncError::UnknownDomain {
        name: name.chars().take(60).collect(),
        suggestion: did_you_mean(&wanted, domain::ALL.iter().map(|domain| domain.name())),
    })
}

pub(super) fn choose(settings: &mut Settings, name: &str) -> Result<(), AskError> {
    let names: Vec<String> = settings.firewalls.iter().map(|one| one.name.clone()).collect();
    settings.firewalls.retain(|one| one.name.to_lowercase() == name.trim().to_lowercase());
    if settings.firewalls.is_empty() {
        return Err(AskError::UnknownFirewall {
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(name, names.iter().map(String::as_str)),
            known: names.join(", "),
        });
    }
    Ok(())
}

fn outcome(reports: &[Report], was_interrupted: bool, format: Format) -> Result<Outcome, CliError> {
    let answer = match format {
        Format::Table => reports.iter().map(summary).collect::<Vec<_>>().join("\n"),
        Format::Json => table::json(&Summary { firewalls: reports })?,
        Format::Csv => csv(reports)?,
    };
    let exit = if was_interrupted { exit::INTERRUPTED } else { exit_of(reports) };
    Ok(Outcome { answer, notes: String::new(), exit })
}

#[derive(Serialize)]
struct Summary<'a> {
    firewalls: &'a [Report],
}

/// One firewall: a line about the run, a table of its domains, and why nothing was read if so.
pub(super) fn summary(report: &Report) -> String {
    let release = report.release.map_or_else(String::new, |release| {
        let note =
            if release.is_unknown() { " (newer than opndex knows: best effort)" } else { "" };
        format!("OPNsense {release}{note} · ")
    });
    let mut text = format!(
        "{} · {release}{} · {} · {}\n",
        report.firewall,
        ending(report.ending),
        words::count(report.requests, "request"),
        words::took(report.elapsed_ms)
    );
    if let Some(reason) = &report.reason {
        text.push_str(reason);
        text.push('\n');
    }
    let mut grid = Grid::new(COLUMNS);
    for cells in cells_below_heading(report) {
        grid.row(cells);
    }
    if !report.domains.is_empty() {
        text.push('\n');
        text.push_str(&grid.text());
    }
    text
}

fn cells(report: &Report) -> impl Iterator<Item = [String; 7]> {
    report.domains.iter().map(|domain| {
        [
            domain.domain.to_owned(),
            domain.state.to_string(),
            domain.rows.to_string(),
            domain.changed.to_string(),
            domain.rejects.to_string(),
            domain.elapsed_ms.to_string(),
            domain.reason.clone().unwrap_or_default(),
        ]
    })
}

/// The same for people: a reason that the heading gives already is not repeated with every domain.
fn cells_below_heading(report: &Report) -> impl Iterator<Item = [String; 7]> {
    cells(report).map(|mut cells| {
        let [.., reason] = &mut cells;
        if report.reason.as_deref() == Some(reason.as_str()) {
            reason.clear();
        }
        cells
    })
}

fn csv(reports: &[Report]) -> Result<String, CliError> {
    let mut grid = Grid::new(["firewall"].into_iter().chain(COLUMNS));
    for report in reports {
        for cells in cells(report) {
            grid.row([report.firewall.clone()].into_iter().chain(cells));
        }
    }
    grid.csv()
}

fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "complete",
        Ending::Partial => "partial",
        Ending::Failed => "failed",
        Ending::Cancelled => "stopped",
    }
}

fn exit_of(reports: &[Report]) -> u8 {
    let is_unread = |report: &Report| {
        report.ending == Ending::Failed
            || (report.ending == Ending::Cancelled
                && !report.domains.iter().any(|domain| domain.state.is_good()))
    };
    if reports.iter().all(|report| report.ending == Ending::Complete) {
        exit::WELL
    } else if reports.iter().all(is_unread) {
        exit::UNREAD
    } else {
        exit::PARTIAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{DomainReport, DomainState};

    fn report(ending: Ending, state: DomainState) -> Report {
        let domain = DomainReport {
            domain: "arp",
            state,
            rows: 1,
            changed: 0,
            rejects: 0,
            elapsed_ms: 1,
            reason: None,
        };
        Report {
            firewall: "home".to_owned(),
            run: None,
            release: None,
            ending,
            requests: 1,
            elapsed_ms: 1,
            reason: None,
            domains: vec![domain],
        }
    }

    #[test]
    fn one_firewall_of_two_is_a_partial_sync() {
        let good = report(Ending::Complete, DomainState::Fresh);
        let bad = report(Ending::Failed, DomainState::Unreachable);
        assert_eq!(exit_of(&[good.clone(), good.clone()]), exit::WELL);
        assert_eq!(exit_of(&[good, bad.clone()]), exit::PARTIAL);
        assert_eq!(exit_of(&[bad.clone(), bad]), exit::UNREAD);
    }

    #[test]
    fn a_run_that_hit_its_time_limit_counts_for_what_it_read() {
        assert_eq!(exit_of(&[report(Ending::Cancelled, DomainState::Fresh)]), exit::PARTIAL);
        assert_eq!(exit_of(&[report(Ending::Cancelled, DomainState::Unreachable)]), exit::UNREAD);
    }
}
