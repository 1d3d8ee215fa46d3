//! Which states the tables show, so that what was made of them need not be made again.

use crate::types::FirewallId;

use super::error::StoreError;
use super::open::Store;

impl Store {
    /// A text that differs whenever a table of `firewall` shows another state; volatile fields included.
    pub async fn version(&self, firewall: FirewallId) -> Result<String, StoreError> {
        let sql = "SELECT coalesce(group_concat(line, ';'), '') FROM (
             SELECT d.domain || '=' || coalesce(d.snapshot_id, '') || '/' || coalesce(hex(v.hash), '') AS line
             FROM domains d LEFT JOIN volatiles v ON v.firewall_id = d.firewall_id AND v.domain = d.domain
             WHERE d.firewall_id = ? ORDER BY d.domain)";
        sqlx::query_scalar(sql)
            .bind(firewall.get())
            .fetch_one(&self.readers)
            .await
            .map_err(StoreError::query("see whether anything changed"))
    }
}
