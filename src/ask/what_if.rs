//! What a change would do: the flows that differ between two moments, or with a proposed rule list.

use serde::{Deserialize, Serialize};

use crate::rules::{
    Cube, DESTINATION, Family, Rows, RuleRow, Ruleset, SOURCE, change, describe, lower,
};

use super::error::AskError;
use super::freshness::Freshness;
use super::query::Ask;
use super::reach::{ReachQuestion, arrivals, cube};

/// Changed flows shown at most.
const SHOWN: usize = 100;

/// Rules as they might be. Nothing is written to the firewall.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proposal {
    /// Replaces every rule that is not automatic.
    pub rules: Option<Vec<RuleRow>>,
    /// Come in addition; a rule without position is evaluated before the others of its kind.
    pub add: Vec<RuleRow>,
    /// Uuids of rules to leave out.
    pub remove: Vec<String>,
}

/// One changed set of flows.
#[derive(Debug, Clone, Serialize)]
pub struct ChangedFlow {
    /// opened or closed.
    pub change: &'static str,
    pub arrives_on: String,
    pub from: String,
    pub to: String,
    pub service: String,
    /// A packet whose fate changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
}

/// The answer: disjoint flows, complete unless `total` says there are more.
#[derive(Debug, Clone, Serialize)]
pub struct WhatIf {
    pub summary: String,
    pub flows: Vec<ChangedFlow>,
    pub total: usize,
    #[serde(flatten)]
    pub freshness: Freshness,
}

impl Ask {
    /// What `proposal` would open and close, of the flows that `question` asks about.
    pub async fn what_if(
        &self,
        question: &ReachQuestion,
        proposal: &Proposal,
    ) -> Result<WhatIf, AskError> {
        let loaded = self.ruleset(question.firewall.as_deref()).await?;
        let after = lower(&apply(&loaded.rows, proposal));
        self.compare(question, &loaded.ruleset, &after, loaded.freshness.clone()).await
    }

    /// What changed since `earlier`, of the flows that `question` asks about.
    pub async fn what_changed(
        &self,
        question: &ReachQuestion,
        earlier: &Self,
    ) -> Result<WhatIf, AskError> {
        let before = earlier.ruleset(question.firewall.as_deref()).await?;
        let after = self.ruleset(question.firewall.as_deref()).await?;
        self.compare(question, &before.ruleset, &after.ruleset, after.freshness.clone()).await
    }

    async fn compare(
        &self,
        question: &ReachQuestion,
        before: &Ruleset,
        after: &Ruleset,
        freshness: Freshness,
    ) -> Result<WhatIf, AskError> {
        let loaded = self.ruleset(question.firewall.as_deref()).await?;
        let from = self.endpoint(&loaded, &question.from).await?;
        let to = self.endpoint(&loaded, &question.to).await?;
        let moment = question.at.as_deref().map(str::parse).transpose()?;
        let mut flows = Vec::new();
        for family in Family::BOTH {
            let start = cube(question, family, from.addresses.of(family), to.addresses.of(family))?;
            for (device, cube) in arrivals(before, family, from.device, &start) {
                let changed = change(before, after, device, family, &cube, moment)?;
                let on = before.device(device).map(crate::rules::Device::label).unwrap_or_default();
                for (word, cubes) in [("opened", &changed.opened), ("closed", &changed.closed)] {
                    flows.extend(cubes.iter().map(|cube| flow(word, &on, cube, family)));
                }
            }
        }
        let total = flows.len();
        let opened = flows.iter().filter(|f| f.change == "opened").count();
        flows.truncate(question.limit.unwrap_or(SHOWN));
        let summary = match (opened, total - opened) {
            (0, 0) => "no flow changes".to_owned(),
            (o, c) => format!("{o} sets of flows are opened and {c} closed"),
        };
        Ok(WhatIf { summary, flows, total, freshness })
    }
}

fn flow(change: &'static str, on: &str, cube: &Cube, family: Family) -> ChangedFlow {
    ChangedFlow {
        change,
        arrives_on: on.to_owned(),
        from: describe::addresses(cube.side(SOURCE), family),
        to: describe::addresses(cube.side(DESTINATION), family),
        service: describe::service(cube, family),
        witness: cube.witness(family).map(|p| p.to_string()),
    }
}

fn apply(rows: &Rows, proposal: &Proposal) -> Rows {
    let mut after = rows.clone();
    if let Some(rules) = &proposal.rules {
        after.rules.retain(|r| r.origin == "automatic");
        after.rules.extend(rules.iter().cloned());
    }
    after.rules.retain(|r| !proposal.remove.contains(&r.uuid));
    after.rules.extend(proposal.add.iter().cloned());
    after
}
