//! What filters do.

use std::collections::BTreeSet;

use super::gone;
use crate::doctor::seen::{Answer, Purpose, Seen, text};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, list};
use crate::streams::{PATH_STATS, Stream};

pub(super) fn all(seen: &Seen) -> Vec<Finding> {
    vec![date_filters(seen), status_filters(seen), encoded(seen), date_only(seen), milliseconds(seen)]
}

/// What a filter did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filtering {
    Honoured,
    /// Without a word.
    Ignored,
    Refused,
}

impl Filtering {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Honoured => "honoured",
            Self::Ignored => "ignored",
            Self::Refused => "refused",
        }
    }
}

/// What became of the filter by date that no row passes; not told where the list has no row without it.
pub(crate) fn by_date(seen: &Seen, stream: &'static Stream) -> Option<Filtering> {
    let asked = seen.find(stream, Purpose::Never)?;
    let unfiltered =
        [Purpose::List(0), Purpose::Child(0, 0)].into_iter().find_map(|purpose| seen.find(stream, purpose));
    match (asked.rows.is_some(), asked.len()) {
        (true, 0) => (unfiltered?.len() > 0).then_some(Filtering::Honoured),
        (true, _) => Some(Filtering::Ignored),
        (false, _) => asked.is_refused().then_some(Filtering::Refused),
    }
}

/// What became of the filters by status; not told where no row has the status.
pub(crate) fn by_status(seen: &Seen, stream: &'static Stream) -> Option<Filtering> {
    let mut told = None;
    if stream.name == PATH_STATS.name {
        told = gone::honours_status(seen)
            .map(|honours| if honours { Filtering::Honoured } else { Filtering::Ignored });
    }
    for answer in seen.about(stream) {
        let Purpose::Status(status) = answer.purpose else { continue };
        if answer.is_refused() {
            return Some(Filtering::Refused);
        }
        if answer.rows().any(|row| text(row, "status").is_some_and(|own| own != status)) {
            told = Some(Filtering::Ignored);
        } else if answer.len() > 0 {
            told = told.or(Some(Filtering::Honoured));
        }
    }
    told
}

/// The streams whose filters did this.
fn streams(
    seen: &Seen,
    of: fn(&Seen, &'static Stream) -> Option<Filtering>,
    did: Filtering,
) -> Vec<&'static str> {
    Seen::streams(|stream| of(seen, stream) == Some(did)).map(|stream| stream.name).collect()
}

fn date_filters(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "date_filters",
        that: "Filters by the cursor's date are honoured.",
        so: "An incremental sync asks for what changed only. Rows are looked at again all the same.",
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
            format!("Ignored without a word by {}: rows came although none is that new.", list(&ignored)),
            "Nothing is lost: rows are looked at again here. An incremental sync of these streams costs as many requests as a full one.",
            REPORT,
        );
    }
    let honoured = did(Filtering::Honoured);
    if honoured.is_empty() {
        return assumption.unknown("No such list has rows, or could be asked.");
    }
    assumption.holds(format!("No row that is newer than any can be, for {}.", list(&honoured)))
}

fn status_filters(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "status_filters",
        that: "Filters by status are honoured.",
        so: "What a plain list leaves out can be asked for, and archived courses beside the changed ones.",
    };
    let did = |did| streams(seen, by_status, did);
    let (refused, ignored) = (did(Filtering::Refused), did(Filtering::Ignored));
    if !refused.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("Refused by {}.", list(&refused)),
            "A sync asks so for rows that a plain list leaves out: these streams fail where it shows none, and an incremental sync of `courses` always.",
            REPORT,
        );
    }
    if !ignored.is_empty() {
        return assumption.differs(
            Effect::Cost,
            format!("Ignored without a word by {}.", list(&ignored)),
            "Nothing is lost, and what one list repeats of another is passed over. A sync of `path_stats` and an incremental one of `courses` read whole lists more than once.",
            REPORT,
        );
    }
    let honoured = did(Filtering::Honoured);
    if honoured.is_empty() {
        return assumption.unknown("No row has a status that was asked for.");
    }
    assumption.holds(format!("Rows of that status only, for {}.", list(&honoured)))
}

