//! p: which promise a delivery is measured by.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{Lane, LinkKey, PromiseMaker};

use crate::{
    Facts,
    facts::{DeliveryFact, PromiseFact},
};

/// The promise p comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct PromiseSeen {
    pub event_id: String,
    pub promise_id: String,
    pub made_by_kind: PromiseMaker,
    pub owner_department: String,
    pub made_at: Timestamp,
    pub due_at: Option<Timestamp>,
    /// p: minutes from the delivery's start; as the promise says where there is no delivery.
    pub promised_min: Option<i64>,
    /// For the lane rather than for this order.
    pub standing: bool,
    /// The agent who made it.
    pub agent_no: Option<String>,
}

impl PromiseSeen {
    pub(crate) fn of(promise: &PromiseFact, started_at: Option<Timestamp>) -> Self {
        let body = &promise.body;
        Self {
            event_id: promise.head.event_id.clone(),
            promise_id: body.promise_id.clone(),
            made_by_kind: body.made_by_kind,
            owner_department: body.owner_department.clone(),
            made_at: body.made_at,
            due_at: body.due_at,
            promised_min: match started_at {
                Some(started_at) => Some(promise.minutes_from(started_at)),
                None => body.promised_min.map(i64::from),
            },
            standing: promise.is_standing(),
            agent_no: promise.head.agent_no.clone(),
        }
    }
}

/// The order's own promise that counts: the earliest-made by then, and not after the delivery had finished.
pub(crate) fn own<'a>(
    facts: &'a Facts,
    order: &LinkKey,
    delivery: Option<&DeliveryFact>,
    as_of: Timestamp,
) -> Option<&'a PromiseFact> {
    let finished_at = delivery.and_then(|delivery| delivery.body.finished_at);
    facts
        .promises_of_order(order)
        .filter(|promise| promise.body.made_at <= as_of)
        .find(|promise| finished_at.is_none_or(|finished| promise.body.made_at <= finished))
}

/// The promise a delivery is measured by: the order's own, else the standing one in force at its start.
pub fn promised<'a>(
    facts: &'a Facts,
    order: &LinkKey,
    delivery: &DeliveryFact,
    as_of: Timestamp,
) -> Option<&'a PromiseFact> {
    let standing = |lane: &Lane| facts.standing(lane, delivery.body.started_at).first().copied();
    own(facts, order, Some(delivery), as_of).or_else(|| delivery.head.lane.as_ref().and_then(standing))
}
