//! The engine is killed again and again while batches are written; what a client retries counts once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use common::{
    engine::{Engine, START_WITHIN},
    events::{batch, complaint, item, record_item},
    facts::facts,
};
use tingjian_schemas::{Batch, DeadLetter, Entry, Item, Reason, Rejection, Stream};
use tingjian_warehouse::{DeadLetterFilter, Filters};

/// Kills of the engine.
const KILLS: u64 = 12;
/// Records in a batch; every fourth replaces one of the batch before, in another month.
const RECORDS: u64 = 40;

/// Batch number `n`: records over three months, a fact of every stream, a dead letter.
fn mixed(n: u64) -> Batch {
    let months = ["2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z", "2026-12-15T00:00:00Z"];
    let first = n * 100;
    let record = |i: u64| {
        let replaces = n > 0 && i.is_multiple_of(4);
        let id = if replaces { format!("r{}-{}", n - 1, i + 1) } else { format!("r{n}-{i}") };
        let month = months[((i / 4 + n + u64::from(replaces)) % 3) as usize];
        Item { maybe_repeat: replaces, ..record_item(first + i, first + i, complaint(&id, month)) }
    };
    let fact = |(i, mut entry): (u64, Entry)| {
        let Entry::Fact(fact) = &mut entry else { unreachable!() };
        fact.head.event_id = format!("f{n}");
        item(first + RECORDS + i, i, entry)
    };
    let rejection = Rejection { reason: Reason::InvalidJson, field: None, detail: None, event_id: None };
    let dead = DeadLetter { stream: Stream::Complaints, rejection, bytes: b"{".to_vec() };
    let mut items: Vec<Item> = (0..RECORDS).map(record).collect();
    items.extend((0..).zip(facts(true)).map(fact));
    items.push(item(first + 99, n, Entry::Dead(Box::new(dead))));
    batch(items)
}

/// The records that count after batches `0..batches`, and the month of each.
fn truth(batches: u64) -> std::collections::BTreeMap<String, u64> {
    let mut last = std::collections::BTreeMap::new();
    for item in (0..batches).flat_map(|n| mixed(n).items) {
        if let Entry::Record(record) = item.entry {
            last.insert(record.head.event_id, record.head.occurred_at.strftime("%Y-%m-%d").to_string());
        }
    }
    let mut days = std::collections::BTreeMap::new();
    last.into_values().for_each(|day| *days.entry(day).or_insert(0) += 1);
    days
}

async fn check_everything_counts_once(engine: &Engine, batches: u64) {
    let days = engine.warehouse.day_counts(&Filters::default()).await.unwrap();
    let days: std::collections::BTreeMap<_, _> = days.into_iter().map(|count| (count.day, count.records)).collect();
    assert_eq!(days, truth(batches));
    for count in engine.warehouse.stream_counts().await.unwrap() {
        if count.stream != "complaints" {
            assert_eq!(count.events, batches, "{}", count.stream);
        }
    }
    let letters = engine.warehouse.dead_letters(&DeadLetterFilter::default(), None, 1).await.unwrap();
    assert_eq!(letters.total, batches);
}

