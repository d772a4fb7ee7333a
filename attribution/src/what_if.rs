//! Which promise a lane would have kept, and what that would have spared.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::Lane;

use crate::{
    Cohorts, Curve, Facts, Level, WINDOW_DAYS, attribution::attribute, delay::is_delay, lane::lane_name,
    time::days_before,
};

/// What another promise would have done for a lane, over the 28 days before a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhatIf {
    /// `origin→destination/carrier/service`.
    pub lane: String,
    /// Deliveries of those days.
    pub deliveries: u32,
    /// What is promised today, minutes; `None`: no standing promise.
    pub promise_min: Option<i64>,
    /// P(duration ≤ today's promise).
    pub kept_at_promise: Option<f64>,
    /// The smallest promise kept at the wanted share, minutes; `None`: none would be.
    pub suggested_min: Option<u32>,
    /// Complaints about a delay whose delivery on the lane began in those days and was late.
    pub late_complaints: u64,
    /// Those of them that the suggested promise would have kept.
    pub avoided: u64,
    /// Minutes and the share done by then.
    pub curve: Vec<(u32, f64)>,
}

/// What would have been with a promise kept at `share`, as of a time.
pub fn what_if(facts: &Facts, lane: &Lane, share: f64, as_of: Timestamp) -> WhatIf {
    WhatIf::of(facts, lane, facts.cohorts(), &late_complaints(facts, lane, as_of), share, as_of)
}

impl WhatIf {
    /// The same where deliveries and complaints were counted elsewhere: of `facts` only the standing promises are asked;
    /// `late` says how long the deliveries took that were complained about as late, minutes.
    pub fn of(facts: &Facts, lane: &Lane, cohorts: &Cohorts, late: &[i64], share: f64, as_of: Timestamp) -> Self {
        let mut lives = cohorts.lives(Level::Lane, lane, as_of);
        let deliveries = lives.len() as u32;
        let curve = Curve::of(&mut lives);
        let promise_min = facts.standing(lane, as_of).first().map(|promise| promise.minutes_from(as_of));
        let suggested_min = curve.quantile(share);
        let spared = |actual: &&i64| suggested_min.is_some_and(|promise| **actual <= i64::from(promise));
        Self {
            lane: lane_name(lane),
            deliveries,
            promise_min,
            kept_at_promise: promise_min.filter(|_| deliveries > 0).map(|promise| curve.share_within(promise)),
            suggested_min,
            late_complaints: late.len() as u64,
            avoided: late.iter().filter(spared).count() as u64,
            curve: curve.steps,
        }
    }
}

/// How long the deliveries took that were complained about as late.
fn late_complaints(facts: &Facts, lane: &Lane, as_of: Timestamp) -> Vec<i64> {
    let since = days_before(as_of, WINDOW_DAYS);
    let is_of = |order| {
        let sent = facts.delivery(order)?;
        let started_at = sent.body.started_at;
        (sent.head.lane.as_ref() == Some(lane) && since <= started_at && started_at < as_of).then_some(())
    };
    let contacts = facts.contacts().filter(|contact| contact.is_contact() && contact.occurred_at <= as_of);
    let on_lane = contacts.filter(|contact| contact.order.as_ref().and_then(is_of).is_some());
    on_lane
        .map(|contact| attribute(facts, contact, as_of))
        .filter(|told| told.causes.first().is_some_and(|code| is_delay(code)))
        .filter(|told| told.known.decomposition.is_some_and(|terms| terms.late_min > 0))
        .filter_map(|told| told.known.delivery.map(|delivery| delivery.actual_min))
        .collect()
}
