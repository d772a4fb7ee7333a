//! The engine as a process: who may have the folder, how it ends, and what survives when it is killed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clickhouse::Row;
use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use support::{Answer, Engine, command, command_on, folder, run_to_end};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_same_folder_is_refused_in_words() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let (code, said) = run_to_end(command(&data, &[]));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains(&format!("pid {}", engine.pid())), "{said}");
    assert!(said.contains(data.to_str().expect("utf-8")) && said.contains("正被另一个进程"), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert_eq!(engine.ask("SELECT 1").await, "1");
    let mode = fs::metadata(&data).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_in_order_with_its_parent_and_by_signal() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    engine.ask("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a").await;
    engine.ask("INSERT INTO t SELECT number FROM numbers(1000)").await;
    assert_eq!(engine.orphan().code(), Some(0));

    for signal in [Signal::TERM, Signal::INT] {
        let mut engine = Engine::start(&data, &[]);
        assert_eq!(engine.ask("SELECT count() FROM t").await, "1000");
        engine.signal(signal);
        assert_eq!(engine.wait().code(), Some(0), "{signal:?}");
    }
}

/// libchdb's destructors race its threads when a process leaves through `exit`: 4 of 10 crashed after such a load.
#[tokio::test(flavor = "multi_thread")]
async fn it_ends_without_a_crash_after_work() {
    let (_parent, data) = folder();
    for round in 0..5 {
        let engine = Engine::start(&data, &[]);
        engine.ask("CREATE TABLE IF NOT EXISTS t (a UInt64, s String) ENGINE = MergeTree ORDER BY a").await;
        let ask = |sql: &'static str| Answer::of(engine.post(&[], sql));
        let work = [
            "INSERT INTO t SELECT number, toString(number) FROM numbers(20000)",
            "SELECT uniqExact(number) FROM numbers(1000000)",
            "SELECT nothing",
            "SELECT count() FROM t",
        ];
        futures_util::future::join_all(work.into_iter().cycle().take(16).map(ask)).await;
        assert_eq!(engine.orphan().code(), Some(0), "round {round}");
    }
}

/// ClickHouse signals its whole process group: without one of our own, this test would not live to see the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_by_statement_stops_nobody_else() {
    for (sql, code) in [("SYSTEM SHUTDOWN", Some(0)), ("SYSTEM KILL", Some(137))] {
        let (_parent, data) = folder();
        let mut engine = Engine::start(&data, &[]);
        // It may or may not get to answer.
        let _ = engine.post(&[], sql).send().await;
        assert_eq!(engine.wait().code(), code, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_statement_finishes_before_the_end() {
    let (_parent, data) = folder();
    let mut engine = Engine::start(&data, &[]);
    let slow =
        tokio::spawn(Answer::of(engine.post(&[], "SELECT 'done', sleepEachRow(0.5) FROM numbers(4) LIMIT 1 OFFSET 3")));
    while engine.ask("SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%'").await != "2" {}
    engine.signal(Signal::TERM);
    let answer = slow.await.expect("no panic");
    assert_eq!((answer.status, answer.text.as_str()), (200, "done\t0\n"));
    assert_eq!(engine.wait().code(), Some(0));
}

#[test]
fn what_is_missing_or_in_the_way_has_an_exit_code_of_its_own() {
    let (parent, data) = folder();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    check(command_on(&address, &data, &[]), 4, &address);

    check(command(&data, &["--library", "/nonexistent/libchdb.so"]), 5, "make engine");
    let not_a_library = parent.path().join("libchdb.so");
    fs::write(&not_a_library, "text").expect("written");
    check(command(&data, &["--library", not_a_library.to_str().expect("utf-8")]), 5, "libchdb.so");

    let file = parent.path().join("file");
    fs::write(&file, "").expect("written");
    check(command(&file, &[]), 6, "无法使用");
    check(command(Path::new("/proc/nowhere"), &[]), 6, "无法使用");

    let mut no_token = command(&data, &[]);
    no_token.env_remove("TINGJIAN_ENGINE_TOKEN");
    check(no_token, 2, "TINGJIAN_ENGINE_TOKEN");
    check(command(&data, &["--connections", "0"]), 2, "connections");
}

fn check(command: std::process::Command, code: i32, words: &str) {
    let (ended, said) = run_to_end(command);
    assert_eq!(ended, Some(code), "{said}");
    assert!(said.contains(words), "{words} is not in: {said}");
}

#[derive(Row, Serialize, Deserialize)]
struct Stored {
    batch: u32,
    row: u32,
    text: String,
}

const BATCH_ROWS: u32 = 2_000;

/// Inserts batch after batch until the engine is gone; returns the number of acknowledged ones.
async fn insert_until_killed(client: clickhouse::Client, first: u32, acknowledged: tokio::sync::mpsc::Sender<u32>) {
    for batch in first.. {
        let Ok(mut insert) = client.insert::<Stored>("stored").await else { return };
        for row in 0..BATCH_ROWS {
            let text = "催单三次无人回复".repeat(5);
            if insert.write(&Stored { batch, row, text }).await.is_err() {
                return;
            }
        }
        if insert.end().await.is_err() || acknowledged.send(batch).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_rows_survive_kill_and_no_batch_is_stored_in_part() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let ddl = "CREATE TABLE stored (batch UInt32, row UInt32, text String) ENGINE = MergeTree ORDER BY (batch, row) \
               SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1";
    engine.ask(ddl).await;
    let mut engine = Some(engine);
    let mut acknowledged = Vec::new();
    for round in 0..5_u32 {
        let running = engine.take().unwrap_or_else(|| Engine::start(&data, &[]));
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        let inserting = tokio::spawn(insert_until_killed(running.client(), round * 1_000, sender));
        for _ in 0..(3 + 4 * round) {
            acknowledged.push(receiver.recv().await.expect("an acknowledged batch"));
        }
        // Killed while the next batches are on their way.
        running.kill();
        while let Some(batch) = receiver.recv().await {
            acknowledged.push(batch);
        }
        inserting.await.expect("no panic");
    }

    let engine = Engine::start(&data, &[]);
    let sql = "SELECT batch, count(), uniqExact(row) FROM stored GROUP BY batch ORDER BY batch";
    let stored = engine.client().query(sql).fetch_all::<(u32, u64, u64)>().await.expect("rows");
    let whole = u64::from(BATCH_ROWS);
    assert!(stored.iter().all(|(_, rows, distinct)| (*rows, *distinct) == (whole, whole)), "{stored:?}");
    let batches: Vec<u32> = stored.iter().map(|(batch, ..)| *batch).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|batch| !batches.contains(batch)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert_eq!(engine.orphan().code(), Some(0));
}
