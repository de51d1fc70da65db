//! What the connector assumes about the API. `table` has the claims, and what to do about a difference;
//! each topic has a file with what it requests and how it is judged by the observations. Pure.

pub(super) mod access;
pub(super) mod clock;
mod dates;
pub(super) mod events;
pub(super) mod filters;
mod forms;
pub(super) mod hidden;
pub(super) mod pages;
mod rows;
mod table;

use std::borrow::Cow;

use serde::Serialize;

use super::observations::Observations;
use super::text::list;
use crate::streams::STREAMS;
use Judgment::{Differs, DiffersBy, Holds, Unknown};

/// One assumption.
struct Assumption(
    /// Its id, which stays the same in later versions.
    &'static str,
    /// The requests that show it, for people.
    &'static str,
    /// Its judge; `None` if the probe has no response that says anything.
    fn(&Observations) -> Option<Judgment>,
    /// The claim.
    &'static str,
    /// What follows for a sync while it holds.
    &'static str,
    /// What a difference means, unless the judgment names another one.
    Difference,
);

/// What a difference means for a sync.
#[derive(Clone)]
struct Difference {
    effect: Effect,
    meaning: Cow<'static, str>,
    /// What to do; empty if nothing is to be done.
    advice: &'static str,
}

/// How an assumption is judged, with the evidence in a sentence.
enum Judgment {
    Holds(String),
    Differs(String),
    /// It differs in another way than the entry of the table says.
    DiffersBy(Difference, String),
    Unknown(String),
}

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
    /// More requests or more repeated rows.
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
    /// The requests that show it.
    pub probe: &'static str,
    /// The result.
    pub verdict: Verdict,
    /// The effect on a sync.
    pub effect: Effect,
    /// The observation: counts, timings, names.
    pub seen: String,
    /// The consequence.
    pub meaning: Cow<'static, str>,
    /// The advice; empty if nothing is to be done.
    pub advice: &'static str,
}

/// The advice for a difference that the connector does not handle.
const REPORT: &str = "Report it, with this page.";

const fn difference(effect: Effect, meaning: &'static str, advice: &'static str) -> Difference {
    Difference { effect, meaning: Cow::Borrowed(meaning), advice }
}

/// A difference that the connector handles.
const fn harmless(meaning: &'static str) -> Difference {
    difference(Effect::None, meaning, "")
}

/// Judges every assumption, in the order of the table. If only some streams were requested, those
/// that say nothing are left out.
pub(super) fn judge(seen: &Observations) -> Vec<Finding> {
    let is_partial = seen.stopped.is_none() && seen.selected.len() < STREAMS.len();
    let findings = table::ASSUMPTIONS.iter().map(|assumption| assumption.judge(seen));
    findings.filter(|finding| !is_partial || finding.verdict != Verdict::Unknown).collect()
}

impl Assumption {
    fn judge(&self, seen: &Observations) -> Finding {
        let &Self(id, probe, judge, assumption, consequence, ref difference) = self;
        let early = seen.stopped.as_ref().map(|stop| format!(" The run ended early: {}", stop.reason));
        let judgment = judge(seen).unwrap_or_else(|| Unknown(format!("No response shows it ({probe}).")));
        let (verdict, seen, difference) = match judgment {
            Holds(evidence) => (Verdict::AsAssumed, evidence, harmless(consequence)),
            Unknown(reason) => (Verdict::Unknown, reason + &early.unwrap_or_default(), harmless(consequence)),
            Differs(evidence) => (Verdict::Differs, evidence, difference.clone()),
            DiffersBy(difference, evidence) => (Verdict::Differs, evidence, difference),
        };
        let Difference { effect, meaning, advice } = difference;
        Finding { id, assumption, probe, verdict, effect, seen, meaning, advice }
    }
}

/// The judgment of what must not be there, by so many observations.
fn none_of<T: AsRef<str>>(found: &[T], differs: &str, observed: usize, holds: String) -> Option<Judgment> {
    match (found, observed) {
        ([], 0) => None,
        ([], _) => Some(Holds(holds)),
        _ => Some(Differs(format!("{differs} {}.", list(found)))),
    }
}
