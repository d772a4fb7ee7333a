//! The attribution of one record: judgement over facts over text.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{Kind, Lane, NOBODY, Verdict};

use crate::{
    Basis, Capability, Decomposition, DeliverySeen, Exoneration, Facts, Layer, PromiseSeen, Reason, Share, cases,
    delay::{self, is_delay},
    facts::{Contact, JudgementFact, NamedCause},
    ledger::Outcome,
    ledger::callback_outcome,
    rulings::{corrected, last_judgement},
};

/// Cause of a callback that did not come.
pub(crate) const CALLBACK_MISSED: &str = "promise.callback_missed";
/// Cause of a department that did not answer.
pub(crate) const DEPT_SLOW: &str = "process.dept_slow";

/// Who is responsible for what one record is about, on what evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribution {
    /// The record.
    pub record_id: String,
    /// When it was written.
    pub occurred_at: Timestamp,
    /// Kind after corrections.
    pub kind: Kind,
    /// Causes after corrections, primary first.
    pub causes: Vec<String>,
    /// What counts: the judgement's word where there is one, else the facts', else the text's.
    pub layer: Layer,
    /// What facts and text say before any judgement.
    pub unjudged: Layer,
    /// What the text alone says: the owners of its causes.
    pub text: Layer,
    /// Promise, delivery, capability and terms as far as known.
    pub known: Known,
}

/// What is known of the order a record names.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Known {
    /// The promise p comes from.
    pub promise: Option<PromiseSeen>,
    /// The delivery.
    pub delivery: Option<DeliverySeen>,
    /// Lane of the delivery, else as the record names it.
    pub lane: Option<Lane>,
    /// T: the time from which the lane's capability is seen.
    pub measured_at: Option<Timestamp>,
    /// c.
    pub capability: Option<Capability>,
    /// The signed terms.
    pub decomposition: Option<Decomposition>,
    /// Agents who only quoted the rule.
    pub exonerated: Vec<Exoneration>,
    /// The agent who promised less than the rule, where that cost some of the delay.
    pub misquoted_by: Option<String>,
    /// Further facts used: rule, callback, request, judgement (event ids).
    pub evidence: Vec<String>,
    /// Time alone may change it: something is open.
    pub moves: bool,
}

impl Attribution {
    /// The department that answers first; `None` where it is pending or nobody.
    pub fn department(&self) -> Option<&str> {
        self.layer.responsible.first().map(|share| share.department.as_str())
    }
}

/// The attribution of a record as of a time.
pub fn attribute(facts: &Facts, contact: &Contact, as_of: Timestamp) -> Attribution {
    let (kind, causes) = corrected(facts, contact, as_of);
    let mut known = Known::default();
    delay::measure(facts, contact, as_of, &mut known);
    let text = by_text(contact, &causes);
    let unjudged = match causes.first().map(|cause| cause.code.as_str()) {
        Some(code) if is_delay(code) => delay::decide(facts, contact, &causes, as_of, &mut known),
        Some(CALLBACK_MISSED) => callback(facts, contact, as_of, &mut known).unwrap_or_else(|| text.clone()),
        Some(DEPT_SLOW) => slow_department(facts, contact, as_of, &mut known).unwrap_or_else(|| text.clone()),
        _ => text.clone(),
    };
    known.moves |= contact.order.is_some_and(|order| facts.awaits(&order, as_of));
    known.moves |= contact.case.is_some_and(|case| facts.awaits_callback(&case, as_of));
    let judgement = last_judgement(facts, &contact.record_id, as_of);
    known.evidence.extend(judgement.map(|judgement| judgement.head.event_id.clone()));
    let layer = judgement.map_or_else(|| unjudged.clone(), |judgement| judged(judgement, &causes));
    Attribution {
        record_id: contact.record_id.clone(),
        occurred_at: contact.occurred_at,
        kind,
        causes: causes.into_iter().map(|cause| cause.code).collect(),
        layer,
        unjudged,
        text,
        known,
    }
}

/// The owners of the causes read; of one department its first cause. A text too unsure to be counted decides nothing.
fn by_text(contact: &Contact, causes: &[NamedCause]) -> Layer {
    if contact.abstained && causes.first().map(|c| &c.code) == contact.causes.first().map(|c| &c.code) {
        return Layer::pending();
    }
    let mut responsible: Vec<Share> = Vec::new();
    for cause in causes.iter().filter(|cause| cause.department != NOBODY) {
        if responsible.iter().all(|share| share.department != cause.department) {
            let (department, cause) = (cause.department.clone(), cause.code.clone());
            responsible.push(Share { department, cause, minutes: None, reason: Reason::TextOwner });
        }
    }
    Layer { basis: Basis::Text, verdict: Verdict::Pending, responsible }
}

fn judged(judgement: &JudgementFact, causes: &[NamedCause]) -> Layer {
    let verdict = judgement.body.verdict;
    let share = |department: String| Share {
        department,
        cause: causes.first().map(|cause| cause.code.clone()).unwrap_or_default(),
        minutes: None,
        reason: Reason::Judged,
    };
    let named = matches!(verdict, Verdict::Responsible | Verdict::Partly);
    let responsible = judgement.head.department.clone().filter(|_| named).map(share);
    Layer { basis: Basis::Judgement, verdict, responsible: responsible.into_iter().collect() }
}

fn by_fact(department: String, cause: &str, reason: Reason) -> Layer {
    let share = Share { department, cause: cause.to_owned(), minutes: None, reason };
    Layer { basis: Basis::Facts, verdict: Verdict::Responsible, responsible: vec![share] }
}

/// The callback of the record's case: its owner answers for a missed one; one that was kept puts nobody at fault.
fn callback(facts: &Facts, contact: &Contact, as_of: Timestamp, known: &mut Known) -> Option<Layer> {
    let case = contact.case.as_ref()?;
    let promised: Vec<_> = facts.callbacks_of_case(case).filter(|promise| promise.body.made_at <= as_of).collect();
    let outcomes = || promised.iter().map(|promise| (*promise, callback_outcome(facts, promise, as_of)));
    known.moves |= outcomes().any(|(_, outcome)| outcome == Outcome::Open);
    // The last one missed is the one the customer waits for.
    let missed = outcomes().rfind(|(_, outcome)| *outcome == Outcome::Broken).map(|(promise, _)| promise);
    if let Some(promise) = missed {
        known.evidence.push(promise.head.event_id.clone());
        return Some(by_fact(promise.body.owner_department.clone(), CALLBACK_MISSED, Reason::CallbackMissed));
    }
    let last = promised.last().filter(|_| outcomes().all(|(_, outcome)| outcome == Outcome::Kept))?;
    known.evidence.push(last.head.event_id.clone());
    Some(Layer { basis: Basis::Facts, verdict: Verdict::NotResponsible, responsible: Vec::new() })
}

/// The department asked that is latest with its answer; of equally late ones the one asked first.
fn slow_department(facts: &Facts, contact: &Contact, as_of: Timestamp, known: &mut Known) -> Option<Layer> {
    let asked = cases::asked(facts, contact.case.as_ref()?, as_of);
    known.moves |= asked.iter().any(|request| request.open);
    let latest = asked.iter().rev().max_by_key(|request| request.late_min).filter(|request| request.late_min > 0)?;
    known.evidence.push(latest.event_id.clone());
    Some(by_fact(latest.to_department.clone(), DEPT_SLOW, Reason::RequestLate))
}
