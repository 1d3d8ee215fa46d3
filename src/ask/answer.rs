//! Answers as every door shows them.

use serde::Serialize;

use super::freshness::Freshness;
use super::labels::LabelRow;

/// Rows of one domain.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    pub domain: &'static str,
    /// Names of the cells, in order.
    pub columns: Vec<&'static str>,
    /// One array per row: columns are named once, not with every row.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Rows that match in all, on this page or not.
    pub total: u64,
    /// `total` is where counting stopped; there are more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub total_is_at_least: bool,
    /// Give it as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

/// Everything that mentions an address, a hardware address or a name.
#[derive(Debug, Clone, Serialize)]
pub struct Located {
    /// What was looked for, as it was understood.
    pub looked_for: String,
    /// `ip`, `mac` or `name`.
    pub kind: &'static str,
    pub mentions: Vec<Mention>,
    /// What the user says about the devices among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelRow>,
    /// More was found than is shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    #[serde(flatten)]
    pub freshness: Freshness,
}

/// One row that mentions it.
#[derive(Debug, Clone, Serialize)]
pub struct Mention {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firewall: Option<String>,
    pub domain: &'static str,
    /// Column that matched.
    pub column: &'static str,
    /// `exact`, `begins` or `covers`.
    pub how: &'static str,
    /// The row without its absent cells.
    pub row: serde_json::Map<String, serde_json::Value>,
}
