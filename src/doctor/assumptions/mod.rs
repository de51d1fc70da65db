//! What the connector assumes about the API, as a table: one entry for each assumption, with the
//! function that judges it by the observations. Pure.

mod access;
pub(super) mod clock;
pub(super) mod dates;
pub(super) mod events;
pub(super) mod filters;
mod forms;
pub(super) mod hidden;
mod pages;
mod rows;

pub(super) use access::refusals;

use std::borrow::Cow;

use serde::Serialize;

use super::observations::Observations;
use super::probes::Probe;

/// Every assumption, by family.
static FAMILIES: [&[Assumption]; 9] = [
    &access::ASSUMPTIONS,
    &hidden::ASSUMPTIONS,
    &pages::ASSUMPTIONS,
    &filters::ASSUMPTIONS,
    &dates::ASSUMPTIONS,
    &rows::ASSUMPTIONS,
    &events::ASSUMPTIONS,
    &clock::ASSUMPTIONS,
    &forms::ASSUMPTIONS,
];

/// One assumption.
pub(super) struct Assumption {
    /// It stays the same in later versions.
    id: &'static str,
    claim: &'static str,
    /// What follows for a sync while it holds.
    consequence: &'static str,
    /// The requests that show it.
    probe: &'static Probe,
    judge: fn(&Observations) -> Judgement,
    /// What a difference means, unless the judgement names another one.
    difference: Difference,
}

/// What a difference means for a sync.
struct Difference {
    effect: Effect,
    meaning: Cow<'static, str>,
    /// What to do; empty if nothing is to be done.
    advice: &'static str,
}

/// How an assumption is judged, with the evidence in a sentence.
enum Judgement {
    Holds(String),
    Differs(String),
    /// It differs in another way than the entry of the table says.
    DiffersBy(String, Difference),
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

/// Judges every assumption, in a fixed order.
pub(super) fn judge(seen: &Observations) -> Vec<Finding> {
    FAMILIES.into_iter().flatten().map(|assumption| assumption.judge(seen)).collect()
}

impl Assumption {
    fn judge(&'static self, seen: &Observations) -> Finding {
        let while_it_holds = || harmless(self.consequence);
        let (verdict, evidence, difference) = match (self.judge)(seen) {
            Judgement::Holds(evidence) => (Verdict::AsAssumed, evidence, while_it_holds()),
            Judgement::Unknown(reason) => (Verdict::Unknown, reason, while_it_holds()),
            Judgement::DiffersBy(evidence, difference) => (Verdict::Differs, evidence, difference),
            Judgement::Differs(evidence) => {
                let Difference { effect, meaning, advice } = &self.difference;
                let difference = Difference { effect: *effect, meaning: meaning.clone(), advice };
                (Verdict::Differs, evidence, difference)
            }
        };
        Finding {
            id: self.id,
            assumption: self.claim,
            probe: self.probe.name,
            verdict,
            effect: difference.effect,
            seen: evidence,
            meaning: difference.meaning,
            advice: difference.advice,
        }
    }
}
