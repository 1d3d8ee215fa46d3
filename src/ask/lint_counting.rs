//! Since when rules are counted, for findings about rules that never matched.

use crate::domain::by_name;
use crate::store::ChangesQuery;
use crate::types::Timestamp;

use super::error::AskError;
use super::lint::Finding;
use super::lint_rules::NEVER_HIT;
use super::query::Ask;
use super::ruleset::Loaded;

impl Ask {
    /// Completes the text of such findings: pf counts from zero whenever its rules are loaded, so the counters
    /// are younger than the last change of the rules and than the last boot.
    pub(super) async fn say_since_when(
        &self,
        loaded: &Loaded,
        findings: &mut [Finding],
    ) -> Result<(), AskError> {
        if findings.iter().all(|f| f.code != NEVER_HIT) {
            return Ok(());
        }
        let read = match by_name("rule_counters") {
            Some(counters) => self.overall_of(Some(loaded.firewall), &[counters]).await?.as_of,
            None => None,
        };
        let changed = self.rules_changed(loaded).await;
        let booted = self
            .texts(loaded, "system")
            .await?
            .into_iter()
            .find_map(|mut row| row.remove("booted"));
        let since = match (changed, booted) {
            (Some(changed), Some(booted)) => format!(
                "so at most since the rules changed before {changed}, and since the boot ({booted})"
            ),
            (Some(changed), None) => format!("so at most since the rules changed before {changed}"),
            (None, Some(booted)) => {
                format!(
                    "so at most since the boot ({booted}); the index has seen no change of the rules"
                )
            }
            (None, None) => "when that was is not in the index".to_owned(),
        };
        let read = read.map_or_else(String::new, |at| format!(" up to {at}"));
        for finding in findings.iter_mut().filter(|f| f.code == NEVER_HIT) {
            finding.text = format!(
                "{}{read}; pf counts since it last loaded its rules, {since}",
                finding.text
            );
            if let Some(row) = finding.evidence.first().and_then(|row| row.split_once(' ')) {
                let counters = format!("rule_counters {}", row.1);
                finding.evidence.push(counters);
            }
        }
        Ok(())
    }

    /// When the newest change of the rules was seen. The state of an earlier moment carries no history of its
    /// own: nothing is said then.
    async fn rules_changed(&self, loaded: &Loaded) -> Option<Timestamp> {
        let query = ChangesQuery {
            domains: vec![by_name("firewall_rules")?],
            firewall: Some(loaded.firewall),
            since: None,
            until: None,
            about: None,
            noise: false,
            after: None,
            limit: 1,
        };
        let found = self.store.changes(query).await.ok()?;
        found.changes.first().map(|change| change.at)
    }
}
