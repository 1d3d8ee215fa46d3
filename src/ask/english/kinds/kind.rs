//! What a kind of question is, and what a question holds.

use crate::ask::devices::DevicesQuery;
use crate::ask::english::call::Call;
use crate::ask::english::entity::{Entity, Sort};
use crate::ask::english::words::Word;
use crate::ask::query::Query;
use crate::ask::report::ReportQuery;
use crate::types::Timestamp;

/// One kind of question.
pub(in crate::ask::english) struct Kind {
    pub(in crate::ask::english) name: &'static str,
    /// What it asks for; `{}` stands for the things named.
    pub(in crate::ask::english) says: &'static str,
    /// Groups of words in the singular; one word of each must be there.
    pub(in crate::ask::english) needs: &'static [&'static str],
    /// Words that it understands beside them.
    pub(in crate::ask::english) may: &'static str,
    /// Words that make it another question.
    pub(in crate::ask::english) not: &'static str,
    /// One entity of each group must be there.
    pub(in crate::ask::english) wants: &'static [&'static [Sort]],
    /// Entities it understands beside them.
    pub(in crate::ask::english) takes: &'static [Sort],
    pub(in crate::ask::english) action: fn(&Slots<'_>) -> Action,
}

/// What becomes of an understood question.
#[expect(clippy::large_enum_variant, reason = "a few for each question, none of them kept")]
pub(in crate::ask::english) enum Action {
    Call(Call),
    /// It cannot be answered from here; the text says what is missing and what can be done.
    Refuse(&'static str),
    /// Something was not said; the text asks for it.
    Missing(&'static str),
}

/// The words and things of a question.
pub(in crate::ask::english) struct Slots<'q> {
    pub(in crate::ask::english) words: &'q [Word],
    pub(in crate::ask::english) entities: &'q [Entity],
    pub(in crate::ask::english) now: Timestamp,
}

impl Slots<'_> {
    pub(in crate::ask::english) fn first(&self, sorts: &[Sort]) -> Option<String> {
        self.entities.iter().find(|e| sorts.contains(&e.sort)).map(|e| e.value.clone())
    }

    pub(in crate::ask::english) fn says(&self, any: &[&str]) -> bool {
        self.words.iter().any(|w| any.contains(&w.stem.as_str()))
    }

    fn states(&self) -> Vec<String> {
        let mut states = Vec::new();
        if self.says(ONLINE) {
            states.push("online");
        }
        if self.says(OFFLINE) {
            states.push("offline");
        }
        if self.says(UNKNOWN) {
            states.push("unknown");
        }
        if self.says(&["reserved", "static", "reservation"]) {
            states.push("reserved");
        }
        if self.says(&["unreserved"]) {
            states.push("unreserved");
        }
        if self.says(&["randomised", "randomized", "randomise", "private"]) {
            states.push("randomised");
        }
        states.dedup();
        states.into_iter().map(str::to_owned).collect()
    }

    pub(in crate::ask::english) fn devices(&self) -> DevicesQuery {
        DevicesQuery {
            place: self.first(&[Sort::Place, Sort::Range]),
            name: self.first(&[Sort::Device, Sort::Group, Sort::Address, Sort::Mac]),
            vendor: self.first(&[Sort::Vendor]),
            is: self.states(),
            firewall: self.first(&[Sort::Firewall]),
            ..DevicesQuery::default()
        }
    }
}

pub(in crate::ask::english) const ONLINE: &[&str] =
    &["online", "connected", "up", "active", "alive", "present", "reachable"];
pub(in crate::ask::english) const OFFLINE: &[&str] =
    &["offline", "away", "disconnected", "down", "absent", "unreachable"];
pub(in crate::ask::english) const UNKNOWN: &[&str] =
    &["unknown", "unidentified", "unrecognised", "unrecognized", "unnamed", "nameless", "strange"];
pub(in crate::ask::english) const ONE: &[Sort] = &[Sort::Device, Sort::Address, Sort::Mac];

/// Whether `stem` is one of the words of `list`.
pub(in crate::ask::english) fn has(list: &str, stem: &str) -> bool {
    list.split(' ').any(|word| word == stem)
}

pub(in crate::ask::english) fn report(name: &str, about: Option<String>) -> Action {
    only(name, about, None)
}

pub(in crate::ask::english) fn only(
    name: &str,
    about: Option<String>,
    only: Option<&str>,
) -> Action {
    Action::Call(Call::Report(ReportQuery {
        report: name.to_owned(),
        about,
        only: only.map(str::to_owned),
        ..ReportQuery::default()
    }))
}

pub(in crate::ask::english) fn rows(domain: &str, filters: Vec<String>) -> Action {
    Action::Call(Call::Query(Query { domain: domain.to_owned(), filters, ..Query::default() }))
}

pub(in crate::ask::english) fn columns(
    domain: &str,
    filters: Vec<String>,
    names: &[&str],
) -> Action {
    let columns = names.iter().map(|name| (*name).to_owned()).collect();
    Action::Call(Call::Query(Query {
        domain: domain.to_owned(),
        filters,
        columns,
        ..Query::default()
    }))
}
