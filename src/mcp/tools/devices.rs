//! Devices behind the firewall, one row each.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::ask::DevicesQuery;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "devices",
    title: "Devices on the network",
    about: "Who is on the network: one row per device (MAC or DUID). \
            Other `columns`: mac, vendor, vlan, ipv6, reserved, randomised, lease, lease_expires, names. Everything about \
            one: `report` device.",
    input: schema::input::<Params>,
    output: schema::page,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Interface, VLAN, network or range: `IOT`, `vlan 30`, `10.0.0.0/24`.
    place: Option<String>,
    /// Name (or its beginning), MAC, DUID or IP address.
    name: Option<String>,
    /// Part of the manufacturer's name.
    vendor: Option<String>,
    /// All must hold: online, offline, reserved, unreserved, named, unknown (no name, no reservation), randomised.
    is: Option<Vec<String>>,
    /// First seen since: `7 days ago`.
    new_since: Option<String>,
    /// Not seen since.
    unseen_since: Option<String>,
    columns: Option<Vec<String>>,
    /// Default 50.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
    after: Option<String>,
    firewall: Option<String>,
    count_only: Option<bool>,
    as_of: Option<AsOf>,
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let params: Params = arguments::read(&TOOL, &call.arguments)?;
    let count_only = params.count_only.unwrap_or_default();
    let query = DevicesQuery {
        firewall: params.firewall,
        place: params.place,
        name: params.name,
        vendor: params.vendor,
        is: params.is.unwrap_or_default(),
        new_since: params.new_since,
        unseen_since: params.unseen_since,
        columns: params.columns.unwrap_or_default(),
        limit: params.limit,
        after: params.after,
        count_only,
    };
    let mut answer =
        call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?.devices(&query).await?;
    let summary = summary::of_answer(&answer, count_only);
    if count_only {
        answer.columns.clear();
    }
    Reply::new(summary, &answer)
}
