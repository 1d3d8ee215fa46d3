//! Everything known about one address or name.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::PresenceAsked;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "locate",
    title: "Find an address or name",
    about: "What is known about one IP address, MAC address or name in every domain, with the aliases and networks that \
            cover it. With `history`: who had this address when, \
            or which addresses this device had.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// IP or MAC address, or a name or its beginning.
    what: String,
    #[serde(default)]
    history: bool,
    /// Bounds of the history; both alike: who had it then.
    since: Option<String>,
    until: Option<String>,
    after: Option<String>,
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
        "intervals": { "type": "array", "items": { "type": "object" } },
        "labels": { "type": "array", "items": { "type": "object" } },
        "more": { "type": "boolean" },
        "next": { "type": "string" },
    });
    schema::answer(properties, &[])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let ask = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?;
    if params.history {
        let asked = PresenceAsked {
            about: Some(params.what),
            firewall: params.firewall,
            since: params.since,
            until: params.until,
            limit: None,
            after: params.after,
        };
        let answer = ask.presence(&asked).await?;
        return Reply::new(summary::of_presence(&answer), &answer);
    }
    if params.since.is_some() || params.until.is_some() || params.after.is_some() {
        return Err(Failure::refusal(
            "`since`, `until` and `after` are about the history; add `history`: true, or ask `as_of` a moment",
        ));
    }
    let mut located = ask.locate(&params.what, params.firewall.as_deref()).await?;
    let summary = summary::of_located(&located);
    // Two hundred cells of a dozen mentions are moved, not copied one by one.
    let rows: Vec<_> = located.mentions.iter_mut().map(|m| std::mem::take(&mut m.row)).collect();
    let mut reply = Reply::new(summary, &located)?;
    let mentions = reply.data.get_mut("mentions").and_then(Value::as_array_mut);
    for (mention, row) in mentions.into_iter().flatten().zip(rows) {
        if let Some(empty) = mention.get_mut("row") {
            *empty = Value::Object(row);
        }
    }
    Ok(reply)
}
