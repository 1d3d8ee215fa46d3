//! From and to: the ends of a packet, as people say them.

use crate::ask::trace::TraceQuestion;

use super::call::Call;
use super::entity::{Entity, Sort};
use super::kinds::{Action, Slots};

const ENDS: &[Sort] = &[Sort::Device, Sort::Address, Sort::Range, Sort::Place, Sort::Alias];

/// Who reaches whom: what follows "from" is the sender; else the first is. "Internet" is a place of its own.
pub(super) fn trace(slots: &Slots<'_>) -> Action {
    let ends: Vec<&Entity> = slots.entities.iter().filter(|e| ENDS.contains(&e.sort)).collect();
    let position = |stem: &str| slots.words.iter().position(|w| w.stem == stem);
    let (internet, from_at) = (position("internet"), position("from"));
    let follows_from = |at: usize| from_at.is_some_and(|from| at > from && at <= from + 2);
    let end = |e: &Entity| e.label.clone().unwrap_or_else(|| e.value.clone());
    let (from, to) = match (ends.as_slice(), internet) {
        ([one], Some(at)) if follows_from(at) => ("internet".to_owned(), end(one)),
        ([one], Some(_)) => (end(one), "internet".to_owned()),
        ([first, second], None) if follows_from(second.first) && !follows_from(first.first) => {
            (end(second), end(first))
        }
        ([first, second], None) => (end(first), end(second)),
        _ => return Action::Missing("say both ends, such as: can nas reach 10.0.0.5 on port 443"),
    };
    let protocol = ["tcp", "udp", "icmp"].into_iter().find(|name| slots.says(&[name]));
    let protocol = protocol.or_else(|| slots.says(&["ping"]).then_some("icmp"));
    Action::Call(Call::Trace(TraceQuestion {
        from,
        to,
        port: slots.first(&[Sort::Port]),
        protocol: protocol.map(str::to_owned),
        ..TraceQuestion::default()
    }))
}
