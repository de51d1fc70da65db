//! Filters.

use std::collections::BTreeSet;

use super::hidden;
use crate::doctor::observations::{Observations, Probe, Response, text};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, list};
use crate::streams::{List, PATH_STATS, Stream};

pub(super) fn all(seen: &Observations) -> Vec<Finding> {
    vec![date_filters(seen), status_filters(seen), encoded(seen), date_only(seen), milliseconds(seen)]
}

/// The effect of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filtering {
    Honored,
    /// Without an error.
    Ignored,
    Refused,
}

impl Filtering {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Honored => "honored",
            Self::Ignored => "ignored",
            Self::Refused => "refused",
        }
    }
}

/// The effect of the future-date filter; `None` if the list has no rows without it.
pub(crate) fn by_date(seen: &Observations, stream: &'static Stream) -> Option<Filtering> {
    let probed = seen.find(stream, Probe::FutureDate)?;
    let unfiltered =
        [Probe::List(List::Plain), Probe::Child(0, 0)].into_iter().find_map(|probe| seen.find(stream, probe));
    match (probed.rows.is_some(), probed.len()) {
        (true, 0) => (unfiltered?.len() > 0).then_some(Filtering::Honored),
        (true, _) => Some(Filtering::Ignored),
        (false, _) => probed.is_refused().then_some(Filtering::Refused),
    }
}

/// The effect of the status filters; `None` if no row has the status.
pub(crate) fn by_status(seen: &Observations, stream: &'static Stream) -> Option<Filtering> {
    let mut effect = None;
    if stream.name == PATH_STATS.name {
        effect = hidden::honors_status(seen)
            .map(|honors| if honors { Filtering::Honored } else { Filtering::Ignored });
    }
    for response in seen.about(stream) {
        let Probe::Status(status) = response.probe else { continue };
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

/// The streams whose filters have this effect.
fn streams(
    seen: &Observations,
    of: fn(&Observations, &'static Stream) -> Option<Filtering>,
    did: Filtering,
) -> Vec<&'static str> {
    Observations::streams(|stream| of(seen, stream) == Some(did)).map(|stream| stream.name).collect()
}

fn date_filters(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "date_filters",
        claim: "Filters on the cursor's date are honored.",
        consequence: "An incremental sync requests changed rows only. The connector checks the dates again.",
    };
    let did = |did| streams(seen, by_date, did);
    let (refused, ignored) = (did(Filtering::Refused), did(Filtering::Ignored));
    if !refused.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("Refused by {}.", list(&refused)),
            "Incremental syncs of these streams fail.",
            "Select *full refresh* for these streams, and report it.",
        );
    }
    if !ignored.is_empty() {
        return assumption.differs(
            Effect::Cost,
            format!("Ignored without an error by {}: rows were returned although none is that new.", list(&ignored)),
            "No row is lost: the connector checks the dates again. An incremental sync of these streams costs as many requests as a full refresh.",
            REPORT,
        );
    }
    let honored = did(Filtering::Honored);
    if honored.is_empty() {
        return assumption.unknown("No such list has rows, or none could be probed.");
    }
    assumption.holds(format!("The future-date filter returned no rows, as expected, for {}.", list(&honored)))
}

fn status_filters(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "status_filters",
        claim: "Filters on the status are honored.",
        consequence: "A sync requests the archived and deleted rows that a plain list may hide.",
    };
    let did = |did| streams(seen, by_status, did);
    let (refused, ignored) = (did(Filtering::Refused), did(Filtering::Ignored));
    if !refused.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("Refused by {}.", list(&refused)),
            "Every sync sends these filters, so these streams fail.",
            REPORT,
        );
    }
    if !ignored.is_empty() {
        return assumption.differs(
            Effect::Cost,
            format!("Ignored without an error by {}.", list(&ignored)),
            "No row is lost, and repeated rows are skipped. A sync of these streams reads their lists more than once.",
            REPORT,
        );
    }
    let honored = did(Filtering::Honored);
    if honored.is_empty() {
        return assumption.unknown("No row has such a status.");
    }
    assumption.holds(format!("Only rows with that status, for {}.", list(&honored)))
}

