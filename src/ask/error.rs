//! Refusals, which the caller can repair, and faults, which are ours.

use thiserror::Error;

use crate::store::{Refusal, StoreError};
use crate::types::MomentError;

#[derive(Debug, Error)]
pub enum AskError {
    #[error("no domain is called `{name}`{suggestion}; domains: {known}")]
    UnknownDomain { name: String, suggestion: String, known: String },
    #[error("`{domain}` has no column `{name}`{suggestion}; columns: {known}")]
    UnknownColumn { domain: &'static str, name: String, suggestion: String, known: String },
    #[error("no firewall is called `{name}`{suggestion}; known: {known}")]
    UnknownFirewall { name: String, suggestion: String, known: String },
    #[error(
        "cannot read the filter `{text}`: {why}; write it like `ip in 10.0.0.0/24`, `hostname = nas*` or `enabled = false`"
    )]
    Filter { text: String, why: String },
    #[error("`{column}` is a column of kind {kind} and cannot be asked with `{op}`; use {usable}")]
    Operator { column: &'static str, kind: &'static str, op: String, usable: &'static str },
    #[error("`{value}` is no value for `{column}` ({kind}): {why}")]
    Value { column: &'static str, kind: &'static str, value: String, why: String },
    #[error("a limit of {limit} is not possible; choose 1 to {most}, and page with `after`")]
    Limit { limit: u32, most: u32 },
    #[error(
        "this cursor does not belong to this question; use `next` of an answer to the same domain, filters and firewall, or leave it out"
    )]
    Cursor,
    #[error(
        "`{text}` is too short to look for; give an IP address, a MAC address, or at least {least} letters of a name"
    )]
    TooShort { text: String, least: usize },
    #[error("a limit of {limit} rows is not possible; choose 1 to {most}")]
    RowLimit { limit: u32, most: u32 },
    #[error(transparent)]
    Sql(Refusal),
    #[error("say which firewall is meant; known: {known}")]
    WhichFirewall { known: String },
    #[error(transparent)]
    Moment(#[from] MomentError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AskError {
    /// Whether asking differently helps; otherwise the fault is ours.
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::Store(cause) => cause.is_about_the_moment(),
            _ => true,
        }
    }
}
