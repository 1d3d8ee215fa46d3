//! What changed, when, and who did it.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::ask::ChangesAsked;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "changes",
    title: "What changed",
    about: "What changed, newest first: rows added, removed, modified (`changed`: column to [before, after]) or moved (an address \
            another device had), with who saved the configuration where known. Default: configuration only.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Like `tuesday`, `yesterday 14:00`, RFC 3339.
    since: Option<String>,
    until: Option<String>,
    /// A domain, or `all`.
    domain: Option<String>,
    /// IP, MAC, name or UUID; looks in every domain.
    about: Option<String>,
    /// Also what changes by itself: expiry, ages, counters.
    #[serde(default)]
    noise: bool,
    firewall: Option<String>,
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
    after: Option<String>,
}

fn output() -> JsonObject {
    let properties = json!({
        "changes": { "type": "array", "items": { "type": "object" } },
        "next": { "type": "string" },
    });
    schema::answer(properties, &["changes"])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let asked = ChangesAsked {
        since: params.since,
        until: params.until,
        domain: params.domain,
        about: params.about,
        noise: params.noise,
        firewall: params.firewall,
        limit: params.limit,
        after: params.after,
    };
    let answer = call.ask.changes(&asked).await?;
    Reply::new(summary::of_changes(&answer), &answer)
}
