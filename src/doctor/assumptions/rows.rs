//! Rows: their fields, keys and ids.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Judgement::{Differs, DiffersBy, Holds, Unknown};
use super::{Assumption, Effect, Judgement, REPORT, difference, harmless};
use crate::doctor::fields::Fields;
use crate::doctor::observations::{Observations, Response, instant, text};
use crate::doctor::probes::{CHILDREN, LISTS, is_parent};
use crate::doctor::text::{count, grouped, list, share};
use crate::streams::{Body, Stream, is_id};

pub(super) static ASSUMPTIONS: [Assumption; 6] = [
    Assumption {
        id: "known_fields",
        claim: "Rows have no fields beside those of the schemas.",
        consequence: "Every field has a column of its type.",
        probe: &CHILDREN,
        judge: known_fields,
        difference: difference(
            Effect::None,
            "Records contain them; a destination that follows the schema drops them.",
            REPORT,
        ),
    },
    Assumption {
        id: "field_types",
        claim: "Values have the types of the schemas.",
        consequence: "Destinations can write every value into its column.",
        probe: &CHILDREN,
        judge: field_types,
        difference: difference(
            Effect::Rows,
            "A destination may replace such a value by null, or refuse the row.",
            REPORT,
        ),
    },
    Assumption {
        id: "known_values",
        claim: "Fields with documented values have no others.",
        consequence: "Reports that count by status are complete. A sync accepts any value.",
        probe: &CHILDREN,
        judge: known_values,
        difference: difference(
            Effect::None,
            "None for a sync, which accepts any value. Reports may have to be extended.",
            REPORT,
        ),
    },
    Assumption {
        id: "keys",
        claim: "Every row has the fields of its key, as strings.",
        consequence: "Destinations remove duplicates by key.",
        probe: &CHILDREN,
        judge: keys,
        difference: difference(
            Effect::Rows,
            "A destination that removes duplicates by key may drop these rows, or fail.",
            "Use *append* for these streams, and report it.",
        ),
    },
    Assumption {
        id: "parent_ids",
        claim: "Ids of parents are letters and digits, and increase with the time of creation.",
        consequence: "Ids are valid in a path, and a row that is created during a sync sorts last, so an interrupted sync resumes without a gap.",
        probe: &LISTS,
        judge: parent_ids,
        difference: difference(
            Effect::Rows,
            "A resumed sync may miss rows that were created meanwhile with an earlier id.",
            "After an interrupted sync, run a full refresh of the child streams. Report it.",
        ),
    },
    Assumption {
        id: "no_order",
        claim: "Rows are not ordered by id.",
        consequence: "None: windows follow the clock, never the rows.",
        probe: &LISTS,
        judge: no_order,
        difference: harmless("None: the connector relies on no order."),
    },
];

/// `stream.field` for what `of` finds in the rows of each stream.
fn places<T>(seen: &Observations, of: fn(Fields) -> BTreeMap<String, T>) -> Vec<String> {
    let of_stream = |stream: &'static Stream| {
        of(seen.fields(stream)).into_keys().map(|field| format!("`{}.{field}`", stream.name))
    };
    seen.streams().flat_map(of_stream).collect()
}

/// Holds for all rows that were read, if there are any.
fn all_rows(seen: &Observations, what: &str) -> Judgement {
    match seen.streams().map(|stream| seen.rows(stream).count()).sum() {
        0 => Unknown("No row was read.".into()),
        rows => Holds(format!("{}, {what}.", count(rows, "row"))),
    }
}

fn known_fields(seen: &Observations) -> Judgement {
    let found = places(seen, |fields| fields.unknown);
    if found.is_empty() {
        return all_rows(seen, "none with a new field");
    }
    Differs(format!("New fields: {}. The table of fields below lists them all.", list(&found)))
}

fn field_types(seen: &Observations) -> Judgement {
    let found = places(seen, |fields| fields.mistyped);
    if found.is_empty() {
        return all_rows(seen, "all of these types");
    }
    Differs(format!("Values of another type: {}.", list(&found)))
}

