//! Completing what a person has begun to type.

use std::collections::BTreeSet;

use crate::ask::{Ask, AskError, Mention, Query};
use crate::domain;

/// Values that the protocol allows in one answer.
const MOST: usize = 100;

/// Runs that are offered.
const RUNS: u32 = 50;

/// Rules that are offered.
const RULES: u32 = 1_000;

/// Where devices are called something: a rule or an alias has a name too.
const NAMES: [(&str, &str); 4] = [
    ("arp", "hostname"),
    ("dhcp_leases", "hostname"),
    ("dhcp_reservations", "hostname"),
    ("dns_records", "name"),
];

/// Values of the variable of `template` that begin with `typed`; nothing when the template is not ours.
pub(crate) async fn of_template(
    ask: &Ask,
    template: &str,
    typed: &str,
) -> Result<Option<Vec<String>>, AskError> {
    let values = match template {
        "opndex://device/{device}" => return names(ask, typed).await.map(Some),
        "opndex://domains/{domain}" => domain::ALL.iter().map(|d| d.name().to_owned()).collect(),
        "opndex://rule/{rule}" => rules(ask).await?,
        "opndex://run/{run}" => {
            ask.runs(RUNS).await?.into_iter().map(|run| run.run.to_string()).collect()
        }
        "opndex://schema/{table}" => {
            ask.published().await?.into_iter().map(|table| table.name).collect()
        }
        _ => return Ok(None),
    };
    Ok(Some(beginning(values, typed)))
}

/// Names of devices.
pub(crate) async fn names(ask: &Ask, typed: &str) -> Result<Vec<String>, AskError> {
    // Half the network begins with one letter.
    let located = match ask.locate(typed, None).await {
        Ok(located) => located,
        Err(AskError::TooShort { .. }) => return Ok(Vec::new()),
        Err(cause) => return Err(cause),
    };
    let is_name = |m: &&Mention| NAMES.contains(&(m.domain, m.column));
    let named =
        located.mentions.iter().filter(is_name).filter_map(|m| m.row.get(m.column)?.as_str());
    let mut named: BTreeSet<String> = named.map(str::to_owned).collect();
    named.extend(ask.labels().await?.into_iter().filter_map(|label| label.name));
    Ok(beginning(named.into_iter().collect(), typed))
}

/// Names of firewalls.
pub(crate) async fn firewalls(ask: &Ask, typed: &str) -> Result<Vec<String>, AskError> {
    let known = ask.status().await?.firewalls.into_iter().map(|firewall| firewall.name);
    Ok(beginning(known.collect(), typed))
}

async fn rules(ask: &Ask) -> Result<Vec<String>, AskError> {
    let query = Query {
        domain: "firewall_rules".to_owned(),
        filters: vec!["uuid is not null".to_owned()],
        columns: vec!["uuid".to_owned()],
        limit: Some(RULES),
        ..Query::default()
    };
    let answer = ask.query(&query).await?;
    // Of several firewalls, the first cell is whose it is.
    let cells = answer.rows.into_iter().filter_map(|mut row| row.pop());
    Ok(cells.filter_map(|cell| cell.as_str().map(str::to_owned)).collect())
}

fn beginning(values: Vec<String>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let mut fitting: Vec<String> =
        values.into_iter().filter(|value| value.to_lowercase().starts_with(&typed)).collect();
    fitting.truncate(MOST);
    fitting
}