/// Whether the filter by `createdAt` works that dates are tried with: what it excludes is known, and does not come.
fn filters_by_creation(seen: &Seen) -> bool {
    let Some((day, answer)) = seen.day.zip(seen.any(Purpose::FromInstant)) else { return false };
    answer.rows.is_some()
        && answer.rows().all(|row| day.admits(row))
        && seen.rows(answer.stream).any(|row| !day.admits(row))
}

fn encoded(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "encoded_brackets",
        that: "Brackets of a filter have to be sent raw: encoded ones are ignored.",
        so: "The connector sends them raw, as every official example does.",
    };
    let Some(asked) = seen.any(Purpose::Encoded) else {
        return assumption.unknown("No list of dated rows could be asked.");
    };
    if !filters_by_creation(seen) {
        return assumption.unknown("Raw brackets do not filter either.");
    }
    let nothing = "Nothing: the connector sends raw brackets, and those work.";
    match &asked.rows {
        Some(rows) if rows.is_empty() => assumption.differs(
            Effect::None,
            format!("Encoded brackets filter as raw ones do, for {}.", asked.stream.name),
            nothing,
            "",
        ),
        Some(rows) => assumption.holds(format!(
            "Ignored: {} came that the filter excludes, for {}.",
            count(rows.len(), "row"),
            asked.stream.name
        )),
        None => assumption.differs(
            Effect::None,
            format!("Refused with HTTP {}, for {}.", asked.status, asked.stream.name),
            nothing,
            "",
        ),
    }
}

fn date_only(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "date_only",
        that: "A filter may tell a day as YYYY-MM-DD, which means its midnight in UTC.",
        so: "Nothing rests on it: the connector sends whole instants.",
    };
    let (Some(instant), Some(date)) = (seen.any(Purpose::FromInstant), seen.any(Purpose::FromDate)) else {
        return assumption.unknown("No list of dated rows could be asked.");
    };
    if instant.rows.is_none() {
        return assumption.unknown("The whole instant was refused too.");
    }
    if date.rows.is_some() && !filters_by_creation(seen) {
        return assumption.unknown("Filters by date are not honoured.");
    }
    let name = instant.stream.name;
    let nothing = "Nothing: the connector does not do it.";
    if date.rows.is_none() {
        return assumption.differs(
            Effect::None,
            format!("Refused with HTTP {}, for {name}.", date.status),
            nothing,
            "",
        );
    }
    let ids = |answer: &Answer| -> BTreeSet<String> { answer.ids().into_iter().map(str::to_owned).collect() };
    if ids(instant) == ids(date) {
        return assumption
            .holds(format!("The same {} as with its midnight, for {name}.", count(date.len(), "row")));
    }
    let seen = format!("{} in place of {}, for {name}.", date.len(), count(instant.len(), "row"));
    assumption.differs(Effect::None, seen, nothing, "")
}

fn milliseconds(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "filter_milliseconds",
        that: "The milliseconds of a filter are set to zero.",
        so: "Windows begin and end on whole seconds, so that none is read twice or left out.",
    };
    let Some(asked) = seen.any(Purpose::Milliseconds) else {
        return assumption.unknown("No list of dated rows could be asked.");
    };
    let name = asked.stream.name;
    match &asked.rows {
        None => assumption.unknown(format!("Refused with HTTP {}, for {name}.", asked.status)),
        Some(rows) if rows.is_empty() => assumption.differs(
            Effect::None,
            format!("A row is left out by the last millisecond of its own second, for {name}."),
            "Nothing: the connector sends whole seconds.",
            "",
        ),
        Some(_) if !filters_by_creation(seen) => assumption.unknown("Filters by date are not honoured."),
        Some(rows) => assumption.holds(format!(
            "{} found from the last millisecond of its second on, for {name}.",
            count(rows.len(), "row")
        )),
    }
}
