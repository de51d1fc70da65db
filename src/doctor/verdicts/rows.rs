//! Rows: their fields, keys and ids.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::doctor::fields::Fields;
use crate::doctor::round::{is_id, is_parent};
use crate::doctor::seen::{Answer, Row, Seen, instant, text};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, grouped, list, share};
use crate::streams::{Body, STREAMS, Stream};

pub(crate) fn all(seen: &Seen) -> Vec<Finding> {
    vec![new_fields(seen), types(seen), new_values(seen), keys(seen), ids(seen), order(seen)]
}

/// `stream.field` for what `of` finds in the rows of each stream.
fn places(seen: &Seen, of: impl Fn(&Fields) -> BTreeMap<String, usize>) -> Vec<String> {
    let found = STREAMS.iter().flat_map(|stream| {
        of(&seen.fields(stream))
            .into_keys()
            .map(|field| format!("`{}.{field}`", stream.name))
            .collect::<Vec<_>>()
    });
    found.collect()
}

fn new_fields(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "known_fields",
        that: "Rows have the fields that the schemas know, and no others.",
        so: "Every field has a column of its type.",
    };
    let found = places(seen, |fields| fields.unknown.clone());
    if found.is_empty() {
        return of_rows(seen, assumption, "none with a new field");
    }
    assumption.differs(
        Effect::None,
        format!("New fields: {}. The table of fields below names them all.", list(&found)),
        "They are passed on with the records; a destination that keeps to the schema leaves them out.",
        REPORT,
    )
}

fn types(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "field_types",
        that: "Values have the types that the schemas tell.",
        so: "Destinations can write every value into its column.",
    };
    let found = places(seen, |fields| fields.mistyped.clone());
    if found.is_empty() {
        return of_rows(seen, assumption, "all of these types");
    }
    assumption.differs(
        Effect::Rows,
        format!("Values of another type: {}.", list(&found)),
        "A destination may leave such a value empty, or refuse the row.",
        REPORT,
    )
}

fn new_values(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "known_values",
        that: "Fields with a documented list of values have no others.",
        so: "Reports that count by status are complete. A sync takes any value.",
    };
    let found = places(seen, |fields| {
        fields.new_values.iter().map(|(field, values)| (field.clone(), values.len())).collect()
    });
    if found.is_empty() {
        return of_rows(seen, assumption, "none with a new value");
    }
    assumption.differs(
        Effect::None,
        format!("New values in {}. The table of fields below has them.", list(&found)),
        "Nothing for the sync: any value is passed on. Reports may have to learn the new ones.",
        REPORT,
    )
}

fn of_rows(seen: &Seen, assumption: Assumption, what: &str) -> Finding {
    let rows: usize = STREAMS.iter().map(|stream| seen.rows(stream).count()).sum();
    if rows == 0 {
        assumption.unknown("No row was seen.")
    } else {
        assumption.holds(format!("{}, {what}.", count(rows, "row")))
    }
}

fn keys(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "keys",
        that: "Every row has the fields of its key, as texts.",
        so: "Destinations remove repeats by key.",
    };
    let has_key = |stream: &Stream, row: &Row| stream.key.iter().all(|field| text(row, field).is_some());
    let mut lacking = Vec::new();
    for stream in STREAMS.iter().copied().filter(|stream| stream.body != Body::Object) {
        // What the connector adds is no matter of the API; a value of a variant is added without being seen here.
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
        format!("Rows without it: {}.", list(&lacking)),
        "A destination that removes repeats by key may drop these rows, or fail.",
        "Use *append* for these streams, and report it.",
    )
}

fn ids(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "parent_ids",
        that: "Ids under which others are read are letters and digits, and grow with the time of creation.",
        so: "They can stand in a path, and what is created during a sync sorts last: an interrupted sync resumes without a gap.",
    };
    let (mut rows, mut unusable, mut dated, mut out_of_time) = (0, Vec::new(), 0, Vec::new());
    for stream in Seen::streams(is_parent) {
        let (mut bad, mut late) = (0, 0);
        for row in seen.rows(stream) {
            rows += 1;
            let id = text(row, "_id").unwrap_or_default();
            bad += usize::from(!is_id(id));
            if let (Some(told), Some(created)) = (told_by(id), instant(row, "createdAt")) {
                dated += 1;
                late += usize::from(told + TimeDelta::minutes(1) < created);
            } else if told_by(id).is_none() {
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
            format!("Ids that cannot stand in a path: {}.", list(&unusable)),
            "What is read under these rows fails, before anything is asked.",
            REPORT,
        );
    }
    if !out_of_time.is_empty() {
        return assumption.differs(
            Effect::Rows,
            format!("Ids that tell an earlier time than `createdAt`, or no time at all: {}.", list(&out_of_time)),
            "Where ids do not grow with time, a sync that was interrupted and resumed may leave out what was created meanwhile under an earlier id.",
            "After an interrupted sync, refresh the streams under these fully. Report it.",
        );
    }
    assumption.holds(format!(
        "{}; of {} with `createdAt`, none tells an earlier time.",
        count(rows, "id"),
        grouped(dated)
    ))
}

/// The time of creation that an object id begins with.
fn told_by(id: &str) -> Option<DateTime<Utc>> {
    let seconds = id.get(..8).filter(|_| id.len() == 24)?;
    DateTime::from_timestamp(i64::from_str_radix(seconds, 16).ok()?, 0)
}

fn order(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "no_order",
        that: "Rows come in no order that a sync could rely on.",
        so: "Nothing rests on one: windows come from the clock, never from the rows.",
    };
    let pages: Vec<Vec<&str>> = seen
        .answers
        .iter()
        .filter(|answer| answer.is_read())
        .map(Answer::ids)
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
        return assumption.differs(Effect::None, seen_text, "Nothing: the connector relies on no order.", "");
    }
    assumption.holds(seen_text)
}
