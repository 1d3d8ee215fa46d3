//! `opndex doctor`: what works, what does not, and which privilege would help. Made for pasting into an issue.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::daemon;
use crate::settings::{Settings, TlsSettings};
use crate::store::{Health, Store};
use crate::sync::{Examination, Extra, Finding, examine};
use crate::types::Clock;

use super::args::{DoctorArgs, Format};
use super::error::CliError;
use super::exit;
use super::outcome::Outcome;
use super::signals;
use super::sync::{choose, need_a_firewall};
use super::table::{self, Grid};

/// Leases and log entries are compared by the second; a clock this far off makes them wrong.
const SKEW_S: i64 = 5;

#[derive(Serialize)]
struct Checkup {
    opndex: &'static str,
    system: String,
    database: Database,
    firewalls: Vec<Firewall>,
}

#[derive(Serialize)]
struct Database {
    #[serde(flatten)]
    health: Option<Health>,
    /// Why there is nothing to look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Serialize)]
struct Firewall {
    certificate: &'static str,
    #[serde(flatten)]
    found: Examination,
    /// Privileges that the key lacks, each with the domains it would unlock.
    missing: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

pub(super) async fn run(
    mut settings: Settings,
    args: &DoctorArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    need_a_firewall(&settings)?;
    if let Some(name) = &args.firewall {
        choose(&mut settings, name)?;
    }
    let cancel = CancellationToken::new();
    match signals::until_stopped(&cancel, check(&settings, &cancel)).await {
        Some(checkup) => outcome(&checkup?, format),
        None => Ok(Outcome { exit: exit::INTERRUPTED, ..Outcome::default() }),
    }
}

async fn check(settings: &Settings, cancel: &CancellationToken) -> Result<Checkup, CliError> {
    let extra = Extra::of(&settings.sync.extra)?;
    let mut firewalls = Vec::with_capacity(settings.firewalls.len());
    for one in &settings.firewalls {
        let client = daemon::client(one)?;
        let found = examine(&one.name, &client, &extra, &Clock::system(), cancel).await;
        let certificate = match one.tls {
            TlsSettings::System => "trusted by this system",
            TlsSettings::CaFile(_) => "signed by the given authority",
            TlsSettings::Pin(_) => "pinned",
            TlsSettings::Unverified => "NOT VERIFIED",
        };
        firewalls.push(Firewall { certificate, missing: missing(&found), found });
    }
    Ok(Checkup {
        opndex: env!("CARGO_PKG_VERSION"),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        database: database(&settings.database).await,
        firewalls,
    })
}

/// A database that is not there yet is no trouble, and is not made here.
async fn database(path: &Path) -> Database {
    let health = async {
        let store = Store::open_existing(path).await?;
        let health = store.health().await;
        store.close().await;
        health
    };
    match health.await {
        Ok(health) => Database { health: Some(health), problem: None },
        Err(error) => Database { health: None, problem: Some(error.to_string()) },
    }
}

fn missing(found: &Examination) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for domain in &found.domains {
        for source in domain.sources.iter().filter(|s| s.state == Finding::Denied) {
            missing.entry(source.privilege).or_default().insert(domain.domain);
        }
    }
    missing
}

fn outcome(checkup: &Checkup, format: Format) -> Result<Outcome, CliError> {
    let answer = match format {
        Format::Table => text(checkup),
        Format::Json => table::json(checkup)?,
        Format::Csv => csv(checkup)?,
    };
    let found = || checkup.firewalls.iter().map(|f| &f.found);
    let damaged = checkup.database.health.as_ref().is_some_and(|h| h.damage.is_some());
    let troubled = |f: &Examination| f.domains.iter().any(|d| d.state.is_trouble());
    let exit = if found().any(|f| f.failure.is_some()) {
        exit::UNREAD
    } else if damaged || found().any(troubled) {
        exit::PARTIAL
    } else {
        exit::WELL
    };
    Ok(Outcome { answer, notes: String::new(), exit })
}

fn text(checkup: &Checkup) -> String {
    let mut text = format!("opndex {} on {}\n", checkup.opndex, checkup.system);
    let _ = writeln!(text, "database: {}", of_database(&checkup.database));
    for firewall in &checkup.firewalls {
        text.push('\n');
        of_firewall(&mut text, firewall);
    }
    text
}

fn of_database(database: &Database) -> String {
    let Some(health) = &database.health else {
        return database.problem.clone().unwrap_or_default();
    };
    let mut parts = vec![format!("{} KiB", health.bytes / 1024)];
    parts.push(match &health.damage {
        None => "intact".to_owned(),
        Some(damage) => format!("DAMAGED ({damage}): sync into a new file, and keep this one"),
    });
    parts.extend(health.is_private.map(|private| {
        if private { "readable by its owner alone" } else { "READABLE BY OTHERS: run chmod 600" }
            .to_owned()
    }));
    parts.join(", ")
}

fn of_firewall(text: &mut String, firewall: &Firewall) {
    let found = &firewall.found;
    if let Some(failure) = &found.failure {
        let _ = writeln!(text, "firewall {}: {failure}", found.firewall);
        return;
    }
    let mut parts: Vec<String> = Vec::new();
    parts.extend(found.release.map(|release| {
        let guessed = if found.release_is_exact { "" } else { " or later (by what it has)" };
        format!("OPNsense {release}{guessed}")
    }));
    parts.extend(found.protocol.map(str::to_owned));
    parts.push(format!("certificate {}", firewall.certificate));
    parts.extend(found.answered_ms.map(|ms| format!("first answer after {ms} ms")));
    parts.extend(found.clock_ahead_s.map(|ahead| match ahead.abs() {
        0..=SKEW_S => format!("clock right within {SKEW_S} s"),
        _ => format!("CLOCK {ahead} s AHEAD of this machine: check NTP on both"),
    }));
    let _ = writeln!(text, "firewall {}: {}", found.firewall, parts.join(" · "));
    if found.best_effort {
        text.push_str(
            "This release is newer than those opndex was checked against: best effort.\n",
        );
    }
    let mut grid = Grid::new(["domain", "state", "rows", "rejects", "why"]);
    for domain in &found.domains {
        let why = domain.sources.iter().filter_map(|source| match source.state {
            Finding::Denied => Some(format!("{}: needs `{}`", source.source, source.privilege)),
            Finding::Failed => source.reason.clone(),
            _ => None,
        });
        let off = (domain.state == Finding::Off).then(|| "opt in with sync.extra".to_owned());
        let rejects = if domain.rejects == 0 { String::new() } else { domain.rejects.to_string() };
        let why: Vec<String> = why.chain(off).collect();
        let rows = domain.rows.to_string();
        grid.row([
            domain.domain.to_owned(),
            domain.state.as_str().to_owned(),
            rows,
            rejects,
            why.join("; "),
        ]);
    }
    let _ = write!(text, "\n{}", grid.text());
    if firewall.missing.is_empty() {
        return;
    }
    text.push_str("\nPrivileges the key lacks (System > Access > Users, of its user), and what each unlocks:\n");
    for (privilege, domains) in &firewall.missing {
        let domains: Vec<&str> = domains.iter().copied().collect();
        let _ = writeln!(text, "  {privilege}: {}", domains.join(", "));
    }
}

fn csv(checkup: &Checkup) -> Result<String, CliError> {
    let mut grid = Grid::new(["firewall", "domain", "source", "state", "privilege", "reason"]);
    for found in checkup.firewalls.iter().map(|f| &f.found) {
        if let Some(failure) = &found.failure {
            grid.row([found.firewall.as_str(), "", "", "failed", "", failure]);
        }
        for domain in &found.domains {
            for source in &domain.sources {
                let reason = source.reason.as_deref().unwrap_or_default();
                let (state, privilege) = (source.state.as_str(), source.privilege);
                grid.row([&found.firewall, domain.domain, source.source, state, privilege, reason]);
            }
        }
    }
    grid.csv()
}
