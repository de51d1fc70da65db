//! Forms of responses. The connector accepts each of them.

use super::Judgment::{Differs, DiffersBy, Holds};
use super::{Effect, Judgment, Observations, REPORT, difference};
use crate::doctor::exchange::Response;
use crate::doctor::text::{count, list};

pub(super) fn link_form(seen: &Observations) -> Option<Judgment> {
    let astray = seen.responses.iter().filter(|response| response.raw.is_link_unreadable);
    let astray: Vec<&str> = astray.map(Response::name).collect();
    if !astray.is_empty() {
        let meaning = "These streams fail: the rest of their lists cannot be read.";
        let advice =
            "If a proxy rewrites the header, configure it to pass the header unchanged. Otherwise report it.";
        let evidence = format!("A `Link` that cannot be followed, for {}.", list(&astray));
        return Some(DiffersBy(difference(Effect::Fails, meaning, advice), evidence));
    }
    let links: Vec<&str> =
        seen.responses.iter().filter_map(|response| response.raw.link.as_deref()).collect();
    let number = |fact: fn(&str) -> bool| links.iter().filter(|link| fact(link)).count();
    let absolute = number(|link| link.to_ascii_lowercase().starts_with("<http"));
    let quoted = number(|link| link.contains('"'));
    let encoded = number(|link| link.to_ascii_lowercase().contains("%5b"));
    let evidence = format!(
        "{}: {absolute} absolute and {} relative, {quoted} with quotes, {} with raw and {encoded} with encoded brackets.",
        count(links.len(), "Link header"),
        links.len() - absolute,
        number(|link| link.contains('[')),
    );
    match links.len() {
        0 => None,
        all if [absolute, quoted, all - encoded] == [all; 3] => Some(Holds(evidence)),
        _ => Some(Differs(evidence)),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the type of every judge")]
pub(super) fn token_life(seen: &Observations) -> Option<Judgment> {
    let meaning =
        "The connector assumes an hour. A token that expires sooner is replaced when the API refuses it.";
    Some(match seen.expiry_is_string {
        Some(true) => Holds("A string.".into()),
        Some(false) => Differs("A number.".into()),
        None => {
            let difference = difference(Effect::None, meaning, REPORT);
            DiffersBy(difference, "Neither a string nor a number.".into())
        }
    })
}

pub(super) fn compression(seen: &Observations) -> Option<Judgment> {
    let packed = seen.responses.iter().filter(|response| response.raw.packed).count();
    let all = (!seen.responses.is_empty()).then(|| count(seen.responses.len(), "response"))?;
    Some(match packed {
        0 => Holds(format!("None of {all} was compressed.")),
        _ => Differs(format!("{packed} of {all} were compressed with gzip.")),
    })
}

pub(super) fn retry_after(seen: &Observations) -> Option<Judgment> {
    let limited = seen.responses.iter().find(|response| response.raw.status == 429)?;
    let form = if limited.raw.retry_after { "a" } else { "no" };
    let evidence = format!("A 429 had {form} `Retry-After`.");
    Some(if limited.raw.retry_after { Differs(evidence) } else { Holds(evidence) })
}
