//! Which snapshots may go. Pure: a plan that can be shown before it is carried out.

use std::collections::BTreeMap;

use crate::types::Timestamp;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// How long history is kept, in seconds; absent is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Every state.
    pub keep_all: Option<i64>,
    /// After that the last state of each hour.
    pub hourly: Option<i64>,
    /// After that the last state of each day.
    pub daily: Option<i64>,
    /// After that the last state of each week.
    pub weekly: Option<i64>,
    /// Every state of the configuration.
    pub configuration: Option<i64>,
    /// Presence that has ended.
    pub presence: Option<i64>,
}

/// A snapshot as the plan sees it; those of one domain of one firewall, in the order of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) id: i64,
    pub(super) position: i64,
    pub(super) taken_at: Timestamp,
}

/// A snapshot that may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) id: i64,
    pub(super) position: i64,
    /// The snapshot that will stand for it.
    pub(super) stands_for: Option<i64>,
}

/// What may go of `snapshots` at `now`. The newest always stays, and so does what lies in the future, as after
/// a clock that was wrong.
pub(super) fn plan(
    retention: &Retention,
    is_configuration: bool,
    now: Timestamp,
    snapshots: &[Kept],
) -> Vec<Dropped> {
    let within = |age: i64, limit: Option<i64>| limit.is_none_or(|limit| age <= limit);
    // The bucket that a snapshot shares with others, of which the last stays; absent: it goes.
    let bucket = |kept: &Kept| -> Option<(i64, i64)> {
        let (age, at) = (now.seconds() - kept.taken_at.seconds(), kept.taken_at.seconds());
        let all = if is_configuration { retention.configuration } else { retention.keep_all };
        if within(age, all) {
            Some((0, kept.id))
        } else if !is_configuration && within(age, retention.hourly) {
            Some((HOUR, at.div_euclid(HOUR)))
        } else if !is_configuration && within(age, retention.daily) {
            Some((DAY, at.div_euclid(DAY)))
        } else if within(age, retention.weekly) {
            Some((WEEK, at.div_euclid(WEEK)))
        } else {
            None
        }
    };
    let mut last: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for kept in snapshots {
        if let Some(bucket) = bucket(kept) {
            last.insert(bucket, kept.id);
        }
    }
    let newest = snapshots.last().map(|kept| kept.id);
    let stays = |kept: &Kept| {
        Some(kept.id) == newest || bucket(kept).is_some_and(|b| last.get(&b) == Some(&kept.id))
    };
    let (mut dropped, mut stands_for) = (Vec::new(), None);
    for kept in snapshots {
        if stays(kept) {
            stands_for = Some(kept.id);
        } else {
            dropped.push(Dropped { id: kept.id, position: kept.position, stands_for });
        }
    }
    dropped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: Retention = Retention {
        keep_all: Some(DAY),
        hourly: Some(3 * DAY),
        daily: Some(30 * DAY),
        weekly: Some(365 * DAY),
        configuration: Some(400 * DAY),
        presence: None,
    };
    const NOW: Timestamp = Timestamp::from_seconds(1_795_476_832);

    fn snapshots(ages: &[i64]) -> Vec<Kept> {
        let mut ages = ages.to_vec();
        ages.sort_unstable_by(|a, b| b.cmp(a));
        let at = |age: i64| NOW.plus_seconds(-age);
        let kept = |(i, age): (usize, &i64)| Kept {
            id: i64::try_from(i).unwrap(),
            position: at(*age).millis(),
            taken_at: at(*age),
        };
        ages.iter().enumerate().map(kept).collect()
    }

    fn left(ages: &[i64]) -> usize {
        ages.len() - plan(&POLICY, false, NOW, &snapshots(ages)).len()
    }

    #[test]
    fn a_day_is_kept_whole_and_older_states_by_hour_day_and_week() {
        let every_minute = |from: i64, to: i64| (from..to).step_by(60).collect::<Vec<i64>>();
        assert_eq!(left(&every_minute(0, DAY)), 1440);
        // 25 hours touch 25 or 26 hours of the clock.
        assert!((25..=26).contains(&left(&every_minute(DAY + 60, 2 * DAY + HOUR))));
        assert!((3..=4).contains(&left(&every_minute(4 * DAY, 7 * DAY))));
        assert!((3..=4).contains(&left(&every_minute(31 * DAY, 45 * DAY))));
        // Older than all: only the newest.
        assert_eq!(left(&every_minute(400 * DAY, 401 * DAY)), 1);
    }

    #[test]
    fn configuration_is_kept_longer() {
        let ages: Vec<i64> = (0..390).map(|day| day * DAY).collect();
        assert!(plan(&POLICY, true, NOW, &snapshots(&ages)).is_empty());
    }

    proptest! {
        /// What stays after one plan stays after the next: carrying a plan out twice drops nothing more.
        #[test]
        fn a_plan_is_final_and_keeps_the_newest(ages in prop::collection::vec(0_i64..500 * DAY, 1..200), config: bool) {
            let all = snapshots(&ages);
            let dropped = plan(&POLICY, config, NOW, &all);
            let gone: Vec<i64> = dropped.iter().map(|d| d.id).collect();
            let rest: Vec<Kept> = all.iter().filter(|k| !gone.contains(&k.id)).copied().collect();
            prop_assert_eq!(rest.last(), all.last());
            prop_assert!(plan(&POLICY, config, NOW, &rest).is_empty());
            for one in &dropped {
                if let Some(id) = one.stands_for {
                    prop_assert!(id < one.id && !gone.contains(&id), "what stands for it is older and stays");
                }
            }
        }
    }
}
