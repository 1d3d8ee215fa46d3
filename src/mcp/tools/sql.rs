//! One statement of SQL.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Sql;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "sql",
    title: "One SQL SELECT over the index",
    about: "Joins and groupings that no other tool does: one read-only SQLite SELECT. A domain is a table of its name and columns \
            (`domains`); opndex://schema has all. Booleans are 0/1, times seconds since 1970, addresses sort by `ip_sort`.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

/// Bytes of an answer: about 8,000 tokens.
const BYTES: usize = 32_768;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// `SELECT interface_name, count(*) FROM arp GROUP BY 1`
    statement: String,
    /// Default 50.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
    as_of: Option<AsOf>,
}

fn output() -> JsonObject {
    let cell = json!({ "type": ["string", "number", "null"] });
    let properties = json!({
        "columns": { "type": "array", "items": { "type": "string" } },
        "rows": { "type": "array", "items": { "type": "array", "items": cell } },
        "truncated": { "type": "boolean" },
    });
    schema::answer(properties, &["columns", "rows", "truncated"])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let sql = Sql { statement: params.statement, limit: params.limit, bytes: BYTES };
    let ask = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?;
    let mut answer = ask.sql(&sql).await?;
    let summary = summary::of_sql(&answer);
    let rows = std::mem::take(&mut answer.rows);
    let mut reply = Reply::new(summary, &answer)?;
    if let Some(empty) = reply.data.get_mut("rows") {
        *empty = Value::Array(rows.into_iter().map(Value::Array).collect());
    }
    Ok(reply)
}
