//! Which privilege of the firewall unlocks which domains.

use std::collections::{BTreeMap, BTreeSet};

use super::ALL;
use super::source::{Each, Source};

/// Every privilege that some source needs, with the domains it is for, both in order of the alphabet.
///
/// Names are those of the user manager of 26.7; older releases call some of them a little differently. What a
/// backup of the configuration has needs none of them, but the one for backups.
pub fn privileges() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut needed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for domain in ALL {
        for privilege in domain.api_sources().into_iter().flat_map(of_source) {
            needed.entry(privilege).or_default().insert(domain.name());
        }
    }
    needed
}

/// Those of one source: its own, and that of the list of what it is asked for one by one.
pub fn of_source(source: &Source) -> impl Iterator<Item = &'static str> {
    let of_list = match source.each {
        Each::Item(items) => Some(items.list.privilege),
        Each::Once | Each::Interface => None,
    };
    std::iter::once(source.privilege).chain(of_list)
}
