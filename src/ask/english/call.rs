//! What a question comes down to: one call that could have been made at once.

use serde_json::{Map, Value, json};

use crate::ask::changes::ChangesAsked;
use crate::ask::devices::DevicesQuery;
use crate::ask::lint::LintQuestion;
use crate::ask::presence::PresenceAsked;
use crate::ask::query::Query;
use crate::ask::reach::ReachQuestion;
use crate::ask::report::ReportQuery;
use crate::ask::trace::TraceQuestion;

/// One call of a tool.
#[derive(Debug, Clone)]
pub enum Call {
    Devices(DevicesQuery),
    Report(ReportQuery),
    Query(Query),
    Trace(TraceQuestion),
    Changes(ChangesAsked),
    Presence(PresenceAsked),
    Reach(ReachQuestion),
    Lint(LintQuestion),
    /// Everything that mentions it.
    Locate {
        what: String,
        firewall: Option<String>,
    },
}

impl Call {
    /// The tool and its arguments, as an agent would write them.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each tool, each a list of its arguments"
    )]
    pub fn written(&self) -> Value {
        let mut arguments = Map::new();
        let mut put = |name: &str, value: Value| {
            let is_empty = match &value {
                Value::Null | Value::Bool(false) => true,
                Value::Array(items) => items.is_empty(),
                _ => false,
            };
            if !is_empty {
                arguments.insert(name.to_owned(), value);
            }
        };
        let tool = match self {
            Self::Devices(query) => {
                put("place", json!(query.place));
                put("name", json!(query.name));
                put("vendor", json!(query.vendor));
                put("is", json!(query.is));
                put("new_since", json!(query.new_since));
                put("unseen_since", json!(query.unseen_since));
                put("columns", json!(query.columns));
                put("firewall", json!(query.firewall));
                put("count_only", json!(query.count_only));
                "devices"
            }
            Self::Report(query) => {
                put("report", json!(query.report));
                put("about", json!(query.about));
                put("only", json!(query.only));
                put("firewall", json!(query.firewall));
                put("count_only", json!(query.count_only));
                "report"
            }
            Self::Query(query) => {
                put("domain", json!(query.domain));
                put("where", json!(query.filters));
                put("columns", json!(query.columns));
                put("firewall", json!(query.firewall));
                put("count_only", json!(query.count_only));
                "query"
            }
            Self::Trace(question) => {
                put("from", json!(question.from));
                put("to", json!(question.to));
                put("proto", json!(question.protocol));
                put("port", json!(question.port));
                put("firewall", json!(question.firewall));
                "trace"
            }
            Self::Changes(asked) => {
                put("since", json!(asked.since));
                put("domain", json!(asked.domain));
                put("about", json!(asked.about));
                put("firewall", json!(asked.firewall));
                "changes"
            }
            Self::Presence(asked) => {
                put("what", json!(asked.about));
                put("history", json!(true));
                put("since", json!(asked.since));
                put("until", json!(asked.until));
                put("firewall", json!(asked.firewall));
                "locate"
            }
            Self::Reach(question) => {
                put("from", json!(question.from));
                put("to", json!(question.to));
                put("verdict", json!(question.verdict));
                put("firewall", json!(question.firewall));
                "reach"
            }
            Self::Lint(question) => {
                put("code", json!(question.code));
                put("firewall", json!(question.firewall));
                "lint"
            }
            Self::Locate { what, firewall } => {
                put("what", json!(what));
                put("firewall", json!(firewall));
                "locate"
            }
        };
        json!({ "tool": tool, "arguments": arguments })
    }

    /// The same with another firewall.
    pub(super) fn of_firewall(mut self, name: Option<&str>) -> Self {
        let Some(name) = name else { return self };
        match &mut self {
            Self::Devices(query) => query.firewall = Some(name.to_owned()),
            Self::Report(query) => query.firewall = Some(name.to_owned()),
            Self::Query(query) => query.firewall = Some(name.to_owned()),
            Self::Trace(question) => question.firewall = Some(name.to_owned()),
            Self::Changes(asked) => asked.firewall = Some(name.to_owned()),
            Self::Presence(asked) => asked.firewall = Some(name.to_owned()),
            Self::Reach(question) => question.firewall = Some(name.to_owned()),
            Self::Lint(question) => question.firewall = Some(name.to_owned()),
            Self::Locate { firewall, .. } => *firewall = Some(name.to_owned()),
        }
        self
    }
}
