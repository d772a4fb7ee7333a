//! The truth told is the truth that can be had from the events: computed here a second time, from the events alone, by the
//! slow and plain way of the definitions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use jiff::Timestamp;
use serde_json::Value;
use tingjian_schemas::{PromiseMaker, Stream};
use tingjian_simulation::{
    Options, Output, Simulation, Summary,
    truth::{CaseTruth, ContactTruth, LedgerTruth, Outcome, RecordTruth, Truth},
};

/// One run, read as a product would read it.
struct Seen {
    as_of: i64,
    deliveries: HashMap<String, Delivery>,
    replies: HashMap<String, Vec<Value>>,
    promises: Vec<Promise>,
    steps: HashMap<String, Vec<(i64, String, String, String)>>,
    events: HashMap<String, Value>,
    contacts: Vec<(i64, String)>,
    records: Vec<RecordTruth>,
    cases: Vec<CaseTruth>,
    ledger: Vec<LedgerTruth>,
    chains: HashMap<String, ContactTruth>,
    summary: Summary,
}

#[derive(Clone)]
struct Delivery {
    lane: [String; 4],
    department: String,
    started: i64,
    finished: Option<i64>,
}

struct Promise {
    id: String,
    maker: PromiseMaker,
    owner: String,
    made: i64,
    until: Option<i64>,
    order: Option<String>,
    case: Option<String>,
    lane: Option<[String; 4]>,
    due: Option<i64>,
    minutes: Option<i64>,
    agent: Option<String>,
}

fn text(value: &Value, field: &str) -> Option<String> {
    value[field].as_str().map(str::to_owned)
}

fn time(value: &Value, field: &str) -> Option<i64> {
    value[field].as_str().map(|text| text.parse::<Timestamp>().unwrap().as_second())
}

fn lane(value: &Value) -> Option<[String; 4]> {
    let lane = value["lane"].as_object()?;
    Some(["origin", "destination", "carrier", "service"].map(|part| lane[part].as_str().unwrap().to_owned()))
}

fn see(options: &Options) -> Seen {
    let mut run = Simulation::new(options).unwrap();
    let mut seen = Seen {
        as_of: i64::MIN,
        deliveries: HashMap::new(),
        replies: HashMap::new(),
        promises: Vec::new(),
        steps: HashMap::new(),
        events: HashMap::new(),
        contacts: Vec::new(),
        records: Vec::new(),
        cases: Vec::new(),
        ledger: Vec::new(),
        chains: HashMap::new(),
        summary: run.summary().clone(),
    };
    for output in run.by_ref() {
        match output {
            Output::Event(event) => {
                let value: Value = serde_json::from_str(&event.json).unwrap();
                seen.as_of = seen.as_of.max(time(&value, "occurred_at").unwrap());
                seen.add(event.stream, value);
            }
            Output::Truth(Truth::Record(record)) => seen.records.push(*record),
            Output::Truth(Truth::Case(case)) => seen.cases.push(*case),
            Output::Truth(Truth::Ledger(entry)) => seen.ledger.push(*entry),
            Output::Truth(Truth::Contact(contact)) => {
                seen.chains.insert(contact.record_id.clone(), *contact);
            }
        }
    }
    seen.summary = run.summary().clone();
    seen
}

