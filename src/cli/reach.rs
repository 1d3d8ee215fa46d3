//! `opndex reach`: what may be reached, by which rules; and what a change would open or close.

use std::path::Path;

use crate::ask::{Ask, Matrix, Proposal, Reach, ReachQuestion, WhatIf};

use super::args::Format;
use super::error::CliError;
use super::outcome::Outcome;
use super::rule_args::ReachArgs;
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(ask: &Ask, args: &ReachArgs, format: Format) -> Result<Outcome, CliError> {
    let (Some(from), Some(to)) = (&args.from, &args.to) else {
        let matrix = ask.matrix(args.firewall.as_deref()).await?;
        let notes =
            format!("{}\n{}", words::freshness(&matrix.freshness), words::notes(&matrix.freshness));
        let answer = match format {
            Format::Json => return table::json(&matrix).map(Outcome::answer),
            Format::Csv => zones(&matrix).csv()?,
            Format::Table => zones(&matrix).text(),
        };
        return Ok(Outcome { notes, ..Outcome::answer(answer) });
    };
    let question = ReachQuestion {
        firewall: args.firewall.clone(),
        from: from.clone(),
        to: to.clone(),
        protocol: args.proto.clone(),
        port: args.port.clone(),
        interface: args.interface.clone(),
        at: args.at.clone(),
        verdict: args.verdict.clone(),
        limit: args.limit,
    };
    if args.diff.is_some() || args.since.is_some() {
        let changed = match (&args.diff, &args.since) {
            (Some(path), _) => ask.what_if(&question, &proposal(path)?).await?,
            (None, since) => {
                let earlier = ask.at(since.as_deref()).await?;
                ask.what_changed(&question, &earlier).await?
            }
        };
        return shown(&changed, format);
    }
    let reach = ask.reach(&question).await?;
    let answer = match format {
        Format::Json => return table::json(&reach).map(Outcome::answer),
        Format::Csv => parts(&reach).csv()?,
        Format::Table => parts(&reach).text(),
    };
    let more = match reach.total - reach.parts.len() {
        0 => String::new(),
        more => format!(" ({more} more: --limit)"),
    };
    let notes = format!(
        "{}{more} · {}\n{}",
        reach.summary,
        words::freshness(&reach.freshness),
        words::notes(&reach.freshness)
    );
    Ok(Outcome { notes, ..Outcome::answer(answer) })
}

/// A JSON file: `{"add": [...], "remove": [...]}`, `{"rules": [...]}`, or a list of rules.
fn proposal(path: &Path) -> Result<Proposal, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| CliError::Proposal { path: path.to_owned(), why: cause.to_string() })?;
    let wrong = |cause: serde_json::Error| CliError::Proposal {
        path: path.to_owned(),
        why: cause.to_string(),
    };
    if text.trim_start().starts_with('[') {
        let rules = serde_json::from_str(&text).map_err(wrong)?;
        return Ok(Proposal { rules: Some(rules), ..Proposal::default() });
    }
    serde_json::from_str(&text).map_err(wrong)
}

fn parts(reach: &Reach) -> Grid {
    let mut grid = Grid::new([
        "verdict",
        "family",
        "from",
        "to",
        "service",
        "arrives_on",
        "nat",
        "rule",
        "description",
    ]);
    for part in &reach.parts {
        let rule = part.rule.as_ref();
        grid.row([
            part.verdict.to_owned(),
            part.family.to_owned(),
            part.from.clone(),
            part.to.clone(),
            part.service.clone(),
            part.arrives_on.clone().unwrap_or_default(),
            part.nat.clone().unwrap_or_default(),
            rule.map(|r| r.uuid.clone()).unwrap_or_default(),
            rule.map(|r| r.description.clone()).unwrap_or_default(),
        ]);
    }
    grid.without_empty_columns()
}

fn zones(matrix: &Matrix) -> Grid {
    let mut grid = Grid::new(["from", "to", "may"]);
    for zone in &matrix.zones {
        for (to, may) in &zone.to {
            grid.row([&zone.from, to, may]);
        }
    }
    grid
}

fn shown(changed: &WhatIf, format: Format) -> Result<Outcome, CliError> {
    let mut grid = Grid::new(["change", "arrives_on", "from", "to", "service", "witness"]);
    for flow in &changed.flows {
        let witness = flow.witness.clone().unwrap_or_default();
        grid.row([flow.change, &flow.arrives_on, &flow.from, &flow.to, &flow.service, &witness]);
    }
    let answer = match format {
        Format::Json => return table::json(changed).map(Outcome::answer),
        Format::Csv => grid.csv()?,
        Format::Table => grid.text(),
    };
    let notes = format!("{} · {}\n", changed.summary, words::freshness(&changed.freshness));
    Ok(Outcome { notes, ..Outcome::answer(answer) })
}
