//! How fast batches are written and `causes` answered, and what it costs.
//!
//! ```text
//! cargo run --profile quick -p tingjian-warehouse --example warehouse_bench -- [--rows 1000000] [--batch 20000] [--weeks 8]
//!     [--texts FILE.jsonl] [--shuffle] [--dir DIR] [--before SQL]…
//! ```
//! `--texts` names a JSONL file whose `text` is used instead of made-up ones; `--shuffle` spreads times at random over the
//! weeks instead of in order; `--before` runs a statement on the empty tables. CPU seconds are those of this process and of the engine, by `/proc`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.
#![allow(missing_docs)]

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use tingjian_schemas::Batch;
use tingjian_warehouse::{
    CausesBy, CausesQuestion, Endpoint, EngineCommand, EngineState, EngineSupervisor, Filters, Timeouts, Warehouse,
};

#[path = "../tests/common/engine.rs"]
#[allow(dead_code)]
mod engine;
#[path = "warehouse_bench/load.rs"]
mod load;

struct Options {
    rows: u64,
    batch: u64,
    weeks: u64,
    texts: Option<PathBuf>,
    shuffle: bool,
    dir: Option<PathBuf>,
    before: Vec<String>,
}

fn options() -> Options {
    let mut options = Options {
        rows: 1_000_000,
        batch: 20_000,
        weeks: 8,
        texts: None,
        shuffle: false,
        dir: None,
        before: Vec::new(),
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let mut value = || args.next().unwrap_or_else(|| panic!("{name} needs a value"));
        match name.as_str() {
            "--rows" => options.rows = value().parse().unwrap(),
            "--batch" => options.batch = value().parse().unwrap(),
            "--weeks" => options.weeks = value().parse().unwrap(),
            "--texts" => options.texts = Some(value().into()),
            "--dir" => options.dir = Some(value().into()),
            "--before" => options.before.push(value()),
            "--shuffle" => options.shuffle = true,
            other => panic!("unknown option {other}"),
        }
    }
    options
}

/// A client for statements given on the command line.
fn client(endpoint: &Endpoint) -> clickhouse::Client {
    let client = clickhouse::Client::default().with_url(&endpoint.urls[0]).with_database("tingjian");
    client.with_password(&endpoint.credentials.password).with_compression(clickhouse::Compression::None)
}

/// CPU seconds a process has used so far.
fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn resident_mib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort();
    times[((times.len() - 1) as f64 * share) as usize]
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let options = options();
    let folder = tempfile::tempdir().unwrap();
    let dir = options.dir.clone().unwrap_or_else(|| folder.path().to_owned());
    let supervisor = EngineSupervisor::start(EngineCommand::new(engine::program(), Vec::new(), dir));
    supervisor.ready(engine::START_WITHIN).await.unwrap();
    let warehouse = Warehouse::embedded(supervisor.state(), "tingjian", Timeouts::default());
    warehouse.migrate().await.unwrap();
    let EngineState::Ready { pid, endpoint } = supervisor.state().borrow().clone() else { panic!("not ready") };
    for sql in &options.before {
        client(&endpoint).query_raw(sql).execute().await.unwrap();
    }
    insert(&warehouse, &options, pid).await;
    merges(&client(&endpoint), options.rows).await;
    ids(&warehouse).await;
    questions(&warehouse, &options).await;
    repeats(&warehouse, &options).await;
    supervisor.shutdown().await;
}

async fn insert(warehouse: &Warehouse, options: &Options, pid: u32) {
    let load = Arc::new(load::Load::new(options.texts.as_deref(), options.rows, options.weeks, options.shuffle));
    let me = std::process::id();
    let (mut wall, mut client, mut times) = (Duration::ZERO, 0.0, Vec::new());
    let engine_before = cpu(pid);
    let mut bytes = 0;
    for first in (0..options.rows).step_by(options.batch as usize) {
        let batch: Batch = load.batch(first, options.batch.min(options.rows - first));
        bytes += load::text_bytes(&batch);
        let (before, started) = (cpu(me), Instant::now());
        let written = warehouse.write(&batch).await.unwrap();
        assert_eq!(written.stored, batch.items.len() as u64);
        times.push(started.elapsed());
        wall += started.elapsed();
        client += cpu(me) - before;
    }
    let rows = options.rows as f64;
    let engine = cpu(pid) - engine_before;
    println!("{} rows of {} bytes of text in batches of {}", options.rows, bytes / options.rows, options.batch);
    println!("  wall   {:>6.2} s, {:>7.0} rows/s in write()", wall.as_secs_f64(), rows / wall.as_secs_f64());
    println!("  client {:>6.2} s CPU, {:.2} µs/row", client, client * 1e6 / rows);
    println!(
        "  engine {:>6.2} s CPU, {:.2} µs/row (merges included), peak {} MiB",
        engine,
        engine * 1e6 / rows,
        resident_mib(pid)
    );
    let (p50, p99) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
    println!("  batch  p50 {p50:.1?}, p99 {p99:.1?}");
}