/// True if the probed filter on `createdAt` works: it excludes known rows, and they do not come.
fn filters_by_creation(seen: &Observations) -> bool {
    let Some((day, response)) = seen.day.zip(seen.any(Probe::FromInstant)) else { return false };
    response.rows.is_some()
        && response.rows().all(|row| day.admits(row))
        && seen.rows(response.stream).any(|row| !day.admits(row))
}

fn encoded(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "encoded_brackets",
        claim: "The API ignores filters with encoded brackets.",
        consequence: "The connector sends raw brackets, as every official example does.",
    };
    let Some(probed) = seen.any(Probe::Encoded) else {
        return assumption.unknown("No list of dated rows could be probed.");
    };
    if !filters_by_creation(seen) {
        return assumption.unknown("Raw brackets do not filter either.");
    }
    let nothing = "None: the connector sends raw brackets, and those work.";
    match &probed.rows {
        Some(rows) if rows.is_empty() => assumption.differs(
            Effect::None,
            format!("Encoded brackets filter like raw ones, for {}.", probed.stream.name),
            nothing,
            "",
        ),
        Some(rows) => assumption.holds(format!(
            "Ignored: {} that the filter excludes, for {}.",
            count(rows.len(), "row"),
            probed.stream.name
        )),
        None => assumption.differs(
            Effect::None,
            format!("Refused with HTTP {}, for {}.", probed.status, probed.stream.name),
            nothing,
            "",
        ),
    }
}

fn date_only(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "date_only",
        claim: "A filter accepts a day as YYYY-MM-DD, meaning its midnight in UTC.",
        consequence: "None: the connector sends instants.",
    };
    let (Some(instant), Some(date)) = (seen.any(Probe::FromInstant), seen.any(Probe::FromDate)) else {
        return assumption.unknown("No list of dated rows could be probed.");
    };
    if instant.rows.is_none() {
        return assumption.unknown("The instant was refused too.");
    }
    if date.rows.is_some() && !filters_by_creation(seen) {
        return assumption.unknown("Filters by date are not honored.");
    }
    let name = instant.stream.name;
    let nothing = "None: the connector does not do it.";
    if date.rows.is_none() {
        return assumption.differs(
            Effect::None,
            format!("Refused with HTTP {}, for {name}.", date.status),
            nothing,
            "",
        );
    }
    let ids =
        |response: &Response| -> BTreeSet<String> { response.ids().into_iter().map(str::to_owned).collect() };
    if ids(instant) == ids(date) {
        return assumption
            .holds(format!("The same {} as with its midnight, for {name}.", count(date.len(), "row")));
    }
    let seen = format!("{} instead of {}, for {name}.", date.len(), count(instant.len(), "row"));
    assumption.differs(Effect::None, seen, nothing, "")
}

fn milliseconds(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "filter_milliseconds",
        claim: "The API drops the milliseconds of a filter.",
        consequence: "Windows begin on whole seconds.",
    };
    let Some(probed) = seen.any(Probe::Milliseconds) else {
        return assumption.unknown("No list of dated rows could be probed.");
    };
    let name = probed.stream.name;
    match &probed.rows {
        None => assumption.unknown(format!("Refused with HTTP {}, for {name}.", probed.status)),
        Some(rows) if rows.is_empty() => assumption.differs(
            Effect::None,
            format!("The last millisecond of a row's second excludes the row, for {name}."),
            "None: the connector sends whole seconds.",
            "",
        ),
        Some(_) if !filters_by_creation(seen) => assumption.unknown("Filters by date are not honored."),
        Some(rows) => assumption.holds(format!(
            "The last millisecond of its second still finds {}, for {name}.",
            count(rows.len(), "row")
        )),
    }
}
