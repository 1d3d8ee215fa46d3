//! Bad rules.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::ask::{LintQuestion, Severity};
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "lint",
    title: "Find bad rules",
    about: "Rules that never decide, contradict each other, are too open or refer to nothing; exposures to the internet; unused or empty \
            aliases; DNS and DHCP oddities. Worst first, each with evidence and advice.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// At least: high, medium, low, info.
    severity: Option<String>,
    /// Only this code, such as `shadowed_rule`.
    code: Option<String>,
    /// Default 30.
    limit: Option<u32>,
    as_of: Option<AsOf>,
    firewall: Option<String>,
}

fn output() -> JsonObject {
    let item = json!({ "type": ["string", "array"], "items": { "type": "string" } });
    let properties = json!({
        "findings": { "type": "array", "items": { "type": "object", "additionalProperties": item } },
        "total": { "type": "integer" },
        "counts": { "type": "object", "additionalProperties": { "type": "integer" } },
        "unknown": { "type": "array", "items": { "type": "string" } },
    });
    schema::answer(properties, &["findings", "total"])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let severity = match params.severity.as_deref() {
        None => None,
        Some("high") => Some(Severity::High),
        Some("medium") => Some(Severity::Medium),
        Some("low") => Some(Severity::Low),
        Some("info") => Some(Severity::Info),
        Some(other) => {
            return Err(Failure::refusal(format!(
                "`{other}` is no severity; use high, medium, low or info"
            )));
        }
    };
    let question = LintQuestion {
        firewall: params.firewall,
        severity,
        code: params.code,
        limit: params.limit.and_then(|n| usize::try_from(n).ok()),
        suppressions: Vec::new(),
    };
    let ask = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?;
    let lint = ask.lint(&question).await?;
    Reply::new(summary::of_verdict("findings", &lint.freshness), &lint)
}
