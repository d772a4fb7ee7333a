//! Attribution kept up as facts come, in any order and any number of batches, is what attribution from nothing is: the same
//! rows, byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, dead_code)]

#[path = "../../attribution/tests/common/mod.rs"]
mod common;
#[path = "../../warehouse/tests/common/engine.rs"]
mod engine;

use std::{collections::HashMap, sync::Arc};

use common::{
    Said, TAXONOMY, sealed,
    told::{DAY, Sent, at, call, complaint, correction, delivery, delivery_of, history, promise, step},
    world::event,
};
use engine::Engine;
use jiff::Timestamp;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use tingjian_attribution::Event;
use tingjian_pipeline::Projector;
use tingjian_schemas::{Batch, Entry, Item, Lane, Partition, Position, Positions};
use tingjian_simulation::{Disorder, Options, Output, SimulatedEvent, Simulation, truth::Truth};
use tingjian_warehouse::{LaneTrip, Width};

/// What a simulated centre sends, shuffled, one in twenty twice; and how its texts would be read.
fn centre(events: u64) -> (Vec<SimulatedEvent>, HashMap<String, Said>) {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let simulation = Simulation::new(&Options::ending(until, 8, events, 9).unwrap()).unwrap();
    let (mut sent, mut said) = (Vec::new(), HashMap::new());
    for output in simulation {
        match output {
            Output::Event(event) => sent.push(event),
            Output::Truth(Truth::Record(truth)) => {
                let reading = Said {
                    kind: Some(truth.kind),
                    causes: truth.causes.clone(),
                    promised_min: truth.said.promised_min,
                    actual_min: truth.said.actual_min,
                    actual_open: truth.said.actual_open,
                    abuse: truth.abuse,
                };
                said.insert(truth.record_id, reading);
            }
            Output::Truth(_) => {}
        }
    }
    let disorder = Disorder { seed: 2, shuffled: true, duplicate_share: 0.05, late_share: 0.0 };
    (disorder.deliver(sent.into_iter()).collect(), said)
}

fn partition() -> Partition {
    Partition { source: Arc::from("journal:test"), number: 0 }
}

fn item(offset: u64, event: &SimulatedEvent, said: &HashMap<String, Said>) -> Item {
    let id = serde_json::from_str::<serde_json::Value>(&event.json).unwrap()["event_id"].as_str().unwrap().to_owned();
    let nothing = Said::default();
    let sealed = sealed(event.stream, &event.json, said.get(&id).unwrap_or(&nothing));
    stored(offset, offset + 1, sealed, event.json.as_bytes())
}

fn stored(offset: u64, arrival: u64, event: Event, bytes: &[u8]) -> Item {
    let entry = match event {
        Event::Record(record) => Entry::Record(record),
        Event::Fact(fact) => Entry::Fact(fact),
    };
    Item {
        position: Position { partition: partition(), offset },
        arrival,
        received_at: Timestamp::UNIX_EPOCH,
        content_hash: xxhash_rust::xxh3::xxh3_64(bytes),
        generation: 0,
        maybe_repeat: true,
        entry,
    }
}

fn batch(first: u64, events: &[SimulatedEvent], said: &HashMap<String, Said>) -> Batch {
    let items: Vec<Item> = (first..).zip(events).map(|(offset, event)| item(offset, event, said)).collect();
    let upto: Positions = [(partition(), first + events.len() as u64)].into_iter().collect();
    Batch { items, upto }
}

/// Every row of a table without its version, as text, in the order of its key.
async fn rows(engine: &Engine, table: &str, key: &str) -> Vec<String> {
    let sql = format!("SELECT hex(toString(tuple(* EXCEPT version))) FROM {table} FINAL ORDER BY {key}");
    engine.client().query(&sql).fetch_all::<String>().await.unwrap()
}

