//! `opndex report`: questions that join domains.

use serde_json::json;

use crate::ask::{Ask, ReportQuery, reports};

use super::args::{Format, ReportArgs};
use super::error::CliError;
use super::outcome::Outcome;
use super::query;
use super::table::{self, Grid};

pub(super) async fn run(ask: &Ask, args: &ReportArgs, format: Format) -> Result<Outcome, CliError> {
    let question = ReportQuery {
        report: args.report.clone().unwrap_or_default(),
        about: args.about.clone(),
        only: args.only.clone(),
        firewall: args.firewall.clone(),
        columns: args.columns.clone(),
        limit: args.limit,
        after: args.after.clone(),
        count_only: args.count,
    };
    let answer = ask.report(&question).await?;
    query::show(&answer, args.count, format)
}

/// Which reports there are; from declarations alone, so no database is needed.
pub(super) fn list(format: Format) -> Result<Outcome, CliError> {
    let all = reports();
    if format == Format::Json {
        return table::json(&json!({ "reports": all })).map(Outcome::answer);
    }
    let mut grid = Grid::new(["report", "about", "what it says"]);
    for report in &all {
        let takes = match (report.takes, report.optional) {
            ("nothing", _) => String::new(),
            (takes, true) => format!("[{}]", takes.to_uppercase()),
            (takes, false) => takes.to_uppercase(),
        };
        grid.row([report.name, &takes, report.about]);
    }
    match format {
        Format::Csv => Ok(Outcome::answer(grid.csv()?)),
        _ => Ok(Outcome::answer(grid.text())),
    }
}
