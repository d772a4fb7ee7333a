//! `make bench-kafka`: the flow through a real Kafka beside the journal's, on this machine, in one run: speed of both, time to take over
//! from a killed pipeline, freshness, memory by role, and searches answered by ClickHouse beside the index.
//!
//! Broker, servers, engine and load share the machine's cores: what is compared is compared under the same burden.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tingjian_tests::{Broker, Client, Fleet, Message, Sandbox};

const BATCH: u64 = 2_000;
const POSTING: usize = 3;
const PARTITIONS: i32 = 6;
const ROUNDS: usize = 2;
const FRESHNESS_RATE: u64 = 5_000;
const FRESHNESS: Duration = Duration::from_secs(20);
const TICK: Duration = Duration::from_millis(50);
const LOOK: Duration = Duration::from_millis(10);
const TOPIC: &str = "tingjian.complaints";
/// Of the search comparison.
const QUERIES: usize = 200;

struct Options {
    records: u64,
    texts: Vec<String>,
}

fn options() -> anyhow::Result<Options> {
    let (mut records, mut data) = (200_000, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--records" => records = value.parse()?,
            "--data" => data = Some(value),
            _ => bail!("unknown option {name}"),
        }
    }
    let path = data.context("--data TEXTS.jsonl (scripts/bench-kafka.sh makes one)")?;
    let text = |line: &str| Some(serde_json::from_str::<Value>(line).ok()?["text"].as_str()?.to_owned());
    let texts: Vec<_> = fs::read_to_string(path)?.lines().take(200_000).filter_map(text).collect();
    if texts.is_empty() {
        bail!("no texts");
    }
    Ok(Options { records, texts })
}

impl Options {
    fn event(&self, number: u64, prefix: &str) -> Value {
        let start: jiff::Timestamp = "2026-09-21T00:00:00+08:00".parse().expect("a time");
        let at = start + Duration::from_secs(number * 4_838_400 / self.records.max(1) % 4_838_400);
        json!({
            "event_id": format!("{prefix}{number}"), "occurred_at": at.to_string(),
            "text": self.texts[number as usize % self.texts.len()], "agent_no": format!("8{:04}", number % 200), "channel": "电话",
            "customer": {"phone": format!("139{:08}", number % 40_000_000)},
        })
    }
}

fn lag(client: &Client) -> Option<u64> {
    let sinks = client.try_get("/api/v1/status", &[]).ok()?.json()["sinks"].as_array()?.clone();
    let lags = sinks.iter().map(|sink| sink["lag_records"].as_u64()).collect::<Option<Vec<_>>>()?;
    lags.into_iter().max()
}

fn total(client: &Client) -> u64 {
    client.ask("/api/v1/search", &[("limit", "1")])["total"].as_u64().unwrap_or(0)
}

fn wait(what: &str, limit: Duration, mut done: impl FnMut() -> bool) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    while !done() {
        if begun.elapsed() > limit {
            bail!("{what} took longer than {limit:?}");
        }
        thread::sleep(LOOK);
    }
    Ok(begun.elapsed())
}

const LONG: Duration = Duration::from_secs(1_800);

/// Records per second from the first post until both sinks hold all.
fn through_http(options: &Options, client: &Client) -> anyhow::Result<f64> {
    let (begun, next) = (Instant::now(), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..POSTING {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(BATCH, Ordering::Relaxed);
                    if first >= options.records {
                        return;
                    }
                    let events: Vec<_> =
                        (first..options.records.min(first + BATCH)).map(|n| options.event(n, "b")).collect();
                    client.send("complaints", &events);
                }
            });
        }
    });
    wait("draining", LONG, || lag(client) == Some(0))?;
    Ok(options.records as f64 / begun.elapsed().as_secs_f64())
}

fn kafka(broker: &Broker, more: &[(&str, &str)]) -> Sandbox {
    let address = broker.address();
    let own = [
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", address.as_str()),
        ("TINGJIAN_SOURCE_KAFKA_ENDS_INTERVAL_MS", "200"),
    ];
    let sandbox = Sandbox::with(&own.iter().chain(more).copied().collect::<Vec<_>>());
    sandbox.wait_ready();
    sandbox
}

