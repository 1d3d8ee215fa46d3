//! `opndex sql`: one statement over the tables and views of the index.

use std::fmt::Write as _;

use crate::ask::{Ask, Sql, SqlAnswer};
use crate::types::clean;

use super::args::{Format, SqlArgs};
use super::error::CliError;
use super::outcome::Outcome;
use super::table::{self, Grid};
use super::words;

/// Bytes of an answer; a terminal has use for more than an agent.
const BYTES: usize = 8 << 20;

pub(super) async fn run(ask: &Ask, args: &SqlArgs, format: Format) -> Result<Outcome, CliError> {
    let Some(statement) = &args.statement else { return schema(ask, format).await };
    let sql = Sql { statement: statement.clone(), limit: Some(args.limit), bytes: BYTES };
    let answer = ask.sql(&sql).await?;
    let text = match format {
        Format::Json => return table::json(&answer).map(Outcome::answer),
        Format::Csv => grid(&answer).csv()?,
        Format::Table => grid(&answer).text(),
    };
    Ok(Outcome { notes: footer(&answer), ..Outcome::answer(text) })
}

fn grid(answer: &SqlAnswer) -> Grid {
    let mut grid = Grid::new(answer.columns.iter().map(|name| clean(name)));
    for row in &answer.rows {
        // A statement can make any character; a terminal would obey some.
        grid.row(row.iter().map(|cell| clean(&words::cell(cell)).into_owned()));
    }
    grid
}

fn footer(answer: &SqlAnswer) -> String {
    let rows = words::count(u64::try_from(answer.rows.len()).unwrap_or(u64::MAX), "row");
    let more = if answer.truncated { ", and there are more" } else { "" };
    let freshness = &answer.freshness;
    let moment = match freshness.as_of {
        Some(_) => format!(" · {}", words::freshness(freshness)),
        None => String::new(),
    };
    format!("{rows}{more}{moment}\n{}", words::notes(freshness))
}

/// Without a statement: what there is to ask.
async fn schema(ask: &Ask, format: Format) -> Result<Outcome, CliError> {
    let tables = ask.published().await?;
    if format == Format::Json {
        let named = tables
            .iter()
            .map(|t| serde_json::json!({ "name": t.name, "definition": t.definition }));
        return table::json(&named.collect::<Vec<_>>()).map(Outcome::answer);
    }
    let mut text = String::new();
    for table in &tables {
        let _ = writeln!(text, "{};\n", table.definition);
    }
    Ok(Outcome::answer(text))
}
