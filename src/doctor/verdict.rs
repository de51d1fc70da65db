//! A verdict: an assumption of the connector, what was observed, the consequence and the advice.

use serde::Serialize;

/// The result of checking an assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds here.
    AsAssumed,
    /// It does not hold.
    Differs,
    /// No observation shows it.
    Unknown,
}

/// The effect of a difference on a sync, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Streams fail.
    Fails,
    /// Rows or changes may be missing.
    Rows,
    /// More requests, more repeated rows, or a wrong forecast.
    Cost,
    /// Nothing.
    None,
}

/// One judged assumption.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Its id, which stays the same in later versions.
    pub id: &'static str,
    /// The assumption, in a sentence.
    pub assumption: &'static str,
    /// The result.
    pub verdict: Verdict,
    /// The effect on a sync.
    pub effect: Effect,
    /// The observation: counts, timings, names.
    pub seen: String,
    /// The consequence.
    pub meaning: String,
    /// The advice; empty if nothing is to be done.
    pub advice: String,
}

/// An assumption to be judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Assumption {
    pub id: &'static str,
    /// What is assumed.
    pub claim: &'static str,
    /// What depends on it.
    pub consequence: &'static str,
}

impl Assumption {
    pub(super) fn holds(self, seen: impl Into<String>) -> Finding {
        self.finding(Verdict::AsAssumed, Effect::None, seen.into(), self.consequence.to_owned(), "")
    }

    pub(super) fn unknown(self, why: impl Into<String>) -> Finding {
        self.finding(Verdict::Unknown, Effect::None, why.into(), self.consequence.to_owned(), "")
    }

    pub(super) fn differs(
        self,
        effect: Effect,
        seen: impl Into<String>,
        meaning: impl Into<String>,
        advice: &str,
    ) -> Finding {
        self.finding(Verdict::Differs, effect, seen.into(), meaning.into(), advice)
    }

    fn finding(
        self,
        verdict: Verdict,
        effect: Effect,
        seen: String,
        meaning: String,
        advice: &str,
    ) -> Finding {
        let (id, assumption, advice) = (self.id, self.claim, advice.to_owned());
        Finding { id, assumption, verdict, effect, seen, meaning, advice }
    }
}

/// The advice for a difference that the connector does not handle.
pub(super) const REPORT: &str = "Report it, with this page.";

/// `1 row`, `2,980 rows`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// `users (3 of 2,980)`.
pub(super) fn share((some, all): (usize, usize), name: &str) -> String {
    format!("{name} ({} of {})", grouped(some), grouped(all))
}

/// With a comma every three digits.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `a`, `a and b`, `a, b and c`; at most six, then how many more.
pub(super) fn list<T: AsRef<str>>(names: &[T]) -> String {
    const MOST: usize = 6;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some(_) if names.len() > MOST => {
            format!("{} and {} more", names[..MOST].join(", "), names.len() - MOST)
        }
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_are_formatted_for_people() {
        assert_eq!([1, 12, 2980, 118_905].map(grouped), ["1", "12", "2,980", "118,905"]);
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a"; 9]), "a, a, a, a, a, a and 3 more");
    }
}
