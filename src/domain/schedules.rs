//! Schedules: the times outside of which a rule that names one sleeps.
//!
//! No endpoint of any release gives them; config.xml keeps them at `/schedules`. The firewall asks every 15 minutes,
//! at :01, :16, :31 and :46, whether one of the ranges holds (`filter_get_time_based_rule_status` of
//! `filter.inc`), so a rule may wake and sleep that much later than its schedule says.
use super::prelude::*;
use super::words::joined;

#[derive(Debug)]
pub struct Range {
    pub name: Box<str>,
    pub range: i64,
    pub weekdays: Option<Box<str>>,
    pub dates: Option<Box<str>>,
    pub starts: Option<Box<str>>,
    pub ends: Option<Box<str>>,
    pub range_description: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

static NODE: Node = Node::new(
    "schedules/schedule",
    &[
        Take::Part { to: "part" },
        rename("timerange.position", "position"),
        rename("timerange.month", "month"),
        rename("timerange.day", "day"),
        rename("timerange.hour", "hour"),
        rename("timerange.rangedescr", "rangedescr"),
    ],
)
.each("timerange");

pub static DOMAIN: Domain<Range> = Domain {
    name: "schedules",
    about: "Time ranges of schedules, in the firewall's local time: a rule that names a schedule sleeps outside of all its ranges.",
    cadence: Cadence::Config,
    sources: &[Source::config("config", &NODE)],
    fields: &[
        field("name"),
        field("part"),
        field("position"),
        field("month"),
        field("day"),
        field("hour"),
        field("rangedescr"),
        field("descr"),
    ],
    identity: &["name", "part"],
    columns: &[
        col(Role::Key, "name", Read::Name(|r| Some(&r.name)), "Name that rules use."),
        col(
            Role::Key,
            "range",
            Read::Int(|r| Some(r.range)),
            "Which range of the schedule, from 1; any of them suffices. 0: it has none and is never active.",
        ),
        col(
            Role::Plain,
            "weekdays",
            Read::Text(|r| r.weekdays.as_deref()),
            "Days of the week it holds on, such as mon,tue; absent: the dates decide.",
        ),
        col(
            Role::Plain,
            "dates",
            Read::Text(|r| r.dates.as_deref()),
            "Dates it holds on in every year, such as 12-24,12-25 (month-day); with neither weekdays nor dates it never holds.",
        ),
        col(
            Role::Plain,
            "starts",
            Read::Text(|r| r.starts.as_deref()),
            "First minute of the day that is inside, as 08:00; absent: from midnight.",
        ),
        col(
            Role::Plain,
            "ends",
            Read::Text(|r| r.ends.as_deref()),
            "First minute of the day that is outside again, up to 24:00; absent: to midnight.",
        ),
        col(
            Role::Plain,
            "range_description",
            Read::Text(|r| r.range_description.as_deref()),
            "The administrator's words for this range.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|r| r.description.as_deref()),
            "The administrator's words for the schedule.",
        ),
    ],
    parse: |raw, rows| {
        let (starts, ends) = hours(raw)?;
        let weekdays = weekdays(raw)?;
        rows.push(Range {
            name: raw.text("name")?,
            range: raw.read("part")?,
            // Where weekdays are given, the firewall does not look at dates.
            dates: if raw.has("position") && raw.maybe("position").is_some() {
                None
            } else {
                dates(raw)?
            },
            weekdays,
            starts,
            ends,
            range_description: raw.string("rangedescr"),
            description: raw.string("descr"),
        });
        Ok(())
    },
    never_empty: false,
};

/// `1,7` as `mon,sun`. A number that is no weekday is never today.
fn weekdays(raw: Raw<'_>) -> Result<Option<Box<str>>, Reject> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut days: Vec<Box<str>> = Vec::new();
    for day in raw.list("position") {
        let number: usize = day
            .parse()
            .map_err(|_| Reject::new("position", "is no list of weekdays from 1 to 7"))?;
        days.extend(number.checked_sub(1).and_then(|i| NAMES.get(i)).map(|name| (*name).into()));
    }
    Ok(joined(&days))
}

/// Months and days in pairs; lists of different lengths never hold.
fn dates(raw: Raw<'_>) -> Result<Option<Box<str>>, Reject> {
    let (months, days) = (raw.list("month"), raw.list("day"));
    if months.len() != days.len() {
        return Ok(None);
    }
    let number = |text: &str, name: &'static str| -> Result<u8, Reject> {
        text.parse().map_err(|_| Reject::new(name, "is no list of numbers"))
    };
    let mut dates: Vec<Box<str>> = Vec::with_capacity(months.len());
    for (month, day) in months.iter().zip(&days) {
        dates.push(format!("{:02}-{:02}", number(month, "month")?, number(day, "day")?).into());
    }
    Ok(joined(&dates))
}

