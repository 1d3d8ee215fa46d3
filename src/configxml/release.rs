//! Which release wrote a file. config.xml names none, but releases write what earlier ones did not.

use crate::types::Release;

/// Elements that appear first with a release (opnsense/core, models and their migrations).
const SINCE: &[(&str, Release)] = &[
    ("OPNsense/Kea/dhcp6", Release::new(25, 1, 6)),
    ("dnsmasq/dhcp_ranges", Release::new(25, 1, 6)),
    ("dnsmasq/dhcp", Release::new(25, 1, 6)),
    ("OPNsense/unboundplus/dnsbl/blocklist", Release::new(25, 7, 8)),
    ("OPNsense/radvd", Release::new(26, 1, 0)),
    ("OPNsense/Interfaces/settings", Release::new(26, 1, 0)),
    ("OPNsense/Kea/ddns", Release::new(26, 1, 6)),
    ("staticroutes/route/enabled", Release::new(26, 1, 10)),
];

/// Models carry the time of their last save since then.
const PERSISTED_AT: Release = Release::new(25, 7, 0);

/// What was seen so far.
#[derive(Debug)]
pub(super) struct Seen(Release);

impl Seen {
    pub(super) const fn new() -> Self {
        Self(Release::OLDEST)
    }

    pub(super) fn element(&mut self, path: &str) {
        if let Some((_, release)) = SINCE.iter().find(|(known, _)| *known == path) {
            self.0 = self.0.max(*release);
        }
    }

    pub(super) fn persisted(&mut self) {
        self.0 = self.0.max(PERSISTED_AT);
    }

    pub(super) const fn release(&self) -> Release {
        self.0
    }
}
