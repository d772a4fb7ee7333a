//! `make bench`: starts the real server in a folder of its own and measures it through its public doors.

mod served;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use served::{Client, Server, folder_bytes, show};

const BATCH_ROWS: usize = 2_000;
const POSTING: usize = 3;
const FRESHNESS_RATE: u64 = 5_000;
const FRESHNESS_SECONDS: u64 = 20;
const DISTINCT_TEXTS: usize = 200_000;

/// Texts are used in turn.
fn text_of(texts: &[String], number: u64) -> &str {
    texts.get(number as usize % texts.len().max(1)).map_or("", String::as_str)
}

struct Options {
    programs: PathBuf,
    data: Option<PathBuf>,
    records: u64,
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options { programs: "target/release".into(), data: None, records: 1_000_000 };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--programs" => options.programs = value.into(),
            "--data" => options.data = Some(value.into()),
            "--records" => options.records = value.parse()?,
            _ => bail!("unknown option {name}"),
        }
    }
    Ok(options)
}

fn texts(options: &Options) -> anyhow::Result<Vec<String>> {
    let reader: Box<dyn Read> = match &options.data {
        Some(path) if path.extension().is_some_and(|extension| extension == "gz") => {
            let zcat = Command::new("zcat").arg(path).stdout(Stdio::piped()).spawn()?;
            Box::new(zcat.stdout.context("zcat")?)
        }
        Some(path) => Box::new(std::fs::File::open(path)?),
        None => {
            let simulate = Command::new(options.programs.join("tingjian-simulate"))
                .args(["--stream", "complaints", "--events", "1000000"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            Box::new(simulate.stdout.context("tingjian-simulate")?)
        }
    };
    let mut texts = Vec::new();
    for line in BufReader::new(reader).lines().take(DISTINCT_TEXTS) {
        let row: Value = serde_json::from_str(&line?)?;
        texts.push(row.get("text").and_then(Value::as_str).context("a row without text")?.to_owned());
    }
    Ok(texts)
}

/// Events of eight weeks up to 2026-11-16, spread evenly.
fn event(number: u64, total: u64, text: &str, prefix: &str) -> String {
    let span_s = 8 * 7 * 86_400;
    let start: jiff::Timestamp = "2026-09-21T00:00:00+08:00".parse().unwrap_or_default();
    let at = start + Duration::from_secs(number * span_s / total.max(1));
    let event = json!({
        "event_id": format!("{prefix}{number}"), "occurred_at": at.to_string(), "text": text,
        "agent_no": format!("8{:04}", number % 200), "channel": "电话",
        "customer": {"phone": format!("139{:08}", number % 40_000_000)},
    });
    format!("{event}\n")
}

async fn load(client: &Client, texts: &Arc<Vec<String>>, records: u64) -> anyhow::Result<(Duration, Duration)> {
    let started = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let mut posting = Vec::new();
    for _ in 0..POSTING {
        let (client, texts, next) = (client.clone(), Arc::clone(texts), Arc::clone(&next));
        posting.push(tokio::spawn(async move {
            loop {
                let first = next.fetch_add(BATCH_ROWS as u64, Ordering::Relaxed);
                if first >= records {
                    return anyhow::Ok(());
                }
                let mut body = String::new();
                for number in first..records.min(first + BATCH_ROWS as u64) {
                    let text = text_of(&texts, number);
                    body.push_str(&event(number, records, text, "b"));
                }
                client.post("complaints", body).await?;
            }
        }));
    }
    for task in posting {
        task.await??;
    }
    let accepted = started.elapsed();
    client.wait_drained().await?;
    Ok((accepted, started.elapsed()))
}

/// From acceptance to searchable and counted, with a steady stream of single-second bursts.
async fn freshness(client: &Client, texts: &Arc<Vec<String>>) -> anyhow::Result<()> {
    let (mut waits, rows) = (Vec::new(), FRESHNESS_RATE / 20);
    let mut number = 0;
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let started = Instant::now();
    let mut probe: Option<tokio::task::JoinHandle<anyhow::Result<Duration>>> = None;
    while started.elapsed() < Duration::from_secs(FRESHNESS_SECONDS) {
        tick.tick().await;
        let mut body = String::new();
        for _ in 0..rows {
            body.push_str(&event(number, 1 << 20, text_of(texts, number), "f"));
            number += 1;
        }
        client.post("complaints", body).await?;
        if probe.as_ref().is_none_or(tokio::task::JoinHandle::is_finished) {
            if let Some(done) = probe.take() {
                waits.push(done.await??);
            }
            let (client, id) = (client.clone(), format!("f{}", number - 1));
            probe = Some(tokio::spawn(async move {
                let accepted = Instant::now();
                while client.get(&format!("/records/{id}"), &[]).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Ok(accepted.elapsed())
            }));
        }
    }
    show(&format!("accepted → stored, at {FRESHNESS_RATE} records/s"), waits);
    client.wait_drained().await
}

async fn questions(client: &Client, texts: &[String]) -> anyhow::Result<()> {
    let cut = |length: usize, step: usize| {
        let piece = |text: &String| {
            let letters: Vec<char> = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
            letters.get(letters.len() / 3..letters.len() / 3 + length).map(|run| run.iter().collect::<String>())
        };
        texts.iter().step_by(step).filter_map(piece).take(200).collect::<Vec<_>>()
    };
    let mut classes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    classes.insert("search: 2 characters", cut(2, 97));
    classes.insert("search: 4 characters", cut(4, 89));
    classes.insert("search: 8 characters", cut(8, 83));
    let pairs: Vec<_> = cut(2, 71).chunks(2).map(|pair| pair.join(" AND ")).collect();
    classes.insert("search: AND", pairs.clone());
    classes.insert("search: OR", pairs.iter().map(|pair| pair.replace("AND", "OR")).collect());
    classes.insert("search: NOT", pairs.iter().map(|pair| pair.replace("AND", "NOT")).collect());
    for (name, queries) in classes {
        let mut times = Vec::new();
        for query in &queries {
            let started = Instant::now();
            client.get("/search", &[("q", query), ("limit", "10")]).await?;
            times.push(started.elapsed());
        }
        show(name, times);
    }
    for by in ["cause", "department"] {
        let mut times = Vec::new();
        for week in 0..40 {
            let day = 21 + week % 8;
            let (since, until) = (format!("2026-09-{day:02}"), format!("2026-09-{:02}", day + 2));
            let span = if week % 2 == 0 { (since.as_str(), until.as_str()) } else { ("2026-10-12", "2026-10-19") };
            let started = Instant::now();
            client.get("/causes", &[("by", by), ("since", span.0), ("until", span.1)]).await?;
            if week % 2 == 1 {
                times.push(started.elapsed());
            }
        }
        show(&format!("causes of one week by {by}"), times);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = options()?;
    let texts = Arc::new(texts(&options)?);
    let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
    println!("{} texts, {} characters each on average", texts.len(), characters / texts.len().max(1));
    let server = Server::start(&options.programs, &[])?;
    let client = Client::of(&server);
    client.wait_ready().await?;
    let (accepted, stored) = load(&client, &texts, options.records).await?;
    let rate = |time: Duration| options.records as f64 / time.as_secs_f64();
    println!("HTTP → journal: {:.0} records/s", rate(accepted));
    println!("HTTP → journal → both sinks durable: {:.0} records/s ({:.1} s)", rate(stored), stored.as_secs_f64());
    let (now, peak) = server.memory();
    println!("memory of all processes: {} MB now, {} MB sum of peaks", now >> 20, peak >> 20);
    questions(&client, &texts).await?;
    freshness(&client, &texts).await?;
    let per_record = |folder: &str| folder_bytes(&server.home.join(folder)) / options.records.max(1);
    println!("bytes per record: index {}, warehouse {}", per_record("index"), per_record("warehouse"));
    let (_, peak) = server.memory();
    println!("memory of all processes: {} MB sum of peaks", peak >> 20);
    Ok(())
}
