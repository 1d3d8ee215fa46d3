//! `/metrics`: freshness of every domain and calls of every tool, in Prometheus' text format.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::ask::{Ask, DomainFreshness, Status};
use crate::telemetry::Calls;

/// The text format, version 0.0.4.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Observed {
    pub ask: Ask,
    pub calls: Calls,
}

pub(super) async fn answer(observed: &Observed) -> Response {
    match observed.ask.status().await {
        Ok(status) => ([(CONTENT_TYPE, TEXT)], text(&status, &observed.calls)).into_response(),
        Err(cause) => {
            tracing::error!("the index cannot be read: {cause}");
            (StatusCode::SERVICE_UNAVAILABLE, "the index cannot be read; the log says why\n")
                .into_response()
        }
    }
}

/// A number of one domain of one firewall.
type Gauge = (&'static str, &'static str, fn(&DomainFreshness) -> Option<i64>);

const GAUGES: &[Gauge] = &[
    ("opndex_domain_rows", "Rows of the domain.", |d| Some(d.rows)),
    ("opndex_domain_rejects", "Rows that could not be read.", |d| Some(d.rejects)),
    ("opndex_domain_age_seconds", "Seconds since the firewall last confirmed the rows.", |d| {
        d.freshness.age_s
    }),
    ("opndex_domain_stale", "1 when a source did not answer when last asked.", |d| {
        Some(d.freshness.stale.into())
    }),
    ("opndex_domain_complete", "1 when nothing is known to be missing.", |d| {
        Some(d.freshness.complete.into())
    }),
];

fn text(status: &Status, calls: &Calls) -> String {
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    head(&mut text, "opndex_build_info", "gauge", "The version that answers.");
    let _ = writeln!(text, "opndex_build_info{{version=\"{version}\"}} 1");
    for (name, about, value) in GAUGES {
        head(&mut text, name, "gauge", about);
        for firewall in &status.firewalls {
            let label = label(&firewall.name);
            for domain in &firewall.domains {
                if let Some(value) = value(domain) {
                    let _ = writeln!(
                        text,
                        "{name}{{firewall=\"{label}\",domain=\"{}\"}} {value}",
                        domain.domain
                    );
                }
            }
        }
    }
    head(&mut text, "opndex_run_timestamp_seconds", "gauge", "When the newest run began.");
    for firewall in &status.firewalls {
        if let (Some(outcome), Some(at)) = (&firewall.last_run, firewall.last_run_at) {
            let _ = writeln!(
                text,
                "opndex_run_timestamp_seconds{{firewall=\"{}\",outcome=\"{}\"}} {}",
                label(&firewall.name),
                label(outcome),
                at.seconds()
            );
        }
    }
    let tallies = calls.tallies();
    head(&mut text, "opndex_calls_total", "counter", "Calls of a tool by how they ended.");
    for (tool, tally) in &tallies {
        let ends =
            [("answered", tally.answered), ("refused", tally.refused), ("failed", tally.failed)];
        for (end, count) in ends {
            let _ =
                writeln!(text, "opndex_calls_total{{tool=\"{tool}\",outcome=\"{end}\"}} {count}");
        }
    }
    head(&mut text, "opndex_call_seconds_total", "counter", "Time spent in calls of a tool.");
    for (tool, tally) in &tallies {
        let _ = writeln!(
            text,
            "opndex_call_seconds_total{{tool=\"{tool}\"}} {:.6}",
            tally.took.as_secs_f64()
        );
    }
    text
}

fn head(text: &mut String, name: &str, kind: &str, about: &str) {
    let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} {kind}");
}

/// A label's value as the format wants it escaped.
fn label(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
