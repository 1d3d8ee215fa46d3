//! The firewall's own configuration history: which revisions it keeps, and one of them.

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::domain::Place;

use super::client::{Client, until};
use super::error::PullError;
use super::request::Request;

/// Grants the whole configuration, secrets included: only `backfill` asks for it.
pub const BACKUP_PRIVILEGE: &str = "Diagnostics: Configuration History";

const LIST: &str = "core/backup/backups/this";
const DOWNLOAD: &str = "core/backup/download/this";

/// A revision that the firewall keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Backup {
    /// Name of its file, such as `config-1795473052.25.xml`.
    pub id: String,
    /// Seconds since the Unix epoch, with a fraction.
    #[serde(default)]
    pub time: String,
    #[serde(default)]
    pub username: String,
    #[serde(default)]
    pub description: String,
}

#[derive(Deserialize)]
struct Backups {
    items: Vec<Backup>,
}

impl Client {
    /// Every revision that the firewall keeps, in the order in which it saved them.
    pub async fn backups(&self, cancel: &CancellationToken) -> Result<Vec<Backup>, PullError> {
        let request = Request::get(LIST, BACKUP_PRIVILEGE, self.spelling());
        let body = until(cancel, self.ask(&request)).await?;
        let list: Backups = serde_json::from_slice(&body).map_err(|cause| {
            self.link().protocol(LIST, "does not list backups", Some(Box::new(cause)))
        })?;
        let mut items: Vec<Backup> = list.items.into_iter().filter(|b| is_file(&b.id)).collect();
        // By number, not by text: fractions have two to four digits.
        items.sort_by(|a, b| moment(&a.id).cmp(&moment(&b.id)).then_with(|| a.id.cmp(&b.id)));
        Ok(items)
    }

    /// One revision, as XML; empty when the firewall has removed it meanwhile.
    pub async fn backup(
        &self,
        backup: &Backup,
        cancel: &CancellationToken,
    ) -> Result<Vec<u8>, PullError> {
        let request = Request::get(DOWNLOAD, BACKUP_PRIVILEGE, self.spelling());
        until(cancel, self.ask(&request.for_item(Place::Segment, &backup.id))).await
    }
}

/// Names of files come from the firewall and become part of a path: nothing but what it names them like.
fn is_file(id: &str) -> bool {
    let number = id.strip_prefix("config-").and_then(|rest| rest.strip_suffix(".xml"));
    number.is_some_and(|n| {
        !n.is_empty() && n.len() < 40 && n.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

/// Seconds and the fraction as ten-thousandths, as the file was named.
fn moment(id: &str) -> (u64, u64) {
    let number = id.trim_start_matches("config-").trim_end_matches(".xml");
    let (seconds, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction: String = fraction.chars().chain("0000".chars()).take(4).collect();
    (seconds.parse().unwrap_or(0), fraction.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_no_backup() {
        assert!(is_file("config-1795473052.25.xml"));
        for id in
            ["config-1/../../x.xml", "config-.xml/..", "config-.xm", "x.xml", "config-1%2f.xml", ""]
        {
            assert!(!is_file(id), "{id}");
        }
    }

    #[test]
    fn fractions_of_different_lengths_are_in_order() {
        assert!(moment("config-1795473052.25.xml") > moment("config-1795473052.0740.xml"));
        assert!(moment("config-1795473053.xml") > moment("config-1795473052.9999.xml"));
    }
}
