//! What one file says, by domain and source.

use std::io::BufRead;

use crate::domain::{AnyDomain, RawRow, Source};
use crate::types::Release;

use super::error::ConfigError;
use super::head::Revision;
use super::walk;

/// What one config.xml says.
#[derive(Debug)]
pub struct Config {
    /// Host name and domain, as the firewall calls itself.
    pub host_name: Option<String>,
    /// When it was saved, by whom, and in which words.
    pub revision: Revision,
    /// The youngest release that wrote something only it writes: config.xml does not say.
    pub release: Release,
    pub(super) rows: Vec<Found>,
}

/// Rows of one source.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) domain: &'static str,
    pub(super) source: &'static Source,
    pub(super) rows: Vec<RawRow>,
}

impl Config {
    /// Reads a file to its end. The rows of `domains` are kept; on an error nothing is.
    pub fn read(
        input: impl BufRead,
        domains: &[&'static dyn AnyDomain],
    ) -> Result<Self, ConfigError> {
        walk::read(input, domains)
    }

    /// Takes out the rows of one domain as `release` would give them, by source, in the order of the sources.
    pub fn take(
        &mut self,
        domain: &dyn AnyDomain,
        release: Release,
    ) -> Vec<(&'static str, Vec<RawRow>)> {
        let mut taken: Vec<(&'static str, Vec<RawRow>)> = Vec::new();
        for found in self.rows.iter_mut().filter(|f| f.domain == domain.name()) {
            if !found.source.exists_on(release) {
                continue;
            }
            let rows = std::mem::take(&mut found.rows);
            match taken.iter_mut().find(|(name, _)| *name == found.source.name) {
                Some((_, all)) => all.extend(rows),
                None => taken.push((found.source.name, rows)),
            }
        }
        taken
    }
}
