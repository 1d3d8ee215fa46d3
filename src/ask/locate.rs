//! Everything known about one address, hardware address or name.

use std::collections::BTreeSet;

use crate::store::{Hit, Needle, Sought};
use crate::types::{MacAddr, host_part};

use super::answer::{Located, Mention};
use super::error::AskError;
use super::labels::labels_of;
use super::query::{Ask, firewall};

/// Rows of one column that are shown; an address rarely has more than one, a name's beginning may.
const PER_COLUMN: u32 = 10;

/// Mentions that are shown in all: about 2,000 tokens.
const MOST: usize = 40;

/// Shorter beginnings match half the network.
const LEAST_LETTERS: usize = 2;

impl Ask {
    /// Looks in every domain, by the kinds of their columns.
    pub async fn locate(
        &self,
        text: &str,
        firewall_name: Option<&str>,
    ) -> Result<Located, AskError> {
        let text = text.trim();
        let (needle, kind, shown) = needle(text)?;
        let look = self.store.look();
        let known = look.firewalls().await?;
        let scope = firewall_name.map(|name| firewall(&known, name)).transpose()?;
        let mut hits = look.locate(&needle, scope, PER_COLUMN).await?;
        if let (Needle::Name(name), true) = (&needle, hits.iter().all(|h| h.how != Sought::Exact)) {
            // `nas.home.arpa` is known to DHCP as `nas`.
            if let Some(first) = name
                .split('.')
                .next()
                .filter(|first| first.len() >= LEAST_LETTERS && *first != name)
            {
                let bare = look.locate(&Needle::Name(first.to_owned()), scope, PER_COLUMN).await?;
                hits.extend(bare.into_iter().filter(|h| h.how == Sought::Exact));
            }
        }
        if let Needle::Name(name) = &needle {
            // The user's own name for a device.
            for label in look.labels().await?.iter() {
                let named = [&label.name, &label.owner, &label.group].into_iter().flatten();
                if let (true, Ok(mac)) =
                    (named.into_iter().any(|n| n.eq_ignore_ascii_case(name)), label.client.parse())
                {
                    hits.extend(look.locate(&Needle::Mac(mac), scope, PER_COLUMN).await?);
                }
            }
        }
        hits.sort_by_key(|hit| hit.how);
        let labels = labels_of(&hits, &look.labels().await?);
        let name_of =
            |hit: &Hit| known.iter().find(|f| f.id == hit.firewall).map(|f| f.name.clone());
        let mut seen = BTreeSet::new();
        let mut mentions = Vec::new();
        for hit in hits {
            // A row that matches in two columns is one mention.
            let identity = format!("{}{:?}{:?}", hit.domain.name(), hit.firewall, hit.row);
            if seen.insert(identity) {
                let firewall = if known.len() > 1 { name_of(&hit) } else { None };
                mentions.push(mention(hit, firewall));
            }
        }
        let more = mentions.len() > MOST;
        mentions.truncate(MOST);
        let freshness = self.overall(&look, scope).await?;
        Ok(Located { looked_for: shown, kind, mentions, labels, more, freshness })
    }
}

fn needle(text: &str) -> Result<(Needle, &'static str, String), AskError> {
    if let Some(ip) = host_part(text) {
        return Ok((Needle::Ip(ip), "ip", ip.to_string()));
    }
    if let Ok(mac) = text.parse::<MacAddr>() {
        return Ok((Needle::Mac(mac), "mac", mac.to_string()));
    }
    if text.chars().count() < LEAST_LETTERS {
        return Err(AskError::TooShort { text: text.to_owned(), least: LEAST_LETTERS });
    }
    Ok((Needle::Name(text.to_owned()), "name", text.to_owned()))
}

fn mention(hit: Hit, firewall: Option<String>) -> Mention {
    let columns = hit.domain.columns();
    let cells = columns.iter().zip(hit.row).filter(|(_, cell)| !cell.is_null());
    let row = cells.map(|(column, cell)| (column.name.to_owned(), cell)).collect();
    Mention { firewall, domain: hit.domain.name(), column: hit.column, how: hit.how.as_str(), row }
}
