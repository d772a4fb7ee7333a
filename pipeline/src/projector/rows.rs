//! What was worked out → rows.

use jiff::Timestamp;
use tingjian_attribution::{
    Attribution, Basis, ContactPlace, Facts, LedgerEntry, Outcome, Share, asked, facts::Contact, lane_name, timeline,
};
use tingjian_schemas::{Lane, LinkKey};
use tingjian_warehouse::{AttributionRow, CaseTimesRow, ContactPlaceRow, PromiseEntriesRow};

/// Whether anything but its text speaks about a record, or the text alone decides a delay. Of the others the record itself says
/// everything, and no row is kept.
pub(super) fn rests_on_facts(facts: &Facts, contact: &Contact, told: &Attribution) -> bool {
    let decided = matches!(told.layer.basis, Basis::Judgement | Basis::Facts);
    let measured = told.known.decomposition.is_some() || told.known.measured_at.is_some() || told.known.moves;
    decided
        || measured
        || facts.rulings(&contact.record_id).is_some()
        || contact.order.is_some()
        || contact.case.is_some()
}

fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn bytes(key: Option<LinkKey>) -> [u8; 16] {
    key.map_or([0; 16], |key| key.0)
}

fn part(lane: Option<&Lane>, part: impl Fn(&Lane) -> &Option<String>) -> String {
    lane.and_then(|lane| part(lane).clone()).unwrap_or_default()
}

/// Shares, one column each.
type Columns = (Vec<String>, Vec<String>, Vec<Option<i64>>, Vec<String>);

fn columns(shares: &[Share]) -> Columns {
    let mut columns = Columns::default();
    for share in shares {
        columns.0.push(share.department.clone());
        columns.1.push(share.cause.clone());
        columns.2.push(share.minutes);
        columns.3.push(share.reason.name().to_owned());
    }
    columns
}

/// The row of a record.
pub(super) fn attribution(contact: &Contact, told: &Attribution, version: u64) -> AttributionRow {
    let known = &told.known;
    let (promise, delivery, terms) = (known.promise.as_ref(), known.delivery.as_ref(), known.decomposition.as_ref());
    let lane = known.lane.as_ref().or(contact.lane.as_ref());
    let (department, cause, minutes, reason) = columns(&told.layer.responsible);
    let (unjudged_department, unjudged_cause, unjudged_minutes, unjudged_reason) = columns(&told.unjudged.responsible);
    let mut evidence = known.evidence.clone();
    evidence.extend(promise.map(|promise| promise.event_id.clone()));
    evidence.extend(delivery.map(|delivery| delivery.event_id.clone()));
    evidence.sort();
    AttributionRow {
        record_id: told.record_id.clone(),
        occurred_at: millis(told.occurred_at),
        stream: contact.stream.name().to_owned(),
        kind: told.kind.name().to_owned(),
        causes: told.causes.clone(),
        agent_no: contact.agent_no.clone().unwrap_or_default(),
        order_key: bytes(contact.order),
        case_key: bytes(contact.case),
        lane_origin: part(lane, |lane| &lane.origin),
        lane_destination: part(lane, |lane| &lane.destination),
        lane_carrier: part(lane, |lane| &lane.carrier),
        lane_service: part(lane, |lane| &lane.service),
        basis: told.layer.basis.name().to_owned(),
        verdict: told.layer.verdict.name().to_owned(),
        responsible_department: department,
        responsible_cause: cause,
        responsible_minutes: minutes,
        responsible_reason: reason,
        unjudged_basis: told.unjudged.basis.name().to_owned(),
        unjudged_verdict: told.unjudged.verdict.name().to_owned(),
        unjudged_department,
        unjudged_cause,
        unjudged_minutes,
        unjudged_reason,
        promise_id: promise.map(|promise| promise.promise_id.clone()).unwrap_or_default(),
        made_by_kind: promise.map(|promise| promise.made_by_kind.name().to_owned()).unwrap_or_default(),
        promise_owner: promise.map(|promise| promise.owner_department.clone()).unwrap_or_default(),
        measured_at: known.measured_at.map(millis),
        started_at: delivery.map(|delivery| millis(delivery.started_at)),
        promised_min: promise.and_then(|promise| promise.promised_min),
        actual_min: delivery.map(|delivery| delivery.actual_min),
        actual_open: delivery.is_some_and(|delivery| delivery.open),
        capability_min: known.capability.and_then(|capability| capability.p90_min),
        capability_level: known.capability.and_then(|c| c.level).map(|l| l.name().to_owned()).unwrap_or_default(),
        late_min: terms.map(|terms| terms.late_min),
        overpromise_min: terms.and_then(|terms| terms.overpromise_min),
        overrun_min: terms.and_then(|terms| terms.overrun_min),
        exonerated_agent_no: known.exonerated.iter().map(|found| found.agent_no.clone()).collect(),
        exonerated_rule: known.exonerated.iter().map(|found| found.rule.clone()).collect(),
        exonerated_moved_to: known.exonerated.iter().map(|found| found.moved_to.clone()).collect(),
        misquoted_by: known.misquoted_by.clone().unwrap_or_default(),
        evidence,
        moves: known.moves,
        version,
        is_deleted: 0,
    }
}

