//! Findings about names and addresses: DNS records that point nowhere, reservations inside ranges.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::domain::by_name;
use crate::store::Selection;
use crate::types::AddressRange;

use super::endpoint::internet_addresses;
use super::error::AskError;
use super::lint::{About, Finding, Severity, finding};
use super::query::Ask;
use super::ruleset::Loaded;

/// Rows looked at; what is beyond is a network where such findings are noise.
const MOST_ROWS: u32 = 50_000;

/// One row by column name.
pub(super) type Row = BTreeMap<&'static str, String>;

impl Ask {
    pub(super) async fn names_and_addresses(
        &self,
        loaded: &Loaded,
    ) -> Result<Vec<Finding>, AskError> {
        let mut all = Vec::new();
        let mut seen: BTreeSet<IpAddr> = BTreeSet::new();
        let mut never_read = true;
        for domain in
            ["arp", "ndp", "dhcp_leases", "dhcp_reservations", "interface_addresses", "virtual_ips"]
        {
            let rows = self.texts(loaded, domain).await?;
            never_read &= rows.is_empty();
            seen.extend(rows.iter().filter_map(|row| row.get("ip")?.parse::<IpAddr>().ok()));
        }
        let public = internet_addresses(&loaded.ruleset);
        for record in self.texts(loaded, "dns_records").await? {
            let Some(ip) = record.get("ip").and_then(|ip| ip.parse::<IpAddr>().ok()) else {
                continue;
            };
            if record.get("enabled").is_some_and(|e| e == "false") || public.contains(ip) {
                continue;
            }
            let name = record.get("name").cloned().unwrap_or_default();
            let local = loaded.ruleset.devices.iter().any(|d| d.networks.contains(ip))
                || loaded
                    .ruleset
                    .routes
                    .iter()
                    .any(|r| r.net.prefix_len() > 0 && r.net.contains(&ip));
            if !local && !loaded.ruleset.own.contains(ip) {
                let text = format!(
                    "the name {name} points to {ip}, which is in no network of this firewall"
                );
                all.push(finding(
                    "dns_foreign_address",
                    Severity::Low,
                    About::Record(&name, &ip.to_string()),
                    text,
                    "Correct the address, or delete the record.",
                ));
            } else if !never_read && !seen.contains(&ip) {
                let text = format!(
                    "the name {name} points to {ip}, which nothing has, leases or reserves"
                );
                all.push(finding(
                    "dns_dead_address",
                    Severity::Info,
                    About::Record(&name, &ip.to_string()),
                    text,
                    "Delete the record if the host is gone.",
                ));
            }
        }
        self.reservations(loaded, &mut all).await?;
        Ok(all)
    }

    /// Reservations that lie in a dynamic range.
    async fn reservations(&self, loaded: &Loaded, all: &mut Vec<Finding>) -> Result<(), AskError> {
        let ranges: Vec<(AddressRange, String)> = self
            .texts(loaded, "dhcp_ranges")
            .await?
            .into_iter()
            .filter_map(|row| {
                let range = row.get("addresses")?.parse().ok()?;
                Some((range, row.get("backend").cloned().unwrap_or_default()))
            })
            .collect();
        for reservation in self.texts(loaded, "dhcp_reservations").await? {
            let Some(ip) = reservation.get("ip").and_then(|ip| ip.parse::<IpAddr>().ok()) else {
                continue;
            };
            let backend = reservation.get("backend").cloned().unwrap_or_default();
            // Kea and dnsmasq keep reservations out of the pool themselves; ISC does not.
            let Some((range, _)) = ranges.iter().find(|(r, of)| r.contains(ip) && *of == backend)
            else {
                continue;
            };
            let host = reservation.get("hostname").cloned().unwrap_or_else(|| ip.to_string());
            let severity =
                if backend.starts_with("isc") { Severity::Medium } else { Severity::Info };
            let text = format!(
                "the reservation of {ip} for {host} lies in the dynamic range {range} of {backend}"
            );
            all.push(finding(
                "reservation_in_range",
                severity,
                About::Reservation(&backend, &ip.to_string()),
                text,
                "Move the reservation out of the range.",
            ));
        }
        Ok(())
    }

    /// The rows of a domain as text; none when this version or this firewall has no such domain.
    pub(super) async fn texts(&self, loaded: &Loaded, name: &str) -> Result<Vec<Row>, AskError> {
        let Some(domain) = by_name(name) else { return Ok(Vec::new()) };
        let columns = domain.columns();
        let selection = Selection {
            domain,
            firewall: Some(loaded.firewall),
            filters: Vec::new(),
            columns: columns.clone(),
            after: None,
            limit: MOST_ROWS,
            rows_wanted: true,
        };
        let page = self.store.look().select(&selection).await?;
        let text = |value: serde_json::Value| match value {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        let row = |cells: Vec<serde_json::Value>| {
            columns.iter().zip(cells).filter_map(|(c, v)| Some((c.name, text(v)?))).collect()
        };
        Ok(page.rows.into_iter().map(row).collect())
    }
}
