//! Figures of attribution at scale: what following new facts costs intake, and how fast questions about facts are answered.
//!
//! `TINGJIAN_ENGINE_PROGRAM=…/tingjian-engine cargo run --profile quick -p tingjian-pipeline --example facts_bench -- EVENTS FOLDER`
//!
//! Texts are not read: their causes are drawn, so that only storing and attributing are measured.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, dead_code, missing_docs)]

#[path = "../../attribution/tests/common/mod.rs"]
mod common;

use std::{path::Path, sync::Arc, time::Duration, time::Instant};

use common::{Said, TAXONOMY, sealed};
use jiff::{SignedDuration, Timestamp};
use tingjian_attribution::Event;
use tingjian_pipeline::{Pace, Projector};
use tingjian_query::{CausesBy, CausesQuestion, Filters, PromisesBy};
use tingjian_schemas::{Batch, Entry, Item, Partition, Position};
use tingjian_simulation::{Options, SimulatedEvent, Simulation};
use tingjian_warehouse::{EngineCommand, EngineSupervisor, Span, Timeouts, Warehouse};

const BATCH: usize = 20_000;
const CAUSES: [&str; 6] = [
    "fulfil.transit_delay",
    "promise.eta_overpromise",
    "people.attitude",
    "product.quality",
    "access.long_wait",
    "process.dept_slow",
];

fn said(json: &str) -> Said {
    let drawn = xxhash_rust::xxh3::xxh3_64(json.as_bytes());
    let about_order = json.contains("\"order_id\"");
    let cause =
        if about_order && drawn % 10 < 6 { CAUSES[(drawn % 2) as usize] } else { CAUSES[2 + (drawn % 4) as usize] };
    Said { causes: vec![cause.to_owned()], ..Said::default() }
}

fn item(offset: u64, event: &SimulatedEvent) -> Item {
    let entry = match sealed(event.stream, &event.json, &said(&event.json)) {
        Event::Record(record) => Entry::Record(record),
        Event::Fact(fact) => Entry::Fact(fact),
    };
    let position = Position { partition: Partition { source: Arc::from("journal:bench"), number: 0 }, offset };
    let content_hash = xxhash_rust::xxh3::xxh3_64(event.json.as_bytes());
    Item {
        position,
        arrival: offset + 1,
        received_at: Timestamp::UNIX_EPOCH,
        content_hash,
        generation: 0,
        maybe_repeat: false,
        entry,
    }
}

fn batch(first: u64, events: &[SimulatedEvent]) -> Batch {
    let items: Vec<Item> = (first..).zip(events).map(|(offset, event)| item(offset, event)).collect();
    let partition = Partition { source: Arc::from("journal:bench"), number: 0 };
    Batch { items, upto: [(partition, first + events.len() as u64)].into_iter().collect() }
}

/// Events a second.
async fn load(warehouse: &Warehouse, first: u64, events: &[SimulatedEvent]) -> f64 {
    let mut writing = Duration::ZERO;
    for (number, part) in events.chunks(BATCH).enumerate() {
        let batch = batch(first + (number * BATCH) as u64, part);
        let begun = Instant::now();
        warehouse.write(&batch).await.unwrap();
        writing += begun.elapsed();
    }
    events.len() as f64 / writing.as_secs_f64()
}

struct Times(Vec<Duration>);

impl Times {
    fn show(mut self, what: &str) {
        self.0.sort();
        let at = |share: f64| self.0[((self.0.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1000.0;
        println!("{what}: p50 {:.1} ms, p95 {:.1} ms of {}", at(0.5), at(0.95), self.0.len());
    }
}

macro_rules! timed {
    ($what:literal, $times:expr, $number:ident => $work:expr) => {{
        let mut times = Times(Vec::new());
        for $number in 0..$times {
            let begun = Instant::now();
            $work.await.unwrap();
            times.0.push(begun.elapsed());
        }
        times.show($what);
    }};
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let count: u64 = args.next().expect("EVENTS").parse().expect("a number");
    let folder = args.next().expect("FOLDER");
    let program = std::env::var_os("TINGJIAN_ENGINE_PROGRAM").expect("TINGJIAN_ENGINE_PROGRAM");
    let supervisor = EngineSupervisor::start(EngineCommand::new(program, Vec::new(), Path::new(&folder)));
    supervisor.ready(Duration::from_secs(60)).await.unwrap();
    let warehouse = Warehouse::embedded(supervisor.state(), "tingjian", Timeouts::default());
    warehouse.migrate().await.unwrap();
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let events: Vec<SimulatedEvent> =
        Simulation::new(&Options::ending(until, 13, count, 5).unwrap()).unwrap().events().collect();
    println!("{} events of 13 weeks", events.len());

    let half = events.len() / 2;
    let alone = load(&warehouse, 0, &events[..half]).await;
    let projector = Projector::new(warehouse.clone(), Arc::new(TAXONOMY.clone()), Timestamp::now);
    let begun = Instant::now();
    let rows = projector.catch_up(&mut None).await.unwrap();
    println!("worked out {half} events from nothing: {rows} rows in {:.1} s", begun.elapsed().as_secs_f64());
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let following = tokio::spawn(projector.clone().run(Pace::default(), stopping));
    let beside = load(&warehouse, half as u64, &events[half..]).await;
    println!(
        "stored: {alone:.0} events/s alone, {beside:.0} beside the projector ({:+.1} %)",
        (beside / alone - 1.0) * 100.0
    );
    stop.send_replace(true);
    following.await.unwrap();
    let begun = Instant::now();
    let rows = projector.catch_up(&mut None).await.unwrap();
    println!("caught up: {rows} rows in {:.1} s", begun.elapsed().as_secs_f64());
    ask(&warehouse, &events).await;
    supervisor.shutdown().await;
}

async fn ask(warehouse: &Warehouse, events: &[SimulatedEvent]) {
    let newest = warehouse.newest_event_at().await.unwrap().unwrap();
    let texts: Vec<&SimulatedEvent> =
        events.iter().filter(|event| event.stream.is_text() && event.json.contains("\"order_id\"")).collect();
    let id = |number: usize| {
        let json: serde_json::Value = serde_json::from_str(&texts[number * 7919 % texts.len()].json).unwrap();
        json["event_id"].as_str().unwrap().to_owned()
    };
    let week = |number: i64| {
        let until = newest - SignedDuration::from_hours(number * 24);
        let filters =
            Filters { since: Some(until - SignedDuration::from_hours(168)), until: Some(until), ..Filters::default() };
        CausesQuestion { by: CausesBy::DEPARTMENT, filters, zone: "Asia/Shanghai".into() }
    };
    let quarter = Span::default();
    timed!("causes of a week by department", 40, n => tingjian_query::causes(warehouse, &week(n)));
    timed!("trace", 60, n => tingjian_query::trace(warehouse, &TAXONOMY, &id(n)));
    timed!("departments of a quarter", 8, _n => tingjian_query::departments(warehouse, quarter));
    timed!("promises of a quarter", 8, _n => tingjian_query::promises(warehouse, PromisesBy::MADE_BY_KIND, quarter));
    timed!("what-if", 10, _n => tingjian_query::what_if(warehouse, &TAXONOMY, "上海→成都/云雀速运/次日达", 0.95));
}
