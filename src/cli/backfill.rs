//! `opndex backfill`: the firewalls' own configuration history.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::daemon;
use crate::settings::Settings;
use crate::sync::{BackfillReport, Ending, Steps};
use crate::types::Clock;

use super::args::{BackfillArgs, Format};
use super::error::CliError;
use super::exit;
use super::load;
use super::outcome::Outcome;
use super::print;
use super::progress::Bars;
use super::signals;
use super::sync::{choose, need_a_firewall};
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(
    mut settings: Settings,
    args: &BackfillArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    need_a_firewall(&settings)?;
    if let Some(name) = &args.firewall {
        choose(&mut settings, name)?;
    }
    let cancel = CancellationToken::new();
    match signals::until_stopped(&cancel, all(&settings, &cancel)).await {
        Some(reports) => outcome(&reports?, cancel.is_cancelled(), format),
        None => Ok(Outcome { exit: exit::INTERRUPTED, ..Outcome::default() }),
    }
}

/// One firewall after the other: there is no hurry, and each keeps at most a hundred revisions.
async fn all(
    settings: &Settings,
    cancel: &CancellationToken,
) -> Result<Vec<BackfillReport>, CliError> {
    let store = daemon::open_store(&settings.database).await?;
    let firewalls = daemon::firewalls(settings, &store, &Clock::system())?;
    let is_drawn = print::notes_are_for_a_person()
        && (settings.log.filter == load::QUIET || settings.log.file.is_some());
    let bars = Bars::new(is_drawn);
    let mut reports = Vec::new();
    for firewall in firewalls {
        let line = bars.steps(firewall.name());
        let steps: Steps = Arc::new(move |done, of, at| line(done, of, &format!("saved {at}")));
        let done = firewall.backfill(cancel, &steps).await;
        if done.is_err() {
            bars.clear();
            store.close().await;
        }
        reports.push(done?);
    }
    bars.clear();
    store.close().await;
    Ok(reports)
}

#[derive(Serialize)]
struct Summary<'a> {
    firewalls: &'a [BackfillReport],
}

fn outcome(
    reports: &[BackfillReport],
    was_interrupted: bool,
    format: Format,
) -> Result<Outcome, CliError> {
    let answer = match format {
        Format::Table => reports.iter().map(summary).collect::<Vec<_>>().join("\n"),
        Format::Json => table::json(&Summary { firewalls: reports })?,
        Format::Csv => {
            let mut grid = Grid::new(COLUMNS);
            for report in reports {
                rows(report, &mut grid);
            }
            grid.csv()?
        }
    };
    let exit = if was_interrupted {
        exit::INTERRUPTED
    } else if reports.iter().all(|report| report.ending == Ending::Complete) {
        exit::WELL
    } else if reports.iter().all(|report| report.taken.is_empty() && report.known == 0) {
        exit::UNREAD
    } else {
        exit::PARTIAL
    };
    Ok(Outcome { answer, notes: String::new(), exit })
}

const COLUMNS: [&str; 6] = ["firewall", "at", "changed", "user", "description", "problem"];

fn rows(report: &BackfillReport, grid: &mut Grid) {
    for taken in &report.taken {
        grid.row([
            report.firewall.clone(),
            taken.at.to_string(),
            taken.changed().to_string(),
            taken.user.clone().unwrap_or_default(),
            taken.description.clone().unwrap_or_default(),
            String::new(),
        ]);
    }
    for unread in &report.unread {
        grid.row([
            report.firewall.clone(),
            unread.at.to_string(),
            String::new(),
            String::new(),
            unread.backup_id.clone(),
            unread.problem.clone(),
        ]);
    }
}

fn summary(report: &BackfillReport) -> String {
    let count = |n: usize, what| words::count(u64::try_from(n).unwrap_or(0), what);
    let mut text = format!(
        "{} · {} kept by the firewall · {} known · {} taken · {}\n",
        report.firewall,
        count(report.listed, "revision"),
        report.known,
        report.taken.len(),
        words::count(report.requests, "request")
    );
    if let Some(reason) = &report.reason {
        let _infallible = writeln!(text, "{reason}");
    }
    if !report.taken.is_empty() || !report.unread.is_empty() {
        let mut grid = Grid::new(COLUMNS);
        rows(report, &mut grid);
        text.push('\n');
        text.push_str(&grid.without_empty_columns().text());
    }
    text
}