async fn everything(engine: &Engine) -> HashMap<&'static str, Vec<String>> {
    let mut all = HashMap::new();
    for (table, key) in [
        ("attributions", "occurred_at, record_id"),
        ("promise_entries", "unit, unit_key"),
        ("case_times", "case_key"),
        ("contact_places", "occurred_at, record_id"),
        ("lane_trips", "lane_carrier, lane_service, lane_origin, lane_destination, started_at, order_key"),
    ] {
        all.insert(table, rows(engine, table, key).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_up_and_rebuilt_are_the_same() {
    let engine = Engine::start().await;
    let projector = Projector::new(engine.warehouse.clone(), Arc::new(TAXONOMY.clone()), Timestamp::now);
    let (events, said) = centre(4_000);
    let mut seen = None;
    // Parts of very different sizes: what belongs together is torn apart.
    let (mut first, mut sizes) = (0, [1, 37, 400, 3, 900].into_iter().cycle());
    while first < events.len() {
        let end = events.len().min(first + sizes.next().unwrap());
        engine.warehouse.write(&batch(first as u64, &events[first..end], &said)).await.unwrap();
        projector.catch_up(&mut seen).await.unwrap();
        first = end;
    }
    let kept_up = everything(&engine).await;
    let written = projector.rebuild(|_, _| {}).await.unwrap();
    let rebuilt = everything(&engine).await;
    assert!(written > 500, "{written} rows");
    assert!(kept_up.iter().all(|(_, rows)| !rows.is_empty()));
    same(&kept_up, &rebuilt, "rebuilt");
    // Nothing new: nothing is written again.
    assert_eq!(projector.catch_up(&mut seen).await.unwrap(), 0);
}

fn same(left: &HashMap<&str, Vec<String>>, right: &HashMap<&str, Vec<String>>, what: &str) {
    for (table, rows) in left {
        let readable = |row: &String| String::from_utf8_lossy(&unhex(row)).into_owned();
        let only =
            |a: &[String], b: &[String]| a.iter().filter(|row| !b.contains(row)).map(readable).collect::<Vec<_>>();
        let (missing, extra) = (only(&right[table], rows), only(rows, &right[table]));
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{what}, {table}: only here {extra:#?}, only there {missing:#?}"
        );
    }
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A source that goes on from world to world.
struct Source {
    engine: Engine,
    projector: Projector,
    next: u64,
}

impl Source {
    async fn start() -> Self {
        let engine = Engine::start().await;
        let projector = Projector::new(engine.warehouse.clone(), Arc::new(TAXONOMY.clone()), Timestamp::now);
        Self { engine, projector, next: 0 }
    }

    /// Sends events, each with its arrival; what is told anew counts by it.
    async fn send(&mut self, events: &[(u64, Sent)]) {
        let first = self.next;
        let items = (first..)
            .zip(events)
            .map(|(offset, (arrival, sent))| stored(offset, *arrival, sent.event(), sent.bytes().1.as_bytes()));
        let items: Vec<Item> = items.collect();
        self.next += items.len() as u64;
        let upto: Positions = [(partition(), self.next)].into_iter().collect();
        self.engine.warehouse.write(&Batch { items, upto }).await.unwrap();
    }

    async fn forget(&self) {
        for table in [
            "records",
            "promises",
            "deliveries",
            "case_events",
            "department_requests",
            "department_replies",
            "judgements",
            "appeals",
            "corrections",
            "retold",
            "attributions",
            "promise_entries",
            "case_times",
            "contact_places",
            "lane_trips",
            "counted_spans",
            "touched_hours",
        ] {
            self.engine.client().query(&format!("TRUNCATE TABLE {table}")).execute().await.unwrap();
        }
    }
}

/// Attributions of record R, places of everything, ledger units and cases: what the tables hold, in short.
async fn held(source: &Source) -> String {
    let count = |sql: &'static str| {
        let client = source.engine.client();
        async move { client.query(sql).fetch_all::<String>().await.unwrap().join(" ") }
    };
    let attributed = count("SELECT record_id FROM attributions FINAL ORDER BY record_id").await;
    let placed = count("SELECT concat(record_id, '/', chain_id) FROM contact_places FINAL ORDER BY record_id").await;
    let orders = count("SELECT toString(count()) FROM promise_entries FINAL WHERE unit = 'order'").await;
    let cases = count("SELECT toString(count()) FROM case_times FINAL").await;
    format!("{attributed}; {placed}; {orders} orders; {cases} cases")
}

async fn check(source: &mut Source, name: &str, before: &[Sent], anew: &[Sent], expected: &str) {
    source.forget().await;
    let arrival = source.next + 1;
    let mut seen = None;
    source.send(&(arrival..).zip(before.iter().cloned()).collect::<Vec<_>>()).await;
    source.projector.catch_up(&mut seen).await.unwrap();
    let arrival = source.next + 1;
    source.send(&(arrival..).zip(anew.iter().cloned()).collect::<Vec<_>>()).await;
    source.projector.catch_up(&mut seen).await.unwrap();
    assert_eq!(held(source).await, expected, "{name}");
    let kept_up = everything(&source.engine).await;
    source.projector.rebuild(|_, _| {}).await.unwrap();
    same(&kept_up, &everything(&source.engine).await, name);
}

/// Rows stayed behind when what they rested on was told anew: without its order, of another customer, at another time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_anew_leaves_no_row_behind() {
    let mut source = Source::start().await;
    let slow = &["fulfil.transit_delay"][..];
    let about = |id: &str, minutes: i64| complaint(id, minutes, slow);
    let alone = |id: &str, minutes: i64| about(id, minutes).without("order_id");
    let source = &mut source;
    check(source, "without its order", &[about("R", 9)], &[alone("R", 9)], "; ; 0 orders; 0 cases").await;
    let two = [about("R", 9), about("S", 99)];
    check(source, "two contacts", &two, &[], "R S; R/R S/R; 0 orders; 0 cases").await;
    let other = |id: &str, minutes: i64| about(id, minutes).with("customer", serde_json::json!({"account": "u2"}));
    check(source, "another customer", &two, &[other("S", 99)], "R S; ; 0 orders; 0 cases").await;
    check(source, "no customer", &two, &[about("S", 99).without("customer")], "R S; ; 0 orders; 0 cases").await;
    check(source, "another day", &two, &[about("R", 2 * DAY)], "R S; R/S S/S; 0 orders; 0 cases").await;
    check(source, "another month", &two, &[about("R", 40 * DAY)], "R S; R/R S/S; 0 orders; 0 cases").await;
    let of_case = [about("R", 9).with("case_id", "C"), step("s", 5, "opened", "客服")];
    let moved = step("s", 5, "opened", "客服").with("case_id", "C2");
    check(source, "a step of another case", &of_case, &[moved], "R; ; 0 orders; 1 cases").await;
    let promised = [promise("P", "page", "产品", 0, 60), delivery(5, Some(500)), about("R", 900)];
    let elsewhere = promise("P", "page", "产品", 0, 60).with("order_id", "O2");
    check(source, "a promise for another order", &promised, &[elsewhere], "R; ; 1 orders; 0 cases").await;
    let corrected = [alone("R", 9), correction("c", 10, &["people.attitude"])];
    check(source, "a correction", &corrected, &[], "R; ; 0 orders; 0 cases").await;
    let of_other = correction("c", 10, &["people.attitude"]).with("record_id", "Q");
    check(source, "a correction of another record", &corrected, &[of_other], "; ; 0 orders; 0 cases").await;
    let of_call = [call("N", 10, "L").with("order_id", "O"), alone("R", 11).with("call_id", "L").without("customer")];
    check(source, "a call", &of_call, &[], "N R; N/N R/N; 0 orders; 0 cases").await;
    check(source, "another call", &of_call, &[call("N", 10, "K").with("order_id", "O")], "N; ; 0 orders; 0 cases")
        .await;
}

/// A lane's past changes when one of its deliveries turns out to be of another lane, or to have begun earlier.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_lane_could_do_follows_deliveries_told_anew() {
    let mut source = Source::start().await;
    let mut world = history(20, 30, 900);
    let about = complaint("R", 5 * DAY, &["fulfil.transit_delay"]);
    world.extend([promise("P", "page", "产品", 3 * DAY, 60), delivery(3 * DAY, Some(4 * DAY)), about]);
    let capability = |source: &Source| {
        let client = source.engine.client();
        async move {
            let sql = "SELECT concat(ifNull(toString(capability_min), 'none'), ' ', capability_level)
                FROM attributions FINAL WHERE record_id = 'R'";
            client.query(sql).fetch_one::<String>().await.unwrap()
        }
    };
    let source = &mut source;
    check(source, "twenty", &world, &[], "R; ; 1 orders; 0 cases").await;
    assert_eq!(capability(source).await, "900 lane");
    let of_carrier = |sent: Sent| sent.with("lane", serde_json::json!({"carrier": "别家"}));
    let moved = of_carrier(delivery_of("h30-900-0", "H30-900-0", 30, Some(930)));
    check(source, "another carrier", &world, &[moved], "R; ; 1 orders; 0 cases").await;
    assert_eq!(capability(source).await, "none ");
    // Told when they ended, they had been under way since before the record was measured.
    let slow: Vec<Sent> =
        (0..3).map(|n| delivery_of(&format!("slow{n}"), &format!("SLOW{n}"), 30, Some(2_030))).collect();
    check(source, "slow ones told later", &world, &slow, "R; ; 1 orders; 0 cases").await;
    assert_eq!(capability(source).await, "2000 lane");
    // The order's later report takes the place of the first.
    let to = serde_json::json!({"origin": "沪", "destination": "京", "carrier": "云雀", "service": "次日达"});
    let again = delivery_of("again", "H30-900-0", 60, Some(990)).with("lane", to);
    check(source, "another destination", &world, &[again], "R; ; 1 orders; 0 cases").await;
    assert_eq!(capability(source).await, "900 origin_carrier_service");
}

