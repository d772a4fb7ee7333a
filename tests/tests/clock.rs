//! The server's own clock jumps by a day, forwards and backwards (libfaketime in the server and its engine): what came later counts,
//! every id once. With a journal; on Kafka the messages' times jump (`kafka.rs`), since librdkafka's timed waits stand still under
//! libfaketime.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::{fs, path::PathBuf};

use serde_json::Value;
use tingjian_tests::{Client, Sandbox, complaint, numeral, wait_until};

/// Where the clock stands, one after another; before the fourth the server is killed and started again.
const CLOCKS: [&str; 5] = ["+0d", "+1d", "-1d", "+1d", "-1d"];
const IDS: usize = 50;

fn library() -> Option<PathBuf> {
    let folders = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime"];
    let found = folders.iter().map(|folder| PathBuf::from(folder).join("libfaketime.so.1")).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("not tried: there is no libfaketime (scripts/fetch-faketime.sh)");
    }
    found
}

fn mark(version: usize) -> String {
    format!("第{}版", numeral(version))
}

#[test]
fn of_a_server_with_a_journal() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let clock = folder.path().join("clock");
    fs::write(&clock, CLOCKS[0]).expect("the clock");
    let own = [
        ("LD_PRELOAD", library.to_str().expect("UTF-8")),
        ("FAKETIME_TIMESTAMP_FILE", clock.to_str().expect("UTF-8")),
        ("FAKETIME_NO_CACHE", "1"),
        // As of a clock that is set: durations go on as they are.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let mut sandbox = Sandbox::with(&own);
    sandbox.wait_ready();
    let client = sandbox.client();
    for (version, time) in CLOCKS.iter().enumerate() {
        fs::write(&clock, time).expect("the clock");
        if version == 3 {
            sandbox.kill();
            sandbox.restart();
            sandbox.wait_ready();
        }
        // All that came before once more in this version, and new ones.
        let ids = 0..(version + 1) * IDS;
        let event =
            |n| complaint(&format!("e-{n}"), "2026-11-20T12:00:00+08:00", &format!("包裹没到，{}", mark(version)));
        client.send("complaints", &ids.map(event).collect::<Vec<_>>());
        sandbox.settle();
        check_last_counts(&client, version);
    }
}

fn check_last_counts(client: &Client, version: usize) {
    let expected = (version + 1) * IDS;
    let is_there = || {
        let found = client.ask("/api/v1/search", &[("q", &mark(version)), ("limit", "1")])["total"] == expected;
        (found && client.ask("/api/v1/causes", &[])["total"] == expected).then_some(())
    };
    wait_until("the last version in both stores", is_there);
    assert_eq!(client.ask("/api/v1/search", &[("limit", "1")])["total"], expected, "each once in the index");
    let rows = client.get("/api/v1/export", &[("format", "jsonl")]).text();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert_eq!(rows.len(), expected, "each once in the warehouse");
    let of_last = |row: &&Value| row["text"].as_str().is_some_and(|text| text.contains(&mark(version)));
    assert_eq!(rows.iter().filter(of_last).count(), expected, "the last version");
}
