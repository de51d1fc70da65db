//! The variants of one sandbox, and what they make of its rows and answers.

use axum::http::HeaderValue;
use axum::http::header::{LINK, RETRY_AFTER};
use axum::response::Response;
use serde_json::{Value, json};

use crate::data::moment::Moment;
use crate::data::rng::{Rng, mix};
use crate::row::{Cell, Row};
use crate::variant::Variant;

/// An enum value that no documentation knows.
const UNHEARD_OF: &str = "someday";

/// One row in so many has it.
const SELDOM: usize = 8;

/// The set of variants.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tenant {
    bits: u64,
    seed: u64,
}

impl Tenant {
    pub(crate) fn new(variants: &[Variant], seed: u64) -> Self {
        Self { bits: variants.iter().fold(0, |bits, variant| bits | 1 << *variant as u64), seed }
    }

    /// As documented.
    pub(crate) const fn is_plain(self) -> bool {
        self.bits == 0
    }

    pub(crate) const fn is(self, variant: Variant) -> bool {
        self.bits & (1 << variant as u64) != 0
    }

    /// Whether a `next` ends before its list does.
    pub(crate) const fn counts_requests(self) -> bool {
        self.is(Variant::ShortNext) || self.is(Variant::NextOnce)
    }

    /// Whether rows look different from what the data says, and perhaps the same after a change of it.
    pub(crate) const fn repaints(self) -> bool {
        self.is(Variant::NoMilliseconds) || self.is(Variant::NewFields)
    }

    /// Rows on a page of a list for which so many are documented; a list that is not paged comes whole.
    pub(crate) fn page_size(self, documented: Option<u32>) -> usize {
        let documented = documented.map_or(usize::MAX, |size| size as usize);
        if self.is(Variant::ShortPages) && documented < usize::MAX { documented / 3 } else { documented }
    }

    /// The rows of the list at `path` in this tenant's order.
    pub(crate) fn arranged<'a>(
        self,
        rows: Box<dyn Iterator<Item = Row<'a>> + 'a>,
        path: &str,
    ) -> Box<dyn Iterator<Item = Row<'a>> + 'a> {
        if !self.is(Variant::Unordered) && !self.is(Variant::Ordered) {
            return rows;
        }
        let mut rows: Vec<Row<'a>> = rows.collect();
        if self.is(Variant::Ordered) {
            rows.sort_by_cached_key(Row::written_id);
        } else {
            let list = Rng::new(self.seed, path).draw();
            rows.sort_by_cached_key(|row| mix(row.identity() ^ list));
        }
        Box::new(rows.into_iter())
    }

    /// The row as this tenant shows it.
    pub(crate) fn shown(self, row: Row<'_>) -> Row<'_> {
        if self.repaints() { Row::Made(self.painted(json!(row))) } else { row }
    }

    /// A row, or an object that is one, as this tenant shows it.
    pub(crate) fn painted(self, mut row: Value) -> Value {
        if self.is(Variant::NewFields) && row.is_object() {
            let seldom = self.is_seldom(&row);
            row["sinceTomorrow"] = json!({"unit": "day", "values": [1, 2.5]});
            let places = if seldom { &["/status", "/status/type", "/type"][..] } else { &[] };
            for place in places {
                if let Some(value @ Value::String(_)) = row.pointer_mut(place) {
                    *value = json!(UNHEARD_OF);
                }
            }
        }
        if self.is(Variant::NoMilliseconds) {
            shorten(&mut row);
        }
        row
    }

    /// The value of a field that is filtered on: what the row shows.
    pub(crate) fn cell(self, row: &Row<'_>, field: &str) -> Option<Cell> {
        let cell = row.cell(field)?;
        if self.is(Variant::NewFields) && matches!(field, "status" | "type") {
            let shown = json!(row);
            // The filter on the status of statistics is one on the enrollment's.
            let has = !shown[field].is_null();
            if has && self.is_seldom(&shown) {
                return Some(Cell::Text(UNHEARD_OF.into()));
            }
        }
        Some(cell)
    }

    fn is_seldom(self, row: &Value) -> bool {
        row["_id"].as_str().is_some_and(|id| Rng::new(self.seed, id).below(SELDOM) == 0)
    }

    /// Headers as this tenant sends them; `refused` says that the request was not admitted.
    pub(crate) fn dress(self, response: &mut Response, host: Option<&str>, refused: bool) {
        if self.is(Variant::RetryAfter) && refused && response.status() == 429 {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.is(Variant::RelativeLinks)
            && let Some(link) = response.headers().get(LINK).and_then(|link| link.to_str().ok())
            && let Some(target) = link.strip_prefix(&format!("<http://{}", host.unwrap_or_default()))
            && let Ok(link) = HeaderValue::from_str(&format!("<{target}"))
        {
            response.headers_mut().insert(LINK, link);
        }
    }
}

/// Takes the milliseconds out of every date.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() == 24 && text.ends_with('Z') && Moment::parse(text).is_some() => {
            text.replace_range(19..23, "");
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}