/// An order that two carriers reported was counted on both: a question about one lane did not see the other's report.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_two_carriers_counts_on_the_lane_of_the_report_that_counts() {
    let mut source = Source::start().await;
    let of_other = |sent: Sent| sent.with("lane", serde_json::json!({"carrier": "别家"}));
    let mut world = history(19, 30, 900);
    let about = complaint("R", 5 * DAY, &["fulfil.transit_delay"]);
    world.extend([promise("P", "page", "产品", 3 * DAY, 60), delivery(3 * DAY, Some(4 * DAY)), about]);
    let both = |first: Sent, last: Sent| [world.clone(), vec![first, last]].concat();
    let source = &mut source;
    for (name, first, last, expected) in [
        ("one carrier", delivery_of("x1", "X", 30, None), delivery_of("x2", "X", 30, Some(930)), 20),
        ("handed over", delivery_of("x1", "X", 30, Some(930)), of_other(delivery_of("x2", "X", 60, Some(960))), 19),
        ("handed back", of_other(delivery_of("x1", "X", 30, None)), delivery_of("x2", "X", 60, Some(960)), 20),
        ("under way elsewhere", of_other(delivery_of("x1", "X", 90, None)), delivery_of("x2", "X", 60, Some(960)), 20),
    ] {
        check(source, name, &both(first, last), &[], "R; ; 1 orders; 0 cases").await;
        trips_are_those_of_deliveries(source, name).await;
        let sql = "SELECT concat(ifNull(toString(capability_min), 'none'), ' ', capability_level)
            FROM attributions FINAL WHERE record_id = 'R'";
        let capability = source.engine.client().query(sql).fetch_one::<String>().await.unwrap();
        assert_eq!(capability, if expected == 20 { "900 lane" } else { "none " }, "{name}");
    }
}

