//! What may be reached, by which rules, and what a change would open or close.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::ask::{Proposal, ReachQuestion};
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "reach",
    title: "What may be reached",
    about: "What one set of senders may reach of another, by which rules: disjoint parts, exact. Without from and to: all zones. With `propose` or \
            `since`: only flows that open or close. Ends as in trace.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    from: Option<String>,
    to: Option<String>,
    proto: Option<String>,
    /// `443` or `8000-8100`.
    port: Option<String>,
    /// Only pass, block, reject or undecidable.
    verdict: Option<String>,
    limit: Option<u32>,
    /// `{add: [rule], remove: [uuid]}`; rules with the columns of `firewall_rules`.
    propose: Option<Map<String, Value>>,
    /// Compare with this moment.
    since: Option<String>,
    as_of: Option<AsOf>,
    firewall: Option<String>,
}

fn output() -> JsonObject {
    let any = json!({ "type": ["string", "integer", "object"] });
    let list =
        json!({ "type": "array", "items": { "type": "object", "additionalProperties": any } });
    let properties = json!({
        "summary": { "type": "string" },
        "parts": list,
        "flows": list,
        "zones": list,
        "total": { "type": "integer" },
        "unknown": { "type": "array", "items": { "type": "string" } },
    });
    schema::answer(properties, &[])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let ask = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?;
    let (Some(from), Some(to)) = (params.from, params.to) else {
        let matrix = ask.matrix(params.firewall.as_deref()).await?;
        return Reply::new(summary::of_verdict("zones", &matrix.freshness), &matrix);
    };
    let question = ReachQuestion {
        firewall: params.firewall,
        from,
        to,
        protocol: params.proto,
        port: params.port,
        interface: None,
        at: None,
        verdict: params.verdict,
        limit: params.limit.and_then(|n| usize::try_from(n).ok()),
    };
    let changed = match (params.propose, params.since) {
        (Some(proposal), _) => {
            let proposal: Proposal = serde_json::from_value(Value::Object(proposal))
                .map_err(|cause| Failure::refusal(format!("cannot read `propose`: {cause}")))?;
            ask.what_if(&question, &proposal).await?
        }
        (None, Some(since)) => {
            let earlier = call.ask.at(Some(&since)).await?;
            ask.what_changed(&question, &earlier).await?
        }
        (None, None) => {
            let reach = ask.reach(&question).await?;
            return Reply::new(summary::of_verdict("parts", &reach.freshness), &reach);
        }
    };
    Reply::new(summary::of_verdict("changes", &changed.freshness), &changed)
}
