//! Rows of one domain.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Query;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::domain_name::DomainName;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "query",
    title: "Rows of one domain",
    about: "List or count rows of one domain: leases, rules, aliases, VLANs, ... `where` filters, `columns` narrows, \
            `total` counts all matches. Answered from the local index in milliseconds. `rows` are arrays in the order of `columns`; \
            columns empty on the whole page are left out unless asked for. Times are UTC. \
            For column names and operators call `domains` with the domain.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    domain: DomainName,
    /// Conditions that must all hold, such as `ip in 10.0.0.0/24`, `hostname = nas*`, `description ~ camera`,
    /// `expires > 2026-01-31`, `enabled = false`, `mac is null`.
    #[serde(rename = "where")]
    filters: Option<Vec<String>>,
    /// Default: every column that has a value.
    columns: Option<Vec<String>>,
    /// Rows per page, default 50.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
    /// `next` of the page before, with the same domain, where and firewall.
    after: Option<String>,
    /// Name of one firewall; default all.
    firewall: Option<String>,
    /// Return `total` without rows.
    count_only: Option<bool>,
    as_of: Option<AsOf>,
}

fn output() -> JsonObject {
    let strings = json!({ "type": "array", "items": { "type": "string" } });
    let cell = json!({ "type": ["string", "integer", "boolean", "null"] });
    let properties = json!({
        "domain": { "type": "string" },
        "columns": strings,
        "rows": { "type": "array", "items": { "type": "array", "items": cell } },
        "total": { "type": "integer", "description": "Matching rows in all, on this page or not." },
        "total_is_at_least": { "type": "boolean", "description": "Counting stopped at `total`." },
        "next": { "type": "string", "description": "Give it as `after`; absent on the last page." },
    });
    schema::answer(properties, &["domain", "columns", "rows", "total"])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let count_only = params.count_only.unwrap_or_default();
    let query = Query {
        domain: params.domain.0,
        firewall: params.firewall,
        filters: params.filters.unwrap_or_default(),
        columns: params.columns.unwrap_or_default(),
        limit: params.limit,
        after: params.after,
        count_only,
        as_of: params.as_of.map(|moment| moment.0),
    };
    let mut answer = call.ask.query(&query).await?;
    let summary = summary::of_answer(&answer, count_only);
    if count_only {
        answer.columns.clear();
    }
    // A page of a thousand rows is moved, not copied cell by cell.
    let rows = std::mem::take(&mut answer.rows);
    let mut reply = Reply::new(summary, &answer)?;
    if let Some(empty) = reply.data.get_mut("rows") {
        *empty = Value::Array(rows.into_iter().map(Value::Array).collect());
    }
    Ok(reply)
}