/// What lanes did, as it is told, is what the deliveries say: of each order the one that counts.
async fn trips_are_those_of_deliveries(source: &Source, when: &str) {
    let client = source.engine.client();
    let parts = "[toString(lane_origin), toString(lane_destination), toString(lane_carrier), toString(lane_service)]";
    let sql = format!("SELECT DISTINCT {parts} FROM deliveries");
    let named: Vec<Vec<String>> = client.query(&sql).fetch_all().await.unwrap();
    let lane = |parts: &Vec<String>| {
        let mut parts = parts.iter().map(|part| Some(part.clone()).filter(|part| !part.is_empty()));
        let mut next = || parts.next().flatten();
        Lane { origin: next(), destination: next(), carrier: next(), service: next() }
    };
    let lanes: Vec<Lane> = named.iter().map(lane).collect();
    let sql = format!(
        "SELECT toString(tuple(trip.1, toUnixTimestamp64Milli(trip.2), toUnixTimestamp64Milli(trip.3))) FROM
        (
            SELECT argMax(({parts}, started_at, finished_at), (isNotNull(finished_at), occurred_at, event_id)) AS trip
            FROM deliveries FINAL WHERE order_key != toFixedString('', 16) GROUP BY order_key
        ) WHERE arrayStringConcat(trip.1) != '' ORDER BY 1"
    );
    let expected: Vec<String> = client.query(&sql).fetch_all().await.unwrap();
    let (since, until) = (at(-400 * DAY), at(400 * DAY));
    let warehouse = &source.engine.warehouse;
    let told = warehouse.trips_told().await.unwrap();
    let found = warehouse.lane_trips(&lanes, Width::CarrierService, (since, until), &told).await.unwrap();
    let text = |trip: LaneTrip| {
        let part = |part: Option<String>| format!("'{}'", part.unwrap_or_default());
        let lane = [trip.lane.origin, trip.lane.destination, trip.lane.carrier, trip.lane.service].map(part);
        let finished = trip.finished_at.map_or("NULL".to_owned(), |at| at.as_millisecond().to_string());
        format!("([{}],{},{finished})", lane.join(","), trip.started_at.as_millisecond())
    };
    let mut found: Vec<String> = found.into_iter().filter(|trip| trip.lane != Lane::default()).map(text).collect();
    found.sort();
    assert_eq!(found, expected, "{when}");
}

