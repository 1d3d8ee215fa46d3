//! `opndex history`, `snapshot`, `rebuild`, `prune` and `backup`: looking after the database.

use std::path::Path;

use serde_json::{Value, json};

use crate::ask::AskError;
use crate::domain;
use crate::store::{Pruned, Retention, Store, Verified};
use crate::types::{Clock, FirewallId, Moment, RunId, did_you_mean};

use super::args::{ExportArgs, Format, HistoryArgs};
use super::error::CliError;
use super::exit;
use super::outcome::Outcome;
use super::table::{self, Grid};
use super::words;

/// Runs of a page unless asked otherwise.
const RUNS: u32 = 20;

/// Runs and what each cost, and what the parts of the file take.
pub(super) async fn history(
    store: &Store,
    args: &HistoryArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    let known = store.firewalls().await?;
    let name = |id: FirewallId| known.iter().find(|f| f.id == id).map_or("", |f| f.name.as_str());
    let before = args.before.map(RunId::new);
    let firewall = firewall(store, args.firewall.as_deref()).await?;
    let runs = store.runs(firewall, before, args.limit.unwrap_or(RUNS)).await?;
    let mut grid = Grid::new([
        "run",
        "firewall",
        "started",
        "seconds",
        "outcome",
        "requests",
        "changed",
        "snapshots",
        "stored",
        "reason",
    ]);
    let mut rows = Vec::new();
    for run in &runs {
        let seconds = run.finished_at.map(|end| end.seconds_since(run.started_at));
        rows.push(json!({
            "run": run.run, "firewall": name(run.firewall), "started": run.started_at, "finished": run.finished_at,
            "outcome": run.outcome, "requests": run.requests, "changed": run.changed, "snapshots": run.snapshots,
            "stored_bytes": run.stored, "reason": run.reason,
        }));
        grid.row([
            run.run.to_string(),
            name(run.firewall).to_owned(),
            run.started_at.to_string(),
            seconds.map(|s| s.to_string()).unwrap_or_default(),
            run.outcome.clone(),
            run.requests.to_string(),
            run.changed.to_string(),
            run.snapshots.to_string(),
            bytes(run.stored),
            run.reason.clone().unwrap_or_default(),
        ]);
    }
    if format == Format::Csv {
        return Ok(Outcome::answer(grid.csv()?));
    }
    let parts = store.parts().await?;
    if format == Format::Json {
        let parts: Vec<Value> =
            parts.iter().map(|part| json!({ "table": part.name, "bytes": part.bytes })).collect();
        return table::json(&json!({ "runs": rows, "parts": parts })).map(Outcome::answer);
    }
    let mut sizes = Grid::new(["table", "size"]);
    for part in parts.iter().take(10) {
        sizes.row([part.name.clone(), bytes(part.bytes)]);
    }
    let total: i64 = parts.iter().map(|part| part.bytes).sum();
    let notes =
        format!("{} in all; with its indexes, each table takes what is shown\n", bytes(total));
    let text = format!("{}\n{}", grid.without_empty_columns().text(), sizes.text());
    Ok(Outcome { notes, ..Outcome::answer(text) })
}

