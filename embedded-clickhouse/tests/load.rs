//! Many clients, slow clients, clients that go away, and answers larger than the memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod support;

use std::io::Write;
use std::net::{Shutdown, TcpStream};

use support::{Answer, Engine, TOKEN, folder};

#[tokio::test(flavor = "multi_thread")]
async fn statements_run_at_the_same_time() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "4"]);
    engine
        .ask("CREATE TABLE t ENGINE = MergeTree ORDER BY k AS SELECT number AS k, number % 7 AS g FROM numbers(200000)")
        .await;
    let ask = |i: u64| {
        let sql = format!("SELECT sum(k) FROM t WHERE g = {}", i % 7);
        Answer::of(engine.post(&[], sql))
    };
    let answers = futures_util::future::join_all((0..40).map(ask)).await;
    for (i, answer) in (0..40).zip(answers) {
        let expected: u64 = (0..200_000).filter(|k| k % 7 == i % 7).sum();
        assert_eq!((answer.status, answer.text.trim_end()), (200, expected.to_string().as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_answers_503_and_the_rest_are_served() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    let ask = |_| Answer::of(engine.post(&[], "SELECT sleep(0.05)"));
    let answers = futures_util::future::join_all((0..120).map(ask)).await;
    let (served, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert!(served.len() >= 65, "one runs and 64 wait: {} served", served.len());
    assert!(!refused.is_empty());
    for answer in refused {
        assert_eq!((answer.status, answer.header("X-ClickHouse-Exception-Code")), (503, "202"));
        assert_eq!(answer.header("Retry-After"), "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insert_that_breaks_off_stores_nothing() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    engine.ask("CREATE TABLE t (s String) ENGINE = MergeTree ORDER BY ()").await;
    let address = engine.url.strip_prefix("http://").expect("a url");
    let mut stream = TcpStream::connect(address).expect("connected");
    let head = format!(
        "POST /?query=INSERT%20INTO%20t%20FORMAT%20TSV HTTP/1.1\r\nHost: x\r\nX-ClickHouse-Key: {TOKEN}\r\n\
         Content-Length: 9000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(&b"row\n".repeat(1_000_000)).expect("sent");
    stream.shutdown(Shutdown::Both).expect("gone");
    drop(stream);
    // There is one connection: this waits until the insert has ended.
    assert_eq!(engine.ask("SELECT count() FROM t").await, "0");
}

/// An insert whose first bytes are all that comes holds no connection of the engine.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_client_holds_nobody_up() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    engine.ask("CREATE TABLE t (s String) ENGINE = MergeTree ORDER BY ()").await;
    let address = engine.url.strip_prefix("http://").expect("a url");
    let mut stream = TcpStream::connect(address).expect("connected");
    let head = format!(
        "POST /?query=INSERT%20INTO%20t%20FORMAT%20TSV HTTP/1.1\r\nHost: x\r\nX-ClickHouse-Key: {TOKEN}\r\n\
         Content-Length: 1000\r\n\r\nrow\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    assert_eq!(engine.ask("SELECT 1").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_larger_than_the_memory_is_streamed() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--memory-bytes", "268435456", "--connections", "1"]);
    let sql = "SELECT number, repeat('客服', 25) FROM numbers(3000000)";
    let mut response = engine.post(&[], sql).send().await.expect("a response");
    let (mut bytes, mut lines) = (0, 0);
    while let Some(chunk) = response.chunk().await.expect("a chunk") {
        bytes += chunk.len();
        lines += chunk.iter().filter(|byte| **byte == b'\n').count();
    }
    assert_eq!(lines, 3_000_000);
    assert!(bytes > 450_000_000);

    let whole = Answer::of(engine.post(&[("wait_end_of_query", "1")], sql)).await;
    assert_eq!(whole.header("X-ClickHouse-Exception-Code"), "241", "the limit holds: {}", whole.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_frees_its_connection() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    let mut response = engine.post(&[], "SELECT number FROM numbers(1000000000000)").send().await.expect("a response");
    response.chunk().await.expect("a chunk").expect("not the end");
    drop(response);
    assert_eq!(engine.ask("SELECT 1").await, "1");
}
