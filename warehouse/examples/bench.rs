//! How fast batches are written and `causes` answered, and what it costs.
//!
//! ```text
//! cargo run --profile quick -p tingjian-warehouse --example bench -- [--rows 1000000] [--batch 20000] [--weeks 8]
//!     [--texts FILE.jsonl] [--shuffle] [--dir DIR] [--before SQL]…
//! ```
//! `--texts` names a JSONL file whose `text` is used instead of made-up ones; `--shuffle` spreads times at random over the
//! weeks instead of in order; `--before` runs a statement on the empty tables. CPU seconds are those of this process and of the engine, by `/proc`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use tingjian_schemas::Batch;
use tingjian_warehouse::{Endpoint, EngineCommand, EngineState, EngineSupervisor, Timeouts, Warehouse};

#[path = "../tests/common/engine.rs"]
#[allow(dead_code)]
mod engine;
#[path = "bench/load.rs"]
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
    ids(&warehouse).await;
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

async fn ids(warehouse: &Warehouse) {
    let started = Instant::now();
    let mut length = 0;
    let count = warehouse.for_each_id(tingjian_warehouse::IdScope::Records, |id| length += id.len()).await.unwrap();
    println!("{count} ids ({length} bytes) streamed in {:.1?}", started.elapsed());
}
