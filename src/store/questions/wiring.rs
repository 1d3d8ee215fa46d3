//! Interfaces under all their names.

use std::sync::Arc;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::error::StoreError;
use crate::store::readers::Readers;
use crate::types::FirewallId;

/// One interface of one firewall, assigned or a bare device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    pub firewall: FirewallId,
    /// Device name in the kernel, such as `vlan01`.
    pub device: String,
    /// `opt3`; absent when not assigned.
    pub key: Option<String>,
    /// Description, such as `IOT`.
    pub name: Option<String>,
    pub tag: Option<i64>,
    /// Description of its VLAN, such as `IoT devices`.
    pub vlan_description: Option<String>,
    /// Addresses with prefix length, as the firewall lists them.
    pub ipv4: Vec<String>,
    pub ipv6: Vec<String>,
    pub groups: Vec<String>,
}

/// Every interface of every firewall: tens of rows each.
pub(in crate::store) async fn wiring(readers: &Readers) -> Result<Arc<[Wire]>, StoreError> {
    let failed = || StoreError::query("read the interfaces");
    let rows = sqlx::query(
        "SELECT i.firewall_id, i.device, i.key, i.name, coalesce(i.vlan_tag, v.tag), v.description, i.ipv4, i.ipv6, i.groups
         FROM interfaces i LEFT JOIN vlans v ON v.firewall_id = i.firewall_id AND v.device = i.device
         ORDER BY i.firewall_id, i.device",
    )
    .fetch_all(&mut *readers.get().await.map_err(failed())?)
    .await
    .map_err(failed())?;
    rows.iter().map(wire).collect::<Result<_, _>>().map_err(failed())
}

fn wire(row: &SqliteRow) -> Result<Wire, sqlx::Error> {
    let list = |i: usize| {
        row.try_get::<Option<String>, _>(i).map(|text| {
            let text = text.unwrap_or_default();
            text.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect()
        })
    };
    Ok(Wire {
        firewall: FirewallId::new(row.try_get(0)?),
        device: row.try_get(1)?,
        key: row.try_get(2)?,
        name: row.try_get(3)?,
        tag: row.try_get(4)?,
        vlan_description: row.try_get(5)?,
        ipv4: list(6)?,
        ipv6: list(7)?,
        groups: list(8)?,
    })
}
