//! Turns of speech: several words that mean one thing or nothing, and forms of one word.

use super::words::{Word, stem};

/// What is said, and what it means here. Longer ones first, where one begins another.
///
/// Whatever narrows a question ("but", "only", "except", "most") is none of these: it must be understood or asked about.
const IDIOMS: &[(&str, &str)] = &[
    ("at the moment", ""),
    ("right now", "now"),
    ("at all", ""),
    ("of course", ""),
    ("by the way", ""),
    ("on earth", ""),
    ("in the world", ""),
    ("any idea", ""),
    ("a couple of", ""),
    ("a bunch of", ""),
    ("these days", ""),
    ("about to", ""),
    ("over on", "on"),
    ("over in", "in"),
    ("how come", "why"),
    ("how comes", "why"),
    ("what for", "why"),
    ("let me know", "tell"),
    ("anything to do with", "about"),
    ("something to do with", "about"),
    ("to do with", "about"),
    ("going on", "happening"),
    ("goes on", "happening"),
    ("get around", "bypass"),
    ("gets around", "bypassing"),
    ("getting around", "bypassing"),
    ("end up at", "to"),
    ("end up on", "to"),
    ("ends up at", "to"),
    ("ends up on", "to"),
    ("look up", "lookup"),
    ("looked up", "lookup"),
    ("looking up", "lookup"),
    ("hang out", ""),
    ("hanging out", ""),
    ("hangs out", ""),
    ("run out", "expire"),
    ("runs out", "expire"),
    ("up and running", "online"),
    ("turned on", "online"),
    ("switched on", "online"),
    ("powered on", "online"),
    ("powered off", "offline"),
    ("web gui", "webgui"),
    ("web ui", "webgui"),
    ("web interface", "webgui"),
    ("do not think it should", ""),
];

/// Puts what a turn of speech means in its place; quoted words are nobody's turn of speech.
pub(super) fn idioms(words: &[Word]) -> Vec<Word> {
    let mut read = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let rest = words.get(at..).unwrap_or_default();
        let found = IDIOMS.iter().find(|(said, _)| begins(rest, said));
        if let Some((said, means)) = found {
            at += said.split(' ').count();
            if !means.is_empty() {
                let text = (*means).to_owned();
                read.push(Word { stem: stem(&text), text, quoted: false });
            }
        } else {
            read.push(word.clone());
            at += 1;
        }
    }
    read
}

fn begins(words: &[Word], said: &str) -> bool {
    let mut words = words.iter();
    said.split(' ').all(|part| {
        words.next().is_some_and(|word| !word.quoted && word.text.eq_ignore_ascii_case(part))
    })
}

/// "Is the printer on?": a state, where nothing follows that it could be on.
pub(super) fn switched(mut words: Vec<Word>) -> Vec<Word> {
    const AFTER: [&str; 6] = ["now", "currently", "again", "today", "please", "still"];
    let last = words.iter().rposition(|word| !AFTER.contains(&word.stem.as_str()));
    if let Some(word) = last.and_then(|at| words.get_mut(at)).filter(|word| !word.quoted) {
        match word.stem.as_str() {
            "on" => "online".clone_into(&mut word.stem),
            "off" => "offline".clone_into(&mut word.stem),
            _ => {}
        }
    }
    words
}

/// What a verb in `-ing` or `-ed` may be a form of.
pub(super) fn bases(lower: &str) -> Vec<String> {
    /// Shorter ones are words of their own: `ring`, `red`.
    const LEAST: usize = 3;
    let mut bases = Vec::new();
    for ending in ["ing", "ed"] {
        let Some(base) = lower.strip_suffix(ending).filter(|base| base.len() >= LEAST) else {
            continue;
        };
        bases.push(base.to_owned());
        bases.push(format!("{base}e"));
        let mut ends = base.chars().rev();
        if let (Some(last), Some(before)) = (ends.next(), ends.next())
            && last == before
            && let Some(single) = base.strip_suffix(last)
        {
            bases.push(single.to_owned());
        }
    }
    bases
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn turns_of_speech_are_read_whole_and_leave_what_narrows_alone() {
        assert_eq!(stems("who is on guest at the moment?"), ["who", "is", "on", "guest"]);
        assert_eq!(stems("how come the nas is down"), ["why", "the", "nas", "is", "down"]);
        assert_eq!(stems("all but \"right now\""), ["all", "but", "right now"]);
    }

    #[test]
    fn on_is_a_state_only_where_nothing_follows() {
        assert_eq!(
            stems("is the printer on right now?"),
            ["is", "the", "printer", "online", "now"]
        );
        assert_eq!(stems("is the printer on IOT?"), ["is", "the", "printer", "on", "iot"]);
        assert_eq!(stems("is the printer not on?"), ["is", "the", "printer", "offline"]);
    }

    #[test]
    fn forms_of_a_verb_have_their_base() {
        for (form, base) in [
            ("expiring", "expire"),
            ("reached", "reach"),
            ("hogging", "hog"),
            ("answered", "answer"),
        ] {
            assert!(bases(form).contains(&base.to_owned()), "{form}: {:?}", bases(form));
        }
        assert!(bases("ring").is_empty() && bases("red").is_empty());
    }
}
