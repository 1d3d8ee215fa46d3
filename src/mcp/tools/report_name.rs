//! The name of a report as an argument.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::ask::reports;

/// Any text; the schema offers the names of the registry.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct ReportName(pub(super) String);

impl JsonSchema for ReportName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ReportName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": reports().iter().map(|report| report.name).collect::<Vec<_>>() })
    }
}
