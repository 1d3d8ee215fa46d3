//! Whether "nothing there" may be believed. Pure.
//!
//! A firewall whose backend is down answers HTTP 200 with empty lists. A row is deleted because its list
//! came back empty only after a second look, and a third.

use crate::types::Timestamp;

/// Looks in a row that must be empty before rows are deleted.
const LOOKS: i64 = 3;

/// Seconds those looks must span. configd caches for 30 to 300 seconds and gives up after 120: a shorter
/// span could see one failure three times.
const SPAN: i64 = 600;

/// What is known when a source that had rows answers without any.
#[derive(Debug, Clone, Copy)]
pub(super) struct Emptied {
    pub(super) now: Timestamp,
    /// Since when, and how many times in a row before now, it was empty.
    pub(super) before: Option<(Timestamp, i64)>,
    /// The domain always has rows on a working firewall.
    pub(super) never_empty: bool,
    /// The service list answers with rows: the backend is alive.
    pub(super) backend_alive: bool,
    /// Comes from configuration, and the configuration has changed since its rows were read.
    pub(super) config_changed: bool,
}

/// Whether to believe it, and the looks to remember if not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Believe,
    Doubt { since: Timestamp, looks: i64 },
}

pub(super) fn judge(seen: Emptied) -> Verdict {
    let (since, looks) = seen.before.map_or((seen.now, 1), |(since, looks)| (since, looks + 1));
    let doubt = Verdict::Doubt { since, looks };
    if seen.never_empty || !seen.backend_alive {
        return doubt;
    }
    if seen.config_changed || (looks >= LOOKS && seen.now.seconds_since(since) >= SPAN) {
        Verdict::Believe
    } else {
        doubt
    }
}

/// The sentence for answers and reports.
pub(super) fn reason(had: i64, never_empty: bool, looks: i64) -> String {
    if never_empty {
        return "answered without rows, which a working firewall never does; earlier rows are kept"
            .to_owned();
    }
    format!(
        "answered without rows where {had} were known; they are kept until {LOOKS} looks over {} minutes agree (this is look {looks})",
        SPAN / 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emptied() -> Emptied {
        let now = Timestamp::from_seconds(10_000);
        Emptied {
            now,
            before: None,
            never_empty: false,
            backend_alive: true,
            config_changed: false,
        }
    }

    #[test]
    fn one_empty_answer_is_never_believed() {
        assert!(matches!(judge(emptied()), Verdict::Doubt { looks: 1, .. }));
    }

    #[test]
    fn three_looks_over_ten_minutes_are_believed() {
        let early = Timestamp::from_seconds(9_400);
        assert_eq!(judge(Emptied { before: Some((early, 2)), ..emptied() }), Verdict::Believe);
        let late = Timestamp::from_seconds(9_401);
        assert!(matches!(
            judge(Emptied { before: Some((late, 9)), ..emptied() }),
            Verdict::Doubt { looks: 10, .. }
        ));
    }

    #[test]
    fn nothing_is_believed_while_the_backend_is_down() {
        let early = Timestamp::from_seconds(0);
        let seen = Emptied {
            before: Some((early, 99)),
            backend_alive: false,
            config_changed: true,
            ..emptied()
        };
        assert!(matches!(judge(seen), Verdict::Doubt { .. }));
    }

    #[test]
    fn a_changed_configuration_explains_an_empty_list() {
        assert_eq!(judge(Emptied { config_changed: true, ..emptied() }), Verdict::Believe);
        assert!(matches!(
            judge(Emptied { config_changed: true, never_empty: true, ..emptied() }),
            Verdict::Doubt { .. }
        ));
    }
}
