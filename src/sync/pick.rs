//! A few members of a raw JSON object, found without building a tree.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The raw JSON of the members called `names`, in that order; `None` for one that the object lacks.
pub(super) fn pick<'a>(object: &'a str, names: &[&str]) -> Vec<Option<&'a str>> {
    let mut found = vec![None; names.len()];
    // The object was already read once as valid JSON, so there is no error to tell.
    let _ = serde_json::Deserializer::from_str(object).deserialize_map(Members { names, found: &mut found });
    found
}

/// The text of a raw JSON string; `None` for anything else.
pub(super) fn text(raw: Option<&str>) -> Option<String> {
    serde_json::from_str(raw?).ok()
}

/// Whether one of these dates passes, or one cannot be read, or none is there: nothing tells then that none would. `null` is
/// no date.
pub(super) fn any_instant<S: AsRef<str>>(
    raws: impl IntoIterator<Item = Option<S>>,
    passes: impl Fn(DateTime<Utc>) -> bool,
) -> bool {
    let mut is_told = false;
    for raw in raws.into_iter().flatten().filter(|raw| raw.as_ref() != "null") {
        if instant(Some(raw.as_ref())).is_none_or(&passes) {
            return true;
        }
        is_told = true;
    }
    !is_told
}

/// The instant of a raw JSON string; `None` for anything else.
fn instant(raw: Option<&str>) -> Option<DateTime<Utc>> {
    let raw = raw?.strip_prefix('"')?.strip_suffix('"')?;
    DateTime::parse_from_rfc3339(raw).ok().map(|at| at.to_utc())
}

struct Members<'n, 'a> {
    names: &'n [&'n str],
    found: &'n mut [Option<&'a str>],
}

impl<'a> Visitor<'a> for Members<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(place) = map.next_key_seed(Place(self.names))? {
            match place {
                Some(place) => self.found[place] = Some(map.next_value::<&RawValue>()?.get()),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Where a member's name stands among those looked for.
struct Place<'n>(&'n [&'n str]);

impl<'a> DeserializeSeed<'a> for Place<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Place<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|wanted| *wanted == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_raw_in_any_order() {
        let row = r#"{"x":{"_id":1},"endDate":null,"_id":"a\u0062","n":1.10}"#;
        assert_eq!(
            pick(row, &["_id", "n", "endDate", "gone"]),
            [Some(r#""a\u0062""#), Some("1.10"), Some("null"), None]
        );
        assert_eq!(text(pick(row, &["_id"])[0]), Some("ab".to_owned()));
        assert_eq!(text(Some("7")), None);
    }

    #[test]
    fn an_instant_is_read_from_any_offset_and_from_nothing_else() {
        let at = instant(Some("\"2026-01-02T03:04:05.678+02:00\"")).unwrap();
        assert_eq!(at.to_rfc3339(), "2026-01-02T01:04:05.678+00:00");
        assert_eq!(instant(Some("null")), None);
        assert_eq!(instant(Some("\"soon\"")), None);
    }

    #[test]
    fn of_several_dates_any_may_pass_and_one_that_cannot_be_read_does() {
        let (old, new) = (Some("\"2020-01-01T00:00:00Z\""), Some("\"2026-01-01T00:00:00Z\""));
        let from = instant(Some("\"2025-01-01T00:00:00Z\"")).unwrap();
        let passes = |raws: &[Option<&str>]| any_instant(raws.iter().copied(), |at| at >= from);
        assert!(passes(&[old, new]) && passes(&[new, old]) && !passes(&[Some("null"), None, old]));
        assert!(passes(&[Some("1764547200000"), old]) && passes(&[None, Some("null")]) && passes(&[]));
    }
}
