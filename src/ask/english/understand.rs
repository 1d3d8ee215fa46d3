//! Which kind of question it is: the one that explains every word.

use std::cmp::Reverse;

use super::entity::{Entity, Sort};
use super::kinds::{Action, DEVICES, HEALTH, Kind, NETWORKS, PAST, REFUSED, RULES, Slots, has};
use super::phrases::bases;
use super::words::Word;

/// Words that ask, point, join and make talk, and mean the same with every kind.
const STOP: &str = "their they them if really were been being a an the my our me i you we us your all any every \
    each show list display give tell get find please can could would should will want like need \
    let see what which who whose where when how is are was be am do does did there this that \
    these those it its in on at of for from to with by and or currently now right some into as \
    under own out also hey hi hello thanks thank kindly just actually so whether have has think \
    guess believe suppose wonder wondering curious hope maybe perhaps probably exactly simply \
    basically too very quite pretty because though although sure sorry check look know help \
    still already yet even here quickly";

/// How well a kind explains a question.
pub(super) struct Fit {
    pub(super) kind: &'static Kind,
    /// Words that it does not understand, as written.
    pub(super) unexplained: Vec<String>,
    /// Groups of words and things that it found.
    specific: usize,
    /// Nothing is missing.
    callable: bool,
}

pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    [DEVICES, NETWORKS, RULES, HEALTH, PAST, REFUSED].into_iter().flatten()
}

/// Whether a word belongs to the language of questions rather than to the network.
pub(super) fn is_spoken(stem: &str) -> bool {
    has(STOP, stem)
        || kinds()
            .any(|kind| has(kind.may, stem) || kind.needs.iter().any(|group| has(group, stem)))
}

/// Every kind whose needs are met, the best first.
pub(super) fn fits(slots: &Slots<'_>) -> Vec<Fit> {
    let mut fits: Vec<Fit> = kinds().filter_map(|kind| fit(kind, slots)).collect();
    let rank = |fit: &Fit| (fit.unexplained.len(), Reverse(fit.specific), !fit.callable);
    fits.sort_by_key(rank);
    fits
}

/// Forms of verbs that nothing in the index is called, by the verb: "expiring" asks what "expire" asks.
pub(super) fn inflected(words: &mut [Word], entities: &mut Vec<Entity>) {
    entities.retain(|entity| {
        let alone = entity.sort == Sort::Unknown && entity.last == entity.first + 1;
        let Some(word) = words.get_mut(entity.first).filter(|word| alone && !word.quoted) else {
            return true;
        };
        match bases(&word.stem).into_iter().find(|base| is_spoken(base)) {
            Some(base) => {
                word.stem = base;
                false
            }
            None => true,
        }
    });
}

fn fit(kind: &'static Kind, slots: &Slots<'_>) -> Option<Fit> {
    let (words, entities) = (slots.words, slots.entities);
    let covering = |i: usize| entities.iter().find(|e| e.first <= i && i < e.last);
    let free = || words.iter().enumerate().filter(|(i, _)| covering(*i).is_none());
    let says = |list: &str| free().any(|(_, word)| has(list, &word.stem));
    if says(kind.not) {
        return None;
    }
    if !kind.needs.iter().all(|group| says(group)) {
        return None;
    }
    let wanted = kind.wants.iter().all(|group| entities.iter().any(|e| group.contains(&e.sort)));
    if !wanted {
        return None;
    }
    let understands = |sort: Sort| {
        kind.takes.contains(&sort) || kind.wants.iter().any(|group| group.contains(&sort))
    };
    // Of one sort a kind is told one thing, except where it is asked between two.
    let mut used: Vec<Sort> = Vec::new();
    let mut unexplained = Vec::new();
    for entity in entities {
        // A moment may take several words.
        let again =
            used.contains(&entity.sort) && entity.sort != Sort::Time && !takes_several(kind);
        if entity.sort == Sort::Unknown || !understands(entity.sort) || again {
            unexplained.push(written(words, entity));
        } else {
            used.push(entity.sort);
        }
    }
    for (_, word) in free() {
        let known = has(STOP, &word.stem)
            || has(kind.may, &word.stem)
            || kind.needs.iter().any(|group| has(group, &word.stem));
        if !known {
            unexplained.push(word.text.clone());
        }
    }
    let specific = 2 * kind.needs.len() + 2 * kind.wants.len() + used.len();
    let callable = !matches!((kind.action)(slots), Action::Missing(_));
    Some(Fit { kind, unexplained, specific, callable })
}

/// Kinds that are refused whatever they are told, and those between two ends.
fn takes_several(kind: &Kind) -> bool {
    matches!(kind.name, "write" | "trace" | "traffic" | "activity" | "log")
}

fn written(words: &[Word], entity: &Entity) -> String {
    let texts: Vec<&str> = words
        .get(entity.first..entity.last)
        .unwrap_or_default()
        .iter()
        .map(|w| w.text.as_str())
        .collect();
    texts.join(" ")
}

/// The best fit, if it explains everything and no other explains it as well.
pub(super) fn decided(fits: &[Fit]) -> Option<&Fit> {
    let (best, rest) = fits.split_first()?;
    let rival = rest.iter().find(|fit| {
        fit.unexplained.is_empty()
            && (fit.specific, fit.callable) == (best.specific, best.callable)
            && fit.kind.name != best.kind.name
    });
    (best.unexplained.is_empty() && rival.is_none()).then_some(best)
}

/// A change is asked for by a verb in front: "block …", "please delete …", "can you add …".
pub(super) fn is_command(words: &[Word]) -> bool {
    const POLITE: &str = "please can could you would i want to now need like hey hi kindly just";
    let write = kinds().find(|kind| kind.name == "write");
    let verbs = write.and_then(|kind| kind.needs.first().copied()).unwrap_or_default();
    let first = words.iter().find(|word| !has(POLITE, &word.stem));
    // As written: "changes last week" begins with a noun.
    first.is_some_and(|word| has(verbs, &word.text.to_lowercase()))
}
