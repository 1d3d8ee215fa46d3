//! `opndex status`: how fresh and complete the database is.

use std::fmt::Write as _;

use crate::ask::{Ask, DomainFreshness, FirewallStatus, Status};

use super::args::Format;
use super::error::CliError;
use super::outcome::Outcome;
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(ask: &Ask, format: Format) -> Result<Outcome, CliError> {
    let status = ask.status().await?;
    match format {
        Format::Json => table::json(&status).map(Outcome::answer),
        Format::Csv => csv(&status).map(Outcome::answer),
        Format::Table if status.firewalls.is_empty() => {
            Ok(Outcome::answer("no firewall was ever synced: run `opndex sync`\n".to_owned()))
        }
        Format::Table => {
            let firewalls: Vec<String> = status.firewalls.iter().map(text).collect();
            Ok(Outcome::answer(firewalls.join("\n")))
        }
    }
}

fn text(firewall: &FirewallStatus) -> String {
    let mut grid = Grid::new(["domain", "rows", "rejects", "age", "state", "notes"]);
    for domain in &firewall.domains {
        let freshness = &domain.freshness;
        grid.row([
            domain.domain.to_owned(),
            domain.rows.to_string(),
            domain.rejects.to_string(),
            freshness.age_s.map(words::age).unwrap_or_default(),
            words::state(freshness).to_owned(),
            freshness.notes.join("; "),
        ]);
    }
    format!("{}\n\n{}", heading(firewall), grid.text())
}

fn heading(firewall: &FirewallStatus) -> String {
    let mut parts = vec![firewall.name.clone(), firewall.url.clone()];
    parts.extend(firewall.host_name.clone());
    parts.extend(firewall.release.as_ref().map(|release| format!("OPNsense {release}")));
    if let (Some(ending), Some(at)) = (&firewall.last_run, firewall.last_run_at) {
        parts.push(format!("last run {ending} ({at})"));
    }
    let mut text = parts.join(" · ");
    if let Some(reason) = &firewall.last_run_reason {
        let _ = write!(text, "\n{reason}");
    }
    text
}

fn csv(status: &Status) -> Result<String, CliError> {
    let mut grid = Grid::new([
        "firewall", "domain", "rows", "rejects", "as_of", "age_s", "stale", "complete", "notes",
    ]);
    for firewall in &status.firewalls {
        for domain in &firewall.domains {
            let freshness = &domain.freshness;
            grid.row([
                firewall.name.clone(),
                domain.domain.to_owned(),
                domain.rows.to_string(),
                domain.rejects.to_string(),
                as_of(domain),
                freshness.age_s.map(|age| age.to_string()).unwrap_or_default(),
                words::cell(&freshness.stale.into()),
                words::cell(&freshness.complete.into()),
                freshness.notes.join("; "),
            ]);
        }
    }
    grid.csv()
}

fn as_of(domain: &DomainFreshness) -> String {
    domain.freshness.as_of.map(|time| time.to_string()).unwrap_or_default()
}
