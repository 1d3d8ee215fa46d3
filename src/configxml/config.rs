//! What one file says, by domain and source.

use std::io::BufRead;

use crate::domain::{AnyDomain, RawRow, Source};
use crate::types::{Release, Secret};

use super::error::{Cause, ConfigError};
use super::head::Revision;
use super::sealed::{self, Unsealed};
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

/// Rows of one node.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) domain: &'static str,
    /// Those that read it; on a release there is one at most.
    pub(super) sources: Vec<&'static Source>,
    pub(super) rows: Vec<RawRow>,
}

impl Found {
    fn source(&self, domain: &dyn AnyDomain, release: Release) -> Option<&'static Source> {
        let here = self.sources.iter().filter(|_| self.domain == domain.name());
        here.copied().find(|source| source.exists_on(release))
    }
}

/// The rows under the name of the source that they are of on a release.
fn renamed(mut rows: Vec<RawRow>, source: &'static Source) -> Vec<RawRow> {
    for row in &mut rows {
        row.source = source.name;
    }
    rows
}

impl Config {
    /// Reads a file to its end. The rows of `domains` are kept; on an error nothing is.
    pub fn read(
        input: impl BufRead,
        domains: &[&'static dyn AnyDomain],
    ) -> Result<Self, ConfigError> {
        walk::read(input, domains)
    }

    /// The same of a file that may be encrypted with this passphrase.
    pub fn read_sealed(
        mut input: impl BufRead,
        passphrase: &Secret,
        domains: &[&'static dyn AnyDomain],
    ) -> Result<Self, ConfigError> {
        if !is_sealed(&mut input).map_err(|e| Cause::Read(e).at(1))? {
            return walk::read(input, domains);
        }
        // Its own bound counts what comes of it; this one what is read to get there.
        let input = Unsealed::open(input, passphrase).map_err(|cause| cause.at(1))?;
        walk::read(input, domains)
    }

    /// The rows of one domain as `release` would give them, as [`Config::take`] does, which can follow.
    pub fn copy(
        &self,
        domain: &dyn AnyDomain,
        release: Release,
    ) -> Vec<(&'static str, Vec<RawRow>)> {
        let mut copied: Vec<(&'static str, Vec<RawRow>)> = Vec::new();
        for found in &self.rows {
            let Some(source) = found.source(domain, release) else { continue };
            let rows = renamed(found.rows.clone(), source);
            match copied.iter_mut().find(|(name, _)| *name == source.name) {
                Some((_, all)) => all.extend(rows),
                None => copied.push((source.name, rows)),
            }
        }
        copied
    }

    /// Takes out the rows of one domain as `release` would give them, by source, in the order of the sources.
    pub fn take(
        &mut self,
        domain: &dyn AnyDomain,
        release: Release,
    ) -> Vec<(&'static str, Vec<RawRow>)> {
        let mut taken: Vec<(&'static str, Vec<RawRow>)> = Vec::new();
        for found in &mut self.rows {
            let Some(source) = found.source(domain, release) else { continue };
            let rows = renamed(std::mem::take(&mut found.rows), source);
            match taken.iter_mut().find(|(name, _)| *name == source.name) {
                Some((_, all)) => all.extend(rows),
                None => taken.push((source.name, rows)),
            }
        }
        taken
    }
}

/// Whether a file was encrypted with a passphrase. Nothing is consumed.
pub fn is_sealed(input: &mut impl BufRead) -> std::io::Result<bool> {
    Ok(input.fill_buf()?.starts_with(sealed::BEGIN))
}
