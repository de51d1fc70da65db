//! Filters.

use super::Judgement::{Differs, DiffersBy, Holds, Unknown};
use super::{Judgement, REPORT, fails, hidden, none_of};
use crate::doctor::observations::{Observations, Purpose, Row, text};
use crate::doctor::text::{count, list};
use crate::streams::{List, PATH_STATS, Stream};

const NOT_DATED: &str = "No list of dated rows could be probed.";

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

pub(super) fn date_filters(seen: &Observations) -> Judgement {
    let with = |effect| streams(seen, by_date, effect);
    let (refused, honored) = (with(Filtering::Refused), with(Filtering::Honored));
    if !refused.is_empty() {
        let advice = "Select *full refresh* for these streams, and report it.";
        let difference = fails("Incremental syncs of these streams fail.", advice);
        return DiffersBy(difference, format!("Refused by {}.", list(&refused)));
    }
    none_of(
        &with(Filtering::Ignored),
        "Rows were returned although none is that new, without an error, by",
        (honored.len(), "No such list has rows, or none could be probed."),
        format!("The future-date filter returned no rows, as expected, for {}.", list(&honored)),
    )
}

pub(super) fn status_filters(seen: &Observations) -> Judgement {
    let with = |effect| streams(seen, by_status, effect);
    let (refused, honored) = (with(Filtering::Refused), with(Filtering::Honored));
    if !refused.is_empty() {
        let difference = fails("Every sync sends these filters, so these streams fail.", REPORT);
        return DiffersBy(difference, format!("Refused by {}.", list(&refused)));
    }
    none_of(
        &with(Filtering::Ignored),
        "Ignored without an error by",
        (honored.len(), "No row has such a status."),
        format!("Only rows with that status, for {}.", list(&honored)),
    )
}

/// True if the probed filter on `createdAt` works: it excludes known rows, and they do not come.
fn filters_by_creation(seen: &Observations) -> bool {
    let Some(response) = seen.any(Purpose::FromInstant) else { return false };
    let is_admitted = |row: &Row| response.request.filter.is_some_and(|filter| filter.admits(row));
    response.rows.is_some()
        && response.rows().all(is_admitted)
        && !seen.rows(response.request.stream).all(is_admitted)
}

pub(super) fn encoded_brackets(seen: &Observations) -> Judgement {
    let Some(probed) = seen.any(Purpose::Encoded) else { return Unknown(NOT_DATED.into()) };
    if !filters_by_creation(seen) {
        return Unknown("Raw brackets do not filter either.".into());
    }
    let name = probed.request.stream.name;
    match &probed.rows {
        None => Differs(format!("Refused with HTTP {}, for {name}.", probed.raw.status)),
        Some(rows) if rows.is_empty() => {
            Differs(format!("Encoded brackets filter like raw ones, for {name}."))
        }
        Some(rows) => {
            Holds(format!("Ignored: {} that the filter excludes, for {name}.", count(rows.len(), "row")))
        }
    }
}

pub(super) fn date_only(seen: &Observations) -> Judgement {
    let (Some(instant), Some(date)) = (seen.any(Purpose::FromInstant), seen.any(Purpose::FromDate)) else {
        return Unknown(NOT_DATED.into());
    };
    let name = instant.request.stream.name;
    let sorted = |mut ids: Vec<&str>| {
        ids.sort_unstable();
        ids.join(" ")
    };
    if instant.rows.is_none() {
        Unknown("The instant was refused too.".into())
    } else if date.rows.is_none() {
        Differs(format!("Refused with HTTP {}, for {name}.", date.raw.status))
    } else if !filters_by_creation(seen) {
        Unknown("Filters by date are not honored.".into())
    } else if sorted(instant.ids()) == sorted(date.ids()) {
        Holds(format!("The same {} as with its midnight, for {name}.", count(date.len(), "row")))
    } else {
        Differs(format!("{} instead of {}, for {name}.", date.len(), count(instant.len(), "row")))
    }
}

pub(super) fn filter_milliseconds(seen: &Observations) -> Judgement {
    let Some(probed) = seen.any(Purpose::Milliseconds) else { return Unknown(NOT_DATED.into()) };
    let name = probed.request.stream.name;
    match &probed.rows {
        None => Unknown(format!("Refused with HTTP {}, for {name}.", probed.raw.status)),
        Some(rows) if rows.is_empty() => {
            Differs(format!("The last millisecond of a row's second excludes the row, for {name}."))
        }
        Some(_) if !filters_by_creation(seen) => Unknown("Filters by date are not honored.".into()),
        Some(rows) => {
            let rows = count(rows.len(), "row");
            Holds(format!("The last millisecond of its second still finds {rows}, for {name}."))
        }
    }
}
