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
    #[error("no interface or VLAN is called `{name}`{suggestion}; there are: {known}")]
    UnknownInterface { name: String, suggestion: String, known: String },
    #[error("a device cannot be `{name}`{suggestion}; it can be {known}")]
    UnknownState { name: String, suggestion: String, known: String },
    #[error("no report is called `{name}`{suggestion}; reports: {known}")]
    UnknownReport { name: String, suggestion: String, known: String },
    #[error("the report `{report}` needs {wanted}{given}")]
    Subject { report: &'static str, wanted: &'static str, given: String },
    #[error(
        "no device is called `{name}`; give the beginning of a name, an address or a MAC address, or list `devices`"
    )]
    NoDevice { name: String },
    #[error("`{name}` may be {known}; name one of them by its address or MAC address")]
    SeveralDevices { name: String, known: String },
    #[error(
        "`{text}` is no address, network, interface, group, alias or known device{suggestion}; `locate` finds names, `internet` and `firewall` are understood"
    )]
    Endpoint { text: String, suggestion: String },
    #[error("{0}")]
    Flow(String),
    #[error(transparent)]
    LocalTime(#[from] crate::rules::LocalTimeError),
    #[error(transparent)]
    TooManyParts(#[from] crate::rules::TooManyParts),
    #[error("say which firewall is meant; known: {known}")]
    WhichFirewall { known: String },
    #[error(
        "`new_since` and `unseen_since` go with a place and a firewall, not with a name, a vendor or a state; when one \
         device was seen tells `locate` with `history`"
    )]
    SeenWith,
    #[error("a word about a device has at most {most} characters")]
    LongLabel { most: usize },
    #[error(transparent)]
    Moment(#[from] MomentError),
    #[error("a limit of {limit} rows is not possible; choose 1 to {most}")]
    RowLimit { limit: u32, most: u32 },
    #[error(transparent)]
    Sql(Refusal),
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
