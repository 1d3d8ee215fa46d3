//! `opndex import`: backup files into the database, oldest first.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::configxml::{Cause, Config, ConfigError};
use crate::daemon;
use crate::domain::AnyDomain;
use crate::settings::Settings;
use crate::store::{ImportKind, Revision, Store};
use crate::sync::{ImportReport, config_domains};
use crate::types::{Clock, Secret};

use super::args::{Format, ImportArgs};
use super::error::CliError;
use super::exit;
use super::load;
use super::outcome::Outcome;
use super::passphrase;
use super::print;
use super::progress::Bars;
use super::signals;
use super::table::{self, Grid};
use super::words;

/// Bytes read from a file at once.
const BUFFER: usize = 1 << 16;

/// Longest firewall name, as in the settings.
const MOST_NAME: usize = 253;

pub(super) async fn run(
    settings: &Settings,
    args: &ImportArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    if args.at.is_some() && args.files.len() > 1 {
        return Err(CliError::OneTime);
    }
    if let Some(name) = &args.firewall
        && (name.trim().is_empty() || name.len() > MOST_NAME)
    {
        return Err(CliError::FirewallName);
    }
    let cancel = CancellationToken::new();
    let work = all(settings, args, &cancel);
    match signals::until_stopped(&cancel, work).await {
        Some(done) => outcome(&done?, cancel.is_cancelled(), format),
        None => Ok(Outcome { exit: exit::INTERRUPTED, ..Outcome::default() }),
    }
}

/// A file after it was tried.
#[derive(Debug, Serialize)]
struct Done {
    file: String,
    #[serde(flatten)]
    report: Option<ImportReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What a file says about itself.
struct Head {
    file: PathBuf,
    revision: Revision,
    firewall: Option<String>,
}

async fn all(
    settings: &Settings,
    args: &ImportArgs,
    cancel: &CancellationToken,
) -> Result<Vec<Done>, CliError> {
    let is_drawn = print::notes_are_for_a_person()
        && (settings.log.filter == load::QUIET || settings.log.file.is_some());
    let bars = Bars::new(is_drawn);
    // Twice through each file: states must be taken in order of time, and a file says its own at its end.
    let (step, of) = (bars.steps("import"), args.files.len() * 2);
    let passphrase = passphrase::of(&args.files, args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_ref();
    let (mut heads, mut done) = (Vec::new(), Vec::new());
    for (i, file) in args.files.iter().enumerate() {
        step(i, of, &format!("looking at {}", file.display()));
        match head(file, passphrase, args).await {
            Ok(head) => heads.push(head),
            Err(error) => done.push(failed(file, &error)),
        }
    }
    heads.sort_by_key(|head| head.revision.at);
    if heads.is_empty() {
        bars.clear();
        return Ok(done);
    }
    let store = daemon::open_store(&settings.database).await?;
    for (i, head) in heads.into_iter().enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        step(args.files.len() + i, of, &format!("reading {}", head.file.display()));
        let file = head.file.clone();
        match one(&store, head, passphrase, args).await {
            Ok(report) => {
                done.push(Done {
                    file: file.display().to_string(),
                    report: Some(report),
                    error: None,
                });
            }
            Err(error @ CliError::Store(_)) => {
                bars.clear();
                store.close().await;
                return Err(error);
            }
            Err(error) => done.push(failed(&file, &error)),
        }
    }
    bars.clear();
    store.close().await;
    Ok(done)
}

fn failed(file: &Path, error: &CliError) -> Done {
    Done { file: file.display().to_string(), report: None, error: Some(error.to_string()) }
}

async fn read(
    file: &Path,
    passphrase: Option<&Secret>,
    domains: Vec<&'static dyn AnyDomain>,
) -> Result<Config, CliError> {
    let (path, passphrase) = (file.to_owned(), passphrase.cloned());
    let reading = tokio::task::spawn_blocking(move || -> Result<Config, ConfigError> {
        let input = File::open(&path).map_err(|error| Cause::Read(error).at(0))?;
        let input = BufReader::with_capacity(BUFFER, input);
        match passphrase {
            Some(passphrase) => Config::read_sealed(input, &passphrase, &domains),
            None => Config::read(input, &domains),
        }
    });
    let read = reading.await.map_err(|_| CliError::Task)?;
    read.map_err(|cause| CliError::File { file: file.display().to_string(), cause })
}

async fn head(
    file: &Path,
    passphrase: Option<&Secret>,
    args: &ImportArgs,
) -> Result<Head, CliError> {
    let config = read(file, passphrase, Vec::new()).await?;
    let Some(at) = args.at.or(config.revision.at) else {
        return Err(CliError::NoTime { file: file.display().to_string() });
    };
    let revision = Revision {
        at,
        backup_id: String::new(),
        user: config.revision.user,
        description: config.revision.description,
    };
    Ok(Head { file: file.to_owned(), revision, firewall: config.host_name })
}

async fn one(
    store: &Store,
    head: Head,
    passphrase: Option<&Secret>,
    args: &ImportArgs,
) -> Result<ImportReport, CliError> {
    let name = match (&args.firewall, head.firewall) {
        (Some(name), _) => name.trim().to_owned(),
        (None, Some(host)) => known_name(store, &host).await?.unwrap_or(host),
        (None, None) => return Err(CliError::NoName { file: head.file.display().to_string() }),
    };
    let config = read(&head.file, passphrase, config_domains()).await?;
    let now = Clock::system().now();
    Ok(crate::sync::import(store, config, &name, head.revision, ImportKind::Import, now).await?)
}

/// The name of a firewall that was synced and calls itself so.
async fn known_name(store: &Store, host: &str) -> Result<Option<String>, CliError> {
    let firewalls = store.firewalls().await?;
    let same = |name: &str| name.eq_ignore_ascii_case(host);
    let found = firewalls.iter().find(|f| f.host_name.as_deref().is_some_and(same));
    Ok(found.map(|firewall| firewall.name.clone()))
}

fn outcome(done: &[Done], was_interrupted: bool, format: Format) -> Result<Outcome, CliError> {
    let answer = match format {
        Format::Table => summary(done),
        Format::Json => table::json(&Files { files: done })?,
        Format::Csv => grid(done).csv()?,
    };
    let notes: Vec<String> = done
        .iter()
        .filter(|_| format != Format::Json)
        .filter_map(|d| d.error.as_ref().map(|error| format!("not imported: {error}\n")))
        .collect();
    let failed = done.iter().filter(|d| d.error.is_some()).count();
    let exit = if was_interrupted {
        exit::INTERRUPTED
    } else if failed == 0 {
        exit::WELL
    } else if failed == done.len() {
        exit::UNREAD
    } else {
        exit::PARTIAL
    };
    Ok(Outcome { answer, notes: notes.concat(), exit })
}

#[derive(Serialize)]
struct Files<'a> {
    files: &'a [Done],
}

