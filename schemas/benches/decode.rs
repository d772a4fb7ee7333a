//! Microseconds per event: `cargo bench -p tingjian-schemas` (or `--profile quick`).
//! Each figure is the best of several runs and counts CPU time, so that what else runs matters little.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.

use std::{fmt::Write as _, hint::black_box};

use rustix::time::{ClockId, clock_gettime};
use tingjian_schemas::{BodyKind, Stream, decode, split_body};

const RUNS: usize = 15;
const EVENTS: usize = 20_000;

/// A complaint of about `bytes` bytes with every field that a complaint of daily life has.
fn complaint(number: usize, bytes: usize) -> String {
    let head = format!(
        r#"{{"event_id":"bench-{number:08}","occurred_at":"2026-11-22T09:30:00+08:00","channel":"电话","customer":{{"phone":"13900000001"}},"order_id":"SO-{number:08}","agent_no":"0417","text":""#
    );
    let mut event = head;
    while event.len() + 2 < bytes {
        event.push_str("说好当天送到");
    }
    event.push_str("\"}");
    event
}

/// What this thread has used of a CPU.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn best(mut run: impl FnMut()) -> f64 {
    (0..RUNS)
        .map(|_| {
            let start = cpu_seconds();
            run();
            cpu_seconds() - start
        })
        .fold(f64::MAX, f64::min)
}

fn report(what: &str, bytes: usize, seconds: f64) {
    let each = seconds / EVENTS as f64 * 1e6;
    println!("{what:<34} {each:>8.3} µs/event {:>8.0} MB/s", bytes as f64 / seconds / 1e6);
}

fn bench_decode(what: &str, stream: Stream, events: &[String]) {
    let bytes = events.iter().map(String::len).sum();
    let seconds = best(|| {
        for event in events {
            black_box(decode(stream, event.as_bytes())).expect("a valid event");
        }
    });
    report(what, bytes, seconds);
}

fn bench_split(what: &str, kind: BodyKind, body: &str) {
    let seconds = best(|| {
        let pieces = split_body(kind, body.as_bytes()).expect("a readable body");
        assert_eq!(black_box(pieces).len(), EVENTS);
    });
    report(what, body.len(), seconds);
}

fn main() {
    for bytes in [300, 1000] {
        let events: Vec<String> = (0..EVENTS).map(|n| complaint(n, bytes)).collect();
        bench_decode(&format!("decode complaint, {} bytes", events[0].len()), Stream::Complaints, &events);
    }
    let least =
        |n| format!(r#"{{"event_id":"bench-{n:08}","occurred_at":"2026-11-22T09:30:00+08:00","text":"到货太慢"}}"#);
    let events: Vec<String> = (0..EVENTS).map(least).collect();
    bench_decode(&format!("decode complaint, {} bytes", events[0].len()), Stream::Complaints, &events);
    let example: serde_json::Value = serde_json::from_str(include_str!("../examples/call-notes.json")).expect("JSON");
    let note = example[0].to_string();
    bench_decode(&format!("decode call note, {} bytes", note.len()), Stream::CallNotes, &vec![note.clone(); EVENTS]);

    let events: Vec<String> = (0..EVENTS).map(|n| complaint(n, 300)).collect();
    bench_split("split NDJSON", BodyKind::Ndjson, &events.join("\n"));
    let mut array = String::from("[");
    for event in &events {
        write!(array, "{event},").expect("memory");
    }
    array.pop();
    array.push(']');
    bench_split("split array", BodyKind::Json, &array);
}