/// Fills a topic; then, from the moment a server is ready, until both sinks hold all.
fn out_of_a_topic(options: &Options) -> anyhow::Result<f64> {
    let broker = Broker::start(PARTITIONS);
    for first in (0..options.records).step_by(50_000) {
        let range = first..options.records.min(first + 50_000);
        broker.produce(TOPIC, &range.map(|n| message(options, n, "t")).collect::<Vec<_>>());
    }
    let begun = Instant::now();
    let sandbox = kafka(&broker, &[]);
    let client = sandbox.client();
    wait("reading a topic", LONG, || total(&client) >= options.records && lag(&client) == Some(0))?;
    Ok(options.records as f64 / begun.elapsed().as_secs_f64())
}

fn message(options: &Options, number: u64, prefix: &str) -> Message {
    let event = options.event(number, prefix);
    let key = Some(event["customer"]["phone"].to_string().into_bytes());
    Message { key, payload: Some(event.to_string().into_bytes()), ..Message::default() }
}

fn speed(options: &Options) -> anyhow::Result<()> {
    println!("== speed, {} records, {ROUNDS} interleaved rounds", options.records);
    let (mut journal, mut topic, mut intake) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let sandbox = Sandbox::start();
        journal.push(through_http(options, &sandbox.client())?);
        drop(sandbox);
        topic.push(out_of_a_topic(options)?);
        let broker = Broker::start(PARTITIONS);
        let sandbox = kafka(&broker, &[]);
        intake.push(through_http(options, &sandbox.client())?);
        let of = |rates: &[f64]| rates.last().copied().unwrap_or_default();
        println!(
            "round {round}: HTTP → journal → both sinks {:.0}/s; Kafka → both sinks (server's start included) {:.0}/s, {:.0} % of it; HTTP → Kafka → both sinks {:.0}/s",
            of(&journal),
            of(&topic),
            100.0 * of(&topic) / of(&journal),
            of(&intake)
        );
    }
    let best = |rates: &[f64]| rates.iter().copied().fold(0.0, f64::max);
    println!(
        "best: journal {:.0}/s, Kafka {:.0}/s, {:.0} %",
        best(&journal),
        best(&topic),
        100.0 * best(&topic) / best(&journal)
    );
    Ok(())
}

/// Resident memory now and at its peak, MB.
fn memory(process: u32) -> (u64, u64) {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) >> 10
    };
    (field("VmRSS:"), field("VmHWM:"))
}

fn roles(options: &Options) -> anyhow::Result<()> {
    println!(
        "== two pipelines, an indexer with web, one ClickHouse, {PARTITIONS} partitions (group protocol consumer, session 2 s)"
    );
    let fleet = Fleet::new(PARTITIONS);
    let web = fleet.server("indexer,web");
    let mut pipelines: Vec<_> = (0..2).map(|_| fleet.server_of_protocol("pipeline", "consumer")).collect();
    pipelines.iter().for_each(Sandbox::wait_ready);
    web.wait_ready();
    let client = web.client();
    let records = options.records.min(100_000);
    fleet.broker.produce(TOPIC, &(0..records).map(|n| message(options, n, "r")).collect::<Vec<_>>());
    let took = wait("both sinks", LONG, || total(&client) >= records)?;
    println!("two pipelines and a replica: {:.0} records/s", records as f64 / took.as_secs_f64());
    let show = |name: &str, process: u32| {
        let (now, peak) = memory(process);
        println!("memory of {name:<16} {now:>5} MB now, {peak:>5} MB peak");
    };
    for (name, sandbox) in [("pipeline 1", &pipelines[0]), ("pipeline 2", &pipelines[1]), ("indexer,web", &web)] {
        show(name, sandbox.processes()[0]);
    }
    show("ClickHouse", fleet.engine.process());
    show("Kafka", fleet.broker.process());
    for round in 0..3 {
        pipelines.remove(0).kill();
        let killed = Instant::now();
        // One to every partition, right after the kill.
        let probe = |partition: i32| {
            let number = u64::from(partition.unsigned_abs());
            Message { partition: Some(partition), ..message(options, number, &format!("p{round}-")) }
        };
        fleet.broker.produce(TOPIC, &(0..PARTITIONS).map(probe).collect::<Vec<_>>());
        let is_stored = |n: i32| client.get(&format!("/api/v1/records/p{round}-{n}"), &[]).status == 200;
        wait("taking over", LONG, || (0..PARTITIONS).any(is_stored))?;
        let first = killed.elapsed();
        wait("taking over", LONG, || (0..PARTITIONS).all(is_stored))?;
        println!(
            "pipeline killed: next record stored after {first:.1?}, one of every partition after {:.1?}",
            killed.elapsed()
        );
        pipelines.push(fleet.server_of_protocol("pipeline", "consumer"));
        pipelines.iter().for_each(Sandbox::wait_ready);
    }
    Ok(())
}

