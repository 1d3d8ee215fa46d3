//! The name of a domain as an argument.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::ask::AskError;
use crate::domain::{ALL, AnyDomain, by_name};
use crate::types::did_you_mean;

/// Any text. The schema does not list the names: every tool would repeat them, for a thousand tokens together;
/// `domains` lists them, and a name that is none is answered with the nearest.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct DomainName(pub(super) String);

impl DomainName {
    /// The domain, `-` and case forgiven.
    pub(super) fn domain(&self) -> Result<&'static dyn AnyDomain, AskError> {
        let wanted = self.0.trim().to_lowercase().replace('-', "_");
        by_name(&wanted).ok_or_else(|| AskError::UnknownDomain {
            name: self.0.chars().take(60).collect(),
            suggestion: did_you_mean(&wanted, names()),
            known: names().collect::<Vec<_>>().join(", "),
        })
    }
}

impl JsonSchema for DomainName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DomainName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|domain| domain.name())
}
