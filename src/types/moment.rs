//! A moment of the past as a person names it: `yesterday 14:00`, `2 hours ago`, `run 17`. Pure.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, ZonedDateTime};
use thiserror::Error;

use super::clock::Timestamp;
use super::ids::RunId;

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    At(Timestamp),
    /// What was known when this run had ended.
    Run(RunId),
}

/// Why a text names no moment of the past.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MomentError {
    #[error(
        "`{0}` is no moment; write it like 2026-11-24T14:00:00Z, `2026-11-24 14:00`, `yesterday 14:00`, `tuesday`, `2 hours ago` or `run 17`"
    )]
    Unreadable(String),
    #[error("`{text}` is {at}, which lies in the future (it is {now} now)")]
    Future { text: String, at: Timestamp, now: Timestamp },
}

/// Longest piece of a bad text that an error quotes, in characters.
const QUOTED: usize = 60;

/// Reads `text` as of `now`. Days and times without an offset are those of `zone`; a day without a time is
/// its beginning, a time without a day the last one that has passed, a weekday the last one before today.
pub(super) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Moment, MomentError> {
    let shown = || text.trim().chars().take(QUOTED).collect::<String>();
    let unreadable = || MomentError::Unreadable(shown());
    let words = text.trim().to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    if let Some(run) = run(&words) {
        return Ok(Moment::Run(run));
    }
    let here = jiff::Timestamp::from_millisecond(now.millis())
        .map_err(|_| unreadable())?
        .to_zoned_datetime(zone.clone());
    let at = instant(text.trim())
        .or_else(|| ago(&words, &here))
        .or_else(|| civil(&words, &here))
        .ok_or_else(unreadable)?;
    if at > now {
        return Err(MomentError::Future { text: shown(), at, now });
    }
    Ok(Moment::At(at))
}

fn run(words: &[&str]) -> Option<RunId> {
    let number = match words {
        ["run", number] => number.strip_prefix('#').unwrap_or(number),
        _ => return None,
    };
    number.parse().ok().filter(|n| *n > 0).map(RunId::new)
}

/// RFC 3339 with an offset, or seconds since the epoch as `@1795476832`.
fn instant(text: &str) -> Option<Timestamp> {
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds.parse().ok().map(Timestamp::from_seconds);
    }
    text.parse().ok()
}

/// `now`, `2 hours ago`, `1h 30m ago`, `an hour ago`.
fn ago(words: &[&str], now: &ZonedDateTime) -> Option<Timestamp> {
    if words == ["now"] {
        return Some(Timestamp::from_millis(now.timestamp().as_millisecond()));
    }
    let (last, amounts) = words.split_last()?;
    if *last != "ago" || amounts.is_empty() {
        return None;
    }
    let mut back = Span::new();
    let mut rest = amounts.iter().flat_map(|word| halves(word));
    while let Some(number) = rest.next() {
        let number: i64 = if matches!(number, "a" | "an") { 1 } else { number.parse().ok()? };
        back = add(back, number, rest.next()?)?;
    }
    let then = now.checked_sub(back).ok()?;
    Some(Timestamp::from_millis(then.timestamp().as_millisecond()))
}

/// `90m` is `90` and `m`.
fn halves(word: &str) -> impl Iterator<Item = &str> {
    let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (number, unit) = word.split_at(digits);
    [number, unit].into_iter().filter(|half| !half.is_empty())
}

fn add(span: Span, number: i64, unit: &str) -> Option<Span> {
    let unit = match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => span.try_seconds(number),
        "m" | "min" | "mins" | "minute" | "minutes" => span.try_minutes(number),
        "h" | "hr" | "hrs" | "hour" | "hours" => span.try_hours(number),
        "d" | "day" | "days" => span.try_days(number),
        "w" | "week" | "weeks" => span.try_weeks(number),
        "month" | "months" => span.try_months(number),
        "y" | "year" | "years" => span.try_years(number),
        _ => return None,
    };
    unit.ok()
}

/// A day and a time, either alone, in the zone of `now`.
fn civil(words: &[&str], now: &ZonedDateTime) -> Option<Timestamp> {
    let joined = words.join(" ");
    // `2026-11-24T14:00` without an offset.
    let joined = match joined.split_once('t') {
        Some((day, time)) if day.parse::<Date>().is_ok() => format!("{day} {time}"),
        _ => joined,
    };
    let words: Vec<&str> = joined.split(' ').filter(|word| *word != "at").collect();
    let (day, rest) = match words.as_slice() {
        ["last", name, rest @ ..] => (Some(weekday(name, now)?), rest),
        [name, rest @ ..] => match day(name, now) {
            Some(day) => (Some(day), rest),
            None => (None, words.as_slice()),
        },
        [] => return None,
    };
    let time = if rest.is_empty() { Time::midnight() } else { time(&rest.concat())? };
    let on = |day: Date| day.to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok();
    let then = match day {
        Some(day) => on(day)?,
        // The last time the clock showed it.
        None => match on(now.date())? {
            today if today <= *now => today,
            _ => on(now.date().yesterday().ok()?)?,
        },
    };
    Some(Timestamp::from_millis(then.timestamp().as_millisecond()))
}

fn day(name: &str, now: &ZonedDateTime) -> Option<Date> {
    match name {
        "today" => Some(now.date()),
        "yesterday" => now.date().yesterday().ok(),
        _ => name.parse().ok().or_else(|| weekday(name, now)),
    }
}