/// Events of a small world, drawn by a number.
fn world(number: u8) -> Vec<Sent> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[number; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    prop::collection::vec(event(), 80).new_tree(&mut runner).unwrap().current()
}

/// Facts told anew in any order of delivery, any cut into batches and any repetition end in the same rows, and counted ahead is
/// counted one by one.
#[tokio::test(flavor = "multi_thread")]
async fn any_delivery_of_facts_told_anew_ends_in_the_same_rows() {
    let mut source = Source::start().await;
    for number in 0..2 {
        let mut events: Vec<(u64, Sent)> = (1..).zip(history(22, 30, 900).into_iter().chain(world(number))).collect();
        let mut first: Option<HashMap<&str, Vec<String>>> = None;
        for (round, sizes) in [[9, 1, 40], [50, 2, 25]].into_iter().enumerate() {
            source.forget().await;
            let (mut seen, mut rest, mut sizes) = (None, events.as_slice(), sizes.into_iter().cycle());
            while !rest.is_empty() {
                let (now, later) = rest.split_at(rest.len().min(sizes.next().unwrap()));
                source.send(now).await;
                trips_are_those_of_deliveries(&source, "stored").await;
                source.projector.catch_up(&mut seen).await.unwrap();
                trips_are_those_of_deliveries(&source, "worked out").await;
                rest = later;
                counted_ahead_is_counted(&source, round as i64 + now.len() as i64).await;
            }
            let kept_up = everything(&source.engine).await;
            source.projector.rebuild(|_, _| {}).await.unwrap();
            same(&kept_up, &everything(&source.engine).await, &format!("world {number}, round {round}, rebuilt"));
            match &first {
                Some(first) => same(first, &kept_up, &format!("world {number}, delivered otherwise")),
                None => first = Some(kept_up),
            }
            // The next time in another order, one in five twice.
            events.sort_by_key(|(arrival, _)| xxhash_rust::xxh3::xxh3_64(&(arrival ^ 0x5a5a).to_le_bytes()));
            let again: Vec<(u64, Sent)> = events.iter().step_by(5).cloned().collect();
            events.extend(again);
        }
    }
}

/// By department, cause and week, over spans that begin and end anywhere.
async fn counted_ahead_is_counted(source: &Source, drawn: i64) {
    use tingjian_warehouse::{CausesBy, CausesQuestion, Filters};
    for (by, since, length) in [
        (CausesBy::Department, drawn * 777, 7 * DAY),
        (CausesBy::Cause, DAY * (drawn % 9), 14 * DAY),
        (CausesBy::Week, 16 * 60, 28 * DAY),
    ] {
        let filters = Filters { since: Some(at(since)), until: Some(at(since + length)), ..Filters::default() };
        let question = CausesQuestion { by, filters, zone: "Asia/Shanghai".into() };
        let ahead = source.engine.warehouse.causes(&question).await.unwrap();
        let direct = source.engine.warehouse.causes_one_by_one(&question).await.unwrap();
        assert_eq!(ahead, direct, "{by:?} from {since}");
    }
    let all = CausesQuestion { by: CausesBy::Department, filters: Filters::default(), zone: "UTC".into() };
    let ahead = source.engine.warehouse.causes(&all).await.unwrap();
    assert_eq!(ahead, source.engine.warehouse.causes_one_by_one(&all).await.unwrap());
}
