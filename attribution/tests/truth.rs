//! The simulated centre knows who was responsible; attribution has to find it out from the events alone, however they come.
//! Texts are taken as read rightly: how well they are read is measured elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use common::{Said, TAXONOMY, key, sealed};
use jiff::Timestamp;
use tingjian_attribution::{
    Attribution, Effort, EffortRates, Facts, Inbox, asked, attribute, campaign_of, chains, contradictions, fcr,
    lane_name, ledger, timeline, what_if,
};
use tingjian_schemas::Lane;
use tingjian_simulation::{
    Disorder, LaneName, Options, Output, SimulatedEvent, Simulation, Summary,
    truth::{CaseTruth, ContactTruth, LedgerTruth, RecordTruth, Truth},
};

/// Enough for eight weeks of the full centre.
const EVENTS: u64 = 210_000;

struct Run {
    facts: Facts,
    as_of: Timestamp,
    records: Vec<RecordTruth>,
    cases: Vec<CaseTruth>,
    ledger: Vec<LedgerTruth>,
    contacts: Vec<ContactTruth>,
    summary: Summary,
    events: usize,
}

static RUN: LazyLock<Run> = LazyLock::new(run);

fn run() -> Run {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let options = Options::ending(until, 8, EVENTS, 5).unwrap();
    let mut simulation = Simulation::new(&options).unwrap();
    let (mut events, mut records, mut cases, mut entries, mut contacts) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for output in simulation.by_ref() {
        match output {
            Output::Event(event) => events.push(event),
            Output::Truth(Truth::Record(record)) => records.push(*record),
            Output::Truth(Truth::Case(case)) => cases.push(*case),
            Output::Truth(Truth::Ledger(entry)) => entries.push(*entry),
            Output::Truth(Truth::Contact(contact)) => contacts.push(*contact),
        }
    }
    let summary = simulation.summary().clone();
    let count = events.len();
    let facts = arrived(events, &records);
    Run { facts, as_of: summary.as_of, records, cases, ledger: entries, contacts, summary, events: count }
}

/// The events in no order, one in twenty twice; lateness by days is part of having no order at all.
fn arrived(events: Vec<SimulatedEvent>, records: &[RecordTruth]) -> Facts {
    let said: HashMap<&str, Said> = records.iter().map(|truth| (truth.record_id.as_str(), said(truth))).collect();
    let disorder = Disorder { seed: 11, shuffled: true, duplicate_share: 0.05, late_share: 0.05 };
    let mut inbox = Inbox::default();
    for (arrival, event) in (0..).zip(disorder.deliver(events.into_iter())) {
        let id =
            serde_json::from_str::<serde_json::Value>(&event.json).unwrap()["event_id"].as_str().unwrap().to_owned();
        let nothing = Said::default();
        inbox.take(arrival, sealed(event.stream, &event.json, said.get(id.as_str()).unwrap_or(&nothing)));
    }
    Facts::of(inbox.events(), &TAXONOMY)
}

fn said(truth: &RecordTruth) -> Said {
    Said {
        kind: Some(truth.kind),
        causes: truth.causes.clone(),
        promised_min: truth.said.promised_min,
        actual_min: truth.said.actual_min,
        actual_open: truth.said.actual_open,
        abuse: truth.abuse,
    }
}

fn lane(name: &LaneName) -> Lane {
    let part = |part: &str| Some(part.to_owned()).filter(|part| !part.is_empty());
    Lane {
        origin: part(&name.origin),
        destination: part(&name.destination),
        carrier: part(&name.carrier),
        service: part(&name.service),
    }
}

fn told(record_id: &str) -> Attribution {
    attribute(&RUN.facts, RUN.facts.contact(record_id).unwrap(), RUN.as_of)
}

#[test]
fn the_run_is_as_large_as_it_should_be() {
    assert!(RUN.events >= 200_000, "{} events", RUN.events);
    assert!(RUN.records.len() > 10_000 && RUN.cases.len() > 1_000 && RUN.ledger.len() > 10_000);
    let found: Vec<_> = contradictions(&RUN.facts).into_iter().map(|found| found.kind).collect();
    assert!(found.iter().all(|kind| *kind == "cyclic_transfer"), "its calls go in circles, nothing else is wrong");
}

