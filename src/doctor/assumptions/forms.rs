//! Forms of responses. The connector accepts each of them.
//! Judges only: the claims, and what to do about a difference, are in `table`.

use super::Judgment::{Differs, DiffersBy, Holds};
use super::{Judgment, REPORT, fails, informs};
use crate::doctor::observations::{Observations, Response};
use crate::doctor::text::{count, list};

pub(super) fn link_form(seen: &Observations) -> Option<Judgment> {
    let is_astray = |response: &&Response| response.raw.is_link_unreadable;
    let astray: Vec<&str> =
        seen.responses.iter().filter(is_astray).map(|response| response.request.stream.name).collect();
    if !astray.is_empty() {
        let difference = fails(
            "These streams fail: the rest of their lists cannot be read.",
            "If a proxy rewrites the header, configure it to pass the header unchanged. Otherwise report it.",
        );
        return Some(DiffersBy(
            difference,
            format!("A `Link` that cannot be followed, for {}.", list(&astray)),
        ));
    }
    let links: Vec<&str> =
        seen.responses.iter().filter_map(|response| response.raw.link.as_deref()).collect();
    (!links.is_empty()).then(|| judge_links(&links))
}

fn judge_links(links: &[&str]) -> Judgment {
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
    let is_documented = absolute == links.len() && quoted == links.len() && encoded == 0;
    if is_documented { Holds(evidence) } else { Differs(evidence) }
}

#[expect(clippy::unnecessary_wraps, reason = "the type of every judge")]
pub(super) fn token_life(seen: &Observations) -> Option<Judgment> {
    let meaning =
        "The connector assumes an hour. A token that expires sooner is replaced when the API refuses it.";
    Some(match seen.expiry_is_string {
        Some(true) => Holds("A string.".into()),
        Some(false) => Differs("A number.".into()),
        None => DiffersBy(informs(meaning, REPORT), "Neither a string nor a number.".into()),
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
    Some(if limited.raw.retry_after {
        Differs("A 429 had a `Retry-After`.".into())
    } else {
        Holds("A 429 had no `Retry-After`.".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_link_is_kept_without_its_address() {
        let raw = "<https://app.360learning.com/api/v2/paths?a[gte]=1&next=2>; rel=\"next\"";
        let Holds(evidence) = judge_links(&[raw]) else { panic!("the documented form") };
        let form = "1 absolute and 0 relative, 1 with quotes, 1 with raw and 0 with encoded brackets.";
        assert_eq!(evidence, format!("1 Link header: {form}"));
        let Differs(evidence) = judge_links(&["</api/v2/paths?a%5Bgte%5D=1>; rel=next"]) else {
            panic!("another form")
        };
        let form = "0 absolute and 1 relative, 0 with quotes, 0 with raw and 1 with encoded brackets.";
        assert_eq!(evidence, format!("1 Link header: {form}"));
    }
}
