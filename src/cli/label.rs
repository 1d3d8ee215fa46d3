//! `opndex label`: what the user says about devices.

use crate::ask::{Ask, LabelChange, LabelRow};

use super::args::{Format, LabelArgs};
use super::error::CliError;
use super::outcome::Outcome;
use super::table::{self, Grid};

pub(super) async fn run(ask: &Ask, args: &LabelArgs, format: Format) -> Result<Outcome, CliError> {
    let Some(device) = &args.device else {
        return shown(&ask.labels().await?, format);
    };
    if args.remove {
        let text = match ask.label_remove(device).await? {
            Some(client) => format!("nothing is said about {client} any more\n"),
            None => format!("nothing was said about {device}\n"),
        };
        return Ok(Outcome { notes: text, ..Outcome::default() });
    }
    let change = LabelChange {
        name: args.label_name.clone(),
        owner: args.owner.clone(),
        group: args.group.clone(),
        note: args.note.clone(),
    };
    if change == LabelChange::default() {
        let client = ask.label(device, change).await?;
        return shown(&[client], format);
    }
    shown(&[ask.label(device, change).await?], format)
}

fn shown(labels: &[LabelRow], format: Format) -> Result<Outcome, CliError> {
    if format == Format::Json {
        return table::json(&labels).map(Outcome::answer);
    }
    let mut grid = Grid::new(["device", "name", "owner", "group", "note"]);
    for label in labels {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        grid.row([
            label.device.clone(),
            text(&label.name),
            text(&label.owner),
            text(&label.group),
            text(&label.note),
        ]);
    }
    Ok(Outcome::answer(if format == Format::Csv { grid.csv()? } else { grid.text() }))
}
