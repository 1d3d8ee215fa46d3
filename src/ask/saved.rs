//! Who saved the configuration that a change came with.

use serde::Serialize;

use crate::domain::AnyDomain;
use crate::store::RevisionRow;
use crate::types::Timestamp;

/// A configuration revision of the firewall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedBy {
    pub at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// So many saves fit as well as this one, which is the newest of them.
    #[serde(skip_serializing_if = "is_one")]
    pub one_of: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_one(count: &usize) -> bool {
    *count == 1
}

/// How well the words of a save fit a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// They name an endpoint that writes something else.
    Elsewhere,
    /// They name none: a page of the web interface, a script, a person.
    Open,
    /// They name an endpoint beside the one that the domain is read from.
    Here,
}

/// The save of `revisions` (oldest first) after `after` and up to `until` that fits a change of `domain` best: two
/// states may lie a day apart, and several people save within one.
pub(super) fn by(
    revisions: &[RevisionRow],
    domain: &dyn AnyDomain,
    after: Timestamp,
    until: Timestamp,
) -> Option<SavedBy> {
    let lies_between = |one: &&RevisionRow| one.revision.at > after && one.revision.at <= until;
    let between = revisions.iter().filter(lies_between);
    let fits: Vec<(Fit, &RevisionRow)> =
        between.map(|one| (fit(one.revision.description.as_deref(), domain), one)).collect();
    let best = fits.iter().map(|(fit, _)| *fit).max()?;
    let mut best = fits.iter().rev().filter(|(fit, _)| *fit == best);
    let (_, one) = best.next()?;
    Some(SavedBy {
        at: one.revision.at,
        user: one.revision.user.clone(),
        text: one.revision.description.clone(),
        one_of: 1 + best.count(),
    })
}

/// `/api/firewall/filter/setRule made changes` fits what is read from `firewall/filter/search_rule`.
fn fit(text: Option<&str>, domain: &dyn AnyDomain) -> Fit {
    let Some(named) = text.and_then(|text| text.trim_start().strip_prefix("/api/")) else {
        return Fit::Open;
    };
    let named = controller(named);
    let is_here = domain.api_sources().iter().any(|source| controller(source.path) == named);
    if is_here { Fit::Here } else { Fit::Elsewhere }
}

/// Module and controller of a path, in either spelling.
fn controller(path: &str) -> String {
    let parts: Vec<String> =
        path.split('/').take(2).map(|part| part.replace('_', "").to_lowercase()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::by_name;
    use crate::store::Revision;

    fn saves(words: &[(i64, &str)]) -> Vec<RevisionRow> {
        let row = |(at, text): &(i64, &str)| RevisionRow {
            revision: Revision {
                at: Timestamp::from_seconds(*at),
                backup_id: String::new(),
                user: Some(format!("user{at}")),
                description: Some((*text).to_owned()),
            },
            run: None,
            problem: None,
        };
        words.iter().map(row).collect()
    }

    fn chosen(words: &[(i64, &str)]) -> Option<(i64, usize)> {
        let (after, until) = (Timestamp::from_seconds(10), Timestamp::from_seconds(20));
        let by = by(&saves(words), by_name("firewall_rules").unwrap(), after, until)?;
        Some((by.at.seconds(), by.one_of))
    }

    const RULE: &str = "/api/firewall/filter/setRule made changes";
    const ALIAS: &str = "/api/firewall/alias/setItem made changes";

    #[test]
    fn a_save_counts_that_lies_between_the_states() {
        assert_eq!(chosen(&[(10, RULE), (21, RULE)]), None);
        assert_eq!(chosen(&[(10, RULE), (20, RULE), (21, RULE)]), Some((20, 1)));
    }

    #[test]
    fn the_words_of_a_save_tell_it_from_a_later_one_of_something_else() {
        assert_eq!(chosen(&[(12, RULE), (15, ALIAS)]), Some((12, 1)));
        assert_eq!(
            chosen(&[(12, "/firewall_rules_edit.php made changes"), (15, ALIAS)]),
            Some((12, 1))
        );
        // A renamed alias is written into the rules that name it.
        assert_eq!(chosen(&[(15, ALIAS)]), Some((15, 1)));
    }

    #[test]
    fn saves_that_fit_alike_are_counted_and_the_newest_is_named() {
        assert_eq!(chosen(&[(12, RULE), (14, "by hand"), (15, RULE)]), Some((15, 2)));
    }
}
