//! The one order of every list: by time, equal times by id.

use super::{DeliveryFact, Noted, PromiseFact, RequestFact};

/// By when it happened.
pub(super) fn by_time<B>(facts: &mut [Noted<B>]) {
    facts.sort_by(|a, b| (a.head.occurred_at, &a.head.event_id).cmp(&(b.head.occurred_at, &b.head.event_id)));
}

/// By when they were made, equal times by promise id. Of one promise id the last one sent counts: it was told anew.
pub(super) fn promises(facts: &mut Vec<PromiseFact>) {
    by_time(facts);
    let sent = std::mem::take(facts);
    let last: std::collections::BTreeMap<String, PromiseFact> =
        sent.into_iter().map(|promise| (promise.body.promise_id.clone(), promise)).collect();
    facts.extend(last.into_values());
    facts.sort_by(|a, b| (a.body.made_at, &a.body.promise_id).cmp(&(b.body.made_at, &b.body.promise_id)));
}

/// The one that counts last: a finished delivery rather than an open one, then what was sent last.
pub(super) fn deliveries(facts: &mut [DeliveryFact]) {
    by_time(facts);
    facts.sort_by_key(|delivery| delivery.body.finished_at.is_some());
}

/// By when they were asked. Of one request id the first counts: asking again does not restart the clock.
pub(super) fn requests(facts: &mut Vec<RequestFact>) {
    by_time(facts);
    let mut seen = std::collections::HashSet::new();
    facts.retain(|request| seen.insert(request.body.request_id.clone()));
}
