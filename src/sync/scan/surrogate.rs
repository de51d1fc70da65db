//! Half of a surrogate pair is valid JSON to serde and to JavaScript, and an error to Python, jq and PostgreSQL.

use std::borrow::Cow;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The escape of U+FFFD, as long as the one that it replaces.
const UNKNOWN: &str = "\\ufffd";

/// The row with each lone surrogate escape replaced by U+FFFD, in names and values at any depth. `on` gets the top-level
/// field of each; an empty name where the row is not an object.
pub(in super::super) fn without_lone_surrogates(row: &str, mut on: impl FnMut(&str)) -> Cow<'_, str> {
    let lone = lone_surrogates(row.as_bytes());
    if lone.is_empty() {
        return Cow::Borrowed(row);
    }
    let mut fixed = row.to_owned();
    for at in &lone {
        fixed.replace_range(*at..at + UNKNOWN.len(), UNKNOWN);
    }
    // No length changed, so the positions hold in the fixed row too.
    let ends = field_ends(&fixed);
    for at in &lone {
        let field = ends.iter().find(|(end, _)| at < end);
        on(field.map_or("", |(_, name)| name.as_str()));
    }
    Cow::Owned(fixed)
}

/// Where the lone surrogate escapes begin. A valid JSON text has backslashes in strings only.
fn lone_surrogates(row: &[u8]) -> Vec<usize> {
    let mut lone = Vec::new();
    let mut at = 0;
    while let Some(found) = row.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        match (unit(row, at), unit(row, at + UNKNOWN.len())) {
            (None, _) => at += 2,
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 2 * UNKNOWN.len(),
            (Some(unit), _) => {
                if matches!(unit, 0xD800..=0xDFFF) {
                    lone.push(at);
                }
                at += UNKNOWN.len();
            }
        }
    }
    lone
}

/// The UTF-16 unit of the `\u` escape that begins here.
fn unit(row: &[u8], at: usize) -> Option<u16> {
    let digits = row.get(at..at + UNKNOWN.len())?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Where the value of each member ends, and the member's name, in order.
fn field_ends(row: &str) -> Vec<(usize, String)> {
    let mut fields = Fields { start: row.as_ptr().addr(), ends: Vec::new() };
    // A row that is not an object has no fields.
    let _ = serde_json::Deserializer::from_str(row).deserialize_map(&mut fields);
    fields.ends
}

struct Fields {
    /// The address of the row.
    start: usize,
    ends: Vec<(usize, String)>,
}

impl<'a> Visitor<'a> for &mut Fields {
    type Value = IgnoredAny;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<IgnoredAny, A::Error> {
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            let range = value.get().as_bytes().as_ptr_range();
            self.ends.push((range.end.addr() - self.start, name));
        }
        Ok(IgnoredAny)
    }
}
