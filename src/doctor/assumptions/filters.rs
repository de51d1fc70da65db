//! Filters.
//! Judges only: the claims, and what to do about a difference, are in `table`.

use std::collections::BTreeSet;

use super::Judgment::{Differs, DiffersBy, Holds, Unknown};
use super::{Judgment, REPORT, fails, hidden, none_of};
use crate::doctor::observations::{Observations, Purpose, Response, Row, text};
use crate::doctor::text::{count, list};
use crate::streams::{List, PATH_STATS, Stream};

/// The effect of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filtering {
    /// Only rows that pass it come.
    Honored,
    /// Other rows come too, without an error.
    Ignored,
    /// With an error.
    Refused,
}

/// The effect of the future-date filter; `None` if the list has no rows without it.
pub(in crate::doctor) fn by_date(seen: &Observations, stream: &'static Stream) -> Option<Filtering> {
    let probed = seen.find(stream, Purpose::FutureDate)?;
    let unfiltered =
        [Purpose::List(List::Plain), Purpose::Child].into_iter().find_map(|one| seen.find(stream, one));
    match (probed.rows.is_some(), probed.len()) {
        (true, 0) => (unfiltered?.len() > 0).then_some(Filtering::Honored),
        (true, _) => Some(Filtering::Ignored),
        (false, _) => probed.is_refused().then_some(Filtering::Refused),
    }
}

/// The effect of the status filters; `None` if no row has the status.
pub(in crate::doctor) fn by_status(seen: &Observations, stream: &'static Stream) -> Option<Filtering> {
    let mut effect = None;
    if std::ptr::eq(stream, &raw const PATH_STATS) {
        effect = hidden::honors_status(seen)
            .map(|honors| if honors { Filtering::Honored } else { Filtering::Ignored });
    }
    for response in seen.about(stream) {
        let Purpose::Status(status) = response.request.purpose else { continue };
        if response.is_refused() {
            return Some(Filtering::Refused);
        }
        if response.rows().any(|row| text(row, "status").is_some_and(|own| own != status)) {
            effect = Some(Filtering::Ignored);
        } else if response.len() > 0 {
            effect = effect.or(Some(Filtering::Honored));
        }
    }
    effect
}

/// The names of the streams whose filters have this effect.
fn streams(
    seen: &Observations,
    of: fn(&Observations, &'static Stream) -> Option<Filtering>,
    effect: Filtering,
) -> Vec<&'static str> {
    seen.streams().filter(|stream| of(seen, stream) == Some(effect)).map(|stream| stream.name).collect()
}

pub(super) fn date_filters(seen: &Observations) -> Option<Judgment> {
    let with = |effect| streams(seen, by_date, effect);
    let (refused, honored) = (with(Filtering::Refused), with(Filtering::Honored));
    if !refused.is_empty() {
        let advice = "Select *full refresh* for these streams, and report it.";
        let difference = fails("Incremental syncs of these streams fail.", advice);
        return Some(DiffersBy(difference, format!("Refused by {}.", list(&refused))));
    }
    let differs = "Ignored without an error: rows were returned although none is that new, by";
    let holds = format!("The future-date filter returned no rows, as expected, for {}.", list(&honored));
    none_of(&with(Filtering::Ignored), differs, honored.len(), holds)
}

pub(super) fn status_filters(seen: &Observations) -> Option<Judgment> {
    let with = |effect| streams(seen, by_status, effect);
    let (refused, honored) = (with(Filtering::Refused), with(Filtering::Honored));
    if !refused.is_empty() {
        let difference = fails("Every sync sends these filters, so these streams fail.", REPORT);
        return Some(DiffersBy(difference, format!("Refused by {}.", list(&refused))));
    }
    let holds = format!("Only rows with that status, for {}.", list(&honored));
    none_of(&with(Filtering::Ignored), "Ignored without an error by", honored.len(), holds)
}

/// True if the probed filter on `createdAt` works: it excludes known rows, and they do not come.
fn filters_by_creation(seen: &Observations) -> bool {
    let Some(response) = seen.any(Purpose::FromInstant) else { return false };
    let is_admitted = |row: &Row| response.request.filter.is_some_and(|filter| filter.admits(row));
    response.rows.is_some()
        && response.rows().all(is_admitted)
        && !seen.rows(response.request.stream).all(is_admitted)
}

const NOT_HONORED: &str = "Filters by date are not honored.";

pub(super) fn encoded_brackets(seen: &Observations) -> Option<Judgment> {
    let probed = seen.any(Purpose::Encoded)?;
    let (name, rows) = (probed.request.stream.name, count(probed.len(), "row"));
    Some(if !filters_by_creation(seen) {
        Unknown(NOT_HONORED.into())
    } else if probed.rows.is_none() {
        Differs(format!("Refused with HTTP {}, for {name}.", probed.raw.status))
    } else if probed.len() == 0 {
        Differs(format!("Encoded brackets filter like raw ones, for {name}."))
    } else {
        Holds(format!("Ignored: {rows} that the filter excludes, for {name}."))
    })
}

pub(super) fn date_only(seen: &Observations) -> Option<Judgment> {
    let (instant, date) = seen.any(Purpose::FromInstant).zip(seen.any(Purpose::FromDate))?;
    let name = instant.request.stream.name;
    let ids = |response: &Response| response.ids().into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    Some(if instant.rows.is_none() {
        Unknown("The instant was refused too.".into())
    } else if date.rows.is_none() {
        Differs(format!("Refused with HTTP {}, for {name}.", date.raw.status))
    } else if !filters_by_creation(seen) {
        Unknown(NOT_HONORED.into())
    } else if ids(instant) == ids(date) {
        Holds(format!("The same {} as with its midnight, for {name}.", count(date.len(), "row")))
    } else {
        Differs(format!("{} instead of {}, for {name}.", date.len(), count(instant.len(), "row")))
    })
}

pub(super) fn filter_milliseconds(seen: &Observations) -> Option<Judgment> {
    let probed = seen.any(Purpose::Milliseconds)?;
    let (name, rows) = (probed.request.stream.name, count(probed.len(), "row"));
    Some(if probed.rows.is_none() {
        Unknown(format!("Refused with HTTP {}, for {name}.", probed.raw.status))
    } else if probed.len() == 0 {
        Differs(format!("The last millisecond of a row's second excludes the row, for {name}."))
    } else if filters_by_creation(seen) {
        Holds(format!("The last millisecond of its second still finds {rows}, for {name}."))
    } else {
        Unknown(NOT_HONORED.into())
    })
}
