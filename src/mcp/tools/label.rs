//! What the user says about a device, written into the local index.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ask::LabelChange;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema};

use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "label",
    title: "Label a device",
    about: "Write the user's own words about a device into the local index, only when asked. Absent fields stay, empty ones are removed.",
    input: schema::input::<Params>,
    output: schema::output::<Labelled>,
    effect: Effect::Annotates,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// MAC, IP or name of one device.
    device: String,
    name: Option<String>,
    owner: Option<String>,
    group: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Labelled {
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let change = LabelChange {
        name: params.name,
        owner: params.owner,
        group: params.group,
        note: params.note,
    };
    if change == LabelChange::default() {
        return Err(Failure::refusal(
            "`label`: give at least one of `name`, `owner`, `group`, `note`",
        ));
    }
    let label = call.ask.label(&params.device, change).await?;
    let labelled = Labelled {
        device: label.device,
        name: label.name,
        owner: label.owner,
        group: label.group,
        note: label.note,
    };
    Reply::new("The label is written.".to_owned(), &labelled)
}
