//! A typed question about one domain. Made by `ask` from checked columns; never from text.

use std::net::IpAddr;

use crate::domain::{AnyDomain, Cell, ColumnSpec};
use crate::types::{AddressRange, FirewallId, MacAddr, Timestamp};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Selection {
    pub domain: &'static dyn AnyDomain,
    pub firewall: Option<FirewallId>,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Columns to return, in this order.
    pub columns: Vec<ColumnSpec>,
    /// Rows after this key; `firewall_id` first, then the primary key.
    pub after: Option<Vec<Cell>>,
    pub limit: u32,
    /// Count only: no rows.
    pub rows_wanted: bool,
}

/// One condition on one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub column: ColumnSpec,
    pub op: Op,
}

/// What must hold; the value fits the column's kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Is(Value),
    IsNot(Value),
    Less(Value),
    AtMost(Value),
    More(Value),
    AtLeast(Value),
    AnyOf(Vec<Value>),
    /// The address (or one of the addresses) lies in the range.
    Within(AddressRange),
    /// One of the ranges that the column names holds the address.
    Covers(IpAddr),
    /// Begins with the text, without case; an index search on names.
    Begins(String),
    /// Contains the text, without case.
    Contains(String),
    Absent,
    Present,
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Int(i64),
    Bool(bool),
    Time(Timestamp),
    Ip(IpAddr),
    Mac(MacAddr),
}
