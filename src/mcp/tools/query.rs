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
    about: "List or count rows of one domain (leases, rules, aliases, VLANs, ...). `total` counts all matches; columns \
            empty on the whole page are left out unless asked for. Column names and operators: `domains` with the domain.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    domain: DomainName,
    /// All must hold: `ip in 10.0.0.0/24`, `hostname = nas*`, `description ~ camera`, `enabled = false`, `mac is null`.
    #[serde(rename = "where")]
    filters: Option<Vec<String>>,
    columns: Option<Vec<String>>,
    /// Default 50.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
    firewall: Option<String>,
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
