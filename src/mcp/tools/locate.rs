//! Everything known about one address or name.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "locate",
    title: "Find an address or name",
    about: "What is known about one IP address, MAC address or name, in every domain at once: leases, reservations, \
            neighbours, DNS, and the aliases and networks that cover it. `how`: exact, begins (of a name) or covers. At \
            most 40 mentions.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// `10.0.0.9`, `fd00::9`, `00:1b:21:aa:bb:cc`, `nas`, or the beginning of a name.
    what: String,
    firewall: Option<String>,
    as_of: Option<AsOf>,
}

fn output() -> JsonObject {
    let mention = json!({
        "type": "object",
        "properties": {
            "firewall": { "type": "string" },
            "domain": { "type": "string" },
            "column": { "type": "string" },
            "how": { "type": "string", "enum": ["exact", "begins", "covers"] },
            "row": { "type": "object", "additionalProperties": { "type": ["string", "integer", "boolean"] } },
        },
        "required": ["domain", "column", "how", "row"],
        "additionalProperties": false,
    });
    let properties = json!({
        "looked_for": { "type": "string" },
        "kind": { "type": "string", "enum": ["ip", "mac", "name"] },
        "mentions": { "type": "array", "items": mention },
        "labels": { "type": "array", "items": { "type": "object" }, "description": "The user's own words about devices." },
        "more": { "type": "boolean", "description": "More was found than is shown." },
    });
    schema::answer(properties, &["looked_for", "kind", "mentions"])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let ask = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?;
    let located = ask.locate(&params.what, params.firewall.as_deref()).await?;
    Reply::new(summary::of_located(&located), &located)
}
