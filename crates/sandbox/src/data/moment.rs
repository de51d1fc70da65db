//! Instants as the API writes them: `2026-11-02T08:00:00.000Z`.

use std::fmt;

use serde::{Serialize, Serializer};

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// Midnight of a day of the Gregorian calendar.
    pub(crate) const fn on(year: i64, month: i64, day: i64) -> Self {
        // Years that start in March end with the leap day, which makes months regular.
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        Self(days * DAY)
    }

    pub(crate) const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0 + milliseconds)
    }

    /// The API sets the milliseconds of a filter to zero.
    pub(crate) const fn whole_seconds(self) -> Self {
        Self(self.0 - self.0.rem_euclid(SECOND))
    }

    pub(crate) const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    fn calendar(self) -> (i64, i64, i64) {
        let days = self.0.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }

    /// `2026-11-02`.
    pub(crate) fn date(self) -> String {
        let (year, month, day) = self.calendar();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `Mon, 02 Nov 2026 08:00:00 GMT`, for the `Date` header.
    pub(crate) fn http_date(self) -> String {
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (year, month, day) = self.calendar();
        let name = |names: &[&'static str], at: i64| usize::try_from(at).map_or("", |at| names[at]);
        let weekday = name(&DAYS, self.0.div_euclid(DAY).rem_euclid(7));
        let (hour, minute, second) = self.time();
        format!(
            "{weekday}, {day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} GMT",
            name(&MONTHS, month - 1)
        )
    }

    fn time(self) -> (i64, i64, i64) {
        let rest = self.0.rem_euclid(DAY);
        (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60)
    }

    /// Reads `YYYY-MM-DD`, with or without `Thh:mm:ss[.sss]Z`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<i64>().ok()).flatten()
        };
        let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
        let mut parts = date.splitn(3, '-');
        let mut part = || parts.next().and_then(number);
        let (year, month, day) = (part()?, part()?, part()?);
        let midnight = Self::on(year, month, day);
        // A day that does not exist comes back as another one.
        if midnight.calendar() != (year, month, day) {
            return None;
        }
        let Some(time) = time else { return Some(midnight) };
        let time = time.strip_suffix('Z')?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let mut parts = time.splitn(3, ':');
        let mut part = |limit| parts.next().and_then(number).filter(|&n| n < limit);
        let (hour, minute, second) = (part(24)?, part(60)?, part(60)?);
        let milliseconds = number(&format!("{fraction:0<3}")[..3])?;
        Some(midnight.plus(hour * HOUR + minute * MINUTE + second * SECOND + milliseconds))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.calendar();
        let (hour, minute, second) = self.time();
        let milliseconds = self.0.rem_euclid(SECOND);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_what_it_writes() {
        for text in ["2026-11-02T08:00:00.000Z", "2024-02-29T23:59:59.999Z", "1970-01-01T00:00:00.000Z"] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Moment::parse("2026-11-02"), Some(Moment::on(2026, 11, 2)));
        for text in [
            "2025-02-29",
            "2026-11-02T08:00:00",
            "2026-11-02T25:00:00Z",
            "+026-11-02",
            "é",
            "2026-11-02T08:00:00.é0Z",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        let monday = Moment::parse("2026-11-02T08:00:00.000Z").unwrap();
        assert_eq!(monday.http_date(), "Mon, 02 Nov 2026 08:00:00 GMT");
    }
}