impl Seen {
    fn add(&mut self, stream: Stream, value: Value) {
        match stream {
            Stream::Deliveries => {
                let delivery = Delivery {
                    lane: lane(&value).unwrap(),
                    department: text(&value, "department").unwrap(),
                    started: time(&value, "started_at").unwrap(),
                    finished: time(&value, "finished_at"),
                };
                self.deliveries.insert(text(&value, "order_id").unwrap(), delivery);
            }
            Stream::Promises => self.promises.push(Promise {
                id: text(&value, "promise_id").unwrap(),
                maker: serde_json::from_value(value["made_by_kind"].clone()).unwrap(),
                owner: text(&value, "owner_department").unwrap(),
                made: time(&value, "made_at").unwrap(),
                until: time(&value, "valid_until"),
                order: text(&value, "order_id"),
                case: text(&value, "case_id"),
                lane: lane(&value),
                due: time(&value, "due_at"),
                minutes: value["promised_min"].as_i64(),
                agent: text(&value, "agent_no"),
            }),
            Stream::CaseEvents => {
                let step = (
                    time(&value, "occurred_at").unwrap(),
                    text(&value, "event_id").unwrap(),
                    text(&value, "kind").unwrap(),
                    text(&value, "holder").unwrap(),
                );
                self.steps.entry(text(&value, "case_id").unwrap()).or_default().push(step);
            }
            Stream::DepartmentReplies => {
                self.replies.entry(text(&value, "request_id").unwrap()).or_default().push(value);
            }
            _ => {
                if matches!(stream, Stream::Complaints | Stream::CallNotes) {
                    self.contacts.push((time(&value, "occurred_at").unwrap(), text(&value, "event_id").unwrap()));
                }
                self.events.insert(text(&value, "event_id").unwrap(), value);
            }
        }
    }

    fn standing(&self, lane: &[String; 4], at: i64) -> Option<&Promise> {
        let stands = |p: &&Promise| p.order.is_none() && p.case.is_none() && p.lane.as_ref() == Some(lane);
        let in_force = |p: &&Promise| p.made <= at && p.until.is_none_or(|until| at < until);
        self.promises.iter().filter(stands).filter(in_force).max_by_key(|p| p.made)
    }

    /// The promise p comes from, p itself, and T.
    fn promise(&self, order: &str, delivery: &Delivery) -> Option<(&Promise, i64, i64)> {
        let counts = |p: &&Promise| {
            p.order.as_deref() == Some(order)
                && p.maker != PromiseMaker::Callback
                && delivery.finished.is_none_or(|finished| p.made <= finished)
        };
        let own = self.promises.iter().filter(counts).min_by(|a, b| (a.made, &a.id).cmp(&(b.made, &b.id)));
        if let Some(own) = own {
            let minutes = own.minutes.or_else(|| own.due.map(|due| (due - delivery.started) / 60)).unwrap();
            return Some((own, minutes, own.made));
        }
        let standing = self.standing(&delivery.lane, delivery.started)?;
        Some((standing, standing.minutes.unwrap(), delivery.started))
    }

    /// P90 of the lane, or of its wider families, by Kaplan–Meier in plain fractions of lives.
    fn capability(&self, lane: &[String; 4], t: i64) -> (Option<i64>, Option<&'static str>) {
        let same = |fields: &'static [usize]| {
            let lives = self.deliveries.values().filter(move |d| fields.iter().all(|f| d.lane[*f] == lane[*f]));
            let window = lives.filter(move |d| (t - 28 * 86_400..t).contains(&d.started));
            window.map(move |d| match d.finished.filter(|finished| *finished <= t) {
                Some(finished) => ((finished - d.started) / 60, true),
                None => ((t - d.started) / 60, false),
            })
        };
        for (fields, level) in
            [(&[0, 1, 2, 3][..], "lane"), (&[0, 2, 3][..], "origin_carrier_service"), (&[2, 3][..], "carrier_service")]
        {
            let lives: Vec<(i64, bool)> = same(fields).collect();
            if lives.iter().filter(|(_, finished)| *finished).count() >= 20 {
                return (kaplan_meier(&lives, 0.9), Some(level));
            }
        }
        (None, None)
    }
}

fn kaplan_meier(lives: &[(i64, bool)], share: f64) -> Option<i64> {
    let mut lives = lives.to_vec();
    lives.sort_unstable();
    let mut surviving = 1.0;
    let mut first = 0;
    while let Some(&(minutes, _)) = lives.get(first) {
        let next = lives.partition_point(|(other, _)| *other <= minutes);
        let ended = lives[first..next].iter().filter(|(_, finished)| *finished).count() as f64;
        surviving *= 1.0 - ended / (lives.len() - first) as f64;
        if ended > 0.0 && 1.0 - surviving >= share - 1e-9 {
            return Some(minutes);
        }
        first = next;
    }
    None
}

