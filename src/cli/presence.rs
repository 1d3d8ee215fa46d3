//! `opndex presence`: who had which address when.

use crate::ask::{Ask, LabelRow, PresenceAnswer, PresenceAsked};

use super::args::{Format, PresenceArgs};
use super::error::CliError;
use super::outcome::Outcome;
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(
    ask: &Ask,
    args: &PresenceArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    let asked = PresenceAsked {
        about: args.about.clone(),
        firewall: args.firewall.clone(),
        since: args.since.clone(),
        until: args.until.clone(),
        limit: args.limit,
        after: args.after.clone(),
    };
    let answer = ask.presence(&asked).await?;
    if format == Format::Json {
        return table::json(&answer).map(Outcome::answer);
    }
    let grid = intervals(&answer);
    let text = match format {
        Format::Csv => grid.csv()?,
        _ => grid.without_empty_columns().text(),
    };
    Ok(Outcome { notes: footer(&answer), ..Outcome::answer(text) })
}

fn intervals(answer: &PresenceAnswer) -> Grid {
    let mut grid =
        Grid::new(["firewall", "ip", "device", "label", "interface", "since", "until", "present"]);
    for one in &answer.intervals {
        grid.row([
            one.firewall.clone().unwrap_or_default(),
            one.ip.clone(),
            one.device.clone(),
            label(&answer.labels, &one.device),
            one.interface.clone(),
            one.since.to_string(),
            one.until.to_string(),
            words::cell(&one.present.into()),
        ]);
    }
    grid
}

/// What the user calls the device.
fn label(labels: &[LabelRow], device: &str) -> String {
    let label = labels.iter().find(|label| label.device.eq_ignore_ascii_case(device));
    label.and_then(|label| label.name.clone().or_else(|| label.owner.clone())).unwrap_or_default()
}

fn footer(answer: &PresenceAnswer) -> String {
    let shown = words::count(u64::try_from(answer.intervals.len()).unwrap_or(u64::MAX), "row");
    let next = answer.next.as_ref().map(|next| format!("next page: --after {next}\n"));
    let freshness = &answer.freshness;
    format!(
        "{shown} · {}\n{}{}",
        words::freshness(freshness),
        words::notes(freshness),
        next.unwrap_or_default()
    )
}
