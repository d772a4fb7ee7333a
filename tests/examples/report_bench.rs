//! Time and further memory of a weekly report that nobody has published, on a running server:
//! `report_bench --url http://127.0.0.1:8700 --token-file data/admin.token --pid PID --week 2026-W46`.
//!
//! Memory is what server and engine hold resident beyond what they held before, looked at every few milliseconds.

mod served;

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

/// Reports made, the first of them on cold caches.
const REPORTS: usize = 7;
const MAX_TIME: Duration = Duration::from_secs(3);
const MAX_FURTHER_BYTES: u64 = 300 << 20;
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Bytes that a process holds resident.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// A process and its children: the engine is the server's child.
fn family(process: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let mut family = vec![process];
    // The engine is started by one of the server's threads.
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().filter_map(Result::ok);
    let of_threads = threads.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let all: Vec<String> = of_threads.chain([listed]).collect();
    family.extend(all.iter().flat_map(|list| list.split_whitespace()).filter_map(|id| id.parse::<u32>().ok()));
    family.sort_unstable();
    family.dedup();
    family
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut given = served::given()?;
    let token = served::token(&mut given)?;
    let mut take = |name: &str| given.remove(name).with_context(|| name.to_owned());
    let (url, week) = (take("--url")?, take("--week")?);
    let process: u32 = take("--pid")?.parse().context("--pid")?;
    let http = reqwest::Client::new();
    let family = family(process);
    let held = |family: &[u32]| family.iter().map(|process| resident(*process)).sum::<u64>();
    let before = held(&family);
    let (most, ended) = (Arc::new(AtomicU64::new(before)), Arc::new(AtomicBool::new(false)));
    let looking = {
        let (most, ended) = (Arc::clone(&most), Arc::clone(&ended));
        thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                most.fetch_max(family.iter().map(|process| resident(*process)).sum(), Ordering::Relaxed);
                thread::sleep(LOOK_INTERVAL);
            }
        })
    };
    let mut times = Vec::new();
    for _ in 0..REPORTS {
        let begun = Instant::now();
        let call = http.get(format!("{url}/api/v1/reports/weekly/{week}")).header("accept", "text/html");
        let answer = call.bearer_auth(&token).send().await?.error_for_status()?;
        if answer.headers().get("tingjian-edition").is_none_or(|edition| edition != "0") {
            bail!("{week} is published: it would only be read");
        }
        let bytes = answer.bytes().await?.len();
        let took = begun.elapsed();
        println!("{week}: {:.2} s, {bytes} bytes", took.as_secs_f64());
        times.push(took);
    }
    ended.store(true, Ordering::Relaxed);
    let _ = looking.join();
    times.sort();
    let further = most.load(Ordering::Relaxed).saturating_sub(before);
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let longest = times.last().copied().unwrap_or_default();
    println!("median {:.2} s, longest {:.2} s", median.as_secs_f64(), longest.as_secs_f64());
    println!("held {} MB before, {} MB more at most", before >> 20, further >> 20);
    if longest > MAX_TIME || further > MAX_FURTHER_BYTES {
        bail!("past the bounds: 3 s, 300 MB");
    }
    Ok(())
}