/// The row of an order's or a case's promises; one that voids it where nothing was promised. `awaits`: something lies ahead.
pub(super) fn entries(
    unit: &str,
    key: LinkKey,
    found: &[LedgerEntry],
    awaits: bool,
    version: u64,
) -> PromiseEntriesRow {
    PromiseEntriesRow {
        unit: unit.to_owned(),
        unit_key: key.0,
        promise_id: found.iter().map(|entry| entry.promise_id.clone()).collect(),
        made_by_kind: found.iter().map(|entry| entry.made_by_kind.name().to_owned()).collect(),
        owner_department: found.iter().map(|entry| entry.owner_department.clone()).collect(),
        agent_no: found.iter().map(|entry| entry.agent_no.clone().unwrap_or_default()).collect(),
        made_at: found.iter().map(|entry| millis(entry.made_at)).collect(),
        lane: found.iter().map(|entry| entry.lane.as_ref().map(lane_name).unwrap_or_default()).collect(),
        outcome: found.iter().map(|entry| entry.outcome.name().to_owned()).collect(),
        moves: awaits || found.iter().any(|entry| entry.outcome == Outcome::Open),
        version,
        is_deleted: u8::from(found.is_empty() && !awaits),
    }
}

/// The row of a case.
pub(super) fn case_times(facts: &Facts, key: LinkKey, as_of: Timestamp, version: u64) -> CaseTimesRow {
    let line = facts.case(&key).map(|case| timeline(case, as_of)).unwrap_or_default();
    let requests = asked(facts, &key, as_of);
    let opened_at = facts.case(&key).and_then(|case| case.steps.first()).map(|step| millis(step.head.occurred_at));
    CaseTimesRow {
        case_key: key.0,
        opened_at,
        elapsed_min: line.elapsed_min,
        open: line.open,
        reopened: line.reopened,
        follow_ups: line.follow_ups,
        hold_holder: line.holds.iter().map(|hold| hold.holder.clone()).collect(),
        hold_from: line.holds.iter().map(|hold| millis(hold.from)).collect(),
        hold_to: line.holds.iter().map(|hold| millis(hold.to)).collect(),
        hold_minutes: line.holds.iter().map(|hold| hold.minutes).collect(),
        hold_open: line.holds.iter().map(|hold| hold.open).collect(),
        request_id: requests.iter().map(|ask| ask.request_id.clone()).collect(),
        request_to: requests.iter().map(|ask| ask.to_department.clone()).collect(),
        request_node: requests.iter().map(|ask| ask.node.clone().unwrap_or_default()).collect(),
        request_asked_at: requests.iter().map(|ask| millis(ask.asked_at)).collect(),
        request_due_at: requests.iter().map(|ask| millis(ask.due_at)).collect(),
        request_replied_at: requests.iter().map(|ask| ask.replied_at.map(millis)).collect(),
        request_late_min: requests.iter().map(|ask| ask.late_min).collect(),
        request_open: requests.iter().map(|ask| ask.open).collect(),
        moves: line.open || requests.iter().any(|ask| ask.open),
        version,
        is_deleted: u8::from(opened_at.is_none() && requests.is_empty()),
    }
}

/// The row of a contact.
pub(super) fn place(place: &ContactPlace, customer: LinkKey, version: u64) -> ContactPlaceRow {
    ContactPlaceRow {
        record_id: place.record_id.clone(),
        occurred_at: millis(place.occurred_at),
        customer_key: customer.0,
        chain_id: place.chain_id.clone(),
        place: place.place,
        next_after_ms: place.next_after_ms,
        version,
        is_deleted: 0,
    }
}