static SEEN: LazyLock<Seen> =
    LazyLock::new(|| see(&Options::ending("2026-11-16T00:00:00+08:00".parse().unwrap(), 8, 20_000, 5).unwrap()));

#[test]
fn delays_are_those_of_the_events() {
    let seen = &*SEEN;
    let (mut late, mut kept, mut pending, mut widened, mut exonerated, mut misquoted) = (0, 0, 0, 0, 0, 0);
    for record in &seen.records {
        let Some(order) = &record.order_id else { continue };
        let Some(delivery) = seen.deliveries.get(order) else {
            assert!(record.delivery.is_none() && record.delay.is_none());
            continue;
        };
        let (promise, p, t) = seen.promise(order, delivery).expect("every lane or order has a promise");
        let told = record.promise.as_ref().unwrap();
        assert_eq!((&told.promise_id, i64::from(told.promised_min)), (&promise.id, p), "{}", record.record_id);
        let a = (delivery.finished.unwrap_or(seen.as_of) - delivery.started) / 60;
        let delay = record.delay.unwrap();
        assert_eq!(delay.late_min, a - p);
        assert_eq!(record.delivery.unwrap().open, delivery.finished.is_none());
        let (c, level) = seen.capability(&delivery.lane, t);
        let capability = record.capability.unwrap();
        let told_level = capability.level.map(|level| serde_json::to_value(level).unwrap());
        assert_eq!(told_level.as_ref().and_then(Value::as_str), level, "{}", record.record_id);
        assert_eq!(capability.p90_min.map(i64::from), c, "{}", record.record_id);
        assert_eq!((delay.overpromise_min, delay.overrun_min), (c.map(|c| c - p), c.map(|c| a - c)));
        widened += usize::from(level.is_some_and(|level| level != "lane"));
        if !record.causes.first().is_some_and(|cause| is_delay(cause)) {
            continue;
        }
        let shares: Vec<_> = record.responsible.iter().map(|r| (r.department.as_str(), r.minutes.unwrap())).collect();
        let Some(c) = c.filter(|_| a > p) else {
            assert!(shares.is_empty() && record.exonerated.is_none());
            kept += usize::from(a <= p);
            pending += usize::from(a > p);
            continue;
        };
        late += 1;
        let over = (a - p).min((c - p).max(0));
        let rule = seen.standing(&delivery.lane, promise.made).filter(|rule| {
            matches!(rule.maker, PromiseMaker::InternalStandard | PromiseMaker::Page)
                && promise.maker == PromiseMaker::Agent
        });
        let owner = match rule {
            Some(rule) if rule.minutes.unwrap() <= p => &rule.owner,
            Some(_) => "客服培训",
            None => &promise.owner,
        };
        let mut expected = vec![(owner, over as u32), (delivery.department.as_str(), (a - p - over) as u32)];
        expected.retain(|(_, minutes)| *minutes > 0);
        expected.sort_by_key(|(_, minutes)| std::cmp::Reverse(*minutes));
        assert_eq!(shares, expected, "{}", record.record_id);
        let quoted = rule.is_some_and(|rule| rule.minutes.unwrap() <= p) && over > 0;
        assert_eq!(record.exonerated.as_ref().map(|e| &e.agent_no), promise.agent.as_ref().filter(|_| quoted));
        exonerated += usize::from(quoted);
        misquoted += usize::from(record.misquoted_by.is_some());
    }
    for (what, count, least) in [
        ("late", late, 250),
        ("kept", kept, 30),
        ("pending", pending, 20),
        ("widened", widened, 3),
        ("exonerated", exonerated, 8),
        ("misquoted", misquoted, 8),
    ] {
        assert!(count >= least, "{what}: {count}");
    }
}

fn is_delay(cause: &str) -> bool {
    let others = ["fulfil.transit_delay", "fulfil.warehouse_late", "fulfil.tracking_stall", "fulfil.lost"];
    cause == "promise.eta_overpromise" || others.contains(&cause)
}

