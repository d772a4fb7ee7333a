//! late = a − p = (c − p) + (a − c): how much of a delay was promised away, and how much was lost under way.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{Lane, Verdict};

use crate::{
    Basis, Facts, Layer, Reason, Share,
    attribution::Known,
    blame::{self, OVERPROMISE},
    facts::{Contact, DeliveryFact, NamedCause, PromiseFact},
    promised::{PromiseSeen, own, promised},
    time::minutes,
};

/// Delays of a delivery when nothing says at which stage.
const TRANSIT_DELAY: &str = "fulfil.transit_delay";
/// Causes that are about a delivery being late.
const STAGES: [&str; 4] = ["fulfil.warehouse_late", TRANSIT_DELAY, "fulfil.tracking_stall", "fulfil.lost"];

/// Whether lateness of a delivery is what the cause is about, so that facts decide it.
pub fn is_delay(code: &str) -> bool {
    code == OVERPROMISE || STAGES.contains(&code)
}

/// Lateness in minutes, signed and exact: late = over-promise + overrun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Decomposition {
    /// `facts`, or `text` where no delivery was reported.
    pub basis: Basis,
    /// a − p.
    pub late_min: i64,
    /// c − p; `None`: no capability.
    pub overpromise_min: Option<i64>,
    /// a − c; `None`: no capability.
    pub overrun_min: Option<i64>,
}

/// The delivery as of a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct DeliverySeen {
    pub event_id: String,
    pub department: String,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// a: while open, so far.
    pub actual_min: i64,
    pub open: bool,
}

impl DeliverySeen {
    /// `None` if it had not started yet.
    pub(crate) fn of(delivery: &DeliveryFact, as_of: Timestamp) -> Option<Self> {
        let started_at = delivery.body.started_at;
        let finished_at = delivery.body.finished_at.filter(|finished| *finished <= as_of);
        Some(Self {
            event_id: delivery.head.event_id.clone(),
            department: delivery.head.department.clone().unwrap_or_default(),
            started_at,
            finished_at,
            actual_min: minutes(started_at, finished_at.unwrap_or(as_of)),
            open: finished_at.is_none(),
        })
        .filter(|_| started_at <= as_of)
    }
}

fn decompose(basis: Basis, a: i64, p: i64, c: Option<i64>) -> Decomposition {
    Decomposition { basis, late_min: a - p, overpromise_min: c.map(|c| c - p), overrun_min: c.map(|c| a - c) }
}

/// p, a and c of the order a record names, as far as there are facts.
pub(crate) fn measure(facts: &Facts, contact: &Contact, as_of: Timestamp, known: &mut Known) {
    let Some(order) = &contact.order else { return };
    let sent = facts.delivery(order).filter(|sent| sent.body.started_at <= as_of);
    known.delivery = sent.and_then(|sent| DeliverySeen::of(sent, as_of));
    let Some(sent) = sent else {
        known.promise = own(facts, order, None, as_of).map(|promise| PromiseSeen::of(promise, None));
        return;
    };
    let started_at = sent.body.started_at;
    known.lane = sent.head.lane.clone();
    known.measured_at = Some(started_at);
    let Some(promise) = promised(facts, order, sent, as_of) else { return };
    let seen = PromiseSeen::of(promise, Some(started_at));
    let t = if seen.standing { started_at } else { seen.made_at };
    known.measured_at = Some(t);
    known.capability = known.lane.as_ref().map(|lane| facts.cohorts().capability(lane, t));
    if let (Some(delivery), Some(p)) = (&known.delivery, seen.promised_min) {
        let c = known.capability.and_then(|capability| capability.p90_min).map(i64::from);
        known.decomposition = Some(decompose(Basis::Facts, delivery.actual_min, p, c));
        known.moves |= delivery.open;
    }
    known.promise = Some(seen);
}

