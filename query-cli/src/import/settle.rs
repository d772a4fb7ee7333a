//! After the last row is taken: until what was taken can be searched and counted.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    answers::{Sink, Status},
    client::Client,
};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// For how long nothing may move before waiting is given up.
const STANDSTILL: Duration = Duration::from_secs(120);

/// Rows that the slowest part behind the intake has still to store; `None` where the server does not tell (some tokens
/// may only send).
pub fn behind(client: &Client) -> Option<u64> {
    sinks(client)?.iter().map(|sink| sink.lag_records).max()
}

/// Waits until everything that was taken before this call is stored. Gives what is still missing: 0, or what did not
/// move any more; `None` where the server does not tell.
pub fn wait(client: &Client) -> Option<u64> {
    let goals: BTreeMap<String, u64> =
        sinks(client)?.into_iter().map(|sink| (sink.name.clone(), sink.passed() + sink.lag_records)).collect();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    let (mut left, mut moved) = (u64::MAX, Instant::now());
    while left > 0 && moved.elapsed() < STANDSTILL {
        // A server that is away for a moment is one that does not move.
        let now =
            sinks(client).map_or(left, |sinks| sinks.iter().map(|sink| missing(sink, &goals)).max().unwrap_or(left));
        if now < left {
            (left, moved) = (now, Instant::now());
            bar.set_message(format!("已收下，正在入库，还有 {left} 条"));
        }
        bar.tick();
        if left > 0 {
            thread::sleep(LOOK_EVERY);
        }
    }
    bar.finish_and_clear();
    Some(left)
}

fn missing(sink: &Sink, goals: &BTreeMap<String, u64>) -> u64 {
    goals.get(&sink.name).map_or(0, |goal| goal.saturating_sub(sink.passed()))
}

fn sinks(client: &Client) -> Option<Vec<Sink>> {
    let status: Status = client.get_as("/api/v1/status", &[]).ok()?;
    Some(status.sinks).filter(|sinks| !sinks.is_empty())
}
