//! What is in the index, and how to ask for it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ask::{Ask, AskError, ColumnInfo, DomainInfo, Status, catalog};
use crate::domain::AnyDomain;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::domain_name::DomainName;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "domains",
    title: "What is in the index",
    about: "Without argument: every domain (kind of thing known) with its rows and age. With \
            `domain`: what it is, its columns, and the filter operators for `query`.",
    input: schema::input::<Params>,
    output: schema::output::<Domains>,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

/// What `where` understands, by kind of column. A test asks every one of them.
const OPERATORS: &[(&str, &str)] = &[
    ("boolean", "= true, = false, is null"),
    ("integer", "=, !=, <, <=, >, >=, in (1, 2), is null"),
    (
        "ip",
        "= ADDRESS, !=, <, <=, >, >=, in 10.0.0.0/24, in 10.0.0.5-10.0.0.9, in (10.0.0.5, 10.0.0.9), is null",
    ),
    ("mac", "= 00:1b:21:aa:bb:cc, !=, in (..), is null"),
    ("name", "=, !=, = nas* (beginning), ~ part, in (a, 'b c'), is null, is not null"),
    ("networks", "covers ADDRESS, in 10.0.0.0/24, ~ part, is null"),
    ("text", "=, !=, = nas* (beginning), ~ part, in (a, 'b c'), is null, is not null"),
    ("time", "=, !=, <, <=, > 2026-01-31, >= 2026-01-31T08:00:00Z, is null"),
];

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Describe this one in full.
    domain: Option<DomainName>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Domains {
    domains: Vec<Line>,
    /// By kind of column.
    #[serde(skip_serializing_if = "Option::is_none")]
    operators: Option<BTreeMap<&'static str, &'static str>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'static str>,
    /// Summed over the firewalls.
    rows: i64,
    /// Of the oldest source; absent when never read.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_s: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
    /// Something is known to be missing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<Column>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Column {
    name: &'static str,
    kind: &'static str,
    about: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    key: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    indexed: bool,
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let wanted = params.domain.map(|name| name.domain()).transpose()?.map(AnyDomain::name);
    let domains = described(call.ask, wanted).await?;
    let summary = told(&domains.domains, wanted.is_some());
    Reply::new(summary, &domains)
}

/// Every domain, or `wanted` in full.
pub(crate) async fn described(
    ask: &Ask,
    wanted: Option<&'static str>,
) -> Result<Domains, AskError> {
    let status = ask.status().await?;
    let mut lines = Vec::new();
    let mut operators = BTreeMap::new();
    for info in catalog().into_iter().filter(|info| wanted.is_none_or(|name| name == info.name)) {
        let mut line = line(&info, &status);
        if wanted.is_some() {
            operators.extend(
                OPERATORS
                    .iter()
                    .copied()
                    .filter(|(kind, _)| info.columns.iter().any(|c| c.kind == *kind)),
            );
            line.about = Some(info.about);
            line.columns = Some(info.columns.iter().map(column).collect());
        }
        lines.push(line);
    }
    Ok(Domains { domains: lines, operators: wanted.map(|_| operators) })
}

fn line(info: &DomainInfo, status: &Status) -> Line {
    let mut line = Line {
        name: info.name,
        about: None,
        rows: 0,
        age_s: None,
        stale: false,
        incomplete: false,
        columns: None,
    };
    for one in status
        .firewalls
        .iter()
        .flat_map(|firewall| &firewall.domains)
        .filter(|d| d.domain == info.name)
    {
        line.rows += one.rows;
        line.age_s = line.age_s.max(one.freshness.age_s);
        line.stale |= one.freshness.stale;
        line.incomplete |= !one.freshness.complete;
    }
    line.incomplete |= status.firewalls.is_empty();
    line
}

const fn column(info: &ColumnInfo) -> Column {
    Column {
        name: info.name,
        kind: info.kind,
        about: info.about,
        key: info.key,
        indexed: info.indexed,
    }
}

fn told(lines: &[Line], described: bool) -> String {
    if let ([line], true) = (lines, described) {
        let names: Vec<_> = line.columns.iter().flatten().map(|column| column.name).collect();
        return format!("{}: {} rows; columns: {}.", line.name, line.rows, names.join(", "));
    }
    let read = lines.iter().filter(|line| line.age_s.is_some());
    let stale = lines.iter().filter(|line| line.stale).map(|line| line.name).collect::<Vec<_>>();
    let oldest = lines.iter().filter_map(|line| line.age_s).max().map(summary::age);
    let oldest = oldest.map_or_else(String::new, |age| format!(", the oldest {age} ago"));
    let stale =
        if stale.is_empty() { String::new() } else { format!("; STALE: {}", stale.join(", ")) };
    format!("{} domains, {} of them read{oldest}{stale}.", lines.len(), read.count())
}
