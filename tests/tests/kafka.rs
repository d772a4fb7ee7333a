//! The flow on a real Apache Kafka: intake, both sinks, dead letters, and what the group is told.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use serde_json::{Value, json};
use tingjian_tests::{Broker, Message, Sandbox, complaint, wait_until};

const PARTITIONS: i32 = 3;

fn sandbox(broker: &Broker) -> Sandbox {
    let sandbox = Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.address()),
        ("TINGJIAN_SOURCE_KAFKA_COMMIT_INTERVAL_MS", "100"),
        ("TINGJIAN_SOURCE_KAFKA_ENDS_INTERVAL_MS", "200"),
    ]);
    sandbox.wait_ready();
    sandbox
}

fn message(event: &Value) -> Message {
    let payload = Some(event.to_string().into_bytes());
    Message { key: event["order_id"].as_str().map(|key| key.as_bytes().to_vec()), payload, ..Message::default() }
}

#[test]
fn what_is_accepted_or_produced_reaches_both_sinks_once() {
    let broker = Broker::start(PARTITIONS);
    let sandbox = sandbox(&broker);
    let client = sandbox.client();
    let by_http: Vec<_> = (0..500).map(|n| complaint(&format!("h-{n}"), "2026-11-20T12:00:00+08:00", "包裹三天没到")).collect();
    client.send("complaints", &by_http);
    let by_topic: Vec<_> = (0..500)
        .map(|n| complaint(&format!("k-{n}"), "2026-11-20T12:00:00+08:00", "退款半个月没到账"))
        .collect();
    broker.produce("tingjian.complaints", &by_topic.iter().map(message).collect::<Vec<_>>());
    // Sent twice, by other ways.
    broker.produce("tingjian.complaints", &by_http[..100].iter().map(message).collect::<Vec<_>>());
    let total = |path: &str| client.ask(path, &[])["total"].as_u64().expect("a total");
    wait_until("both sinks to hold all", || {
        (total("/api/v1/search") == 1_000 && total("/api/v1/causes") == 1_000).then_some(())
    });
    sandbox.settle();
    assert_eq!((total("/api/v1/search"), total("/api/v1/causes")), (1_000, 1_000));
    let held: i64 = broker.ends("tingjian.complaints").values().sum();
    wait_until("the group to be told", || {
        (broker.committed("tingjian", "tingjian.complaints").values().sum::<i64>() == held).then_some(())
    });
    let status = client.ask("/api/v1/status", &[]);
    let events = json!(1_100);
    assert_eq!(json!(held), events, "{status}");
}