#[test]
fn the_responsible_department_is_found_where_facts_are_complete() {
    let (mut complete, mut right, mut wrong) = (0, 0, BTreeMap::new());
    for truth in RUN.records.iter().filter(|truth| truth.complete) {
        let told = told(&truth.record_id);
        // Judged not responsible: nobody is, though the judge names a department.
        let cleared = told.layer.responsible.is_empty() && !truth.judgements.is_empty();
        complete += 1;
        if told.department() == truth.department.as_deref() || cleared {
            right += 1;
        } else {
            *wrong.entry((truth.causes.first().cloned(), truth.basis)).or_insert(0) += 1;
        }
    }
    println!("{right} of {complete} records with complete facts; wrong: {wrong:?}");
    assert!(complete > 5_000, "{complete}");
    assert!(f64::from(right) >= 0.99 * f64::from(complete), "{right} of {complete}: {wrong:?}");
}

#[test]
fn delays_are_split_exactly() {
    let mut split = 0;
    for truth in &RUN.records {
        let told = told(&truth.record_id);
        let Some(delay) = truth.delay else { continue };
        let terms = told.known.decomposition.unwrap_or_else(|| panic!("{}", truth.record_id));
        let expected = (delay.late_min, delay.overpromise_min, delay.overrun_min);
        assert_eq!((terms.late_min, terms.overpromise_min, terms.overrun_min), expected, "{}", truth.record_id);
        let capability = told.known.capability.unwrap();
        let measured = truth.capability.unwrap();
        assert_eq!(capability.p90_min, measured.p90_min, "{}", truth.record_id);
        let level = serde_json::to_value(measured.level).unwrap();
        assert_eq!(serde_json::to_value(capability.level).unwrap(), level, "{}", truth.record_id);
        let delivery = told.known.delivery.unwrap();
        assert_eq!(delivery.actual_min, i64::from(truth.delivery.unwrap().actual_min));
        let promise = told.known.promise.unwrap();
        assert_eq!(Some(&promise.promise_id), truth.promise.as_ref().map(|p| &p.promise_id), "{}", truth.record_id);
        if !truth.complete {
            continue;
        }
        let shares: Vec<_> =
            told.unjudged.responsible.iter().map(|s| (s.department.clone(), s.cause.clone(), s.minutes)).collect();
        let expected: Vec<_> = truth
            .responsible
            .iter()
            .map(|s| (s.department.clone(), s.cause.clone(), s.minutes.map(i64::from)))
            .collect();
        if truth.causes.first().is_some_and(|code| tingjian_attribution::is_delay(code)) {
            assert_eq!(told.unjudged.verdict, truth.verdict.unwrap(), "{}", truth.record_id);
            let sorted = |mut shares: Vec<_>| {
                shares.sort();
                shares
            };
            assert_eq!(sorted(shares), sorted(expected), "{}", truth.record_id);
            split += 1;
        }
    }
    assert!(split > 3_000, "{split}");
}

#[test]
fn every_exoneration_is_found_and_none_is_invented() {
    let mut exonerated = 0;
    for truth in &RUN.records {
        let told = told(&truth.record_id);
        let found: Vec<_> =
            told.known.exonerated.iter().map(|e| (e.agent_no.clone(), e.rule.clone(), e.moved_to.clone())).collect();
        let expected: Vec<_> =
            truth.exonerated.iter().map(|e| (e.agent_no.clone(), e.rule.clone(), e.moved_to.clone())).collect();
        assert_eq!(found, expected, "{}", truth.record_id);
        assert_eq!(told.known.misquoted_by, truth.misquoted_by, "{}", truth.record_id);
        exonerated += found.len();
    }
    assert!(exonerated > 100, "{exonerated}");
}

#[test]
fn holding_times_and_requests_are_those_of_the_centre() {
    for truth in &RUN.cases {
        let case = key("case", &truth.case_id);
        let line = timeline(RUN.facts.case(&case).unwrap(), RUN.as_of);
        let holds: Vec<_> = line.holds.iter().map(|h| (h.holder.clone(), h.from, h.to, h.minutes, h.open)).collect();
        let expected: Vec<_> =
            truth.holds.iter().map(|h| (h.holder.clone(), h.from, h.to, i64::from(h.minutes), h.open)).collect();
        assert_eq!(holds, expected, "{}", truth.case_id);
        assert_eq!(line.elapsed_min, i64::from(truth.elapsed_min));
        assert_eq!(line.elapsed_min, line.holds.iter().map(|hold| hold.minutes).sum::<i64>());
        let asks: Vec<_> = asked(&RUN.facts, &case, RUN.as_of)
            .into_iter()
            .map(|r| (r.request_id, r.to_department, r.asked_at, r.due_at, r.replied_at, r.late_min, r.open))
            .collect();
        let expected: Vec<_> = truth
            .requests
            .iter()
            .cloned()
            .map(|r| (r.request_id, r.to_department, r.asked_at, r.due_at, r.replied_at, i64::from(r.late_min), r.open))
            .collect();
        assert_eq!(asks, expected, "{}", truth.case_id);
    }
}

