//! The promise ledger: every promise made, and what became of it.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{CaseStep, Lane, LinkKey, PromiseMaker};

use crate::{
    Facts, Interval,
    facts::{DeliveryFact, PromiseFact},
    promised::own,
    time::minutes,
    wilson,
};

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done by its due time.
    Kept,
    /// Done later, or not done with its due time past.
    Broken,
    /// Not done, not yet due.
    Open,
    /// No fact to tell.
    Unknown,
}

impl Outcome {
    /// The name in JSON and in stored rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Open => "open",
            Self::Unknown => "unknown",
        }
    }
}

/// An entry: a promise and the delivery or case it is measured by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct LedgerEntry {
    pub promise_id: String,
    pub made_by_kind: PromiseMaker,
    pub owner_department: String,
    pub made_at: Timestamp,
    pub agent_no: Option<String>,
    /// Order of the delivery it is measured by.
    pub order: Option<LinkKey>,
    /// Case of a callback.
    pub case: Option<LinkKey>,
    /// Lane of the delivery, or of a standing promise.
    pub lane: Option<Lane>,
    pub outcome: Outcome,
}

/// Every entry as of a time: one per promise linked to an order or a case; of a standing promise one per delivery that began
/// while it was in force and has no promise of its own, or one unknown if there is none.
pub fn ledger(facts: &Facts, as_of: Timestamp) -> Vec<LedgerEntry> {
    let made = || facts.promises().filter(|promise| promise.body.made_at <= as_of);
    let mut entries: Vec<LedgerEntry> =
        made().filter(|promise| !promise.is_standing()).map(|promise| own_entry(facts, promise, as_of)).collect();
    let mut used = HashSet::new();
    for (order, sent) in facts.deliveries().filter(|(_, sent)| sent.body.started_at <= as_of) {
        for entry in standing_entries(facts, order, sent, as_of) {
            used.insert(entry.promise_id.clone());
            entries.push(entry);
        }
    }
    let unused = made().filter(|promise| promise.is_standing() && !used.contains(&promise.body.promise_id));
    entries.extend(unused.map(|promise| LedgerEntry { lane: promise.head.lane.clone(), ..entry(promise) }));
    entries
}

/// The entries of one order: its own promises, and the standing ones its delivery is measured by.
pub fn order_entries(facts: &Facts, order: &LinkKey, as_of: Timestamp) -> Vec<LedgerEntry> {
    let own = facts.promises_of_order(order).filter(|promise| promise.body.made_at <= as_of);
    let mut entries: Vec<LedgerEntry> = own.map(|promise| own_entry(facts, promise, as_of)).collect();
    let sent = facts.delivery(order).filter(|sent| sent.body.started_at <= as_of);
    entries.extend(sent.into_iter().flat_map(|sent| standing_entries(facts, order, sent, as_of)));
    entries
}

/// The entries of one case: its callbacks.
pub fn case_entries(facts: &Facts, case: &LinkKey, as_of: Timestamp) -> Vec<LedgerEntry> {
    let promised = facts.callbacks_of_case(case).filter(|promise| promise.body.made_at <= as_of);
    promised.map(|promise| own_entry(facts, promise, as_of)).collect()
}

fn entry(promise: &PromiseFact) -> LedgerEntry {
    LedgerEntry {
        promise_id: promise.body.promise_id.clone(),
        made_by_kind: promise.body.made_by_kind,
        owner_department: promise.body.owner_department.clone(),
        made_at: promise.body.made_at,
        agent_no: promise.head.agent_no.clone(),
        order: None,
        case: None,
        lane: None,
        outcome: Outcome::Unknown,
    }
}

fn own_entry(facts: &Facts, promise: &PromiseFact, as_of: Timestamp) -> LedgerEntry {
    let known = LedgerEntry { order: promise.head.order_key, lane: promise.head.lane.clone(), ..entry(promise) };
    if promise.is_callback() {
        let outcome = callback_outcome(facts, promise, as_of);
        return LedgerEntry { case: promise.head.case_key, order: None, outcome, ..known };
    }
    let sent = promise.head.order_key.and_then(|order| facts.delivery(&order));
    match sent.filter(|sent| sent.body.started_at <= as_of) {
        Some(sent) => LedgerEntry {
            lane: sent.head.lane.clone().or(known.lane.clone()),
            outcome: delivery_outcome(promise, sent, as_of),
            ..known
        },
        None => known,
    }
}

/// The entries of the standing promises that one delivery is measured by.
pub(crate) fn standing_entries(
    facts: &Facts,
    order: &LinkKey,
    sent: &DeliveryFact,
    as_of: Timestamp,
) -> Vec<LedgerEntry> {
    let Some(lane) = sent.head.lane.as_ref().filter(|_| own(facts, order, Some(sent), as_of).is_none()) else {
        return Vec::new();
    };
    let standing = facts.standing(lane, sent.body.started_at).into_iter();
    standing
        .map(|promise| LedgerEntry {
            order: Some(*order),
            lane: Some(lane.clone()),
            outcome: delivery_outcome(promise, sent, as_of),
            ..entry(promise)
        })
        .collect()
}

/// In whole minutes, as delays are: what is not late is kept.
fn delivery_outcome(promise: &PromiseFact, sent: &DeliveryFact, as_of: Timestamp) -> Outcome {
    let started_at = sent.body.started_at;
    let finished = sent.body.finished_at.filter(|finished| *finished <= as_of);
    let late = minutes(started_at, finished.unwrap_or(as_of)) > promise.minutes_from(started_at);
    match (finished, late) {
        (Some(_), false) => Outcome::Kept,
        (_, true) => Outcome::Broken,
        (None, false) => Outcome::Open,
    }
}

/// Kept by a follow-up or a solution after it was promised and by its due time.
pub(crate) fn callback_outcome(facts: &Facts, promise: &PromiseFact, as_of: Timestamp) -> Outcome {
    let Some(case) = &promise.head.case_key else { return Outcome::Unknown };
    let made_at = promise.body.made_at;
    let due_at = promise.due_from(made_at);
    let steps = facts.case(case).map(|case| case.steps.as_slice()).unwrap_or_default();
    let answers = |kind: CaseStep| matches!(kind, CaseStep::FollowUp | CaseStep::Resolved);
    let in_time = |at: Timestamp| made_at < at && at <= due_at && at <= as_of;
    if steps.iter().any(|step| answers(step.body.kind) && in_time(step.head.occurred_at)) {
        return Outcome::Kept;
    }
    if as_of > due_at { Outcome::Broken } else { Outcome::Open }
}

/// Entries counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct LedgerSums {
    pub kept: u64,
    pub broken: u64,
    pub open: u64,
    pub unknown: u64,
}

/// Kept ÷ (kept + broken), with its 95 % Wilson interval; `rate` is `None` where neither is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeptRate {
    /// The rate.
    pub rate: Option<f64>,
    /// Its bounds.
    pub interval: Interval,
}

impl LedgerSums {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Kept => self.kept += 1,
            Outcome::Broken => self.broken += 1,
            Outcome::Open => self.open += 1,
            Outcome::Unknown => self.unknown += 1,
        }
    }

    /// The kept-rate.
    pub fn kept_rate(&self) -> KeptRate {
        let told = self.kept + self.broken;
        let rate = (told > 0).then(|| self.kept as f64 / told as f64);
        KeptRate { rate, interval: wilson(self.kept, told) }
    }
}
