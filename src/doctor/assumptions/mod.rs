//! What the connector assumes about the API, as a table: one entry for each assumption, with the
//! function that judges it by the observations. Pure.

mod access;
pub(super) mod clock;
mod dates;
pub(super) mod events;
pub(super) mod filters;
mod forms;
mod hidden;
mod pages;
mod rows;
mod table;

pub(super) use access::refusals;

use std::borrow::Cow;

use serde::Serialize;

use super::observations::Observations;
use super::probes::Probe;
use super::text::list;
use Judgment::{Differs, DiffersBy, Holds, Unknown};

/// One assumption.
struct Assumption {
    /// It stays the same in later versions.
    id: &'static str,
    claim: &'static str,
    /// What follows for a sync while it holds.
    consequence: &'static str,
    /// The requests that show it.
    probe: &'static Probe,
    judge: Judge,
    /// What a difference means, unless the judgment names another one.
    difference: Difference,
}

/// What a difference means for a sync.
#[derive(Clone)]
struct Difference {
    effect: Effect,
    meaning: Cow<'static, str>,
    /// What to do; empty if nothing is to be done.
    advice: &'static str,
}

/// Judges by the observations; `None` if the probe has no response that says anything.
type Judge = fn(&Observations) -> Option<Judgment>;

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

const fn fails(meaning: &'static str, advice: &'static str) -> Difference {
    difference(Effect::Fails, meaning, advice)
}

const fn loses(meaning: &'static str, advice: &'static str) -> Difference {
    difference(Effect::Rows, meaning, advice)
}

const fn costs(meaning: &'static str, advice: &'static str) -> Difference {
    difference(Effect::Cost, meaning, advice)
}

/// A difference that is worth a report, and does no harm.
const fn informs(meaning: &'static str, advice: &'static str) -> Difference {
    difference(Effect::None, meaning, advice)
}

/// A difference that the connector handles.
const fn harmless(meaning: &'static str) -> Difference {
    difference(Effect::None, meaning, "")
}

const fn assume(
    id: &'static str,
    probe: &'static Probe,
    judge: Judge,
    claim: &'static str,
    consequence: &'static str,
    difference: Difference,
) -> Assumption {
    Assumption { id, claim, consequence, probe, judge, difference }
}

/// Judges every assumption, in the order of the table.
pub(super) fn judge(seen: &Observations) -> Vec<Finding> {
    table::ASSUMPTIONS.iter().map(|assumption| assumption.judge(seen)).collect()
}

impl Assumption {
    fn judge(&'static self, seen: &Observations) -> Finding {
        let judgment = (self.judge)(seen);
        let judgment =
            judgment.unwrap_or_else(|| Unknown(format!("No response shows it ({}).", self.probe.name)));
        let (verdict, seen, difference) = match judgment {
            Holds(evidence) => (Verdict::AsAssumed, evidence, harmless(self.consequence)),
            Unknown(reason) => (Verdict::Unknown, reason, harmless(self.consequence)),
            Differs(evidence) => (Verdict::Differs, evidence, self.difference.clone()),
            DiffersBy(difference, evidence) => (Verdict::Differs, evidence, difference),
        };
        let (id, assumption, probe) = (self.id, self.claim, self.probe.name);
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
