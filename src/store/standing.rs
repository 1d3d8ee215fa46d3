//! The state of the domains behind an answer, read in the statement that reads the answer.

use serde_json::Value;

use super::error::StoreError;
use super::states::{DomainStatus, SourceStatus, source_status_of};
use crate::types::FirewallId;

/// What each source of some domains said last, and how many rows they have.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub(super) sources: Vec<SourceStatus>,
    pub(super) statuses: Vec<DomainStatus>,
}

/// Two columns of a `SELECT`: the states of sources and the counts of rows, as JSON.
pub(super) fn columns(domains: &[&'static str]) -> String {
    let names = domains.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    format!(
        "(SELECT json_group_array(json_array(firewall_id, domain, source, state, reason, gap, checked_at, good_at, rows, empty_since, empty_looks))
          FROM sources WHERE domain IN ({names})),
         (SELECT json_group_array(json_array(firewall_id, domain, rows, rejects)) FROM domains WHERE domain IN ({names}))"
    )
}

/// Reads both columns.
pub(super) fn read(sources: Option<&str>, statuses: Option<&str>) -> Result<Standing, StoreError> {
    let rows = |text: Option<&str>| {
        text.map_or(Ok(Vec::new()), serde_json::from_str::<Vec<Vec<Value>>>)
            .map_err(|_| StoreError::Declaration { domain: "sources" })
    };
    let status = |row: &Vec<Value>| {
        let number = |i: usize| row.get(i)?.as_i64();
        Some(DomainStatus {
            firewall: FirewallId::new(number(0)?),
            domain: row.get(1)?.as_str()?.to_owned(),
            rows: number(2)?,
            rejects: number(3)?,
        })
    };
    Ok(Standing {
        sources: rows(sources)?.iter().filter_map(|row| source_status_of(row)).collect(),
        statuses: rows(statuses)?.iter().filter_map(status).collect(),
    })
}
