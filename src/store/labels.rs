//! What the user says about devices.

use std::sync::Arc;

use rusqlite::{Transaction, params};

use crate::types::Timestamp;

use super::error::StoreError;
use super::open::Store;
use super::readers::Readers;

/// One device, annotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// MAC address, or DUID.
    pub client: String,
    pub name: Option<String>,
    pub owner: Option<String>,
    pub group: Option<String>,
    pub note: Option<String>,
    pub changed_at: Timestamp,
}

/// What to write: absent keeps what is there, empty removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelChange {
    pub name: Option<String>,
    pub owner: Option<String>,
    pub group: Option<String>,
    pub note: Option<String>,
}

type Columns = (String, Option<String>, Option<String>, Option<String>, Option<String>, i64);

/// Every label, by name.
pub(super) async fn labels(readers: &Readers) -> Result<Arc<[Label]>, StoreError> {
    let failed = || StoreError::query("list labels");
    let rows: Vec<Columns> = sqlx::query_as(
        "SELECT client, name, owner, \"group\", note, changed_at FROM labels ORDER BY name IS NULL, name, client",
    )
    .fetch_all(&mut *readers.get().await.map_err(failed())?)
    .await
    .map_err(failed())?;
    let label = |(client, name, owner, group, note, at): Columns| Label {
        client,
        name,
        owner,
        group,
        note,
        changed_at: Timestamp::from_millis(at),
    };
    Ok(rows.into_iter().map(label).collect())
}

impl Store {
    /// Writes what `change` says about a device; one about which nothing is left to say has no label.
    pub async fn label(
        &self,
        client: &str,
        change: LabelChange,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let client = client.to_owned();
        let put = move |connection: &Transaction<'_>| {
            let failed = || StoreError::write("write a label");
            let sql = "INSERT INTO labels (client, name, owner, \"group\", note, changed_at)
                 VALUES (?1, nullif(?2, ''), nullif(?3, ''), nullif(?4, ''), nullif(?5, ''), ?6)
                 ON CONFLICT (client) DO UPDATE SET name = CASE WHEN ?2 IS NULL THEN name ELSE excluded.name END,
                    owner = CASE WHEN ?3 IS NULL THEN owner ELSE excluded.owner END,
                    \"group\" = CASE WHEN ?4 IS NULL THEN \"group\" ELSE excluded.\"group\" END,
                    note = CASE WHEN ?5 IS NULL THEN note ELSE excluded.note END, changed_at = excluded.changed_at";
            let values =
                params![client, change.name, change.owner, change.group, change.note, now.millis()];
            connection.execute(sql, values).map_err(failed())?;
            let sql = "DELETE FROM labels WHERE client = ? AND coalesce(name, owner, \"group\", note) IS NULL";
            connection.execute(sql, [&client]).map(drop).map_err(failed())
        };
        self.writer.transact("write a label", put).await
    }

    /// Removes what is said about a device; whether there was something.
    pub async fn label_remove(&self, client: &str) -> Result<bool, StoreError> {
        let client = client.to_owned();
        let remove = move |connection: &Transaction<'_>| {
            connection
                .execute("DELETE FROM labels WHERE client = ?", [&client])
                .map(|gone| gone > 0)
                .map_err(StoreError::write("remove a label"))
        };
        self.writer.transact("remove a label", remove).await
    }
}