#[test]
fn holds_and_requests_are_those_of_the_events() {
    let seen = &*SEEN;
    let mut reopened = 0;
    assert_eq!(seen.cases.len(), seen.steps.len());
    for case in &seen.cases {
        let mut steps = seen.steps[&case.case_id].clone();
        steps.sort();
        reopened += usize::from(steps.iter().any(|(_, _, kind, _)| kind == "reopened"));
        let mut expected = Vec::new();
        for (number, (at, _, kind, holder)) in steps.iter().enumerate() {
            let until = steps.get(number + 1).map_or(seen.as_of, |next| next.0);
            if kind != "resolved" && kind != "closed" {
                expected.push((holder.clone(), (until - at) / 60));
            }
        }
        let told: Vec<_> = case.holds.iter().map(|hold| (hold.holder.clone(), i64::from(hold.minutes))).collect();
        assert_eq!(told, expected, "{}", case.case_id);
        assert_eq!(i64::from(case.elapsed_min), expected.iter().map(|(_, minutes)| minutes).sum::<i64>());
        for request in &case.requests {
            let event = &seen.events[&request.request_id];
            let asked = time(event, "occurred_at").unwrap();
            let due = time(event, "due_at").unwrap_or(asked + 3600);
            let answers = seen.replies.get(&request.request_id).into_iter().flatten();
            let answers = answers.filter(|reply| reply["department"] == event["to_department"]);
            let replied = answers.map(|reply| time(reply, "occurred_at").unwrap()).min();
            assert_eq!(request.replied_at.map(|at| at.as_second()), replied);
            let late = (replied.unwrap_or(seen.as_of) - due).max(0) / 60;
            assert_eq!((i64::from(request.late_min), request.open), (late, replied.is_none()));
        }
    }
    assert!(reopened > 5, "{reopened} reopened");
}

#[test]
fn the_ledger_is_that_of_the_events() {
    let seen = &*SEEN;
    let mut expected: BTreeMap<(String, Option<String>), Outcome> = BTreeMap::new();
    let outcome = |done: Option<i64>, due: i64| match done {
        Some(done) if done <= due => Outcome::Kept,
        Some(_) => Outcome::Broken,
        None if seen.as_of > due => Outcome::Broken,
        None => Outcome::Open,
    };
    for promise in &seen.promises {
        if let Some(case) = &promise.case {
            let due = promise.due.unwrap();
            let steps = seen.steps.get(case).into_iter().flatten();
            let answers = steps.filter(|(at, _, kind, _)| {
                (kind == "follow_up" || kind == "resolved") && promise.made < *at && *at <= due
            });
            expected.insert((promise.id.clone(), None), outcome(answers.map(|step| step.0).min(), due));
        } else if let Some(order) = &promise.order {
            let told = seen.deliveries.get(order).map_or(Outcome::Unknown, |delivery| {
                let due = promise.due.unwrap_or_else(|| delivery.started + promise.minutes.unwrap() * 60);
                outcome(delivery.finished, due)
            });
            expected.insert((promise.id.clone(), Some(order.clone())), told);
        }
    }
    let own: std::collections::HashSet<&str> = seen.promises.iter().filter_map(|p| p.order.as_deref()).collect();
    let mut used = std::collections::HashSet::new();
    for (order, delivery) in seen.deliveries.iter().filter(|(order, _)| !own.contains(order.as_str())) {
        let standing = seen.standing(&delivery.lane, delivery.started).unwrap();
        used.insert(&standing.id);
        let due = delivery.started + standing.minutes.unwrap() * 60;
        expected.insert((standing.id.clone(), Some(order.clone())), outcome(delivery.finished, due));
    }
    for promise in seen.promises.iter().filter(|p| p.order.is_none() && p.case.is_none() && !used.contains(&p.id)) {
        expected.insert((promise.id.clone(), None), Outcome::Unknown);
    }
    let told: BTreeMap<_, _> =
        seen.ledger.iter().map(|entry| ((entry.promise_id.clone(), entry.order_id.clone()), entry.outcome)).collect();
    assert_eq!(told.len(), seen.ledger.len(), "an entry told twice");
    assert_eq!(told, expected);
}