#[derive(clickhouse::Row, serde::Deserialize)]
struct Merges {
    rows: u64,
    milliseconds: u64,
    parts: u64,
}

async fn merges(client: &clickhouse::Client, rows: u64) {
    let sql = "SELECT
        toUInt64(sumIf(value, event = 'MergedRows')) AS rows,
        toUInt64(sumIf(value, event = 'MergeTotalMilliseconds')) AS milliseconds,
        assumeNotNull((SELECT count() FROM system.parts WHERE active AND table = 'records')) AS parts
        FROM system.events";
    let merges: Merges = client.query_raw(sql).fetch_one().await.unwrap();
    let each = merges.rows as f64 / rows as f64;
    println!(
        "  merges {each:.2} rows merged per row written in {} ms; {} parts left",
        merges.milliseconds, merges.parts
    );
}

async fn ids(warehouse: &Warehouse) {
    let started = Instant::now();
    let mut length = 0;
    let count = warehouse.for_each_id(tingjian_warehouse::IdScope::Records, |id| length += id.len()).await.unwrap();
    println!("{count} ids ({length} bytes) streamed in {:.1?}", started.elapsed());
}

/// Answers of every kind to ask for.
const ASKED: u64 = 40;

async fn timed<T, E: std::fmt::Debug>(name: &str, mut ask: impl AsyncFnMut(u64) -> Result<T, E>) {
    let mut times = Vec::new();
    for n in 0..ASKED {
        let started = Instant::now();
        ask(n).await.unwrap();
        times.push(started.elapsed());
    }
    let (p50, p95) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    println!("  {name:<28} p50 {p50:>8.1?}  p95 {p95:>8.1?}");
}

/// One week of the load, another one every time.
fn week(n: u64, weeks: u64) -> Filters {
    let start: jiff::Timestamp = load::START.parse().unwrap();
    let since = start + jiff::SignedDuration::from_hours(7 * 24 * (n % weeks) as i64);
    Filters { since: Some(since), until: Some(since + jiff::SignedDuration::from_hours(7 * 24)), ..Filters::default() }
}

async fn questions(warehouse: &Warehouse, options: &Options) {
    println!("questions over one week of {}", options.weeks);
    for by in [CausesBy::Cause, CausesBy::Department, CausesBy::Week, CausesBy::Lane, CausesBy::Agent] {
        timed(&format!("causes by {by:?}"), async |n| {
            let (filters, zone) = (week(n, options.weeks), "Asia/Shanghai".to_owned());
            warehouse.causes(&CausesQuestion { by, filters, zone }).await
        })
        .await;
    }
    let department = |n| Filters { departments: vec!["物流".to_owned()], ..week(n, options.weeks) };
    timed("… of one department", async |n| {
        let (filters, zone) = (department(n), "Asia/Shanghai".to_owned());
        warehouse.causes(&CausesQuestion { by: CausesBy::Cause, filters, zone }).await
    })
    .await;
    timed("record by id", async |n| warehouse.record(&load::id(n * 7919 % options.rows)).await).await;
    timed("page of 1000 records", async |n| warehouse.record_page(&week(n, options.weeks), None, 1000).await).await;
    timed("newest event", async |_| warehouse.newest_event_at().await).await;
    timed("positions", async |_| warehouse.positions().await).await;
    timed("all by day, kind and cause", async |_| warehouse.day_counts(&Filters::default()).await).await;
}

/// The same records again, and again with their times moved.
async fn repeats(warehouse: &Warehouse, options: &Options) {
    let load = load::Load::new(options.texts.as_deref(), options.rows, options.weeks, options.shuffle);
    for (name, id_step, moved) in [("repeats", 0, false), ("wrong maybes", 50, false), ("moved", 0, true)] {
        let mut batch = load.batch(options.rows / 3, options.batch.min(options.rows / 2));
        load::again(&mut batch, options.rows * if moved { 4 } else { 2 }, id_step, moved);
        let (count, started) = (batch.items.len() as f64, Instant::now());
        let written = warehouse.write(&batch).await.unwrap();
        println!("  {name:<28} {:>8.0} rows/s, {written:?}", count / started.elapsed().as_secs_f64());
    }
}
