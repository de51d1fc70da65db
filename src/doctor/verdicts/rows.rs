//! Rows: their fields, keys and ids.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::doctor::fields::Fields;
use crate::doctor::observations::{Observations, Response, Row, instant, text};
use crate::doctor::probes::is_parent;
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, grouped, list, share};
use crate::streams::{Body, STREAMS, Stream, is_id};

pub(crate) fn all(seen: &Observations) -> Vec<Finding> {
    vec![new_fields(seen), types(seen), new_values(seen), keys(seen), ids(seen), order(seen)]
}

/// `stream.field` for what `of` finds in the rows of each stream.
fn places(seen: &Observations, of: impl Fn(&Fields) -> BTreeMap<String, usize>) -> Vec<String> {
    let found = STREAMS.iter().flat_map(|stream| {
        of(&seen.fields(stream))
            .into_keys()
            .map(|field| format!("`{}.{field}`", stream.name))
            .collect::<Vec<_>>()
    });
    found.collect()
}

fn new_fields(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "known_fields",
        claim: "Rows have no fields beside those of the schemas.",
        consequence: "Every field has a column of its type.",
    };
    let found = places(seen, |fields| fields.unknown.clone());
    if found.is_empty() {
        return of_rows(seen, assumption, "none with a new field");
    }
    assumption.differs(
        Effect::None,
        format!("New fields: {}. The table of fields below lists them all.", list(&found)),
        "Records contain them; a destination that follows the schema drops them.",
        REPORT,
    )
}

fn types(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "field_types",
        claim: "Values have the types of the schemas.",
        consequence: "Destinations can write every value into its column.",
    };
    let found = places(seen, |fields| fields.mistyped.clone());
    if found.is_empty() {
        return of_rows(seen, assumption, "all of these types");
    }
    assumption.differs(
        Effect::Rows,
        format!("Values of another type: {}.", list(&found)),
        "A destination may replace such a value by null, or refuse the row.",
        REPORT,
    )
}

fn new_values(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "known_values",
        claim: "Fields with documented values have no others.",
        consequence: "Reports that count by status are complete. A sync accepts any value.",
    };
    let found = places(seen, |fields| {
        fields.new_values.iter().map(|(field, values)| (field.clone(), values.len())).collect()
    });
    if found.is_empty() {
        return of_rows(seen, assumption, "none with a new value");
    }
    assumption.differs(
        Effect::None,
        format!("New values in {}. The table of fields below lists them.", list(&found)),
        "None for a sync, which accepts any value. Reports may have to be extended.",
        REPORT,
    )
}

fn of_rows(seen: &Observations, assumption: Assumption, what: &str) -> Finding {
    let rows: usize = STREAMS.iter().map(|stream| seen.rows(stream).count()).sum();
    if rows == 0 {
        assumption.unknown("No row was read.")
    } else {
        assumption.holds(format!("{}, {what}.", count(rows, "row")))
    }
}

fn keys(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "keys",
        claim: "Every row has the fields of its key, as strings.",
        consequence: "Destinations remove duplicates by key.",
    };
    let has_key = |stream: &Stream, row: &Row| stream.key.iter().all(|field| text(row, field).is_some());
    let mut lacking = Vec::new();
    for stream in STREAMS.iter().copied().filter(|stream| stream.body != Body::Object) {
        // The connector adds the value of a variant, which is not kept here.
        let variant =
            stream.parent.as_ref().and_then(|parent| parent.variants.as_ref()).map(|variants| variants.name);
        if variant.is_some() {
            continue;
        }
        let without = seen.rows(stream).filter(|row| !has_key(stream, row)).count();
        if without > 0 {
            lacking.push(share((without, seen.rows(stream).count()), stream.name));
        }
    }
    if lacking.is_empty() {
        return of_rows(seen, assumption, "all with their key");
    }
    assumption.differs(
        Effect::Rows,
        format!("Rows without a key: {}.", list(&lacking)),
        "A destination that removes duplicates by key may drop these rows, or fail.",
        "Use *append* for these streams, and report it.",
    )
}

fn ids(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "parent_ids",
        claim: "Ids of parents are letters and digits, and increase with the time of creation.",
        consequence: "Ids are valid in a path, and a row that is created during a sync sorts last, so an interrupted sync resumes without a gap.",
    };
    let (mut rows, mut unusable, mut dated, mut out_of_time) = (0, Vec::new(), 0, Vec::new());
    for stream in Observations::streams(is_parent) {
        let (mut bad, mut late) = (0, 0);
        for row in seen.rows(stream) {
            rows += 1;
            let id = text(row, "_id").unwrap_or_default();
            bad += usize::from(!is_id(id));
            if let (Some(of_id), Some(created)) = (time_of(id), instant(row, "createdAt")) {
                dated += 1;
                late += usize::from(of_id + TimeDelta::minutes(1) < created);
            } else if time_of(id).is_none() {
                late += 1;
            }
        }
        if bad > 0 {
            unusable.push(format!("{} ({bad})", stream.name));
        }
        if late > 0 {
            out_of_time.push(format!("{} ({late})", stream.name));
        }
    }
    if rows == 0 {
        return assumption.unknown("No such row was seen.");
    }
    if !unusable.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("Ids that are not valid in a path: {}.", list(&unusable)),
            "The children of these rows fail.",
            REPORT,
        );
    }
    if !out_of_time.is_empty() {
        return assumption.differs(
            Effect::Rows,
            format!("Ids with an earlier time than `createdAt`, or without a time: {}.", list(&out_of_time)),
            "A resumed sync may miss rows that were created meanwhile with an earlier id.",
            "After an interrupted sync, run a full refresh of the child streams. Report it.",
        );
    }
    assumption.holds(format!(
        "{}; of {} with `createdAt`, none has an earlier time.",
        count(rows, "id"),
        grouped(dated)
    ))
}

/// The time of creation in an object id.
fn time_of(id: &str) -> Option<DateTime<Utc>> {
    let seconds = id.get(..8).filter(|_| id.len() == 24)?;
    DateTime::from_timestamp(i64::from_str_radix(seconds, 16).ok()?, 0)
}

fn order(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "no_order",
        claim: "Rows are not ordered by id.",
        consequence: "None: windows follow the clock, never the rows.",
    };
    let pages: Vec<Vec<&str>> = seen
        .responses
        .iter()
        .filter(|response| response.is_read())
        .map(Response::ids)
        .filter(|ids| ids.len() > 2)
        .collect();
    if pages.is_empty() {
        return assumption.unknown("No page has enough rows.");
    }
    let ascending = pages.iter().filter(|ids| ids.is_sorted()).count();
    let descending = pages.iter().filter(|ids| ids.is_sorted_by(|one, other| one >= other)).count();
    let seen_text = format!(
        "{} by ascending and {descending} by descending `_id`, of {}.",
        ascending,
        count(pages.len(), "page")
    );
    if ascending.max(descending) == pages.len() && pages.len() > 2 {
        return assumption.differs(Effect::None, seen_text, "None: the connector relies on no order.", "");
    }
    assumption.holds(seen_text)
}
