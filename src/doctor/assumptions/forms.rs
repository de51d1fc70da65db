//! Forms of responses. The connector accepts each of them.

use super::Judgement::{Differs, DiffersBy, Holds, Unknown};
use super::{Assumption, Effect, Judgement, REPORT, difference, harmless};
use crate::doctor::observations::Observations;
use crate::doctor::probes::LISTS;
use crate::doctor::text::{count, list};

pub(super) static ASSUMPTIONS: [Assumption; 4] = [
    Assumption {
        id: "link_form",
        claim: "The `Link` to the next page is an absolute URL, with rel=\"next\" in quotes.",
        consequence: "Lists are read to their end. The connector also accepts relative URLs and rel=next.",
        probe: &LISTS,
        judge: link_form,
        difference: harmless("None: the connector accepts each of these forms."),
    },
    Assumption {
        id: "token_life",
        claim: "`expires_in` of the token is a string, such as \"3600\".",
        consequence: "The token is renewed in time. The connector also accepts a number.",
        probe: &LISTS,
        judge: token_life,
        difference: harmless("None: the connector accepts both."),
    },
    Assumption {
        id: "compression",
        claim: "Responses are not compressed, although the connector accepts gzip.",
        consequence: "None: the connector decompresses gzip.",
        probe: &LISTS,
        judge: compression,
        difference: harmless("Less to transfer. The connector decompresses it."),
    },
    Assumption {
        id: "retry_after",
        claim: "A 429 has no `Retry-After`.",
        consequence: "All requests of a sync wait one second, the refused page longer each time. The connector obeys a `Retry-After`.",
        probe: &LISTS,
        judge: retry_after,
        difference: harmless("None: the connector waits as long as the header requires."),
    },
];

/// The form of a `Link` header.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    /// An absolute URL, not a path.
    is_absolute: bool,
    /// `rel="next"`, not `rel=next`.
    is_quoted: bool,
    has_raw_brackets: bool,
    has_encoded_brackets: bool,
}

impl Link {
    fn of(written: &str) -> Self {
        let target = written.trim_start_matches('<').split('>').next().unwrap_or_default();
        let lower = target.to_ascii_lowercase();
        let has_encoded_brackets = lower.contains("%5b");
        Self {
            is_absolute: lower.starts_with("http://") || lower.starts_with("https://"),
            is_quoted: written.contains('"'),
            has_raw_brackets: !has_encoded_brackets && target.contains('['),
            has_encoded_brackets,
        }
    }
}

fn link_form(seen: &Observations) -> Judgement {
    let is_astray = |response: &&super::super::observations::Response| response.raw.is_link_unreadable;
    let astray: Vec<&str> =
        seen.responses.iter().filter(is_astray).map(|response| response.request.stream.name).collect();
    if !astray.is_empty() {
        return DiffersBy(
            format!("A `Link` that cannot be followed, for {}.", list(&astray)),
            difference(
                Effect::Fails,
                "These streams fail: the rest of their lists cannot be read.",
                "If a proxy rewrites the header, configure it to pass the header unchanged. Otherwise report it.",
            ),
        );
    }
    let links: Vec<Link> =
        seen.responses.iter().filter_map(|response| response.raw.link.as_deref().map(Link::of)).collect();
    if links.is_empty() {
        return Unknown("No list has a second page.".into());
    }
    let number = |fact: fn(&&Link) -> bool| links.iter().filter(fact).count();
    let evidence = format!(
        "{}: {} absolute and {} relative, {} with quotes, {} with raw and {} with encoded brackets.",
        count(links.len(), "Link header"),
        number(|link| link.is_absolute),
        number(|link| !link.is_absolute),
        number(|link| link.is_quoted),
        number(|link| link.has_raw_brackets),
        number(|link| link.has_encoded_brackets),
    );
    if links.iter().all(|link| link.is_absolute && link.is_quoted && !link.has_encoded_brackets) {
        Holds(evidence)
    } else {
        Differs(evidence)
    }
}

fn token_life(seen: &Observations) -> Judgement {
    match seen.expiry_is_string {
        Some(true) => Holds("A string.".into()),
        Some(false) => Differs("A number.".into()),
        None => DiffersBy(
            "Neither a string nor a number.".into(),
            difference(
                Effect::None,
                "The connector assumes an hour. A token that expires sooner is replaced when the API refuses it.",
                REPORT,
            ),
        ),
    }
}

fn compression(seen: &Observations) -> Judgement {
    let packed = seen.responses.iter().filter(|response| response.raw.packed).count();
    let all = count(seen.responses.len(), "response");
    match (packed, seen.responses.len()) {
        (_, 0) => Unknown("No response was received.".into()),
        (0, _) => Holds(format!("None of {all} was compressed.")),
        _ => Differs(format!("{packed} of {all} were compressed with gzip.")),
    }
}

fn retry_after(seen: &Observations) -> Judgement {
    match seen.responses.iter().find(|response| response.raw.status == 429) {
        None => Unknown("No 429 was received, and none was provoked.".into()),
        Some(limited) if limited.raw.retry_after => Differs("A 429 had a `Retry-After`.".into()),
        Some(_) => Holds("A 429 had no `Retry-After`.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_link_is_known_from_its_text() {
        let raw = Link::of("<https://app.360learning.com/api/v2/paths?a[gte]=1&next=2>; rel=\"next\"");
        assert!(raw.is_absolute && raw.is_quoted && raw.has_raw_brackets && !raw.has_encoded_brackets);
        let other = Link::of("</api/v2/paths?a%5Bgte%5D=1>; rel=next");
        assert!(!other.is_absolute && !other.is_quoted && other.has_encoded_brackets);
    }
}