#[test]
fn the_ledger_is_that_of_the_centre() {
    let text = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let mut found: Vec<_> = ledger(&RUN.facts, RUN.as_of)
        .into_iter()
        .map(|e| (e.promise_id, e.order, e.case, text(&e.made_by_kind), e.owner_department, text(&e.outcome)))
        .collect();
    let mut expected: Vec<_> = RUN
        .ledger
        .iter()
        .map(|e| {
            let order = e.order_id.as_deref().map(|clear| key("order", clear));
            let case = e.case_id.as_deref().map(|clear| key("case", clear));
            let owner = e.owner_department.clone();
            (e.promise_id.clone(), order, case, text(&e.made_by_kind), owner, text(&e.outcome))
        })
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
}

#[test]
fn chains_resolution_and_effort_are_those_of_the_centre() {
    let found: BTreeMap<String, _> = chains(&RUN.facts, RUN.as_of)
        .into_iter()
        .flat_map(|chain| chain.contacts)
        .map(|contact| (contact.record_id.clone(), contact))
        .collect();
    assert_eq!(found.len(), RUN.contacts.len());
    for truth in &RUN.contacts {
        let told = &found[&truth.record_id];
        let gap = told.next_after_ms.map(|ms| (ms / 1000) as u32);
        let expected = (&truth.chain_id, truth.place, truth.next_after_s);
        assert_eq!((&told.chain_id, told.place, gap), expected, "{}", truth.record_id);
    }
    for (told, truth) in fcr(found.values(), RUN.as_of).iter().zip(&RUN.summary.fcr) {
        assert_eq!((told.hours, told.contacts, told.resolved), (truth.hours, truth.contacts, truth.resolved));
    }
    let mut billed = 0;
    for (truth, effort) in RUN.records.iter().filter_map(|truth| Some((truth, truth.effort?))) {
        let call = RUN.facts.contact(&truth.record_id).unwrap().call.clone().unwrap();
        let told = Effort::of(&call, &EffortRates::default());
        let parts = [told.wait_s, told.talk_s, told.press_s, told.transfer_s, told.repeat_s, told.total_s()];
        let expected =
            [effort.wait_s, effort.talk_s, effort.press_s, effort.transfer_s, effort.repeat_s, effort.total_s];
        assert_eq!(parts, expected.map(u64::from), "{}", truth.record_id);
        billed += 1;
    }
    assert!(billed > 5_000, "{billed}");
}

#[test]
fn campaigns_are_known_by_whom_first() {
    let mut linked = 0;
    // Of an order that no system reports nobody but the centre knows when it began.
    let known =
        |truth: &&RecordTruth| truth.delivery.is_some() || truth.promotion.as_ref().is_none_or(|p| p.by_lane_and_time);
    for truth in RUN.records.iter().filter(known) {
        let contact = RUN.facts.contact(&truth.record_id).unwrap();
        let told = campaign_of(&RUN.facts, contact, RUN.as_of).map(|link| (link.promise_id, link.knew_first));
        let expected = truth.promotion.as_ref().map(|p| (p.promise_id.clone(), p.knew_first));
        assert_eq!(told, expected, "{}", truth.record_id);
        linked += usize::from(told.is_some());
    }
    assert!(linked > 100, "{linked}");
}

#[test]
fn what_if_agrees_with_the_lanes() {
    let mut late = 0;
    for truth in &RUN.summary.lanes {
        let told = what_if(&RUN.facts, &lane(&truth.lane), 0.95, RUN.as_of);
        assert_eq!(told.lane, lane_name(&lane(&truth.lane)));
        assert_eq!((told.deliveries, told.suggested_min), (truth.deliveries, truth.suggested_min), "{}", told.lane);
        assert_eq!(told.promise_min, truth.promised_min.map(i64::from));
        let kept = told.kept_at_promise.zip(truth.kept_at_promise);
        assert!(kept.is_none_or(|(a, b)| (a - b).abs() < 1e-9), "{}: {kept:?}", told.lane);
        assert!(told.avoided <= told.late_complaints);
        late += told.late_complaints;
    }
    assert!(late > 100, "{late}");
}
