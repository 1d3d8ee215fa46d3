//! How many requests one firewall gets at once.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::types::Release;

/// 24.7 has 2×3 PHP workers, shared with its web interface; so has, for all we know, a firewall
/// whose release is not known yet.
const CAUTIOUS: usize = 2;
/// 25.1 has 2×20 workers, 25.7 and later 8×5. The reference names four as the gentle limit.
const USUAL: usize = 4;
const MANY_WORKERS: Release = Release::new(25, 1, 0);
/// More than all 40 workers of a current release would only queue up on the firewall.
const MOST: usize = 40;

/// A semaphore that opens wider once, when the release turns out to have the workers for it.
#[derive(Debug)]
pub(super) struct Gate {
    slots: Semaphore,
    settled: AtomicBool,
}

impl Gate {
    /// `fixed` is the user's own number and is never widened.
    pub(super) fn new(fixed: Option<usize>) -> Self {
        let slots = fixed.map_or(CAUTIOUS, |slots| slots.clamp(1, MOST));
        Self { slots: Semaphore::new(slots), settled: AtomicBool::new(fixed.is_some()) }
    }

    pub(super) fn learn(&self, release: Release) {
        if release >= MANY_WORKERS && !self.settled.swap(true, Ordering::Relaxed) {
            self.slots.add_permits(USUAL - CAUTIOUS);
        }
    }

    /// Waits for a slot. `None` cannot happen: the semaphore is never closed.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        self.slots.acquire().await.ok()
    }

    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.slots.available_permits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_widens_once_and_only_for_releases_with_many_workers() {
        let gate = Gate::new(None);
        gate.learn(Release::new(24, 7, 12));
        assert_eq!(gate.free(), CAUTIOUS);
        gate.learn(Release::new(25, 1, 0));
        gate.learn(Release::new(26, 7, 2));
        assert_eq!(gate.free(), USUAL);
    }

    #[test]
    fn a_number_from_the_user_stays_within_reason() {
        for (asked, given) in [(0, 1), (7, 7), (1_000, MOST)] {
            let gate = Gate::new(Some(asked));
            gate.learn(Release::new(26, 7, 2));
            assert_eq!(gate.free(), given);
        }
    }
}
