//! Facts joined: a simulated centre is sent to the real server, in no order, and everything asked of it over HTTP is what the
//! centre knows to be true.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::{Value, json};
use tingjian_simulation::{
    Disorder, Options, Output, Simulation, Summary,
    truth::{CaseTruth, ContactTruth, LedgerTruth, Outcome, RecordTruth, Truth},
};
use tingjian_tests::{Client, Sandbox, Shared, wait_until};

/// Four weeks of a small centre: enough for capabilities, agents cleared, cases, judgements.
const EVENTS: u64 = 12_000;

struct World {
    sandbox: Sandbox,
    client: Client,
    records: Vec<RecordTruth>,
    cases: Vec<CaseTruth>,
    ledger: Vec<LedgerTruth>,
    contacts: Vec<ContactTruth>,
    summary: Summary,
    /// Records an analyst corrected.
    corrected: u64,
}

/// One centre for all tests; its server goes when the last of them ends.
fn world() -> Arc<World> {
    static WORLD: Shared<World> = Shared::new();
    WORLD.get(sent)
}

fn sent() -> World {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let mut simulation = Simulation::new(&Options::ending(until, 8, EVENTS, 5).unwrap()).unwrap();
    let (mut records, mut cases, mut ledger, mut contacts, mut events) = (vec![], vec![], vec![], vec![], vec![]);
    for output in simulation.by_ref() {
        match output {
            Output::Event(event) => events.push(event),
            Output::Truth(Truth::Record(truth)) => records.push(*truth),
            Output::Truth(Truth::Case(truth)) => cases.push(*truth),
            Output::Truth(Truth::Ledger(truth)) => ledger.push(*truth),
            Output::Truth(Truth::Contact(truth)) => contacts.push(*truth),
        }
    }
    let summary = simulation.summary().clone();
    let corrected = events.iter().filter(|event| event.stream.name() == "corrections");
    let record = |json: &str| text(&serde_json::from_str::<Value>(json).unwrap()["record_id"]);
    let corrected: std::collections::HashSet<String> = corrected.map(|event| record(&event.json)).collect();
    let corrected = corrected.len() as u64;
    let disorder = Disorder { seed: 3, shuffled: true, duplicate_share: 0.05, late_share: 0.05 };
    let arriving: Vec<_> = disorder.deliver(events.into_iter()).collect();
    // In four parts with pauses between them, so that much is worked out before its other facts come.
    for part in arriving.chunks(arriving.len().div_ceil(4)) {
        let mut bodies: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for event in part {
            bodies.entry(event.stream.name()).or_default().push(serde_json::from_str(&event.json).unwrap());
        }
        for (stream, events) in bodies {
            events.chunks(2_000).for_each(|events| client.send(stream, events));
        }
        sandbox.settle();
    }
    World { sandbox, client, records, cases, ledger, contacts, summary, corrected }
}

impl World {
    /// Waits until everything sent has been worked out.
    fn worked_out(&self) -> &Client {
        let expected = sums(&self.ledger);
        wait_until("the ledger to be complete", || {
            let found = self.client.ask("/api/v1/promises", &[]);
            let found: BTreeMap<String, [u64; 4]> =
                groups(&found).into_iter().map(|g| (text(&g["key"]), counts(&g))).collect();
            (found == expected).then_some(())
        });
        // Orders are worked out before the records that are about them.
        wait_until("every ruling to count", || {
            let found = self.client.ask("/api/v1/causes", &[("by", "department")]);
            (found["basis"]["judgement"] == self.judged()).then_some(())
        });
        &self.client
    }