/// What facts, or else the text's own times, say of a delay.
pub(crate) fn decide(
    facts: &Facts,
    contact: &Contact,
    causes: &[NamedCause],
    as_of: Timestamp,
    known: &mut Known,
) -> Layer {
    let by_text = known.delivery.is_none();
    if by_text {
        measure_text(facts, contact, known);
    }
    let Some(terms) = known.decomposition else { return Layer::pending() };
    if terms.late_min <= 0 {
        return Layer { basis: terms.basis, verdict: Verdict::NotResponsible, responsible: Vec::new() };
    }
    let Some(beyond) = terms.overpromise_min else { return Layer::pending() };
    let over = terms.late_min.min(beyond.max(0));
    let mut shares = Vec::new();
    if over > 0 {
        shares.push(overpromised(facts, contact, as_of, over, known));
    }
    if terms.late_min > over {
        shares.push(overrun(facts, causes, terms.late_min - over, known));
    }
    // Stable: of equal shares the promise's comes first.
    shares.sort_by_key(|share| std::cmp::Reverse(share.minutes));
    Layer { basis: terms.basis, verdict: Verdict::Responsible, responsible: shares }
}

/// p and a as the text states them; c from the lane where the record names one. T is when the promise was made, else when the
/// text was written: nothing says when the delivery began.
fn measure_text(facts: &Facts, contact: &Contact, known: &mut Known) {
    let (Some(p), Some(a)) = (contact.promised_min, contact.actual_min) else { return };
    let t = known.promise.as_ref().map_or(contact.occurred_at, |promise| promise.made_at);
    known.lane = contact.lane.clone();
    known.measured_at = Some(t);
    known.capability = contact.lane.as_ref().map(|lane| facts.cohorts().capability(lane, t));
    let c = known.capability.and_then(|capability| capability.p90_min).map(i64::from);
    known.decomposition = Some(decompose(Basis::Text, i64::from(a), i64::from(p), c));
}

fn overpromised(facts: &Facts, contact: &Contact, as_of: Timestamp, minutes: i64, known: &mut Known) -> Share {
    let share = |department: String, cause: &str, reason| Share {
        department,
        cause: cause.to_owned(),
        minutes: Some(minutes),
        reason,
    };
    let Some((promise, lane, started_at)) = made(facts, contact, as_of) else {
        return share(facts.owner(OVERPROMISE).to_owned(), OVERPROMISE, Reason::TextOwner);
    };
    let blame = blame::blame(facts, promise, lane, started_at);
    known.exonerated.extend(blame.exonerated);
    known.misquoted_by = blame.misquoted_by;
    known.evidence.extend(blame.rule);
    share(blame.department, blame.cause, blame.reason)
}

/// The promise, the lane, and when the delivery began, or the record was written where there is none.
fn made<'a>(
    facts: &'a Facts,
    contact: &'a Contact,
    as_of: Timestamp,
) -> Option<(&'a PromiseFact, Option<&'a Lane>, Timestamp)> {
    let order = contact.order.as_ref();
    let sent = order.and_then(|order| facts.delivery(order)).filter(|sent| sent.body.started_at <= as_of);
    if let (Some(order), Some(sent)) = (order, sent) {
        let promise = promised(facts, order, sent, as_of)?;
        return Some((promise, sent.head.lane.as_ref(), sent.body.started_at));
    }
    let lane = contact.lane.as_ref();
    let own = order.and_then(|order| own(facts, order, None, as_of));
    let standing = || lane.and_then(|lane| facts.standing(lane, contact.occurred_at).first().copied());
    own.or_else(standing).map(|promise| (promise, lane, contact.occurred_at))
}

fn overrun(facts: &Facts, causes: &[NamedCause], minutes: i64, known: &Known) -> Share {
    let stage = causes.iter().map(|cause| cause.code.as_str()).find(|code| STAGES.contains(code));
    let cause = stage.unwrap_or(TRANSIT_DELAY);
    let department = known.delivery.as_ref().map(|delivery| delivery.department.clone());
    let department = department.filter(|name| !name.is_empty()).unwrap_or_else(|| facts.owner(cause).to_owned());
    Share { department, cause: cause.to_owned(), minutes: Some(minutes), reason: Reason::Overrun }
}
