//! Filters of a query: `field[op]=value` with raw brackets. Anything else in a query is ignored, as the API
//! does: bare fields, encoded brackets, fields and operators that the endpoint does not have.

use chrono::SubsecRound;
use percent_encoding::percent_decode_str;

use crate::account::Row;
use crate::data::record::Cell;
use crate::data::time::{self, Time};
use crate::endpoints::Endpoint;
use crate::variants::{Variant, Variants};

/// The conditions of a query, all of which a row must meet.
#[derive(Debug, PartialEq)]
pub(super) struct Conditions(Vec<Condition>);

#[derive(Debug, PartialEq)]
struct Condition {
    field: &'static str,
    operator: &'static str,
    test: Test,
}

#[derive(Debug, PartialEq)]
enum Test {
    From(Time),
    Before(Time),
    /// `eq` and `in`.
    Among(Vec<String>),
    /// `ne` and `nin`, which a row without the field meets.
    NotAmong(Vec<String>),
}

/// `%XX` and `+` decoded.
pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The name of a parameter as the account reads it, or why it refuses it.
fn key(written: &str, variants: Variants) -> Result<String, String> {
    let refuses = variants.has(Variant::EncodedBracketsRefused);
    if !refuses && !variants.has(Variant::EncodedBrackets) {
        return Ok(written.to_owned());
    }
    let key = decoded(written);
    if refuses && key != written && key.contains('[') {
        return Err(format!("{written} must have its brackets unencoded."));
    }
    Ok(key)
}

/// The date of a filter, in whole seconds as the API reads it. Without a time it is midnight, if the account takes it.
fn date(key: &str, value: &str, variants: Variants) -> Result<Time, String> {
    let is_taken = value.contains('T') || !variants.has(Variant::DateOnlyRefused);
    let date = time::parse(value).filter(|_| is_taken).map(|date| date.trunc_subsecs(0));
    date.ok_or_else(|| format!("{key} must be a date such as 2026-11-02T08:00:00.000Z."))
}

impl Conditions {
    /// The conditions of `query` that `endpoint` has, or why a filter cannot be read.
    pub(super) fn parse(
        endpoint: &'static Endpoint,
        query: &str,
        variants: Variants,
    ) -> Result<Self, String> {
        let mut conditions: Vec<Condition> = Vec::new();
        if variants.has(Variant::FiltersIgnored) {
            return Ok(Self(conditions));
        }
        for pair in query.split('&') {
            let (written, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = key(written, variants)?;
            let Some((field, operator)) = operator(endpoint, &key) else { continue };
            let value = decoded(value);
            // The values of one list are parameters of their own.
            let known =
                conditions.iter_mut().find(|known| known.field == field && known.operator == operator);
            let test = match (operator, known.map(|known| &mut known.test)) {
                ("in" | "nin", Some(Test::Among(values) | Test::NotAmong(values))) => {
                    values.push(value);
                    continue;
                }
                ("gte", _) => Test::From(date(&key, &value, variants)?),
                ("lt", _) => Test::Before(date(&key, &value, variants)?),
                ("ne" | "nin", _) => Test::NotAmong(vec![value]),
                _ => Test::Among(vec![value]),
            };
            conditions.push(Condition { field, operator, test });
        }
        let has_status = endpoint.filters.iter().any(|filter| filter.field == "status");
        let is_asked = conditions.iter().any(|condition| condition.field == "status");
        if variants.has(Variant::HiddenArchived) && has_status && !is_asked {
            let hidden = ["archived", "deleted"].map(str::to_owned).to_vec();
            conditions.push(Condition { field: "status", operator: "nin", test: Test::NotAmong(hidden) });
        }
        Ok(Self(conditions))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a row meets them. A row without the field fails every test but the negative ones.
    pub(super) fn admit(&self, row: &Row<'_>, variants: Variants) -> bool {
        self.0.iter().all(|condition| match (&condition.test, variants.filtered(row, condition.field)) {
            (Test::From(date), Cell::Date(cell)) => cell >= *date,
            (Test::Before(date), Cell::Date(cell)) => cell < *date,
            (Test::Among(values), Cell::List(cells)) => cells.iter().any(|cell| contains(values, cell)),
            (Test::Among(values), cell) => contains(values, &cell),
            (Test::NotAmong(values), cell) => !contains(values, &cell),
            _ => false,
        })
    }
}

fn contains(values: &[String], cell: &Cell) -> bool {
    values.iter().any(|value| match cell {
        Cell::Text(text) => value == text,
        Cell::Id(id) => *value == id.to_string(),
        Cell::Bool(cell) => *value == cell.to_string(),
        _ => false,
    })
}

/// Whether `query` has a filter of `endpoint`.
pub(super) fn has_filter(endpoint: &'static Endpoint, query: &str) -> bool {
    let keys = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(key, _)| key));
    keys.into_iter().any(|key| operator(endpoint, &decoded(key)).is_some())
}

/// The field and operator of `key`, if the endpoint has both. A list may be indexed: `field[in][0]`.
fn operator(endpoint: &'static Endpoint, key: &str) -> Option<(&'static str, &'static str)> {
    let (field, rest) = key.split_once('[')?;
    let (operator, index) = rest.split_once(']')?;
    let filter = endpoint.filters.iter().find(|filter| filter.field == field)?;
    let operator = *filter.operators.iter().find(|known| **known == operator)?;
    let digits = index.strip_prefix('[').and_then(|index| index.strip_suffix(']'));
    let is_indexed = matches!(operator, "in" | "nin")
        && digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    (index.is_empty() || is_indexed).then_some((filter.field, operator))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Conditions {
        let (endpoint, _) = Endpoint::find("/paths/sessions").unwrap();
        Conditions::parse(endpoint, query, Variants::default()).unwrap()
    }

    #[test]
    fn only_known_fields_and_operators_in_raw_brackets_filter() {
        for ignored in [
            "modifiedAt%5Bgte%5D=2026-01-01",
            "modifiedAt=2026-01-01",
            "modifiedAt[lte]=2026-01-01",
            "nope[eq]=1",
            "pathId[eq][0]=a",
            "",
        ] {
            assert!(parse(ignored).is_empty(), "{ignored}");
        }
    }

    #[test]
    fn a_list_is_the_same_indexed_and_not() {
        let list = parse("pathId[in]=a&pathId[in]=b");
        assert_eq!(list, parse("pathId[in][0]=a&pathId[in][1]=b"));
        assert_eq!(list.0.len(), 1);
    }

    #[test]
    fn the_milliseconds_of_a_filter_are_zeroed() {
        assert_eq!(parse("modifiedAt[gte]=2026-01-01T00:00:00.999Z"), parse("modifiedAt[gte]=2026-01-01"));
        let (paths, _) = Endpoint::find("/paths").unwrap();
        assert!(Conditions::parse(paths, "createdAt[lt]=soon", Variants::default()).is_err());
    }
}