/// The last such day before today.
fn weekday(name: &str, now: &ZonedDateTime) -> Option<Date> {
    let day = match name {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tues" | "tuesday" => Weekday::Tuesday,
        "wed" | "wednesday" => Weekday::Wednesday,
        "thu" | "thurs" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        "week" => return now.date().checked_sub(1.week()).ok(),
        _ => return None,
    };
    now.date().nth_weekday(-1, day).ok()
}

/// `14:00`, `14:00:30`, `2pm`, `2:30pm`, `noon`, `midnight`.
fn time(text: &str) -> Option<Time> {
    match text {
        "noon" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Some(Time::midnight()),
        _ => {}
    }
    let half = |suffix| text.strip_suffix(suffix);
    let (digits, afternoon) = match (half("am"), half("pm")) {
        (Some(digits), _) => (digits, Some(false)),
        (_, Some(digits)) => (digits, Some(true)),
        _ => (text, None),
    };
    let parts: Vec<i8> = digits.split(':').map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let (hour, minute, second) = match (parts.as_slice(), afternoon) {
        ([hour], Some(_)) => (*hour, 0, 0),
        ([hour, minute], _) => (*hour, *minute, 0),
        ([hour, minute, second], _) => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match afternoon {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(after) => hour % 12 + if after { 12 } else { 0 },
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Wednesday, 2026-11-25, 10:30 UTC.
    fn now() -> Timestamp {
        "2026-11-25T10:30:00Z".parse().unwrap()
    }

    fn read(text: &str) -> Result<Moment, MomentError> {
        parse(text, now(), &TimeZone::UTC)
    }

    #[test]
    fn moments_are_read_as_people_say_them() {
        let cases = [
            ("now", "2026-11-25T10:30:00Z"),
            ("2026-11-24T14:00:00+01:00", "2026-11-24T13:00:00Z"),
            ("2026-11-24 14:00", "2026-11-24T14:00:00Z"),
            ("2026-11-24T14:00", "2026-11-24T14:00:00Z"),
            ("2026-11-24", "2026-11-24T00:00:00Z"),
            ("Yesterday", "2026-11-24T00:00:00Z"),
            ("yesterday 14:00", "2026-11-24T14:00:00Z"),
            ("yesterday at 2 pm", "2026-11-24T14:00:00Z"),
            ("today 09:15:20", "2026-11-25T09:15:20Z"),
            ("10:00", "2026-11-25T10:00:00Z"),
            ("14:00", "2026-11-24T14:00:00Z"),
            ("12am", "2026-11-25T00:00:00Z"),
            ("yesterday noon", "2026-11-24T12:00:00Z"),
            ("tuesday", "2026-11-24T00:00:00Z"),
            ("wednesday", "2026-11-18T00:00:00Z"),
            ("last friday 8:00", "2026-11-20T08:00:00Z"),
            ("last week", "2026-11-18T00:00:00Z"),
            ("2 hours ago", "2026-11-25T08:30:00Z"),
            ("1h 30m ago", "2026-11-25T09:00:00Z"),
            ("an hour ago", "2026-11-25T09:30:00Z"),
            ("3 days ago", "2026-11-22T10:30:00Z"),
            ("1 month ago", "2026-10-25T10:30:00Z"),
            ("@1795475000", "2026-11-23T23:03:20Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), Ok(Moment::At(expected.parse().unwrap())), "{text}");
        }
        assert_eq!(read("run 17"), Ok(Moment::Run(RunId::new(17))));
        assert_eq!(read("Run #17"), Ok(Moment::Run(RunId::new(17))));
    }

    #[test]
    fn what_is_no_moment_is_refused_with_examples() {
        let odd =
            ["", "soon", "run", "run 0", "run x", "2 ago", "ago", "x hours ago", "25:00", "13pm"];
        for text in
            odd.into_iter().chain(["2026-13-01", "yesterday 14", "last", "99999999 years ago"])
        {
            let error = read(text).unwrap_err();
            assert!(error.to_string().contains("yesterday 14:00"), "{text}: {error}");
        }
    }

    #[test]
    fn the_future_is_refused() {
        let error = read("2027-01-01").unwrap_err();
        assert!(error.to_string().contains("future"), "{error}");
    }

    #[test]
    fn days_and_times_are_those_of_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let at = parse("yesterday 14:00", now(), &zone).unwrap();
        assert_eq!(at, Moment::At("2026-11-24T12:00:00Z".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text: String) {
            let _either = read(&text);
        }

        #[test]
        fn no_words_break_it(words in prop::collection::vec("(a|ago|last|[0-9]{1,20}|[0-9]{1,3}:[0-9]{2}|(mon|tues|yester)day|hours|run|2026-1[0-9]-[0-9]{2}|pm)", 0..5)) {
            let _either = read(&words.join(" "));
        }

        #[test]
        fn what_is_printed_is_read_back(seconds in 0_i64..1_795_602_600) {
            let at = Timestamp::from_seconds(seconds);
            prop_assert_eq!(read(&at.to_string()), Ok(Moment::At(at)));
        }

        #[test]
        fn longer_ago_is_earlier(a in 0_i64..100_000, b in 0_i64..100_000, unit in "(seconds|minutes|hours|days)") {
            let at = |n: i64| match read(&format!("{n} {unit} ago")) {
                Ok(Moment::At(at)) => at,
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(at(a).cmp(&at(b)), b.cmp(&a));
        }
    }
}
