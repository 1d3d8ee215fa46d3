//! From and to: the ends of a packet, as people say them.

use crate::ask::reach::ReachQuestion;
use crate::ask::trace::TraceQuestion;

use super::call::Call;
use super::entity::{Entity, Sort};
use super::kinds::{Action, Slots};

/// Verbs whose subject sends.
const REACHING: &[&str] = &["reach", "access", "talk", "connect"];

const ENDS: &[Sort] = &[Sort::Device, Sort::Address, Sort::Range, Sort::Place, Sort::Alias];

/// Everything that a network may send to, as far as a rule passes it; what may be sent to it, where that is asked.
pub(super) fn reach(slots: &Slots<'_>) -> Action {
    let Some(place) = slots.entities.iter().find(|e| e.sort == Sort::Place) else {
        return Action::Missing("say from where, such as: what can GUEST reach");
    };
    let position = |any: &[&str]| slots.words.iter().position(|w| any.contains(&w.stem.as_str()));
    let (verb, from) = (position(REACHING), position(&["from"]));
    // "What can GUEST reach", "what is reachable from GUEST"; "what can reach GUEST" is the other way.
    let is_sender = from.is_some_and(|at| at < place.first)
        || verb.is_some_and(|at| place.last <= at && from.is_none());
    let name = place.label.clone().unwrap_or_else(|| place.value.clone());
    let (from, to) = if is_sender { (name, "any".to_owned()) } else { ("any".to_owned(), name) };
    let verdict = Some("pass".to_owned());
    Action::Call(Call::Reach(ReachQuestion { from, to, verdict, ..ReachQuestion::default() }))
}

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
