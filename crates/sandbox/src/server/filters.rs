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
pub(super) struct Conditions(Vec<Condition>);

struct Condition {
    field: &'static str,
    operator: &'static str,
    /// Of `gte` and `lt`.
    date: Time,
    /// Of the other operators.
    values: Vec<String>,
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

/// The date of a filter: the API sets its milliseconds to zero. Without a time it is midnight, if the account
/// takes it.
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
            let (date, values) = match operator {
                "gte" | "lt" => (date(&key, &value, variants)?, Vec::new()),
                _ => (Time::default(), vec![value]),
            };
            // The values of one list are parameters of their own.
            let mut lists = conditions.iter_mut().filter(|_| matches!(operator, "in" | "nin"));
            match lists.find(|list| list.field == field && list.operator == operator) {
                Some(list) => list.values.extend(values),
                None => conditions.push(Condition { field, operator, date, values }),
            }
        }
        let has_status = endpoint.filters.iter().any(|filter| filter.field == "status");
        let is_asked = conditions.iter().any(|condition| condition.field == "status");
        if variants.has(Variant::HiddenArchived) && has_status && !is_asked {
            let values = ["archived", "deleted"].map(str::to_owned).to_vec();
            let date = Time::default();
            conditions.push(Condition { field: "status", operator: "nin", date, values });
        }
        Ok(Self(conditions))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a row meets them. A row without the field fails every test but the negative ones.
    pub(super) fn admit(&self, row: &Row<'_>, variants: Variants) -> bool {
        self.0.iter().all(|Condition { field, operator, date, values }| {
            match (*operator, variants.filtered(row, field)) {
                ("gte", Cell::Date(cell)) => cell >= *date,
                ("lt", Cell::Date(cell)) => cell < *date,
                ("gte" | "lt", _) => false,
                ("ne" | "nin", cell) => !contains(values, &cell),
                (_, Cell::List(cells)) => cells.iter().any(|cell| contains(values, cell)),
                (_, cell) => contains(values, &cell),
            }
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
