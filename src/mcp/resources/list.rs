//! What there is to read.

use rmcp::model::{Resource, ResourceTemplate};

use crate::ask::{Ask, AskError};

const JSON: &str = "application/json";
const SQL: &str = "application/sql";

/// Runs that are listed: the newest that changed something.
const RUNS: usize = 5;

/// How many runs are looked through for those; most runs of a quiet network change a lease or two.
const LOOKED_AT: u32 = 50;

/// What is always there, and the newest runs that changed something.
pub(crate) async fn listed(ask: &Ask) -> Result<Vec<Resource>, AskError> {
    let mut all = vec![
        resource(
            "opndex://schema",
            "schema",
            "Tables and views",
            SQL,
            "Definition of every table and view that `sql` reads; comments say what each column is.",
        ),
        resource(
            "opndex://domains",
            "domains",
            "Domains",
            JSON,
            "Every domain with its number of rows and its age.",
        ),
        resource(
            "opndex://status",
            "status",
            "Freshness",
            JSON,
            "How fresh and complete the index is, per firewall and domain.",
        ),
    ];
    let runs = ask.runs(LOOKED_AT).await?;
    all.extend(runs.into_iter().filter(|run| run.changed > 0).take(RUNS).map(|run| {
        let about = format!(
            "Sync run of {}, {}: {} rows changed.",
            run.started_at, run.outcome, run.changed
        );
        resource(
            &format!("opndex://run/{}", run.run),
            &format!("run-{}", run.run),
            "Sync run",
            JSON,
            &about,
        )
    }));
    Ok(all)
}

fn resource(uri: &str, name: &str, title: &str, kind: &str, about: &str) -> Resource {
    Resource::new(uri, name).with_title(title).with_mime_type(kind).with_description(about)
}

/// What there is to read by name.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let template = |uri: &str, name: &str, title: &str, kind: &str, about: &str| {
        ResourceTemplate::new(uri, name)
            .with_title(title)
            .with_mime_type(kind)
            .with_description(about)
    };
    vec![
        template(
            "opndex://device/{device}",
            "device",
            "A device",
            JSON,
            "Everything known about one address, hardware address or name.",
        ),
        template(
            "opndex://domains/{domain}",
            "domain",
            "A domain",
            JSON,
            "Columns of one domain, and how `query` filters them.",
        ),
        template(
            "opndex://rule/{rule}",
            "rule",
            "A firewall rule",
            JSON,
            "One firewall rule by its identifier (column `uuid`).",
        ),
        template("opndex://run/{run}", "run", "A sync run", JSON, "One sync run by its number."),
        template(
            "opndex://schema/{table}",
            "table",
            "A table or view",
            SQL,
            "Definition of one table or view that `sql` reads.",
        ),
    ]
}