/// A moment of the day, where there is one.
type Hour = Option<Box<str>>;

/// `8:0-17:30`; without it the whole day.
fn hours(raw: Raw<'_>) -> Result<(Hour, Hour), Reject> {
    let Some(text) = raw.maybe("hour") else { return Ok((None, None)) };
    let wrong = || Reject::new("hour", "is no range of hours such as 8:00-17:30");
    let moment = |text: &str| -> Option<Box<str>> {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
        let is_time = (hour < 24 && minute < 60) || (hour, minute) == (24, 0);
        is_time.then(|| format!("{hour:02}:{minute:02}").into())
    };
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    Ok((Some(moment(from).ok_or_else(wrong)?), Some(moment(to).ok_or_else(wrong)?)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DOMAIN, Range};
    use crate::domain::{Raw, RawRow, RawValue};

    fn read(cells: &[(&str, &str)]) -> Result<Range, String> {
        let mut row = RawRow::new("config", DOMAIN.fields.len());
        for (name, text) in [("name", "Work"), ("part", "1")].iter().chain(cells) {
            let index = DOMAIN.fields.iter().position(|f| f.name == *name).unwrap();
            row.set(index, Some(RawValue::Text((*text).into())));
        }
        let mut rows = Vec::new();
        (DOMAIN.parse)(Raw::new(DOMAIN.fields, &row), &mut rows).map_err(|e| e.to_string())?;
        Ok(rows.remove(0))
    }

    #[test]
    fn weekdays_hide_dates_and_hours_are_of_the_day() {
        let range =
            read(&[("position", "1,5,7,9"), ("month", "12"), ("day", "24"), ("hour", "8:5-24:0")])
                .unwrap();
        assert_eq!(range.weekdays.as_deref(), Some("mon,fri,sun"));
        assert_eq!(range.dates, None);
        assert_eq!(
            (range.starts.as_deref(), range.ends.as_deref()),
            (Some("08:05"), Some("24:00"))
        );
    }

    #[test]
    fn months_and_days_are_pairs() {
        let range = read(&[("month", "12,1"), ("day", "24,1")]).unwrap();
        assert_eq!(range.dates.as_deref(), Some("12-24,01-01"));
        assert_eq!(read(&[("month", "12,1"), ("day", "24")]).unwrap().dates, None);
        assert_eq!(read(&[]).unwrap().starts, None);
    }

    #[test]
    fn what_is_no_time_is_said() {
        for (name, text) in [
            ("hour", "noon"),
            ("hour", "8:00-25:00"),
            ("hour", "24:30-24:00"),
            ("position", "mon"),
            ("part", ""),
        ] {
            assert!(read(&[(name, text), ("month", "1"), ("day", "1")]).is_err(), "{text}");
        }
    }

    proptest! {
        /// Whatever stands there is a range or a reason; times come in order of the text they are written as.
        #[test]
        fn any_text_is_read_or_refused(position in "[0-9,]{0,6}", hour in "[0-9:-]{0,12}", month in "[0-9,]{0,6}", day in "[0-9,]{0,6}") {
            if let Ok(range) = read(&[("position", &position), ("hour", &hour), ("month", &month), ("day", &day)]) {
                for moment in [range.starts, range.ends].into_iter().flatten() {
                    prop_assert!(moment.len() == 5 && *moment <= *"24:00");
                }
            }
        }
    }
}
