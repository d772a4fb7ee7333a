//! Attribution kept up as facts come, in any order and any number of batches, is what attribution from nothing is: the same
//! rows, byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, dead_code)]

#[path = "../../attribution/tests/common/mod.rs"]
mod common;
#[path = "../../warehouse/tests/common/engine.rs"]
mod engine;

use std::{collections::HashMap, sync::Arc};

use common::{Said, TAXONOMY, sealed};
use engine::Engine;
use jiff::Timestamp;
use tingjian_attribution::Event;
use tingjian_pipeline::Projector;
use tingjian_schemas::{Batch, Entry, Item, Partition, Position, Positions};
use tingjian_simulation::{Disorder, Options, Output, SimulatedEvent, Simulation, truth::Truth};

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
    let entry = match sealed(event.stream, &event.json, said.get(&id).unwrap_or(&nothing)) {
        Event::Record(record) => Entry::Record(record),
        Event::Fact(fact) => Entry::Fact(fact),
    };
    Item {
        position: Position { partition: partition(), offset },
        arrival: offset + 1,
        received_at: Timestamp::UNIX_EPOCH,
        content_hash: xxhash_rust::xxh3::xxh3_64(event.json.as_bytes()),
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
    let written = projector.rebuild().await.unwrap();
    let rebuilt = everything(&engine).await;
    assert!(written > 500, "{written} rows");
    for (table, rows) in &kept_up {
        assert!(!rows.is_empty(), "{table}");
        let differing = rows.iter().zip(&rebuilt[table]).find(|(a, b)| a != b);
        assert_eq!((rows.len(), differing), (rebuilt[table].len(), None), "{table}");
    }
    // Nothing new: nothing is written again.
    assert_eq!(projector.catch_up(&mut Some(Timestamp::MAX)).await.unwrap(), 0);
}
