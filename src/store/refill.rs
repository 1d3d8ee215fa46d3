//! Tables filled again from their newest snapshots.

use rusqlite::{Connection, Transaction};

use crate::domain::{ALL, AnyDomain, RawRows};
use crate::types::{FirewallId, RunId, Timestamp};

use super::apply::{self, Batch};
use super::error::StoreError;
use super::open::Store;
use super::{rejects, snapshot, upsert};

/// One table of one firewall, rebuilt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    pub firewall: FirewallId,
    pub domain: &'static str,
    pub rows: i64,
    pub rejects: i64,
    /// Why the table was left as it is.
    pub problem: Option<String>,
}

impl Store {
    /// Fills the tables of every firewall from their newest snapshots, each in a transaction of its own. A
    /// snapshot that is damaged leaves its table as it is.
    pub async fn rebuild(&self) -> Result<Vec<Rebuilt>, StoreError> {
        let mut done = Vec::new();
        for firewall in self.firewalls().await?.iter() {
            for domain in ALL {
                let (id, domain) = (firewall.id, *domain);
                let rebuild = move |connection: &Transaction<'_>| one(connection, id, domain);
                match self.writer.transact("rebuild a table", rebuild).await {
                    Ok(one) => done.extend(one),
                    Err(error @ StoreError::Damaged { .. }) => done.push(Rebuilt {
                        firewall: id,
                        domain: domain.name(),
                        rows: 0,
                        rejects: 0,
                        problem: Some(error.to_string()),
                    }),
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(done)
    }
}

fn one(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
) -> Result<Option<Rebuilt>, StoreError> {
    let failed = || StoreError::write("rebuild a table");
    let projection = snapshot::projection(connection, firewall, domain.name())?;
    let Some(head) = projection.and_then(|p| p.head) else { return Ok(None) };
    // The table still has what is damaged there.
    snapshot::volatile(connection, firewall, domain.name())?;
    let rows = snapshot::rows(connection, firewall, domain, head)?;
    upsert::clear(connection, domain, firewall)?;
    rejects::clear(connection, firewall, domain)?;
    // The run and its time belong to the snapshot, which stays.
    let batch = Batch {
        firewall,
        domain,
        run: RunId::new(0),
        at: Timestamp::from_millis(0),
        rows: RawRows::new(domain, rows),
        sources: Vec::new(),
    };
    apply::fill(connection, &batch, || ())?;
    let (rows, rejects) = (
        upsert::count(connection, domain, firewall)?,
        rejects::count(connection, firewall, domain)?,
    );
    let stamp = apply::stamp(domain);
    connection
        .execute(
            "UPDATE domains SET rows = ?, rejects = ?, stamp = ? WHERE firewall_id = ? AND domain = ?",
            (rows, rejects, stamp.as_bytes().as_slice(), firewall.get(), domain.name()),
        )
        .map_err(failed())?;
    Ok(Some(Rebuilt { firewall, domain: domain.name(), rows, rejects, problem: None }))
}
