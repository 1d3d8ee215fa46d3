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
    about: "Every domain (kind of thing) with rows and age. With `domain`: its columns and the operators \
            of `query`.",
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
    /// Describe this one.
    domain: Option<DomainName>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Domains {
    /// Names of the cells in `rows`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<&'static str>,
    /// Every domain: name, rows of all firewalls, age of the oldest source in seconds (null: never read).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<(&'static str, i64, Option<i64>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stale: Vec<&'static str>,
    /// Of which something is known to be missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incomplete: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<Line>,
    /// By kind of column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    operators: BTreeMap<&'static str, &'static str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    name: &'static str,
    about: &'static str,
    rows: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_s: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
    columns: Vec<Column>,
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
    Reply::new(domains.told(), &domains)
}

/// Every domain, or `wanted` in full.
pub(crate) async fn described(
    ask: &Ask,
    wanted: Option<&'static str>,
) -> Result<Domains, AskError> {
    let status = ask.status().await?;
    let infos = catalog().into_iter().filter(|info| wanted.is_none_or(|name| name == info.name));
    let lines: Vec<Line> = infos.map(|info| line(&info, &status)).collect();
    if wanted.is_none() {
        return Ok(listed(&lines));
    }
    let domain = lines.into_iter().next();
    let kinds = || domain.iter().flat_map(|line| &line.columns);
    let used = |(kind, _): &(&str, &str)| kinds().any(|column| column.kind == *kind);
    let operators = OPERATORS.iter().copied().filter(used).collect();
    Ok(Domains { domain, operators, ..Domains::default() })
}

fn listed(lines: &[Line]) -> Domains {
    let named = |is: fn(&Line) -> bool| lines.iter().filter(|l| is(l)).map(|l| l.name).collect();
    Domains {
        columns: vec!["name", "rows", "age_s"],
        rows: lines.iter().map(|line| (line.name, line.rows, line.age_s)).collect(),
        stale: named(|line| line.stale),
        incomplete: named(|line| line.incomplete),
        ..Domains::default()
    }
}

fn line(info: &DomainInfo, status: &Status) -> Line {
    let mut line = Line {
        name: info.name,
        about: info.about,
        rows: 0,
        age_s: None,
        stale: false,
        incomplete: false,
        columns: info.columns.iter().map(column).collect(),
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

impl Domains {
    fn told(&self) -> String {
        if let Some(line) = &self.domain {
            let names: Vec<_> = line.columns.iter().map(|column| column.name).collect();
            return format!("{}: {} rows; columns: {}.", line.name, line.rows, names.join(", "));
        }
        let ages = || self.rows.iter().filter_map(|(_, _, age)| *age);
        let oldest = ages().max().map(summary::age);
        let oldest = oldest.map_or_else(String::new, |age| format!(", the oldest {age} ago"));
        let stale = if self.stale.is_empty() {
            String::new()
        } else {
            format!("; STALE: {}", self.stale.join(", "))
        };
        format!("{} domains, {} of them read{oldest}{stale}.", self.rows.len(), ages().count())
    }
}