fn show_quantiles(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |q: f64| times.get(((times.len() as f64 - 1.0) * q).round() as usize).copied().unwrap_or_default();
    println!("{name}: p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, n {}", at(0.5), at(0.95), at(0.99), times.len());
}

fn freshness(options: &Options) -> anyhow::Result<()> {
    println!("== freshness through Kafka at {FRESHNESS_RATE} records/s");
    let broker = Broker::start(PARTITIONS);
    let sandbox = kafka(&broker, &[]);
    let client = sandbox.client();
    let (next, sent, blocks) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let (begun, rows) = (Instant::now(), FRESHNESS_RATE * TICK.as_millis() as u64 / 1_000);
    let waits = thread::scope(|scope| {
        // Several, since one would wait for the broker's disk longer than a tick.
        for _ in 0..POSTING {
            scope.spawn(|| {
                while begun.elapsed() < FRESHNESS {
                    let block = next.fetch_add(1, Ordering::Relaxed);
                    let due = TICK * u32::try_from(block).unwrap_or(u32::MAX);
                    thread::sleep(due.saturating_sub(begun.elapsed()));
                    let numbers = block * rows..(block + 1) * rows;
                    let last = numbers.end;
                    client.send("complaints", &numbers.map(|n| options.event(n, "f")).collect::<Vec<_>>());
                    sent.store(last, Ordering::Release);
                    blocks.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let (mut waits, mut last) = (Vec::new(), 0);
        while begun.elapsed() < FRESHNESS {
            let number = sent.load(Ordering::Acquire);
            if number == last {
                thread::sleep(Duration::from_millis(1));
                continue;
            }
            last = number;
            let accepted = Instant::now();
            let path = format!("/api/v1/records/f{}", number - 1);
            while client.get(&path, &[]).status != 200 && accepted.elapsed() < LONG {
                thread::sleep(Duration::from_millis(5));
            }
            waits.push(accepted.elapsed());
        }
        waits
    });
    let rate = (blocks.load(Ordering::Relaxed) * rows) as f64 / begun.elapsed().as_secs_f64();
    show_quantiles(&format!("accepted → stored at {rate:.0} records/s"), waits);
    Ok(())
}

fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}

/// Both over the same records, from the journal: the same flow but for what answers.
fn searches(options: &Options) -> anyhow::Result<()> {
    println!("== searches by the index and by ClickHouse, {} records", options.records);
    for (name, engine) in [("tantivy", "tantivy"), ("ClickHouse text index", "clickhouse")] {
        let sandbox = Sandbox::with(&[("TINGJIAN_SEARCH_ENGINE", engine)]);
        sandbox.wait_ready();
        let client = sandbox.client();
        let rate = through_http(options, &client)?;
        for length in [2, 4, 8] {
            let piece = |text: &String| {
                let letters: Vec<char> = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
                let from = letters.len() / 3;
                letters.get(from..from + length).map(|run| run.iter().collect::<String>())
            };
            let queries: Vec<_> = options.texts.iter().step_by(37).filter_map(piece).take(QUERIES).collect();
            let ask = |q: &String| {
                let begun = Instant::now();
                client.ask("/api/v1/search", &[("q", q), ("limit", "10")]);
                begun.elapsed()
            };
            queries.iter().take(10).for_each(|q| _ = ask(q));
            show_quantiles(&format!("{name}: {length} characters"), queries.iter().map(ask).collect());
        }
        let size = |folder: &str| bytes(&sandbox.folder().join(folder)) / options.records.max(1);
        println!(
            "{name}: {rate:.0} records/s in; bytes per record: warehouse {}, index {}",
            size("warehouse"),
            size("index")
        );
    }
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let options = options()?;
    let characters: usize = options.texts.iter().map(|text| text.chars().count()).sum();
    println!("{} texts, {} characters each on average", options.texts.len(), characters / options.texts.len());
    speed(&options)?;
    roles(&options)?;
    freshness(&options)?;
    searches(&options)
}
