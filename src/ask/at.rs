//! The same questions about an earlier moment.

use crate::domain::{ALL, AnyDomain};
use crate::store::Store;

use super::error::AskError;
use super::query::Ask;

impl Ask {
    /// Asks as of `moment`: a time such as `2026-11-24T14:00:00Z`, `yesterday 14:00`, `2 hours ago`, a date, or
    /// `run 17`. Absent or empty: as of now.
    ///
    /// What it gives is an [`Ask`] that answers every question over the state of then; doors and questions
    /// need nothing else. Each answer's freshness says of what moment it is and what is not known of it.
    pub async fn at(&self, moment: Option<&str>) -> Result<Self, AskError> {
        if moment.is_none_or(|text| text.trim().is_empty()) {
            // Rulesets that were lowered stay at hand.
            return Ok(self.clone());
        }
        let store = self.store_at(moment, ALL).await?;
        let earlier = Self::new(store, self.clock.clone());
        Ok(Self { suppressions: self.suppressions.clone(), ..earlier })
    }

    /// The store of then, with the tables of `domains` alone: for a question that looks at no other.
    pub(super) async fn store_at(
        &self,
        moment: Option<&str>,
        domains: &[&'static dyn AnyDomain],
    ) -> Result<Store, AskError> {
        match moment.map(str::trim).filter(|text| !text.is_empty()) {
            None => Ok(self.store.clone()),
            Some(text) => Ok(self.store.at(self.clock.moment(text)?, domains).await?),
        }
    }
}
