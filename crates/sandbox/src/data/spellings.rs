//! Texts as people type them: names in several spellings, numbers with words, blanks and signs.

use std::borrow::Cow;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::time::text;
use super::{HOUR, Rng, date, days};

/// How people note the satisfaction with a session; "n/a" and the date mean nothing.
#[rustfmt::skip]
pub(crate) const SATISFACTION: [&str; 18] = [
    "4,5", "4.5", "4,5/5", "92 %", "9/10", "4", "3,8", "86\u{a0}%", "n/a",
    "4,2", "5", "4.7", "78 %", "8,5/10", "3/5", "4,9/5", "96%", "20261102",
];

/// Numbers of employees; the last two are none.
const HEADCOUNTS: [&str; 4] = ["1 200", "1\u{202f}050", "3 à 9", "NC"];

/// Birthdays that are typing mistakes.
const IMPOSSIBLE_BIRTHDAYS: [&str; 3] =
    ["0985-05-11T22:00:00.000Z", "1855-01-31T23:00:00.000Z", "2985-06-20T22:00:00.000Z"];

/// A name in the spelling of some user: one in twelve has another than the others.
pub(super) fn name(rng: &mut Rng, name: &str) -> Cow<'static, str> {
    let spelled = match rng.below(48) {
        // The same letters, with the accents as characters of their own.
        0 => DecomposingNormalizerBorrowed::new_nfd().normalize(name).into_owned(),
        1 => name.to_uppercase(),
        2 => name.replace(' ', "\u{a0}"),
        3 => name.replace('\'', "’"),
        _ => name.to_owned(),
    };
    spelled.into()
}

/// A number of employees: one in 25 is not written in digits alone.
pub(super) fn headcount(rng: &mut Rng, staff: usize) -> Cow<'static, str> {
    if rng.chance(40) { (*rng.pick(&HEADCOUNTS)).into() } else { staff.to_string().into() }
}

/// A birthday: midnight in France, written in UTC. One in 120 is out of range.
pub(super) fn birthday(rng: &mut Rng) -> Cow<'static, str> {
    // In none of these months did clocks ever change.
    let (month, year) = (*rng.pick(&[1, 2, 5, 6, 7, 8, 11, 12]), 1_950 + rng.below(55));
    let year = i32::try_from(year).unwrap_or(1_980);
    let is_summer = year >= 1976 && (5..9).contains(&month);
    let midnight = date(year, month, 2) + days(rng.between(0, 26));
    let ahead = if is_summer { 2 } else { 1 };
    match rng.below(120) {
        0 => (*rng.pick(&IMPOSSIBLE_BIRTHDAYS)).into(),
        _ => text(midnight - HOUR * ahead).into(),
    }
}
