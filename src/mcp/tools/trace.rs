//! Which rule decides a packet.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::ask::TraceQuestion;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "trace",
    title: "Which rule decides",
    about: "Would this packet pass, and which firewall rule decides? Evaluates the indexed ruleset as pf does; sends \
            nothing. Use for \"why can't X reach Y\". Ends: address, device \
            name, network, interface, alias, internet, firewall.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    from: String,
    /// Receiver, `nas:443` with a port.
    to: String,
    /// tcp (default), udp, icmp, ...
    proto: Option<String>,
    port: Option<String>,
    /// Interface it arrives on, if unclear.
    interface: Option<String>,
    /// Firewall's local time, for schedules: 2026-11-25T20:15.
    at: Option<String>,
    as_of: Option<AsOf>,
    firewall: Option<String>,
}

fn output() -> JsonObject {
    let rule =
        json!({ "type": "object", "additionalProperties": { "type": ["string", "integer"] } });
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let properties = json!({
        "verdict": { "type": "string", "enum": ["pass", "block", "reject", "undecidable"] },
        "summary": text,
        "packet": text,
        "understood": texts,
        "arrives_on": text,
        "rule": rule,
        "nat": text,
        "route": text,
        "source_nat": text,
        "rule_out": rule,
        "reverse": text,
        "near": { "type": "array", "items": rule },
        "unknown": texts,
    });
    schema::answer(properties, &["verdict", "summary"])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let question = TraceQuestion {
        firewall: params.firewall,
        from: params.from,
        to: params.to,
        protocol: params.proto,
        port: params.port,
        interface: params.interface,
        at: params.at,
        ..TraceQuestion::default()
    };
    let ask = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?;
    let trace = ask.trace(&question).await?;
    Reply::new(summary::of_verdict(trace.verdict, &trace.freshness), &trace)
}
