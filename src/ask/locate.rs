//! Everything known about one address, hardware address or name.

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
        let mut different: Vec<Hit> = Vec::new();
        for hit in hits {
            // A row that matches in two columns is one mention.
            if !different.iter().any(|other| is_same_row(&hit, other)) {
                different.push(hit);
            }
            // One more than is shown tells that there are more.
            if different.len() > MOST {
                break;
            }
        }
        let more = different.len() > MOST;
        different.truncate(MOST);
        let name_of =
            |hit: &Hit| known.iter().find(|f| f.id == hit.firewall).map(|f| f.name.clone());
        let mentions = different.into_iter().map(|hit| Mention {
            firewall: if known.len() > 1 { name_of(&hit) } else { None },
            domain: hit.domain.name(),
            column: hit.column,
            how: hit.how.as_str(),
            row: hit.row,
        });
        let mentions = mentions.collect();
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

fn is_same_row(one: &Hit, other: &Hit) -> bool {
    one.domain.name() == other.domain.name()
        && one.firewall == other.firewall
        && one.row == other.row
}
