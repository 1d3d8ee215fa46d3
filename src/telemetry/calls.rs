//! Counting what was asked: written by the door that answers, read by the one that shows metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often each tool was called. Cheap to clone; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<&'static str, Tally>>>);

/// The calls of one tool since the process began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub answered: u64,
    /// The caller can ask better.
    pub refused: u64,
    /// Ours.
    pub failed: u64,
    /// Time spent in all of them.
    pub took: Duration,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    Answered,
    Refused,
    Failed,
}

impl Calls {
    pub fn count(&self, tool: &'static str, how: Called, spent: Duration) {
        let mut tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tallies.entry(tool).or_default();
        match how {
            Called::Answered => tally.answered += 1,
            Called::Refused => tally.refused += 1,
            Called::Failed => tally.failed += 1,
        }
        tally.took = tally.took.saturating_add(spent);
    }

    /// Every tool that was called, by name.
    pub fn tallies(&self) -> BTreeMap<&'static str, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
