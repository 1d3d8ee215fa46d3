//! `opndex query`: rows of one domain, or which domains there are.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use crate::ask::{Answer, Ask, AskError, DomainInfo, Query, Status, catalog};
use crate::domain;
use crate::types::did_you_mean;

use super::args::{Format, QueryArgs};
use super::error::CliError;
use super::outcome::Outcome;
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(
    ask: &Ask,
    args: &QueryArgs,
    as_of: Option<&str>,
    format: Format,
) -> Result<Outcome, CliError> {
    let Some(domain) = &args.domain else {
        return domains(&ask.at(as_of).await?.status().await?, args.firewall.as_deref(), format);
    };
    let query = Query {
        domain: domain.clone(),
        firewall: args.firewall.clone(),
        filters: args.conditions.clone(),
        columns: args.columns.clone(),
        limit: args.limit,
        after: args.after.clone(),
        count_only: args.count,
        as_of: as_of.map(str::to_owned),
    };
    let answer = ask.query(&query).await?;
    show(&answer, args.count, format)
}

/// An answer of rows, or their number alone.
pub(super) fn show(answer: &Answer, count: bool, format: Format) -> Result<Outcome, CliError> {
    match format {
        Format::Json => table::json(answer).map(Outcome::answer),
        Format::Csv if count => Ok(counted(format!("rows\n{}\n", answer.total), answer)),
        Format::Table if count => Ok(counted(format!("{}\n", total(answer)), answer)),
        Format::Csv => Ok(outcome(grid(answer).csv()?, answer)),
        Format::Table => Ok(outcome(grid(answer).text(), answer)),
    }
}

fn outcome(text: String, answer: &Answer) -> Outcome {
    Outcome { notes: footer(answer), ..Outcome::answer(text) }
}

fn counted(text: String, answer: &Answer) -> Outcome {
    let freshness = &answer.freshness;
    let mut notes = format!("{}\n{}", words::freshness(freshness), words::notes(freshness));
    if answer.total_is_at_least {
        notes.push_str("note: counting stopped there; there are more rows\n");
    }
    Outcome { notes, ..Outcome::answer(text) }
}

pub(super) fn grid(answer: &Answer) -> Grid {
    let mut grid = Grid::new(answer.columns.iter().copied());
    for row in &answer.rows {
        grid.row(row.iter().map(words::cell));
    }
    grid
}

/// How much of it this is, of what moment, what is missing, and how to go on.
pub(super) fn footer(answer: &Answer) -> String {
    let (shown, freshness) = (answer.rows.len(), &answer.freshness);
    let mut text = format!("{shown} of {} · {}\n", total(answer), words::freshness(freshness));
    text.push_str(&words::notes(freshness));
    if let Some(cursor) = &answer.next {
        let _ = writeln!(text, "next page: --after {cursor}");
    }
    text
}

fn total(answer: &Answer) -> String {
    let rows = words::count(answer.total, "row");
    if answer.total_is_at_least { format!("at least {rows}") } else { rows }
}

/// Every domain with the rows that the database has of it.
fn domains(status: &Status, firewall: Option<&str>, format: Format) -> Result<Outcome, CliError> {
    let rows = rows_by_domain(status, firewall)?;
    let described: Vec<Counted> =
        catalog().into_iter().map(|info| Counted { rows: rows(info.name), info }).collect();
    if format == Format::Json {
        return table::json(&json!({ "domains": described })).map(Outcome::answer);
    }
    let mut grid = Grid::new(["domain", "rows", "about"]);
    for one in &described {
        grid.row([one.info.name, &one.rows.to_string(), one.info.about]);
    }
    print(&grid, format, "columns of a domain: opndex query DOMAIN --describe\n")
}

#[derive(Serialize)]
struct Counted {
    #[serde(flatten)]
    info: DomainInfo,
    rows: i64,
}

fn rows_by_domain(
    status: &Status,
    firewall: Option<&str>,
) -> Result<impl Fn(&str) -> i64, AskError> {
    let all = &status.firewalls;
    let names = || all.iter().map(|one| one.name.as_str());
    let is_asked =
        move |name: &str| firewall.is_none_or(|wanted| wanted.trim().eq_ignore_ascii_case(name));
    if let Some(name) = firewall.filter(|_| !names().any(is_asked)) {
        return Err(AskError::UnknownFirewall {
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(name, names()),
            known: names().collect::<Vec<_>>().join(", "),
        });
    }
    Ok(move |domain: &str| {
        let asked = all.iter().filter(|one| is_asked(&one.name));
        asked
            .flat_map(|one| &one.domains)
            .filter(|one| one.domain == domain)
            .map(|one| one.rows)
            .sum()
    })
}

/// The columns of one domain; from declarations alone, so no database is needed.
pub(super) fn describe(name: &str, format: Format) -> Result<Outcome, CliError> {
    let wanted = name.trim().to_lowercase().replace('-', "_");
    let Some(info) = catalog().into_iter().find(|info| info.name == wanted) else {
        let names = || domain::ALL.iter().map(|domain| domain.name());
        return Err(CliError::Ask(AskError::UnknownDomain {
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(&wanted, names()),
            known: names().collect::<Vec<_>>().join(", "),
        }));
    };
    if format == Format::Json {
        return table::json(&info).map(Outcome::answer);
    }
    let mut grid = Grid::new(["column", "kind", "key", "indexed", "about"]);
    for column in &info.columns {
        let yes = |is: bool| if is { "yes" } else { "" };
        grid.row([column.name, column.kind, yes(column.key), yes(column.indexed), column.about]);
    }
    print(&grid, format, &format!("{}\n", info.about))
}

fn print(grid: &Grid, format: Format, notes: &str) -> Result<Outcome, CliError> {
    match format {
        Format::Csv => Ok(Outcome::answer(grid.csv()?)),
        _ => Ok(Outcome { notes: notes.to_owned(), ..Outcome::answer(grid.text()) }),
    }
}
