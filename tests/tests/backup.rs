//! A copy, and a server out of it: the same counts, the same searches, the same people, and what came later read again.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::{fs, path::Path};

use serde_json::Value;
use tingjian_tests::{Client, Engine, Fleet, Message, Sandbox, complaint, run_program, wait_until};

const WHEN: &str = "2026-11-20T12:00:00+08:00";

/// Complaints with the ids `first..first + count`.
fn events(first: usize, count: usize) -> Vec<Value> {
    (first..first + count).map(|n| complaint(&format!("e-{n}"), WHEN, "页面写着次日达，等了三天才送到")).collect()
}

/// Runs a subcommand, which must succeed; what it printed.
fn command(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = run_program(arguments, environment);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What a server answers about everything it holds.
fn books(client: &Client) -> Vec<Value> {
    let of = |path: &str, query: &[(&str, &str)], field: &str| client.ask(path, query)[field].clone();
    vec![
        of("/api/v1/search", &[("q", "三天才送到")], "total"),
        of("/api/v1/causes", &[], "groups"),
        of("/api/v1/dead-letters", &[], "total"),
        of("/api/v1/status", &[], "streams"),
        of("/api/v1/accounts", &[], "total"),
    ]
}

#[test]
fn a_copy_made_while_the_server_runs_becomes_a_server_with_the_same_books() {
    let mut sandbox = Sandbox::start();
    let client = sandbox.client();
    client.send("complaints", &events(0, 200));
    let unreadable = client.post("/api/v1/streams/complaints", &[], br#"{"event_id":"bad","text":7}"#);
    assert_eq!(unreadable.json()["accepted"], 0, "{}", unreadable.text());
    let added = sandbox.command(&["accounts", "add", "小王", "--role", "analyst"]);
    let analyst = added.lines().last().expect("a token").trim().to_owned();
    sandbox.settle();
    let expected = books(&client);
    let folder = tempfile::tempdir().expect("a folder");
    let (running, stopped) = (folder.path().join("running"), folder.path().join("stopped"));
    back_up(&sandbox, &running);
    // Later than the copy.
    client.send("complaints", &events(200, 50));
    sandbox.settle();
    let later = books(&client);
    assert!(sandbox.stop().success());
    back_up(&sandbox, &stopped);
    let again = run_program(&["backup", "--to", text(&stopped), "--data-dir", text(sandbox.folder())], &[]);
    assert!(!again.status.success(), "a copy is not written over another");

    check_restored(&running, &expected, &analyst);
    check_restored(&stopped, &later, &analyst);
    fs::remove_file(stopped.join("manifest.json")).expect("the manifest");
    let broken = folder.path().join("broken");
    let said = run_program(&["restore", "--from", text(&stopped), "--data-dir", text(&broken)], &[]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("没有完整的备份") && !broken.exists());
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn back_up(sandbox: &Sandbox, to: &Path) {
    let listen = sandbox.address();
    let said = command(
        &["backup", "--to", text(to), "--data-dir", text(sandbox.folder())],
        &[("TINGJIAN_SERVER_LISTEN", listen.as_deref().unwrap_or("127.0.0.1:1"))],
    );
    assert!(said.contains("备份完成"), "{said}");
}

/// A server out of the copy has these books, and goes on.
fn check_restored(from: &Path, expected: &[Value], analyst: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let said = command(&["restore", "--from", text(from), "--data-dir", text(&data)], &[]);
    assert!(said.contains("恢复完成"), "{said}");
    let sandbox = Sandbox::at(&data, &[]);
    sandbox.wait_ready();
    sandbox.settle();
    let client = sandbox.client();
    assert_eq!(books(&client), expected);
    assert_eq!(client.with_token(Some(analyst)).get("/api/v1/search", &[]).status, 200, "people keep their tokens");
    // Sent again and new: once each.
    client.send("complaints", &events(150, 200));
    sandbox.settle();
    let totals = ["/api/v1/search", "/api/v1/causes"].map(|path| client.ask(path, &[])["total"].clone());
    assert_eq!(totals, [Value::from(350), Value::from(350)]);
}

#[test]
fn tables_brought_back_on_another_server_are_read_on_from_kafka() {
    let mut fleet = Fleet::new(3);
    let message = |event: &Value| Message { payload: Some(event.to_string().into_bytes()), ..Message::default() };
    let produce = |fleet: &Fleet, first, count| {
        fleet.broker.produce("tingjian.complaints", &events(first, count).iter().map(message).collect::<Vec<_>>());
    };
    let totals =
        |client: &Client| ["/api/v1/search", "/api/v1/causes"].map(|path| client.ask(path, &[])["total"].clone());
    let (pipeline, web) = (fleet.server("pipeline"), fleet.server("indexer,web"));
    pipeline.wait_ready();
    web.wait_ready();
    produce(&fleet, 0, 300);
    wait_until("both to hold all", || (totals(&web.client()) == [300, 300]).then_some(()));
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy");
    let environment = fleet.environment_of("indexer,web");
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let said = command(
        &["backup", "--to", text(&copy), "--data-dir", text(web.folder()), "--clickhouse", "File('copied')"],
        &environment,
    );
    assert!(said.contains("备份完成"), "{said}");
    // Stored after the copy, and lost with the server.
    produce(&fleet, 300, 100);
    wait_until("both to hold all", || (totals(&web.client()) == [400, 400]).then_some(()));
    drop((pipeline, web));
    let lost = std::mem::replace(&mut fleet.engine, Engine::start());
    lost.give_backup("copied", &fleet.engine);
    drop(lost);

    let environment = fleet.environment_of("indexer,web");
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let data = folder.path().join("data");
    command(
        &["restore", "--from", text(&copy), "--data-dir", text(&data), "--clickhouse", "File('copied')"],
        &environment,
    );
    let web = Sandbox::at(&data, &environment);
    web.wait_ready();
    let held = web.client().ask("/api/v1/causes", &[])["total"].clone();
    assert_eq!(held, 300, "as it was when it was copied");
    let pipeline = fleet.server("pipeline");
    pipeline.wait_ready();
    wait_until("what came later to be read again", || (totals(&web.client()) == [400, 400]).then_some(()));
    let rows = web.client().get("/api/v1/export", &[("format", "jsonl")]).text();
    assert_eq!(rows.lines().count(), 400, "each once");
}
