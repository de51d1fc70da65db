//! What filters do.

use super::gone;
use crate::doctor::seen::{Answer, Purpose, Seen, text};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, list};
use crate::streams::PATH_STATS;

pub(super) fn all(seen: &Seen) -> Vec<Finding> {
    vec![date_filters(seen), status_filters(seen), encoded(seen), date_only(seen), milliseconds(seen)]
}

fn date_filters(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "date_filters",
        that: "Filters by the cursor's date are honoured.",
        so: "An incremental sync asks for what changed only. Rows are looked at again all the same.",
    };
    let asked: Vec<&Answer> = seen.answers.iter().filter(|answer| answer.purpose == Purpose::Never).collect();
    if asked.is_empty() {
        return assumption.unknown("No such list could be asked.");
    }
    let names = |fact: fn(&&&Answer) -> bool| -> Vec<&str> {
        asked.iter().filter(fact).map(|answer| answer.stream.name).collect()
    };
    let refused = names(|answer| answer.rows.is_none() && answer.status != 403);
    let ignored = names(|answer| answer.len() > 0);
    let honoured = names(|answer| answer.rows.is_some() && answer.len() == 0);
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
    if honoured.is_empty() {
        return assumption.unknown("The scopes for it are missing.");
    }
    assumption.holds(format!("No row that is newer than any can be, for {}.", list(&honoured)))
}

fn status_filters(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "status_filters",
        that: "Filters by status are honoured.",
        so: "What a plain list leaves out can be asked for, and archived courses beside the changed ones.",
    };
    let by_status = seen.answers.iter().filter_map(|answer| match answer.purpose {
        Purpose::Status(status) if answer.rows.is_some() => Some((answer, status)),
        _ => None,
    });
    let (mut honoured, mut ignored) = (Vec::new(), Vec::new());
    for (answer, status) in by_status {
        let rows = || answer.rows.iter().flatten();
        if rows().any(|row| text(row, "status").is_some_and(|own| own != status)) {
            ignored.push(answer.stream.name);
        } else if rows().next().is_some() {
            honoured.push(answer.stream.name);
        }
    }
    match gone::honours_status(seen) {
        Some(true) => honoured.push(PATH_STATS.name),
        Some(false) => ignored.push(PATH_STATS.name),
        None => {}
    }
    honoured.dedup();
    ignored.dedup();
    if !ignored.is_empty() {
        return assumption.differs(
            Effect::Cost,
            format!("Ignored without a word by {}.", list(&ignored)),
            "Nothing is lost, and what one list repeats of another is passed over. A sync of `path_stats` and an incremental one of `courses` read whole lists more than once.",
            REPORT,
        );
    }
    if honoured.is_empty() {
        return assumption.unknown("No row has a status that was asked for.");
    }
    assumption.holds(format!("Rows of that status only, for {}.", list(&honoured)))
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
    let raw = seen.find(asked.stream, Purpose::Never);
    if raw.is_none_or(|raw| raw.rows.is_none() || raw.len() > 0) {
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

/// Whether the list of this answer ignores filters by date.
fn is_ignored(seen: &Seen, answer: &Answer) -> bool {
    seen.find(answer.stream, Purpose::Never).is_none_or(|never| never.len() > 0)
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
    if date.rows.is_some() && is_ignored(seen, instant) {
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
    if instant.ids() == date.ids() {
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
        Some(_) if is_ignored(seen, asked) => assumption.unknown("Filters by date are not honoured."),
        Some(rows) => assumption.holds(format!(
            "{} found from the last millisecond of its second on, for {name}.",
            count(rows.len(), "row")
        )),
    }
}
