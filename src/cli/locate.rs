//! `opndex locate`: everything that mentions an address or a name, by domain.

use serde_json::{Map, Value};

use crate::ask::{Ask, Located, Mention};
use crate::domain;

use super::args::{Format, LocateArgs};
use super::error::CliError;
use super::outcome::Outcome;
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(ask: &Ask, args: &LocateArgs, format: Format) -> Result<Outcome, CliError> {
    let located = ask.locate(&args.text, args.firewall.as_deref()).await?;
    let answer = match format {
        Format::Json => return table::json(&located).map(Outcome::answer),
        Format::Csv => csv(&located)?,
        Format::Table => text(&located),
    };
    Ok(Outcome { notes: footer(&located), ..Outcome::answer(answer) })
}

/// A heading and a table for each domain, the best match first.
pub(super) fn text(located: &Located) -> String {
    let mut domains: Vec<&'static str> = Vec::new();
    for mention in &located.mentions {
        if !domains.contains(&mention.domain) {
            domains.push(mention.domain);
        }
    }
    let section = |domain: &&'static str| {
        let mentions: Vec<&Mention> =
            located.mentions.iter().filter(|mention| mention.domain == *domain).collect();
        format!("{domain}\n{}", grid(domain, &mentions).text())
    };
    domains.iter().map(section).collect::<Vec<_>>().join("\n")
}

fn grid(domain: &str, mentions: &[&Mention]) -> Grid {
    let columns = columns(domain);
    let mut grid = Grid::new(["firewall", "found_by"].into_iter().chain(columns.iter().copied()));
    for mention in mentions {
        let firewall = mention.firewall.clone().unwrap_or_default();
        let found_by = format!("{} ({})", mention.column, mention.how);
        let cells = columns.iter().map(|column| cell(&mention.row, column));
        grid.row([firewall, found_by].into_iter().chain(cells));
    }
    grid.without_empty_columns()
}

/// In the order of the domain; the rows of mentions have none.
pub(super) fn columns(domain: &str) -> Vec<&'static str> {
    domain::by_name(domain)
        .map(|domain| domain.columns().iter().map(|column| column.name).collect())
        .unwrap_or_default()
}

fn cell(row: &Map<String, Value>, column: &str) -> String {
    row.get(column).map(words::cell).unwrap_or_default()
}

pub(super) fn footer(located: &Located) -> String {
    let mentions = u64::try_from(located.mentions.len()).unwrap_or(u64::MAX);
    let more = if located.more { " (and more: ask for a longer name)" } else { "" };
    format!(
        "{} of {} `{}`{more} · {}\n{}",
        words::count(mentions, "mention"),
        located.kind,
        located.looked_for,
        words::freshness(&located.freshness),
        words::notes(&located.freshness)
    )
}

/// One line for each field; `mention` tells rows apart.
fn csv(located: &Located) -> Result<String, CliError> {
    let mut grid = Grid::new(["mention", "firewall", "domain", "column", "how", "field", "value"]);
    for (number, mention) in (1_usize..).zip(&located.mentions) {
        for (field, value) in &mention.row {
            let firewall = mention.firewall.clone().unwrap_or_default();
            let (number, value) = (number.to_string(), words::cell(value));
            grid.row([
                &number,
                &firewall,
                mention.domain,
                mention.column,
                mention.how,
                field,
                &value,
            ]);
        }
    }
    grid.csv()
}
