//! What was asked, and how much of it at once.

use std::collections::BTreeMap;

/// Counts since the start or the last [`reset`](super::Simulator::reset_stats).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimStats {
    pub requests: u64,
    /// By path as the endpoint is called (`kea/leases4/search`), whatever spelling was used; the
    /// raw path for what is no endpoint.
    pub by_path: BTreeMap<String, u64>,
    /// Most requests that were waiting for an answer at the same time.
    pub most_in_flight: usize,
}
