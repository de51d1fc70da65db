//! Instants as the API writes them: `2026-11-02T08:00:00.000Z`.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

pub(crate) type Time = DateTime<Utc>;

pub(crate) const MINUTE: TimeDelta = TimeDelta::minutes(1);
pub(crate) const HOUR: TimeDelta = TimeDelta::hours(1);
pub(crate) const DAY: TimeDelta = TimeDelta::days(1);

/// The last instant with four digits of a year, which is how some people write that a session stays open.
pub(crate) const NEVER: Time =
    Time::from_timestamp_millis(253_402_300_799_999).expect("a year of four digits");

/// The hours that zones of overseas France are ahead of UTC, all year.
pub(crate) const ZONES: [(&str, i32); 3] =
    [("Indian/Reunion", 4), ("America/Martinique", -4), ("Pacific/Noumea", 11)];

/// Midnight of a day; the day must exist.
pub(crate) const fn date(year: i32, month: u32, day: u32) -> Time {
    instant(year, month, day, 0)
}

pub(crate) const fn instant(year: i32, month: u32, day: u32, hour: u32) -> Time {
    let date = NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar");
    date.and_hms_opt(hour, 0, 0).expect("an hour of the day").and_utc()
}

pub(crate) fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}

/// The same day and time, so many months later; the last day of a month that is too short.
pub(crate) fn months_after(time: Time, months: i64) -> Time {
    time + Months::new(u32::try_from(months).unwrap_or(0))
}

/// The wall clock in France: an hour ahead of UTC, two from the last Sunday of March to that of October.
fn in_paris(time: Time) -> NaiveDateTime {
    let changed = |month| {
        let last = instant(time.year(), month, 31, 1);
        last - days(last.weekday().num_days_from_sunday().into())
    };
    let is_summer = changed(3) <= time && time < changed(10);
    time.naive_utc() + HOUR * if is_summer { 2 } else { 1 }
}

/// The wall clock in a time zone without summer time, and in France for any other name.
pub(crate) fn local(time: Time, zone: &str) -> NaiveDateTime {
    match ZONES.iter().find(|(name, _)| *name == zone) {
        Some((_, hours)) => time.naive_utc() + HOUR * *hours,
        None => in_paris(time),
    }
}

/// The form of the API.
pub(crate) fn text(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2026-11-02`.
pub(crate) fn day(time: Time) -> String {
    time.date_naive().to_string()
}

/// Reads `YYYY-MM-DD`, with or without `Thh:mm:ss[.sss]Z`.
pub(crate) fn parse(text: &str) -> Option<Time> {
    if text.contains('T') {
        return text.ends_with('Z').then(|| text.parse().ok()).flatten();
    }
    let date: NaiveDate = text.parse().ok().filter(|date: &NaiveDate| date.to_string() == text)?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc())
}
