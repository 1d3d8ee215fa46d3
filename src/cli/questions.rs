//! The questions of the demo: asked in words, typed as a command, answered by the database.

use std::fmt::Write as _;

use crate::ask::{Answer, Ask, Mention, Query};
use crate::types::Clock;

use super::error::CliError;
use super::locate;
use super::query;
use super::table::Grid;
use super::words;

/// Rows of an answer in the demo: enough to see what it is like.
const ROWS: u32 = 8;

/// Characters of a row that a mention shows.
const SHOWN: usize = 96;

/// Columns that identify a row to a program and say nothing to a person.
const TECHNICAL: [&str; 8] =
    ["uuid", "duplicate", "item", "position", "client_id", "duid", "key", "backend"];

/// Asks all of them; the text is for a person.
pub(super) async fn ask_all(ask: &Ask, clock: &Clock) -> Result<String, CliError> {
    let on_iot = Question {
        words: "Which leases are active on the IOT network right now?",
        domain: "dhcp_leases",
        conditions: vec![format!(
            "interface_name = IOT and state = active and expires > {}",
            clock.now()
        )],
        columns: &["ip", "hostname", "mac", "vendor", "expires"],
    };
    let (leases, answer) = on_iot.asked(ask).await?;
    let someone = first_address(&answer).unwrap_or_else(|| "192.168.30.16".to_owned());
    let parts = [
        located(ask, "Who is `nas`?", "nas").await?,
        VLANS.asked(ask).await?.0,
        leases,
        rules().asked(ask).await?.0,
        located(ask, &format!("Who has {someone}?"), &someone).await?,
    ];
    let numbered = (1_usize..).zip(parts).map(|(number, part)| format!("{number}. {part}"));
    Ok(numbered.collect::<Vec<_>>().join("\n"))
}

struct Question {
    words: &'static str,
    domain: &'static str,
    conditions: Vec<String>,
    columns: &'static [&'static str],
}

const VLANS: Question = Question {
    words: "Which VLANs exist?",
    domain: "vlans",
    conditions: Vec::new(),
    columns: &["tag", "device", "parent", "interface_name", "description"],
};

/// In pf's order, because that is the order of the primary key. `!` stays with what it negates.
fn rules() -> Question {
    Question {
        words: "Which rules name the GUEST interface, in the order in which pf evaluates them?",
        domain: "firewall_rules",
        conditions: vec!["interface_name ~ GUEST and origin != automatic".to_owned()],
        columns: &[
            "action",
            "quick",
            "direction",
            "interface_name",
            "protocol",
            "source",
            "destination",
            "destination_port",
            "description",
        ],
    }
}

impl Question {
    async fn asked(&self, ask: &Ask) -> Result<(String, Answer), CliError> {
        let columns: Vec<String> = self.columns.iter().map(|&name| name.to_owned()).collect();
        let mut command = format!("opndex query {}", self.domain);
        for condition in &self.conditions {
            let _ = write!(command, " --where '{condition}'");
        }
        let _ = write!(command, " --columns {} --limit {ROWS}", columns.join(","));
        let query = Query {
            domain: self.domain.to_owned(),
            filters: self.conditions.clone(),
            columns,
            limit: Some(ROWS),
            ..Query::default()
        };
        let answer = ask.query(&query).await?;
        let (rows, footer) = (query::grid(&answer).text(), query::footer(&answer));
        Ok((shown(self.words, &command, &rows, &footer), answer))
    }
}

async fn located(ask: &Ask, words: &str, text: &str) -> Result<String, CliError> {
    let located = ask.locate(text, None).await?;
    let command = format!("opndex locate {text}");
    let mut grid = Grid::new(["domain", "found_by", "row"]);
    for mention in &located.mentions {
        let found_by = format!("{} ({})", mention.column, mention.how);
        grid.row([mention.domain.to_owned(), found_by, facts(mention)]);
    }
    Ok(shown(words, &command, &grid.text(), &locate::footer(&located)))
}

/// A row in one line; the command itself shows it in full.
fn facts(mention: &Mention) -> String {
    let cells = locate::columns(mention.domain).into_iter().filter_map(|name| {
        let value = mention.row.get(name).filter(|_| !TECHNICAL.contains(&name))?;
        Some(format!("{name} {}", words::cell(value)))
    });
    let facts: Vec<String> = cells.collect();
    let text = facts.join(", ");
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

fn shown(words: &str, command: &str, rows: &str, footer: &str) -> String {
    format!("{words}\n   $ {command}\n\n{rows}{footer}")
}

fn first_address(answer: &Answer) -> Option<String> {
    answer.rows.first()?.first()?.as_str().map(str::to_owned)
}
