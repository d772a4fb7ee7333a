//! Figures of facts at scale, through the server's public doors: what following facts costs intake, how soon a new fact is seen
//! while everything is loaded at full speed, and how fast questions about facts are answered.
//!
//! `cargo run --release -p tingjian-tests --example facts_bench -- --records 10000000 --programs target/release`
//!
//! Loads a simulated centre: all eleven streams of `--weeks` weeks (default 13), with as many records (texts) as asked for and the
//! facts that go with them, about as many again. `--compare N` (default 300 000; 0: not) first loads N events twice into servers of
//! their own, with and without attribution following. `--keep FOLDER` loads into a folder that stays; with `--records 0` what it holds
//! is asked again. `--follow false` loads without attribution, for a run that follows later, and asks nothing.

mod served;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use served::{Client, Server, ask_times, folder_bytes};
use tingjian_simulation::{Options as Centre, SimulatedEvent, Simulation};
use tokio::sync::mpsc;

/// Rows of one request.
const BATCH_ROWS: usize = 2_000;
/// Requests on their way.
const POSTING: usize = 3;
/// Between two facts whose effect is waited for.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// Facts waited for at the same time: each of them asks, which costs the engine as well.
const PROBES_AT_ONCE: usize = 10;
/// Share of a centre's events that are records, about.
const RECORD_SHARE: f64 = 0.395;

struct Options {
    programs: PathBuf,
    records: u64,
    weeks: u32,
    compare: u64,
    keep: Option<PathBuf>,
    follow: bool,
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options {
        programs: "target/release".into(),
        records: 500_000,
        weeks: 13,
        compare: 300_000,
        keep: None,
        follow: true,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--programs" => options.programs = value.into(),
            "--records" => options.records = value.parse()?,
            "--weeks" => options.weeks = value.parse()?,
            "--compare" => options.compare = value.parse()?,
            "--keep" => options.keep = Some(value.into()),
            "--follow" => options.follow = value.parse()?,
            _ => bail!("unknown option {name}"),
        }
    }
    Ok(options)
}