/// `870 B`, `12.3 KB`, `1.2 MB`.
fn bytes(count: i64) -> String {
    match count {
        ..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{}.{} KB", count / 1_000, count % 1_000 / 100),
        _ => format!("{}.{} MB", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

/// The rows of one domain, as they are hashed and stored.
pub(super) async fn export(
    store: &Store,
    clock: &Clock,
    args: &ExportArgs,
    as_of: Option<&str>,
) -> Result<Outcome, CliError> {
    let wanted = args.domain.trim().to_lowercase().replace('-', "_");
    let domain = domain::by_name(&wanted).ok_or_else(|| {
        let names = || domain::ALL.iter().map(|domain| domain.name());
        CliError::Ask(AskError::UnknownDomain {
            name: args.domain.chars().take(60).collect(),
            suggestion: did_you_mean(&wanted, names()),
            known: names().collect::<Vec<_>>().join(", "),
        })
    })?;
    let moment = match as_of {
        Some(text) => clock.moment(text).map_err(AskError::from)?,
        None => Moment::At(clock.now()),
    };
    let chosen = match firewall(store, args.firewall.as_deref()).await? {
        Some(chosen) => chosen,
        None => match &*store.firewalls().await? {
            [one] => one.id,
            _ => return Err(CliError::WhichFirewall),
        },
    };
    let lines = store.export(chosen, domain, moment).await?.unwrap_or_default();
    Ok(Outcome::answer(String::from_utf8_lossy(&lines).into_owned()))
}

/// Reads every chunk of the history.
pub(super) async fn verify(store: &Store, format: Format) -> Result<Outcome, CliError> {
    let Verified { snapshots, volatiles, damages } = store.verify().await?;
    let known = store.firewalls().await?;
    let name = |id: FirewallId| known.iter().find(|f| f.id == id).map_or("", |f| f.name.as_str());
    let exit = if damages.is_empty() { exit::WELL } else { exit::INTERNAL };
    let rows: Vec<Value> = damages
        .iter()
        .map(|d| json!({ "firewall": name(d.firewall), "domain": d.domain, "run": d.run, "taken_at": d.taken_at, "problem": d.problem }))
        .collect();
    if format == Format::Json {
        let answer = table::json(
            &json!({ "snapshots": snapshots, "volatiles": volatiles, "damaged": rows }),
        )?;
        return Ok(Outcome { exit, ..Outcome::answer(answer) });
    }
    let mut grid = Grid::new(["firewall", "domain", "run", "taken_at", "problem"]);
    for d in &damages {
        grid.row([
            name(d.firewall).to_owned(),
            d.domain.clone(),
            d.run.to_string(),
            d.taken_at.to_string(),
            d.problem.clone(),
        ]);
    }
    let answer = match format {
        _ if damages.is_empty() => String::new(),
        Format::Csv => grid.csv()?,
        _ => grid.text(),
    };
    let looked = format!(
        "{} and {}",
        words::count(snapshots, "snapshot"),
        words::count(volatiles, "list") + " of fields that change by themselves"
    );
    let notes = if damages.is_empty() {
        format!("{looked} read, every chunk as it was written\n")
    } else {
        format!(
            "of {looked} {} cannot be read; everything else answers, and the next change of a domain stores it whole again\n",
            damages.len()
        )
    };
    Ok(Outcome { answer, notes, exit })
}

/// Fills the tables again from the newest snapshots.
pub(super) async fn rebuild(store: &Store, format: Format) -> Result<Outcome, CliError> {
    let rebuilt = store.rebuild().await?;
    let known = store.firewalls().await?;
    let name = |id: FirewallId| known.iter().find(|f| f.id == id).map_or("", |f| f.name.as_str());
    let mut grid = Grid::new(["firewall", "domain", "rows", "rejects", "problem"]);
    for one in &rebuilt {
        grid.row([
            name(one.firewall).to_owned(),
            one.domain.to_owned(),
            one.rows.to_string(),
            one.rejects.to_string(),
            one.problem.clone().unwrap_or_default(),
        ]);
    }
    let failed = rebuilt.iter().any(|one| one.problem.is_some());
    let exit = if failed { exit::INTERNAL } else { exit::WELL };
    let answer = match format {
        Format::Csv => grid.csv()?,
        Format::Table => grid.without_empty_columns().text(),
        Format::Json => {
            let rows: Vec<Value> = rebuilt
                .iter()
                .map(|one| json!({ "firewall": name(one.firewall), "domain": one.domain, "rows": one.rows, "rejects": one.rejects, "problem": one.problem }))
                .collect();
            table::json(&json!({ "rebuilt": rows }))?
        }
    };
    Ok(Outcome { exit, ..Outcome::answer(answer) })
}

/// Drops what the retention lets go, or says what it would.
pub(super) async fn prune(
    store: &Store,
    clock: &Clock,
    retention: Retention,
    dry_run: bool,
    format: Format,
) -> Result<Outcome, CliError> {
    let pruned = if dry_run {
        store.prune_plan(retention, clock.now()).await?
    } else {
        store.prune(retention, clock.now()).await?
    };
    let known = store.firewalls().await?;
    let name = |id: FirewallId| known.iter().find(|f| f.id == id).map_or("", |f| f.name.as_str());
    if format == Format::Json {
        let domains: Vec<Value> = pruned
            .domains
            .iter()
            .map(|d| json!({ "firewall": name(d.firewall), "domain": d.domain, "snapshots": d.snapshots, "dropped": d.dropped }))
            .collect();
        let answer = json!({
            "dry_run": dry_run, "domains": domains, "presence_dropped": pruned.presence, "chunks_deleted": pruned.chunks,
            "bytes_before": pruned.before, "bytes_after": pruned.after,
        });
        return table::json(&answer).map(Outcome::answer);
    }
    let mut grid = Grid::new(["firewall", "domain", "snapshots", "dropped"]);
    for d in &pruned.domains {
        grid.row([
            name(d.firewall).to_owned(),
            d.domain.clone(),
            d.snapshots.to_string(),
            d.dropped.to_string(),
        ]);
    }
    let text = if format == Format::Csv { grid.csv()? } else { grid.text() };
    Ok(Outcome { notes: told(&pruned, dry_run), ..Outcome::answer(text) })
}

fn told(pruned: &Pruned, dry_run: bool) -> String {
    let dropped: usize = pruned.domains.iter().map(|d| d.dropped).sum();
    let size = |count: u64| bytes(i64::try_from(count).unwrap_or(i64::MAX));
    let presence = pruned.presence;
    if dry_run {
        return format!(
            "would drop {dropped} snapshots and {presence} intervals of presence; nothing was changed (the file has {})\n",
            size(pruned.before)
        );
    }
    format!(
        "dropped {dropped} snapshots, {presence} intervals of presence and {} chunks; the file had {} and has {}\n",
        pruned.chunks,
        size(pruned.before),
        size(pruned.after)
    )
}

/// A copy of the database while it is in use.
pub(super) async fn backup(store: &Store, file: &Path) -> Result<Outcome, CliError> {
    store.backup(file).await?;
    let size = std::fs::metadata(file).map_or(0, |file| file.len());
    let size = bytes(i64::try_from(size).unwrap_or(i64::MAX));
    Ok(Outcome { notes: format!("{} written, {size}\n", file.display()), ..Outcome::default() })
}

async fn firewall(store: &Store, name: Option<&str>) -> Result<Option<FirewallId>, CliError> {
    let Some(name) = name else { return Ok(None) };
    let known = store.firewalls().await?;
    let found = known.iter().find(|f| f.name.eq_ignore_ascii_case(name.trim()));
    found.map(|f| Some(f.id)).ok_or_else(|| {
        let names = || known.iter().map(|f| f.name.as_str());
        CliError::Ask(AskError::UnknownFirewall {
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(name, names()),
            known: names().collect::<Vec<_>>().join(", "),
        })
    })
}
