//! `opndex changes`: what changed, when, and who did it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::ask::{Ask, ChangeRow, ChangesAnswer, ChangesAsked, SavedBy};

use super::args::{ChangesArgs, Format};
use super::error::CliError;
use super::outcome::Outcome;
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(
    ask: &Ask,
    args: &ChangesArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    let asked = ChangesAsked {
        since: args.since.clone(),
        until: args.until.clone(),
        domain: args.domain.clone(),
        about: args.about.clone(),
        noise: args.noise,
        firewall: args.firewall.clone(),
        limit: args.limit,
        after: args.after.clone(),
    };
    let answer = ask.changes(&asked).await?;
    let text = match format {
        Format::Json => return table::json(&answer).map(Outcome::answer),
        Format::Csv => grid(&answer).csv()?,
        Format::Table => grid(&answer).without_empty_columns().text(),
    };
    Ok(Outcome { notes: footer(&answer), ..Outcome::answer(text) })
}

fn grid(answer: &ChangesAnswer) -> Grid {
    let mut grid = Grid::new(["at", "run", "firewall", "domain", "change", "row", "fields", "by"]);
    for change in &answer.changes {
        grid.row([
            change.at.to_string(),
            change.run.to_string(),
            change.firewall.clone().unwrap_or_default(),
            change.domain.to_owned(),
            change.kind.to_owned(),
            facts(&change.row),
            fields(change),
            change.by.as_ref().map(saved).unwrap_or_default(),
        ]);
    }
    grid
}

fn facts(row: &Map<String, Value>) -> String {
    let facts = row.iter().map(|(name, value)| format!("{name} {}", words::cell(value)));
    facts.collect::<Vec<_>>().join(", ")
}

/// `hostname: old -> new`.
fn fields(change: &ChangeRow) -> String {
    let shown = |value: Option<&Value>| match value.map(words::cell) {
        Some(text) if !text.is_empty() => text,
        _ => "(none)".to_owned(),
    };
    let fields = change
        .changed
        .iter()
        .map(|(name, pair)| format!("{name}: {} -> {}", shown(pair.get(0)), shown(pair.get(1))));
    fields.collect::<Vec<_>>().join("; ")
}

fn saved(by: &SavedBy) -> String {
    let mut text = by.user.clone().unwrap_or_default();
    let _ = write!(text, " at {}", by.at);
    if let Some(words) = &by.text {
        let _ = write!(text, ": {words}");
    }
    if by.one_of > 1 {
        let _ = write!(text, " (or one of {} other saves of that time)", by.one_of - 1);
    }
    text.trim_start().to_owned()
}

fn footer(answer: &ChangesAnswer) -> String {
    let shown = u64::try_from(answer.changes.len()).unwrap_or(u64::MAX);
    let more = if answer.next.is_some() { " and more" } else { "" };
    let freshness = &answer.freshness;
    let mut text =
        format!("{}{more} · {}\n", words::count(shown, "change"), words::freshness(freshness));
    text.push_str(&words::notes(freshness));
    if let Some(cursor) = &answer.next {
        let _ = writeln!(text, "next page: --after {cursor}");
    }
    text
}
