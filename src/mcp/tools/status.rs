//! How fresh and complete the index is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ask::{DomainFreshness, FirewallStatus, Status};
use crate::mcp::reply::{Failure, Reply};
use crate::mcp::{arguments, schema, summary};

use super::as_of::AsOf;
use super::tool::{Call, Effect, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "status",
    title: "Freshness of the index",
    about: "How fresh and complete the index is, per firewall and domain, and how the last sync ended. Call it when an \
            answer was stale or incomplete.",
    input: schema::input::<Params>,
    output: schema::output::<Overview>,
    effect: Effect::Reads,
    call: |call| Box::pin(run(call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    as_of: Option<AsOf>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Overview {
    now: String,
    firewalls: Vec<Firewall>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Firewall {
    name: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    host_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    /// running, complete, partial, failed or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_reason: Option<String>,
    #[serde(skip)]
    in_order: usize,
    /// By age: the domains that are in order, each with its rows.
    fresh: Vec<String>,
    not_fresh: Vec<Domain>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Domain {
    name: &'static str,
    rows: i64,
    /// Rows that could not be read.
    rejects: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    stale: bool,
    complete: bool,
    notes: Vec<String>,
}

async fn run(call: Call<'_>) -> Result<Reply, Failure> {
    let Params { as_of } = arguments::read(&TOOL, &call.arguments)?;
    let ask = call.ask.at(as_of.as_ref().map(AsOf::as_str)).await?;
    let overview = Overview::from(ask.status().await?);
    Reply::new(told(&overview), &overview)
}

impl From<Status> for Overview {
    fn from(status: Status) -> Self {
        Self {
            now: status.now.to_string(),
            firewalls: status.firewalls.into_iter().map(Firewall::from).collect(),
        }
    }
}

impl From<FirewallStatus> for Firewall {
    fn from(status: FirewallStatus) -> Self {
        let in_order = |d: &DomainFreshness| d.freshness.complete && !d.freshness.stale;
        let (fresh, not_fresh): (Vec<_>, Vec<_>) = status.domains.into_iter().partition(in_order);
        Self {
            name: status.name,
            url: status.url,
            host_name: status.host_name,
            release: status.release,
            last_run: status.last_run,
            last_run_at: status.last_run_at.map(|at| at.to_string()),
            last_run_reason: status.last_run_reason,
            in_order: fresh.len(),
            fresh: by_age(&fresh),
            not_fresh: not_fresh.into_iter().map(Domain::from).collect(),
        }
    }
}

impl From<DomainFreshness> for Domain {
    fn from(one: DomainFreshness) -> Self {
        Self {
            name: one.domain,
            rows: one.rows,
            rejects: one.rejects,
            as_of: one.freshness.as_of.map(|at| at.to_string()),
            stale: one.freshness.stale,
            complete: one.freshness.complete,
            notes: one.freshness.notes,
        }
    }
}

/// `12 s old: arp 97, vlans 4`: one line for all of one age, as there are some eighty domains.
fn by_age(fresh: &[DomainFreshness]) -> Vec<String> {
    let mut ages: Vec<Option<i64>> = fresh.iter().map(|one| one.freshness.age_s).collect();
    // What is on no source of this firewall comes last.
    ages.sort_unstable_by_key(|age| age.unwrap_or(i64::MAX));
    let mut words: Vec<String> = ages.into_iter().map(aged).collect();
    words.dedup();
    let line = |age: &String| {
        let of_age = fresh.iter().filter(|one| aged(one.freshness.age_s) == *age);
        let named = of_age.map(|one| match one.freshness.age_s {
            Some(_) => format!("{} {}", one.domain, one.rows),
            None => one.domain.to_owned(),
        });
        format!("{age}: {}", named.collect::<Vec<_>>().join(", "))
    };
    words.iter().map(line).collect()
}

fn aged(age_s: Option<i64>) -> String {
    age_s.map_or_else(
        || "none on this firewall".to_owned(),
        |age_s| format!("{} old", summary::age(age_s)),
    )
}

fn told(overview: &Overview) -> String {
    if overview.firewalls.is_empty() {
        return "No firewall was ever synced: the index is empty.".to_owned();
    }
    let fresh: usize = overview.firewalls.iter().map(|f| f.in_order).sum();
    let others: Vec<_> =
        overview.firewalls.iter().flat_map(|f| &f.not_fresh).map(|d| d.name).collect();
    let rest = if others.is_empty() {
        String::new()
    } else {
        format!("; not in order: {}", others.join(", "))
    };
    format!("{} of {} domains are fresh and complete{rest}.", fresh, fresh + others.len())
}
