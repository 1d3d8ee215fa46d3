//! A moment of the past as an argument.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// Any text; `ask` reads it.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct AsOf(pub(super) String);

impl AsOf {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for AsOf {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AsOf".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "Past: `yesterday 14:00`." })
    }
}
