//! Which states the tables show, so that what was made of them need not be made again.

use crate::types::FirewallId;

use super::error::StoreError;
use super::open::Store;

impl Store {
    /// A text that differs whenever a table of `firewall` shows another state; volatile fields included.
    /// `None` for the state of an earlier moment, which nobody changes and which keeps no history of its own.
    pub async fn version(&self, firewall: FirewallId) -> Result<Option<String>, StoreError> {
        let failed = || StoreError::query("see whether anything changed");
        let own = "SELECT count(*) FROM sqlite_master WHERE name = 'volatiles'";
        let tables: i64 = sqlx::query_scalar(own)
            .fetch_one(&mut *self.readers.get().await.map_err(failed())?)
            .await
            .map_err(failed())?;
        if tables == 0 {
            return Ok(None);
        }
        let sql = "SELECT coalesce(group_concat(line, ';'), '') FROM (
             SELECT d.domain || '=' || coalesce(d.snapshot_id, '') || '/' || coalesce(hex(v.hash), '') AS line
             FROM domains d LEFT JOIN volatiles v ON v.firewall_id = d.firewall_id AND v.domain = d.domain
             WHERE d.firewall_id = ? ORDER BY d.domain)";
        sqlx::query_scalar(sql)
            .bind(firewall.get())
            .fetch_one(&mut *self.readers.get().await.map_err(failed())?)
            .await
            .map(Some)
            .map_err(failed())
    }
}