#[test]
fn chains_and_resolution_are_those_of_the_events() {
    let seen = &*SEEN;
    let group = |record: &RecordTruth| record.causes.first().map(|cause| cause.split('.').next().unwrap().to_owned());
    let by_id: HashMap<&str, &RecordTruth> =
        seen.records.iter().map(|record| (record.record_id.as_str(), record)).collect();
    let mut contacts = seen.contacts.clone();
    contacts.sort();
    let mut last: HashMap<String, (i64, String)> = HashMap::new();
    let mut next: HashMap<String, i64> = HashMap::new();
    for (at, id) in &contacts {
        let (event, record) = (&seen.events[id], by_id[id.as_str()]);
        let customer = &event["customer"];
        let customer = customer["account"].as_str().or(customer["phone"].as_str()).unwrap();
        let matter = record.order_id.clone().or_else(|| group(record)).map(|matter| format!("{customer} {matter}"));
        let before = matter.as_ref().and_then(|matter| last.get(matter)).filter(|(then, _)| at - then <= 7 * 86_400);
        let told = &seen.chains[id];
        match before {
            Some((then, earlier)) => {
                next.insert(earlier.clone(), at - then);
                assert_eq!(told.chain_id, seen.chains[earlier].chain_id, "{id}");
            }
            None => assert_eq!((&told.chain_id, told.place), (id, 1)),
        }
        assert_eq!(record.chain_id.as_ref(), Some(&told.chain_id));
        if let Some(matter) = matter {
            last.insert(matter, (*at, id.clone()));
        }
    }
    assert_eq!(seen.chains.len(), contacts.len());
    for (window, hours) in seen.summary.fcr.iter().zip([24, 48, 72, 168]) {
        let reach = hours * 3600;
        let old: Vec<_> = contacts.iter().filter(|(at, _)| seen.as_of - at > reach).collect();
        let resolved = old.iter().filter(|(_, id)| next.get(id).is_none_or(|gap| *gap > reach)).count();
        assert_eq!((window.hours, window.contacts, window.resolved), (hours, old.len() as u64, resolved as u64));
    }
}

#[test]
fn judgements_and_effort_are_those_of_the_events() {
    let seen = &*SEEN;
    let mut judged: HashMap<&str, Vec<(i64, &Value)>> = HashMap::new();
    for event in seen.events.values().filter(|event| event["judge"].is_string()) {
        let at = time(event, "occurred_at").unwrap();
        judged.entry(event["record_id"].as_str().unwrap()).or_default().push((at, event));
    }
    let mut overturned = 0;
    for record in &seen.records {
        let mut judgements = judged.remove(record.record_id.as_str()).unwrap_or_default();
        judgements.sort_by_key(|(at, _)| *at);
        assert_eq!(record.judgements.len(), judgements.len());
        for (told, (_, event)) in record.judgements.iter().zip(&judgements) {
            assert_eq!(Some(told.department.as_str()), event["department"].as_str());
            assert_eq!(serde_json::to_value(told.verdict).unwrap(), event["verdict"]);
            overturned += usize::from(told.overturns);
        }
        if let Some((_, last)) = judgements.last() {
            assert_eq!(record.department.as_deref(), last["department"].as_str());
        }
        let event = &seen.events[&record.record_id];
        if let Some(effort) = record.effort {
            let count = |field: &str| event[field].as_u64().unwrap() as u32;
            let transfers = event["transfers"].as_array().unwrap().len() as u32;
            let total = count("queue_wait_s")
                + count("talk_s")
                + 3 * count("ivr_presses")
                + 60 * transfers
                + 30 * count("questions_repeated");
            assert_eq!(effort.total_s, total);
        }
    }
    assert!(overturned > 20, "{overturned} overturned");
    assert!(judged.is_empty(), "judgements on nothing");
}
