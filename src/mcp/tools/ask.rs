//! Plain English.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::ask::{Asked, Found, Outcome};
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "ask",
    title: "Ask in plain English",
    about: "Answers a short English question by matching its words with the index, without a model: who is on the guest network, \
            is the nas online, rules blocking port 445, unused aliases. `understood` and `call` say how it was read. \
            Unsure, it returns `readings` to choose from. For exact work use the other tools.",
    input: schema::input::<Params>,
    output,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    question: String,
    firewall: Option<String>,
    as_of: Option<AsOf>,
}

fn output() -> JsonObject {
    let properties = json!({
        "outcome": { "type": "string", "enum": ["answered", "unsure", "refused"] },
        "kind": { "type": "string" },
        "understood": { "type": "string" },
        "call": { "type": "object" },
        "message": { "type": "string" },
        "readings": { "type": "array", "items": { "type": "object" } },
        "answer": { "type": "object" },
    });
    schema::object(properties, &["outcome"])
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let ask = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?;
    let asked = ask.english(&params.question, params.firewall.as_deref()).await?;
    Reply::new(told(&asked), &asked)
}

/// Our own words: what was understood may quote the question, so it stays in the data.
fn told(asked: &Asked) -> String {
    match (asked.outcome, &asked.answer) {
        (Outcome::Answered, Some(Found::Rows(answer))) => summary::of_answer(answer, false),
        (Outcome::Answered, _) => "Answered; see `answer`.".to_owned(),
        (Outcome::Refused, _) => {
            "Understood, and not to be answered here; `message` says why.".to_owned()
        }
        _ => "Not understood for sure; choose one of `readings` or ask otherwise.".to_owned(),
    }
}