/// Writes until it is done, as the flow does: the same batch again after every recoverable error. What was sent once before
/// is marked as a possible repeat, as a filter over ids marks it that was seeded after a crash of everything.
async fn write_through(engine: &Engine, mut batch: Batch) {
    loop {
        match engine.warehouse.write(&batch).await {
            Ok(_) => return,
            Err(error) => assert!(error.is_recoverable(), "{error}"),
        }
        engine.supervisor.ready(START_WITHIN).await.unwrap();
        batch.items.iter_mut().for_each(|item| item.maybe_repeat = true);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_retried_through_kills_counts_once() {
    let engine = Engine::start().await;
    let started = Instant::now();
    engine.warehouse.write(&mixed(0)).await.unwrap();
    let usual = started.elapsed();
    for kill in 1..=KILLS {
        // Spread over the time a write takes: before the first table, between any two, before the positions.
        let pause = usual.mul_f64(kill as f64 / KILLS as f64);
        let pid = engine.pid().to_string();
        let killer = async {
            tokio::time::sleep(pause).await;
            Command::new("kill").args(["-9", &pid]).status().unwrap()
        };
        let (killed, ()) = tokio::join!(killer, write_through(&engine, mixed(kill)));
        assert!(killed.success());
        engine.supervisor.state().wait_for(|state| !matches!(state, tingjian_warehouse::EngineState::Ready { pid: at, .. } if at.to_string() == pid)).await.unwrap();
        engine.supervisor.ready(START_WITHIN).await.unwrap();
        check_everything_counts_once(&engine, kill + 1).await;
    }
    engine.client().query("OPTIMIZE TABLE records FINAL").execute().await.unwrap();
    check_everything_counts_once(&engine, KILLS + 1).await;
}

/// What a write leaves that is killed after the part of one month and before that of the other, seen from the next write.
#[tokio::test]
async fn half_a_move_between_months_is_completed_by_the_replay() {
    let moved = |at: &str, offset, hash| Item { maybe_repeat: true, ..record_item(offset, hash, complaint("a", at)) };
    for keep in ["202611", "202612"] {
        let engine = Engine::start().await;
        engine.warehouse.write(&batch(vec![moved("2026-11-05T00:00:00Z", 0, 1)])).await.unwrap();
        let replaced = Batch { upto: Default::default(), ..batch(vec![moved("2026-12-05T00:00:00Z", 1, 2)]) };
        engine.client().query("SYSTEM STOP MERGES records").execute().await.unwrap();
        engine.warehouse.write(&replaced).await.unwrap();
        // The newest part of the other month was never made.
        let lost = if keep == "202611" { "202612" } else { "202611" };
        let sql = format!(
            "SELECT max(name) AS name FROM system.parts WHERE table = 'records' AND active AND partition = '{lost}'"
        );
        let part = engine.client().query(&sql).fetch_one::<String>().await.unwrap();
        engine.client().query(&format!("ALTER TABLE records DROP PART '{part}'")).execute().await.unwrap();
        let halved = engine.warehouse.record_count(&Filters::default()).await.unwrap();
        assert_eq!(halved, if keep == "202611" { 0 } else { 2 });

        engine.warehouse.write(&batch(vec![moved("2026-12-05T00:00:00Z", 1, 2)])).await.unwrap();
        let days = engine.warehouse.day_counts(&Filters::default()).await.unwrap();
        let days: Vec<_> = days.iter().map(|count| (count.day.as_str(), count.records)).collect();
        assert_eq!(days, [("2026-12-05", 1)], "kept {keep}");
    }
}

/// Readers never see another count than the right one while records are replaced, moved within a month and read again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_are_right_at_every_moment() {
    let engine = Engine::start().await;
    let round = |n: u64| {
        let record = |i: u64| {
            let at = format!("2026-11-{:02}T0{}:00:00Z", 1 + (i + n) % 28, i % 10);
            Item { maybe_repeat: n > 0, ..record_item(n * 50 + i, n, complaint(&format!("r{i}"), &at)) }
        };
        batch((0..50).map(record).collect())
    };
    engine.warehouse.write(&round(0)).await.unwrap();
    let reader = async {
        let (mut seen, until) = (0, Instant::now() + Duration::from_secs(3));
        while Instant::now() < until {
            assert_eq!(engine.warehouse.record_count(&Filters::default()).await.unwrap(), 50);
            seen += 1;
        }
        seen
    };
    let writer = async {
        let mut rounds = 0;
        for n in 1..=20 {
            let unvouched = Batch { upto: Default::default(), ..round(n) };
            engine.warehouse.write(&unvouched).await.unwrap();
            engine.warehouse.write(&round(n)).await.unwrap();
            rounds += 1;
        }
        rounds
    };
    let (seen, rounds) = tokio::join!(reader, writer);
    assert!(seen > 5 && rounds == 20, "{seen} looks, {rounds} rounds");
    assert_eq!(engine.warehouse.record_count(&Filters::default()).await.unwrap(), 50);
}

#[derive(clickhouse::Row, serde::Deserialize)]
struct Syncs {
    files: u64,
    folders: u64,
}

async fn syncs(engine: &Engine) -> Syncs {
    let sql = "SELECT sumIf(value, event = 'FileSync') AS files, sumIf(value, event = 'DirectorySync') AS folders FROM system.events";
    engine.client().query(sql).fetch_one().await.unwrap()
}

#[tokio::test]
async fn rows_positions_and_merges_are_synced() {
    let engine = Engine::start().await;
    engine.client().query("SYSTEM STOP MERGES").execute().await.unwrap();
    let write =
        |offset| batch(vec![record_item(offset, offset, complaint(&format!("r{offset}"), "2026-11-05T00:00:00Z"))]);
    for offset in 0..3 {
        let before = syncs(&engine).await;
        engine.warehouse.write(&write(offset)).await.unwrap();
        let after = syncs(&engine).await;
        // At least the data of the record's part and of the position's, and both folders.
        assert!(after.files >= before.files + 2 && after.folders >= before.folders + 2);
    }
    engine.client().query("SYSTEM START MERGES").execute().await.unwrap();
    for table in ["records", "positions"] {
        let before = syncs(&engine).await;
        engine.client().query(&format!("OPTIMIZE TABLE {table} FINAL")).execute().await.unwrap();
        let after = syncs(&engine).await;
        assert!(after.files > before.files && after.folders > before.folders, "{table}");
    }
}
