//! The joined questions of a network administrator.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::ask::ReportQuery;
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::report_name::ReportName;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "report",
    title: "Joined questions",
    about: "Answers that join domains. `about`: an interface (optional) for networks, vlans, rules, dhcp_servers; an \
            interface for references; a device for device; an address or device for rules_for_address; a port for \
            rules_for_port; a name (optional) for names, reservations, aliases. `only`: problems, or pass or block (of \
            rules).",
    input: schema::input::<Params>,
    output: schema::page,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    report: ReportName,
    about: Option<String>,
    only: Option<String>,
    columns: Option<Vec<String>>,
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
    let query = ReportQuery {
        report: params.report.0,
        about: params.about,
        only: params.only,
        firewall: params.firewall,
        columns: params.columns.unwrap_or_default(),
        limit: params.limit,
        after: params.after,
        count_only,
    };
    let answer = call.ask.at(params.as_of.as_ref().map(AsOf::as_str)).await?.report(&query).await?;
    Reply::new(summary::of_answer(&answer, count_only), &answer)
}