/// Bodies of requests, as a thread simulates them: the stream, the lines, how many records they are.
type Body = (&'static str, String, u64);

fn bodies(weeks: u32, events: u64) -> anyhow::Result<mpsc::Receiver<Body>> {
    let until = "2026-11-16T00:00:00+08:00".parse()?;
    let simulation = Simulation::new(&Centre::ending(until, weeks, events, 5)?)?;
    let (sender, receiver) = mpsc::channel(8);
    std::thread::spawn(move || {
        let mut open: BTreeMap<&'static str, (String, usize)> = BTreeMap::new();
        let rows = |event: &SimulatedEvent, rows: usize| if event.stream.is_text() { rows as u64 } else { 0 };
        for event in simulation.events() {
            let (body, count) = open.entry(event.stream.name()).or_default();
            body.push_str(&event.json);
            body.push('\n');
            *count += 1;
            if *count == BATCH_ROWS {
                let (body, count) = (std::mem::take(body), std::mem::take(count));
                if sender.blocking_send((event.stream.name(), body, rows(&event, count))).is_err() {
                    return;
                }
            }
        }
        for (stream, (body, count)) in open.into_iter().filter(|(_, (_, count))| *count > 0) {
            let is_text = ["complaints", "commendations", "call-notes"].contains(&stream);
            let _ = sender.blocking_send((stream, body, if is_text { count as u64 } else { 0 }));
        }
    });
    Ok(receiver)
}

/// Sends everything; answers records, events and how long it took until both sinks held it.
async fn load(client: &Client, weeks: u32, events: u64) -> anyhow::Result<(u64, u64, Duration)> {
    let started = Instant::now();
    let bodies = Arc::new(tokio::sync::Mutex::new(bodies(weeks, events)?));
    let mut posting = Vec::new();
    for _ in 0..POSTING {
        let (client, bodies) = (client.clone(), Arc::clone(&bodies));
        posting.push(tokio::spawn(async move {
            let (mut records, mut events) = (0, 0);
            loop {
                let next = bodies.lock().await.recv().await;
                let Some((stream, body, texts)) = next else { return anyhow::Ok((records, events)) };
                records += texts;
                events += client.post(stream, body).await?;
            }
        }));
    }
    let (mut records, mut sent) = (0, 0);
    for task in posting {
        let (texts, all) = task.await??;
        records += texts;
        sent += all;
    }
    client.wait_drained().await?;
    Ok((records, sent, started.elapsed()))
}

async fn compare(options: &Options) -> anyhow::Result<()> {
    let mut rates = Vec::new();
    // With, without, with: the first run also warms the machine.
    for follows in ["true", "false", "true"] {
        let server = Server::start(&options.programs, &[("TINGJIAN_PIPELINE_ATTRIBUTION", follows)])?;
        let client = Client::of(&server);
        client.wait_ready().await?;
        let (records, events, took) = load(&client, options.weeks, options.compare).await?;
        let rate = events as f64 / took.as_secs_f64();
        println!("attribution follows: {follows}: {rate:.0} events/s ({records} records of {events} events)");
        rates.push(rate);
    }
    if let [_, without, with] = rates.as_slice() {
        println!("facts joined while ingesting: {:+.1} %", (with / without - 1.0) * 100.0);
    }
    Ok(())
}

/// Judges a record every few seconds, each at a minute of its own long ago, and waits until `causes` counts the department named.
async fn probe(client: Client, done: Arc<AtomicBool>) -> anyhow::Result<Vec<Duration>> {
    let start: Timestamp = "2020-01-01T00:00:00Z".parse()?;
    let mut waits = tokio::task::JoinSet::new();
    let mut number = 0;
    let mut seen_after = Vec::new();
    while !done.load(Ordering::Relaxed) {
        while let Some(ended) = waits.try_join_next() {
            seen_after.push(ended??);
        }
        if waits.len() < PROBES_AT_ONCE {
            let (client, since) = (client.clone(), start + SignedDuration::from_mins(number));
            waits.spawn(async move { seen(&client, number, since).await });
            number += 1;
        }
        tokio::time::sleep(PROBE_EVERY).await;
    }
    for ended in waits.join_all().await {
        seen_after.push(ended?);
    }
    Ok(seen_after)
}

async fn seen(client: &Client, number: i64, since: Timestamp) -> anyhow::Result<Duration> {
    let at = since.to_string();
    let record = json!({"event_id": format!("probe{number}"), "occurred_at": at, "text": "快递太慢了"});
    client.post("complaints", record.to_string()).await?;
    let verdict = json!({"event_id": format!("probed{number}"), "occurred_at": at, "record_id": format!("probe{number}"),
        "verdict": "responsible", "department": "探针", "judge": "探针", "reason": "量一量"});
    client.post("judgements", verdict.to_string()).await?;
    let accepted = Instant::now();
    let until = (since + SignedDuration::from_mins(1)).to_string();
    loop {
        let answer = client.get("/causes", &[("by", "department"), ("since", &at), ("until", &until)]).await?;
        if answer.pointer("/basis/judgement").and_then(serde_json::Value::as_u64) == Some(1) {
            return Ok(accepted.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Until nothing waits for attribution.
async fn settled(client: &Client) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let start: Timestamp = "2015-01-01T00:00:00Z".parse()?;
    // One that no run before this one has told of the same folder.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let number = i64::try_from(now % 1_000_000)?;
    seen(client, 1_000_000 + number, start + SignedDuration::from_mins(number)).await?;
    Ok(started.elapsed())
}

async fn questions(client: &Client) -> anyhow::Result<()> {
    let monday = |weeks: usize| {
        let last: Timestamp = "2026-11-09T00:00:00+08:00".parse().unwrap_or_default();
        last - SignedDuration::from_hours(168 * weeks as i64)
    };
    let week = |number: usize| {
        let since = monday(number % 10);
        vec![("since", since.to_string()), ("until", (since + SignedDuration::from_hours(168)).to_string())]
    };
    let quarter = || vec![("since", "2026-08-17".to_owned()), ("until", "2026-11-16".to_owned())];
    let and = |mut pairs: Vec<(&'static str, String)>, name, value: &str| {
        pairs.push((name, value.to_owned()));
        pairs
    };
    for by in ["department", "cause"] {
        let name = format!("causes of one week by {by}");
        ask_times(client, &name, 60, |n| ("/causes".into(), and(week(n), "by", by))).await?;
    }
    let of_orders = client.get("/search", &[("stream", "complaints"), ("cause", "fulfil"), ("limit", "100")]).await?;
    let hits = of_orders.get("hits").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let ids: Vec<String> = hits.iter().filter_map(|hit| Some(hit.get("record_id")?.as_str()?.to_owned())).collect();
    let id = |n: usize| ids.get(n % ids.len().max(1)).cloned().unwrap_or_default();
    ask_times(client, "trace", 100, |n| (format!("/records/{}/trace", id(n)), Vec::new())).await?;
    ask_times(client, "departments of a quarter", 12, |_| ("/departments".into(), quarter())).await?;
    ask_times(client, "promises of a quarter", 12, |_| ("/promises".into(), and(quarter(), "by", "made_by_kind")))
        .await?;
    let lane = || vec![("lane", "上海→成都/云雀速运/次日达".to_owned()), ("kept", "0.95".to_owned())];
    ask_times(client, "what-if", 20, |_| ("/lanes/what-if".into(), lane())).await?;
    ask_times(client, "contacts of a week", 12, |n| ("/contacts".into(), and(week(n), "by", "week"))).await?;
    ask_times(client, "emerging", 3, |_| ("/emerging".into(), Vec::new())).await
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = options()?;
    if options.compare > 0 {
        compare(&options).await?;
    }
    let follows = [("TINGJIAN_PIPELINE_ATTRIBUTION", if options.follow { "true" } else { "false" })];
    let server = match &options.keep {
        Some(folder) => Server::start_in(&options.programs, folder, &follows)?,
        None => Server::start(&options.programs, &follows)?,
    };
    let client = Client::of(&server);
    client.wait_ready().await?;
    if options.records > 0 {
        load_all(&client, &options).await?;
    }
    if options.follow {
        println!("attribution was up to date within {:.1} s", settled(&client).await?.as_secs_f64());
        // Hours are counted ahead once nothing more comes.
        tokio::time::sleep(Duration::from_secs(10)).await;
        questions(&client).await?;
    }
    let (_, peak) = server.memory();
    println!("memory of all processes: {} MB sum of peaks", peak >> 20);
    println!("disk: {} MB", folder_bytes(&server.home) >> 20);
    Ok(())
}

/// Loads everything, while facts are looked for where attribution follows.
async fn load_all(client: &Client, options: &Options) -> anyhow::Result<()> {
    let done = Arc::new(AtomicBool::new(!options.follow));
    let probing = tokio::spawn(probe(client.clone(), Arc::clone(&done)));
    let events = (options.records as f64 / RECORD_SHARE) as u64;
    let (records, sent, took) = load(client, options.weeks, events).await?;
    println!(
        "{records} records of {sent} events over {} weeks: {:.0} events/s ({:.0} s)",
        options.weeks,
        sent as f64 / took.as_secs_f64(),
        took.as_secs_f64()
    );
    done.store(true, Ordering::Relaxed);
    let waits = probing.await??;
    if !waits.is_empty() {
        served::show("a fact's effect seen, while loading", waits);
    }
    Ok(())
}
