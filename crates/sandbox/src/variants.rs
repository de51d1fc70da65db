//! The documentation leaves questions open. Without a variant a sandbox behaves as documented, and where the
//! documentation is silent as the README describes. Each variant is the other answer to one question. They combine.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::account::{Row, RowIter};
use crate::data::draw::Rng;
use crate::data::record::Cell;
use crate::data::time;

/// A way in which an account may differ from the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "kebab-case")]
pub enum Variant {
    /// Responses of more than a kilobyte are compressed where the client accepts gzip
    Gzip,
    /// A list with a `status` filter hides archived and deleted rows unless `status` is filtered on
    HiddenArchived,
    /// `%5B` and `%5D` in a filter mean the same as raw brackets
    EncodedBrackets,
    /// A filter with encoded brackets gets a 400; wins over `encoded-brackets`
    EncodedBracketsRefused,
    /// Each list has an order of its own, which follows from its path and the ids
    Unordered,
    /// Lists whose rows have an `_id` are in its order; wins over `unordered`
    Ordered,
    /// Each page begins with the last row of the page before
    RepeatedRows,
    /// A `next` is valid for the 60 admitted GETs after the response that has it
    ShortNext,
    /// A `next` is valid for one request, even if the response does not arrive
    NextOnce,
    /// A filter beside `next` gets a 400
    NextRefusesFilters,
    /// A `next` leads on in the whole list, whatever the filters of its page
    NextForgetsFilters,
    /// Dates in responses are written `2026-01-02T03:04:05Z`
    NoMilliseconds,
    /// A filter whose value is a date without a time gets a 400
    DateOnlyRefused,
    /// Every filter is ignored: the response is the whole list
    FiltersIgnored,
    /// The 429 of the rate limit has `Retry-After: 1`
    RetryAfter,
    /// The body of a 403 is `{"error":"invalid_scope"}`
    #[value(name = "flat-403")]
    Flat403,
    /// A parent that does not exist gets a 404 before the scope is checked
    ScopeAfterLookup,
    /// The target of a `Link` is `/api/v2/…`
    RelativeLinks,
    /// Pages have a third of the documented rows
    ShortPages,
    /// Every row that is an object has an undocumented field; one in eight has an unknown `status` and `type`
    NewFields,
    /// Optional dates are missing on a good share of the rows until they change
    WithoutDates,
    /// `expires_in` of a token is a number
    NumericExpiry,
    /// Responses have no `Date`
    NoDateHeader,
    /// The company's list of registrations is at `/classrooms/registrations`
    RegistrationsUnderClassrooms,
    /// The company's list of registrations is at `/classroom-slots/registrations`
    RegistrationsUnderSlots,
    /// It is at `/classrooms/registrations`, and its rows name neither classroom nor slot
    RegistrationsWithoutClassroom,
    /// `/classrooms/registrations` is one object; wins over the others at that path
    RegistrationsNotAList,
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

/// An enum value that the documentation does not have, and how seldom a row has it: one in eight.
const UNKNOWN: &str = "someday";
const SELDOM: usize = 8;

/// The variants of one account.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Variants {
    bits: u64,
    seed: u64,
}

impl Variants {
    pub(crate) fn new(variants: &[Variant], seed: u64) -> Self {
        Self { bits: variants.iter().fold(0, |bits, variant| bits | 1 << *variant as u64), seed }
    }

    pub(crate) const fn has(self, variant: Variant) -> bool {
        self.bits & (1 << variant as u64) != 0
    }

    /// Whether rows look different from the data.
    pub(crate) const fn change_rows(self) -> bool {
        self.has(Variant::NoMilliseconds) || self.has(Variant::NewFields)
    }

    /// Rows on a page for which so many are documented; a list without pages has one.
    pub(crate) fn page_size(self, documented: Option<u32>) -> usize {
        let share = if self.has(Variant::ShortPages) { 3 } else { 1 };
        documented.map_or(usize::MAX, |rows| rows as usize / share)
    }

    pub(crate) const fn change_order(self) -> bool {
        self.has(Variant::Ordered) || self.has(Variant::Unordered)
    }

    /// The rows of the list at `path` in the order of the account.
    pub(crate) fn ordered<'a>(self, rows: RowIter<'a>, path: &str) -> RowIter<'a> {
        let mut rows: Vec<Row<'a>> = rows.collect();
        if self.has(Variant::Ordered) {
            rows.sort_by_cached_key(|row| json!(row.get("_id")).to_string());
        } else {
            let list = Rng::new(self.seed, path).0.u64(..);
            rows.sort_by_cached_key(|row| row.record.id().place(list));
        }
        Box::new(rows.into_iter())
    }

    /// A row, or an object, as the account shows it.
    pub(crate) fn show(self, mut row: Value) -> Value {
        if self.has(Variant::NewFields) && row.is_object() {
            let places = ["/status", "/status/type", "/type"];
            let is_seldom = row["_id"].as_str().is_some_and(|id| self.is_seldom(id));
            row["sinceTomorrow"] = json!({"unit": "day", "values": [1, 2.5]});
            for place in places.into_iter().filter(|_| is_seldom) {
                if let Some(value @ Value::String(_)) = row.pointer_mut(place) {
                    *value = json!(UNKNOWN);
                }
            }
        }
        if self.has(Variant::NoMilliseconds) {
            remove_milliseconds(&mut row);
        }
        row
    }

    /// The value that a filter on `field` sees: what the row shows, but hidden fields first.
    pub(crate) fn filtered(self, row: &Row<'_>, field: &str) -> Cell {
        if self.has(Variant::NewFields)
            && matches!(field, "status" | "type")
            && *row.get(field) != Cell::Absent
            && json!(row.get("_id")).as_str().is_some_and(|id| self.is_seldom(id))
        {
            return UNKNOWN.into();
        }
        match row.record.get(&format!("#{field}")) {
            Cell::Absent => row.record.get(field).clone(),
            hidden => hidden.clone(),
        }
    }

    fn is_seldom(self, id: &str) -> bool {
        Rng::new(self.seed, id).below(SELDOM) == 0
    }
}

/// Removes the milliseconds of every date.
fn remove_milliseconds(value: &mut Value) {
    match value {
        Value::String(text) if text.len() == 24 && text.ends_with('Z') && time::parse(text).is_some() => {
            text.replace_range(19..23, "");
        }
        Value::Array(items) => items.iter_mut().for_each(remove_milliseconds),
        Value::Object(fields) => fields.values_mut().for_each(remove_milliseconds),
        _ => {}
    }
}