fn known_values(seen: &Observations) -> Judgement {
    let found = places(seen, |fields| fields.new_values);
    if found.is_empty() {
        return all_rows(seen, "none with a new value");
    }
    Differs(format!("New values in {}. The table of fields below lists them.", list(&found)))
}

fn keys(seen: &Observations) -> Judgement {
    // The connector adds the value of a variant, which is not kept here.
    let has_variants =
        |stream: &Stream| stream.parent.as_ref().is_some_and(|parent| parent.variants.is_some());
    let is_judged = |stream: &&'static Stream| stream.body != Body::Object && !has_variants(stream);
    let without_key = |stream: &'static Stream| {
        let has_key = |row: &&_| stream.key.iter().all(|field| text(row, field).is_some());
        let (with, all) = (seen.rows(stream).filter(has_key).count(), seen.rows(stream).count());
        (with < all).then(|| share((all - with, all), stream.name))
    };
    let lacking: Vec<String> = seen.streams().filter(is_judged).filter_map(without_key).collect();
    if lacking.is_empty() {
        return all_rows(seen, "all with their key");
    }
    Differs(format!("Rows without a key: {}.", list(&lacking)))
}

fn parent_ids(seen: &Observations) -> Judgement {
    let (mut rows, mut unusable, mut dated, mut out_of_time) = (0, Vec::new(), 0, Vec::new());
    for stream in seen.streams().filter(|stream| is_parent(stream)) {
        let (mut bad, mut late) = (0, 0);
        for row in seen.rows(stream) {
            rows += 1;
            let id = text(row, "_id").unwrap_or_default();
            bad += usize::from(!is_id(id));
            match (time_of(id), instant(row, "createdAt")) {
                (Some(of_id), Some(created)) => {
                    dated += 1;
                    late += usize::from(of_id + TimeDelta::minutes(1) < created);
                }
                (Some(_), None) => {}
                (None, _) => late += 1,
            }
        }
        unusable.extend((bad > 0).then(|| format!("{} ({bad})", stream.name)));
        out_of_time.extend((late > 0).then(|| format!("{} ({late})", stream.name)));
    }
    if rows == 0 {
        Unknown("No such row was seen.".into())
    } else if !unusable.is_empty() {
        DiffersBy(
            format!("Ids that are not valid in a path: {}.", list(&unusable)),
            difference(Effect::Fails, "The children of these rows fail.", REPORT),
        )
    } else if !out_of_time.is_empty() {
        let streams = list(&out_of_time);
        Differs(format!("Ids with an earlier time than `createdAt`, or without a time: {streams}."))
    } else {
        let (ids, dated) = (count(rows, "id"), grouped(dated));
        Holds(format!("{ids}; of {dated} with `createdAt`, none has an earlier time."))
    }
}

/// The time of creation in an object id.
fn time_of(id: &str) -> Option<DateTime<Utc>> {
    let seconds = id.get(..8).filter(|_| id.len() == 24)?;
    DateTime::from_timestamp(i64::from_str_radix(seconds, 16).ok()?, 0)
}

fn no_order(seen: &Observations) -> Judgement {
    let read = seen.responses.iter().filter(|response| response.is_read());
    let pages: Vec<Vec<&str>> = read.map(Response::ids).filter(|ids| ids.len() > 2).collect();
    if pages.is_empty() {
        return Unknown("No page has enough rows.".into());
    }
    let ascending = pages.iter().filter(|ids| ids.is_sorted()).count();
    let descending = pages.iter().filter(|ids| ids.is_sorted_by(|one, other| one >= other)).count();
    let all = count(pages.len(), "page");
    let evidence = format!("{ascending} by ascending and {descending} by descending `_id`, of {all}.");
    if ascending.max(descending) == pages.len() && pages.len() > 2 {
        Differs(evidence)
    } else {
        Holds(evidence)
    }
}
