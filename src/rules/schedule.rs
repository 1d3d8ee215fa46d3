//! When a scheduled rule is awake.

use super::packet::LocalTime;
use super::rows::{ScheduleRange, ScheduleRow};

/// Ranges of one schedule; `None` when the index does not hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub name: String,
    ranges: Option<Vec<Range>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    weekdays: Vec<u8>,
    /// Month and day.
    dates: Vec<(u8, u8)>,
    /// Minutes since midnight; it ends as the second one begins.
    from: u16,
    to: u16,
}

impl Schedule {
    /// `None` when no schedule has that name and `known` says that there is none: the rule stays active.
    pub(super) fn new(name: &str, rows: &[ScheduleRow], known: bool) -> Option<Self> {
        let row = rows.iter().find(|row| row.name == name);
        if row.is_none() && known {
            return None;
        }
        let ranges = row.and_then(|row| row.ranges.iter().map(range).collect());
        Some(Self { name: name.to_owned(), ranges })
    }

    /// `None` when the schedule or the moment is not known.
    pub fn is_active(&self, moment: Option<LocalTime>) -> Option<bool> {
        let (ranges, moment) = (self.ranges.as_ref()?, moment?);
        Some(ranges.iter().any(|range| range.holds(moment)))
    }
}

impl Range {
    fn holds(&self, moment: LocalTime) -> bool {
        let day = if self.weekdays.is_empty() {
            self.dates.contains(&(moment.month, moment.day))
        } else {
            self.weekdays.contains(&moment.weekday)
        };
        // `now >= strtotime(from) && now < strtotime(to)`: 8:00-17:59 ends before 17:59.
        day && self.from <= moment.minute && moment.minute < self.to
    }
}

fn range(row: &ScheduleRange) -> Option<Range> {
    let (from, to) = row.hours.split_once('-').unwrap_or(("0:00", "24:00"));
    let dates = row.dates.iter().map(|date| {
        let (month, day) = date.split_once('-')?;
        Some((month.trim().parse().ok()?, day.trim().parse().ok()?))
    });
    Some(Range {
        weekdays: row.weekdays.clone(),
        dates: dates.collect::<Option<_>>()?,
        from: minute(from)?,
        to: minute(to)?,
    })
}

/// Minutes since midnight of `8:05`.
pub fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 24 && minute < 60).then(|| hour * 60 + minute)
}