    /// Records somebody judged.
    fn judged(&self) -> u64 {
        self.records.iter().filter(|truth| !truth.judgements.is_empty()).count() as u64
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn groups(answer: &Value) -> Vec<Value> {
    answer["groups"].as_array().unwrap().clone()
}

fn counts(group: &Value) -> [u64; 4] {
    ["kept", "broken", "open", "unknown"].map(|name| group[name].as_u64().unwrap())
}

fn sums(ledger: &[LedgerTruth]) -> BTreeMap<String, [u64; 4]> {
    let mut sums: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for entry in ledger {
        let place = match entry.outcome {
            Outcome::Kept => 0,
            Outcome::Broken => 1,
            Outcome::Open => 2,
            Outcome::Unknown => 3,
        };
        sums.entry(entry.made_by_kind.name().to_owned()).or_default()[place] += 1;
    }
    sums
}

#[test]
fn the_ledger_and_its_rates() {
    let world = world();
    let client = world.worked_out();
    for group in groups(&client.ask("/api/v1/promises", &[("by", "owner_department")])) {
        let [kept, broken, ..] = counts(&group);
        let rate = group["kept_rate"].as_f64();
        assert_eq!(rate, (kept + broken > 0).then(|| kept as f64 / (kept + broken) as f64), "{group}");
        assert!(group["low"].as_f64() <= rate.or(Some(1.0)) && rate.or(Some(0.0)) <= group["high"].as_f64(), "{group}");
    }
    assert_eq!(client.get("/api/v1/promises", &[("by", "colour")]).status, 400);
    assert_eq!(client.get("/api/v1/promises", &[("colour", "red")]).status, 400);
}

#[test]
fn traces_tell_what_the_centre_knows() {
    let world = world();
    let client = world.worked_out();
    let (mut split, mut cleared, mut misread, mut right) = (0, 0, 0, 0);
    for truth in world.records.iter().filter(|truth| truth.complete && truth.delay.is_some()).take(150) {
        let trace = client.ask(&format!("/api/v1/records/{}/trace", truth.record_id), &[]);
        let delay = truth.delay.unwrap();
        let terms = &trace["decomposition"];
        assert_eq!(
            (&terms["late_min"], &terms["overpromise_min"], &terms["overrun_min"]),
            (&json!(delay.late_min), &json!(delay.overpromise_min), &json!(delay.overrun_min)),
            "{}",
            truth.record_id
        );
        assert_eq!(trace["promise"]["promise_id"], json!(truth.promise.as_ref().map(|promise| &promise.promise_id)));
        assert_eq!(trace["capability"]["p90_min"], json!(truth.capability.unwrap().p90_min), "{}", truth.record_id);
        split += 1;
        // A label that was corrected counts, else what the text was read as.
        let corrected = trace["corrections"].as_array().unwrap().last().map(|c| c["causes"][0].clone());
        let read = corrected.unwrap_or_else(|| trace["record"]["causes"][0]["code"].clone());
        if read != json!(truth.causes.first()) {
            misread += 1;
            continue;
        }
        let named = trace["responsible"][0]["department"].as_str();
        let judged_clear = named.is_none() && !truth.judgements.is_empty();
        right += usize::from(named == truth.department.as_deref() || judged_clear);
        assert!(named == truth.department.as_deref() || judged_clear, "{}: {trace}", truth.record_id);
        let exonerated = &trace["exonerated"];
        assert_eq!(
            exonerated.as_array().unwrap().len(),
            usize::from(truth.exonerated.is_some()),
            "{}",
            truth.record_id
        );
        if let Some(truth) = &truth.exonerated {
            let expected = json!({"agent_no": truth.agent_no, "rule": truth.rule, "moved_to": truth.moved_to});
            assert_eq!(exonerated[0], expected);
            cleared += 1;
        }
    }
    println!(
        "{split} delays split exactly, {right} departments right, {cleared} agents cleared, {misread} texts misread"
    );
    assert!(split == 150 && right > 80, "{split} split, {right} right");
    assert_eq!(client.get("/api/v1/records/nobody/trace", &[]).status, 404);
}

#[test]
fn cases_hold_what_the_centre_knows() {
    let world = world();
    let client = world.worked_out();
    let mut open = 0;
    for truth in world.cases.iter().rev().take(60) {
        let case = client.ask(&format!("/api/v1/cases/{}", truth.case_id), &[]);
        let holds: Vec<_> = case["holds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| (text(&h["holder"]), h["minutes"].as_u64().unwrap()))
            .collect();
        let expected: Vec<_> = truth.holds.iter().map(|h| (h.holder.clone(), u64::from(h.minutes))).collect();
        assert_eq!(holds, expected, "{}", truth.case_id);
        assert_eq!(case["elapsed_min"], json!(truth.elapsed_min));
        let late: Vec<_> = case["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (text(&r["request_id"]), r["late_min"].clone(), r["open"].clone()))
            .collect();
        let expected: Vec<_> =
            truth.requests.iter().map(|r| (r.request_id.clone(), json!(r.late_min), json!(r.open))).collect();
        assert_eq!(late, expected);
        open += usize::from(case["open"] == true);
    }
    assert!(open > 0, "some case is open");
    assert_eq!(client.get("/api/v1/cases/nobody", &[]).status, 404);
}

#[test]
fn departments_are_held_to_what_they_were_asked() {
    let world = world();
    let client = world.worked_out();
    let answer = client.ask("/api/v1/departments", &[]);
    let found: HashMap<String, Value> =
        answer["items"].as_array().unwrap().iter().map(|item| (text(&item["department"]), item.clone())).collect();
    for (department, truth) in &world.summary.requests {
        let told = &found[department];
        let sums = ["requests", "requests_late", "late_min", "requests_open"].map(|name| told[name].as_u64().unwrap());
        assert_eq!(sums, [truth.asked, truth.late, truth.late_min, truth.open], "{department}");
    }
    let mut held: BTreeMap<&str, u64> = BTreeMap::new();
    for hold in world.cases.iter().flat_map(|case| &case.holds) {
        *held.entry(&hold.holder).or_default() += u64::from(hold.minutes);
    }
    for (holder, minutes) in held {
        assert_eq!(found[holder]["held_min"], json!(minutes), "{holder}");
    }
    for judge in answer["judges"].as_array().unwrap() {
        let truth = world.summary.judges[&text(&judge["judge"])];
        let told = (judge["judgements"].as_u64().unwrap(), judge["overturned"].as_u64().unwrap());
        assert_eq!(told, (truth.given, truth.overturned), "{judge}");
    }
}

#[test]
fn causes_by_department_rest_on_facts_where_there_are_any() {
    let world = world();
    let client = world.worked_out();
    let answer = client.ask("/api/v1/causes", &[("by", "department")]);
    let basis = ["judgement", "facts", "text", "pending"].map(|name| answer["basis"][name].as_u64().unwrap());
    assert_eq!(basis.iter().sum::<u64>(), answer["total"].as_u64().unwrap(), "{answer}");
    assert_eq!(basis[0], world.judged(), "judged records");
    assert!(basis[1] > 100 && basis[3] > 0, "{basis:?}");
    let names: Vec<String> = groups(&answer).iter().map(|group| text(&group["key"])).collect();
    assert!(names.contains(&"物流".to_owned()) && names.contains(&"市场".to_owned()), "{names:?}");
    for by in ["cause", "week", "lane", "agent"] {
        assert!(!groups(&client.ask("/api/v1/causes", &[("by", by)])).is_empty(), "{by}");
    }
}

#[test]
fn corrections_become_rows_to_train_on() {
    let world = world();
    let client = world.worked_out();
    let rows: Vec<Value> = client
        .get("/api/v1/export/corrections", &[])
        .text()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len() as u64, world.corrected, "one row per corrected record");
    let truths: HashMap<&str, &RecordTruth> = world.records.iter().map(|t| (t.record_id.as_str(), t)).collect();
    for row in &rows {
        let truth = truths[row["id"].as_str().unwrap()];
        assert_eq!((&row["kind"], &row["causes"]), (&json!(truth.kind.name()), &json!(truth.causes)), "{row}");
        assert!(!text(&row["text"]).is_empty());
    }
}

#[test]
fn contacts_agents_lanes_and_what_is_surprising() {
    let world = world();
    let client = world.worked_out();
    // Every contact is in one week, so the weeks sum to all.
    let weeks = groups(&client.ask("/api/v1/contacts", &[]));
    let contacts: u64 = weeks.iter().map(|week| week["contacts"].as_u64().unwrap()).sum();
    assert_eq!(contacts, world.contacts.len() as u64);
    for (place, window) in world.summary.fcr.iter().enumerate() {
        let old: u64 = weeks.iter().map(|week| week["fcr"][place]["contacts"].as_u64().unwrap()).sum();
        assert_eq!(old, window.contacts, "{} h", window.hours);
    }
    let seconds: u32 = world.records.iter().filter_map(|truth| truth.effort).map(|effort| effort.total_s).sum();
    let billed: f64 = weeks.iter().map(|week| week["effort"]["total_min"].as_f64().unwrap()).sum();
    assert!((billed - f64::from(seconds) / 60.0).abs() < 0.01, "{billed} minutes");
    assert!(!groups(&client.ask("/api/v1/contacts", &[("by", "menu")])).is_empty());

    let truth = world
        .records
        .iter()
        .find_map(|truth| truth.exonerated.as_ref().filter(|_| truth.judgements.is_empty()))
        .unwrap();
    let agent = client.ask(&format!("/api/v1/agents/{}", truth.agent_no), &[]);
    assert!(agent["exonerated_total"].as_u64().unwrap() > 0, "{agent}");
    assert!(agent["load"].as_array().is_some_and(|days| !days.is_empty()), "{agent}");
    // What is counted is listed as well, also of a span.
    let spans: [&[(&str, &str)]; 2] = [&[], &[("since", "2000-01-01"), ("until", "2100-01-01")]];
    for span in spans {
        let agent = client.ask(&format!("/api/v1/agents/{}", truth.agent_no), span);
        let listed = agent["exonerated"].as_array().unwrap();
        assert_eq!(agent["exonerated_total"].as_u64().unwrap().min(200), listed.len() as u64, "{agent}");
        assert!(!listed.is_empty() && listed.iter().all(|one| one["moved_to"] != ""), "{listed:?}");
        assert!(!agent["commendations"].as_array().unwrap().is_empty(), "{agent}");
    }

    for lane in world.summary.lanes.iter().take(6) {
        let name =
            format!("{}→{}/{}/{}", lane.lane.origin, lane.lane.destination, lane.lane.carrier, lane.lane.service);
        let told = client.ask("/api/v1/lanes/what-if", &[("lane", &name), ("kept", "0.95")]);
        assert_eq!(
            (&told["deliveries"], &told["suggested_min"]),
            (&json!(lane.deliveries), &json!(lane.suggested_min)),
            "{name}"
        );
        assert_eq!(told["promise_min"], json!(lane.promised_min));
    }
    assert_eq!(client.get("/api/v1/lanes/what-if", &[("lane", "无→此/线/路")]).status, 404);
    assert_eq!(client.get("/api/v1/lanes/what-if", &[("lane", "x"), ("kept", "2")]).status, 400);

    let surprising = client.ask("/api/v1/emerging", &[("week", "2026-W46")]);
    assert!(surprising["tested"].as_u64().unwrap() > 10, "{surprising}");
    assert_eq!(client.get("/api/v1/emerging", &[("week", "sometime")]).status, 400);
    assert!(world.sandbox.folder().exists());
}

#[test]
fn lists_of_groups_can_be_read_part_by_part() {
    let world = world();
    let parts = |path: &str, by: &[(&str, &str)], list: &str| {
        let whole = world.client.ask(path, by);
        let (mut read, mut cursor) = (Vec::new(), "0".to_owned());
        loop {
            let part = world.client.ask(path, &[by, &[("limit", "3"), ("cursor", &cursor)]].concat());
            let groups = part[list].as_array().unwrap();
            assert!((1..=3).contains(&groups.len()), "{path}: {part}");
            read.extend(groups.clone());
            match part["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(Value::Array(read), whole[list], "{path}");
        assert_eq!(whole["next"], Value::Null, "{path}");
    };
    parts("/api/v1/causes", &[("by", "lane")], "groups");
    parts("/api/v1/promises", &[("by", "lane")], "groups");
    parts("/api/v1/contacts", &[("by", "week")], "groups");
    parts("/api/v1/departments", &[], "items");
    assert_eq!(world.client.get("/api/v1/causes", &[("cursor", "x")]).status, 400);
}
