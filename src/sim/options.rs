//! What is simulated.

use std::time::Duration;

use crate::types::{Clock, Release};

/// Small enough to read through, large enough for every kind of device and rule to occur.
const DEVICES: usize = 120;
const RULES: usize = 60;

/// How large the simulated network is, and how its firewall behaves.
#[derive(Debug, Clone)]
pub struct SimOptions {
    /// The same seed gives the same network.
    pub seed: u64,
    /// Devices behind the firewall; addresses last for 1,000,000.
    pub devices: usize,
    /// Rules written by a person, at least one; some forty automatic ones come on top.
    pub rules: usize,
    /// The release the firewall says it runs. Bodies are in the 26.7 dialect whatever it says.
    pub release: Release,
    /// Added to every answer over HTTP.
    pub latency: Duration,
    /// Asked once when the world is made, when its configuration changes, and for the time of day.
    pub clock: Clock,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            devices: DEVICES,
            rules: RULES,
            release: Release::new(26, 7, 2),
            latency: Duration::ZERO,
            clock: Clock::system(),
        }
    }
}
