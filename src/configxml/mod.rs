//! Reading config.xml: the firewall's whole configuration, from a backup file or from its own history.
//!
//! In: bytes, and the domains whose `config` sources say where their rows live. Out: [`Config`], the same raw rows
//! that the API's answers give. Never here: files, the network, SQL, a clock.
//!
//! The file is untrusted and full of secrets. It is read as a stream: only leaves that a domain's allow-list or one
//! of its [`Take`](crate::domain::node::Take)s names are ever built, everything else is skipped byte by byte. Size,
//! depth, pieces of text and the sum of what is kept are bounded ([`limits`]); entities are not expanded and a DTD is
//! refused, so an entity bomb has nothing to go off in.

mod error;
mod head;
mod label;
mod limits;
mod lines;
mod plan;
mod release;
mod row;
mod walk;

pub use error::{Cause, ConfigError};
pub use head::{Revision, revision_time};

use std::io::BufRead;

use crate::domain::{AnyDomain, RawRow, Source};
use crate::types::Release;

/// What one config.xml says.
#[derive(Debug)]
pub struct Config {
    /// Host name and domain, as the firewall calls itself.
    pub host_name: Option<String>,
    /// When it was saved, by whom, and in which words.
    pub revision: Revision,
    /// The youngest release that wrote something only it writes: config.xml does not say.
    pub release: Release,
    rows: Vec<Found>,
}

/// Rows of one source.
#[derive(Debug)]
struct Found {
    domain: &'static str,
    source: &'static Source,
    rows: Vec<RawRow>,
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