/// A line for each file; for a single one its domains below.
fn summary(done: &[Done]) -> String {
    let reports: Vec<&ImportReport> = done.iter().filter_map(|d| d.report.as_ref()).collect();
    if reports.is_empty() {
        return String::new();
    }
    let mut text = grid(done).text();
    if let [report] = reports.as_slice() {
        if !report.domains.is_empty() {
            text.push('\n');
            text.push_str(&domains(report).text());
        }
    } else {
        let changed: u64 = reports.iter().map(|report| report.changed()).sum();
        let files = words::count(u64::try_from(reports.len()).unwrap_or(0), "file");
        let rows = words::count(changed, "row");
        let _infallible = writeln!(text, "\n{files} imported, {rows} changed");
    }
    text
}

fn grid(done: &[Done]) -> Grid {
    let mut grid =
        Grid::new(["file", "firewall", "at", "release", "changed", "user", "description"]);
    for done in done {
        let Some(report) = &done.report else { continue };
        grid.row([
            done.file.clone(),
            report.firewall.clone(),
            report.at.to_string(),
            format!("{} or later", report.release),
            report.note.map_or_else(|| report.changed().to_string(), str::to_owned),
            report.user.clone().unwrap_or_default(),
            report.description.clone().unwrap_or_default(),
        ]);
    }
    grid
}

fn domains(report: &ImportReport) -> Grid {
    let mut grid = Grid::new(["domain", "effect", "rows", "changed", "rejects"]);
    for line in &report.domains {
        grid.row([
            line.domain.to_owned(),
            line.effect.to_owned(),
            line.rows.to_string(),
            line.changed.to_string(),
            line.rejects.to_string(),
        ]);
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Timestamp;

    #[test]
    fn one_bad_file_of_two_is_a_partial_import() {
        let bad =
            || Done { file: "a".to_owned(), report: None, error: Some("line 1: x".to_owned()) };
        let report = ImportReport {
            firewall: "fw".to_owned(),
            at: Timestamp::from_seconds(0),
            user: None,
            description: None,
            release: crate::types::Release::OLDEST,
            run: None,
            note: None,
            domains: Vec::new(),
        };
        let good = || Done { file: "b".to_owned(), report: Some(report.clone()), error: None };
        let exit = |done: &[Done]| outcome(done, false, Format::Table).unwrap().exit;
        assert_eq!(exit(&[good(), good()]), exit::WELL);
        assert_eq!(exit(&[bad(), good()]), exit::PARTIAL);
        assert_eq!(exit(&[bad(), bad()]), exit::UNREAD);
    }
}
