//! Events that cannot all be true. Each is shown with the events it is between, and none is repaired.

use std::collections::BTreeMap;

use serde::Serialize;
use tingjian_schemas::CaseStep;

use crate::{
    Facts,
    facts::{CaseFacts, Contact, DeliveryFact},
};

/// What is wrong between events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Contradiction {
    /// Which kind.
    pub kind: &'static str,
    /// The events it is between.
    pub events: Vec<String>,
}

/// Every contradiction between events, in a fixed order.
pub fn contradictions(facts: &Facts) -> Vec<Contradiction> {
    let mut found = Vec::new();
    deliveries(facts, &mut found);
    promises(facts, &mut found);
    for (_, case) in facts.cases() {
        steps(case, &mut found);
        requests(facts, case, &mut found);
    }
    replies(facts, &mut found);
    facts.contacts().for_each(|contact| calls(contact, &mut found));
    found.sort();
    found
}

/// Two reports of one order that end or begin at different times.
fn deliveries(facts: &Facts, found: &mut Vec<Contradiction>) {
    for (order, counted) in facts.deliveries() {
        let others = facts.deliveries_of_order(order).iter().filter(|sent| sent.head.event_id != counted.head.event_id);
        let differs = |sent: &&DeliveryFact| {
            let ends = sent.body.finished_at.zip(counted.body.finished_at);
            sent.body.started_at != counted.body.started_at || ends.is_some_and(|(a, b)| a != b)
        };
        for other in others.filter(differs) {
            add(found, "two_deliveries", [&other.head.event_id, &counted.head.event_id]);
        }
    }
}

/// Linked to a case nobody opened, of no time, due before the delivery began, or made after it had ended.
fn promises(facts: &Facts, found: &mut Vec<Contradiction>) {
    for promise in facts.promises() {
        if promise.head.case_key.is_some_and(|case| promise.is_callback() && is_unknown(facts, &case)) {
            add(found, "unknown_case", [&promise.head.event_id]);
        }
        let sent = promise.head.order_key.and_then(|order| facts.delivery(&order));
        // Nothing is done in no time: whoever sent it meant something else.
        if promise.body.promised_min == Some(0) && !promise.is_standing() {
            let events = std::iter::once(&promise.head.event_id).chain(sent.map(|sent| &sent.head.event_id));
            found.push(Contradiction { kind: "promise_of_no_time", events: events.cloned().collect() });
        }
        if let Some(sent) = sent.filter(|sent| promise.body.due_at.is_some_and(|due| due < sent.body.started_at)) {
            add(found, "due_before_start", [&promise.head.event_id, &sent.head.event_id]);
        }
        let finished_at = sent.and_then(|sent| sent.body.finished_at);
        if let Some(sent) = sent.filter(|_| finished_at.is_some_and(|finished| finished < promise.body.made_at)) {
            add(found, "promise_after_delivery", [&promise.head.event_id, &sent.head.event_id]);
        }
    }
}

fn is_unknown(facts: &Facts, case: &tingjian_schemas::LinkKey) -> bool {
    facts.case(case).is_none_or(|case| case.steps.is_empty())
}

fn steps(case: &CaseFacts, found: &mut Vec<Contradiction>) {
    let opened: Vec<&String> =
        case.steps.iter().filter(|s| s.body.kind == CaseStep::Opened).map(|s| &s.head.event_id).collect();
    if let [first, second, ..] = opened.as_slice() {
        add(found, "opened_twice", [first, second]);
    }
    let late = case.steps.first().filter(|first| first.body.kind != CaseStep::Opened);
    if let Some((first, opening)) = late.zip(opened.first()) {
        add(found, "step_before_opening", [&first.head.event_id, opening]);
    }
}

/// Asked about a case nobody opened; answered before it was asked.
fn requests(facts: &Facts, case: &CaseFacts, found: &mut Vec<Contradiction>) {
    for request in &case.requests {
        if case.steps.is_empty() {
            add(found, "unknown_case", [&request.head.event_id]);
        }
        let early = |at| at < request.head.occurred_at;
        for reply in facts.replies(&request.body.request_id).iter().filter(|reply| early(reply.head.occurred_at)) {
            add(found, "reply_before_request", [&reply.head.event_id, &request.head.event_id]);
        }
    }
}

/// Answers to what nobody asked.
fn replies(facts: &Facts, found: &mut Vec<Contradiction>) {
    let asked: std::collections::HashSet<&str> =
        facts.cases().flat_map(|(_, case)| &case.requests).map(|request| request.body.request_id.as_str()).collect();
    for (_, replies) in facts.answered_requests().filter(|(id, _)| !asked.contains(id.as_str())) {
        for reply in replies {
            add(found, "reply_without_request", [&reply.head.event_id]);
        }
    }
}

/// A call handed back to where it had been.
fn calls(contact: &Contact, found: &mut Vec<Contradiction>) {
    let transfers = contact.call.as_ref().map(|call| call.transfers.as_slice()).unwrap_or_default();
    let mut been: BTreeMap<&str, ()> = BTreeMap::new();
    for (from, to) in transfers {
        been.insert(from, ());
        if been.contains_key(to.as_str()) {
            add(found, "cyclic_transfer", [&contact.record_id]);
            return;
        }
    }
}

fn add<const N: usize>(found: &mut Vec<Contradiction>, kind: &'static str, events: [&String; N]) {
    found.push(Contradiction { kind, events: events.map(String::clone).into() });
}
