//! What can be asked: domains and their columns.

use serde::Serialize;

use crate::domain::{ALL, AnyDomain, ColumnSpec, Role};
use crate::types::did_you_mean;

use super::error::AskError;

/// One domain, described.
#[derive(Debug, Clone, Serialize)]
pub struct DomainInfo {
    pub name: &'static str,
    pub about: &'static str,
    /// `config` (changes with the configuration) or `runtime`.
    pub cadence: &'static str,
    pub columns: Vec<ColumnInfo>,
}

/// One column, described.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnInfo {
    pub name: &'static str,
    pub kind: &'static str,
    /// Part of the primary key.
    pub key: bool,
    /// Filters on it are index searches.
    pub indexed: bool,
    pub about: &'static str,
}

/// Every domain, in alphabetical order.
pub fn catalog() -> Vec<DomainInfo> {
    ALL.iter().map(|domain| describe(*domain)).collect()
}

fn describe(domain: &'static dyn AnyDomain) -> DomainInfo {
    let column = |c: ColumnSpec| ColumnInfo {
        name: c.name,
        kind: c.kind.as_str(),
        key: c.role == Role::Key,
        indexed: c.is_indexed(),
        about: c.about,
    };
    DomainInfo {
        name: domain.name(),
        about: domain.about(),
        cadence: domain.cadence().as_str(),
        columns: domain.columns().into_iter().map(column).collect(),
    }
}

/// A domain by name, `-` and case forgiven.
pub(super) fn domain(name: &str) -> Result<&'static dyn AnyDomain, AskError> {
    let wanted = name.trim().to_lowercase().replace('-', "_");
    crate::domain::by_name(&wanted).ok_or_else(|| {
        let names = || ALL.iter().map(|d| d.name());
        AskError::UnknownDomain {
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(&wanted, names()),
            known: names().collect::<Vec<_>>().join(", "),
        }
    })
}

/// A column by name.
pub(super) fn column(domain: &'static dyn AnyDomain, name: &str) -> Result<ColumnSpec, AskError> {
    let wanted = name.trim().to_lowercase();
    let columns = domain.columns();
    columns.iter().find(|c| c.name == wanted).copied().ok_or_else(|| AskError::UnknownColumn {
        domain: domain.name(),
        name: name.chars().take(60).collect(),
        suggestion: did_you_mean(&wanted, columns.iter().map(|c| c.name)),
        known: columns.iter().map(|c| c.name).collect::<Vec<_>>().join(", "),
    })
}
