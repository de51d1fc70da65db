//! Dates that every destination can read. Anything else makes some of them drop the row, or the batch.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};

use crate::streams::request::RowDate;

/// Minutes. PostgreSQL reads no offset of sixteen hours or more, and no place on Earth has one.
const MOST_OFFSET: i32 = 16 * 60;

/// A date with each part in its bounds.
struct Parts {
    year: i32,
    month: u32,
    day: u32,
    /// Of the day, before the offset is subtracted.
    seconds: u32,
    nanos: u32,
    /// Minutes; `None` where the text has none.
    offset: Option<i32>,
}

/// True if a raw JSON string is a date: RFC 3339, in the years 1 to 9999 also in UTC. A space for the `T`, a time without
/// seconds, offsets such as `+02` or `+0200`, a missing offset or time are read everywhere too.
pub(in super::super) fn is_date(raw: &str) -> bool {
    parts(&unescaped(raw)).is_some()
}

/// The date of a raw JSON value. What is not a string, or not a date with an offset, cannot be read.
pub(in super::super) fn date_of(raw: Option<&str>) -> RowDate {
    match raw {
        None | Some("null") => RowDate::Missing,
        Some(raw) => instant(raw).map_or(RowDate::Unreadable, RowDate::At),
    }
}

/// The same of a text.
pub(in super::super) fn date_of_text(text: Option<&str>) -> RowDate {
    match text {
        None => RowDate::Missing,
        Some(text) => instant_of(text.as_bytes()).map_or(RowDate::Unreadable, RowDate::At),
    }
}

/// The instant of a raw JSON string. A date without an offset is none: whose clock it means is not known.
pub(super) fn instant(raw: &str) -> Option<DateTime<Utc>> {
    instant_of(&unescaped(raw))
}

fn instant_of(text: &[u8]) -> Option<DateTime<Utc>> {
    let parts = parts(text)?;
    let offset = FixedOffset::east_opt(parts.offset? * 60)?;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(parts.seconds, parts.nanos)?;
    let local = NaiveDate::from_ymd_opt(parts.year, parts.month, parts.day)?.and_time(time);
    Some(local.and_local_timezone(offset).single()?.to_utc())
}

/// The text of a raw JSON string; empty for anything else.
fn unescaped(raw: &str) -> Cow<'_, [u8]> {
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or_default();
    if inner.contains('\\') {
        serde_json::from_str::<String>(raw).unwrap_or_default().into_bytes().into()
    } else {
        inner.as_bytes().into()
    }
}

fn parts(text: &[u8]) -> Option<Parts> {
    let (date, rest) = text.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
    let year = 100 * number(y1, y2)? + number(y3, y4)?;
    let (month, day) = (number(m1, m2)?, number(d1, d2)?);
    if year == 0 || !(1..=12).contains(&month) || !(1..=days(year, month)).contains(&day) {
        return None;
    }
    let (seconds, nanos, offset) = match rest {
        [] => (0, 0, None),
        [b'T' | b't' | b' ', time @ ..] => time_and_offset(time)?,
        _ => return None,
    };
    let parts = Parts { year: i32::try_from(year).ok()?, month, day, seconds, nanos, offset };
    parts.stays_within_the_years().then_some(parts)
}

fn time_and_offset(text: &[u8]) -> Option<(u32, u32, Option<i32>)> {
    let [h1, h2, b':', m1, m2, rest @ ..] = text else { return None };
    let (hour, minute) = (number(*h1, *h2)?, number(*m1, *m2)?);
    let (second, nanos, rest) = match rest {
        [b':', s1, s2, rest @ ..] => {
            let (nanos, rest) = fraction(rest)?;
            (number(*s1, *s2)?, nanos, rest)
        }
        _ => (0, 0, rest),
    };
    // The sixtieth second is in RFC 3339, and Python and Java cannot read it.
    let is_time = hour < 24 && minute < 60 && second < 60;
    is_time.then_some((3600 * hour + 60 * minute + second, nanos, offset(rest)?))
}

/// Nanoseconds, and the rest of the text. Readers agree on no more than nine digits.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', digits @ ..] = text else { return Some((0, text)) };
    let length = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(length);
    let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
    let nanos = padded.fold(0, |nanos, digit| 10 * nanos + u32::from(digit - b'0'));
    (1..=9).contains(&length).then_some((nanos, rest))
}

#[expect(clippy::option_option, reason = "no offset, and no valid one")]
fn offset(text: &[u8]) -> Option<Option<i32>> {
    let (sign, hours, minutes) = match *text {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [sign, h1, h2] => (sign, number(h1, h2)?, 0),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (sign, number(h1, h2)?, number(m1, m2)?),
        _ => return None,
    };
    let total = i32::try_from(60 * hours + minutes).ok()?;
    let signed = match sign {
        b'+' => total,
        b'-' => -total,
        _ => return None,
    };
    (minutes < 60 && total < MOST_OFFSET).then_some(Some(signed))
}

impl Parts {
    fn stays_within_the_years(&self) -> bool {
        let minutes = self.offset.map_or(0, |offset| (self.seconds / 60).cast_signed() - offset);
        match (self.year, self.month, self.day) {
            (1, 1, 1) => minutes >= 0,
            (9999, 12, 31) => minutes < 24 * 60,
            _ => true,
        }
    }
}

fn number(tens: u8, ones: u8) -> Option<u32> {
    let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
    is_number.then(|| 10 * u32::from(tens - b'0') + u32::from(ones - b'0'))
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}
