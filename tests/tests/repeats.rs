//! The same id again: the same content counts once; other content replaces the earlier, wherever it stood.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use serde_json::{Value, json};
use tingjian_tests::{Client, Sandbox, complaint};

/// What the warehouse says it has `[stored, duplicates, replaced]`; the index holds no contents to compare.
fn done(client: &Client) -> [u64; 3] {
    let status = client.ask("/api/v1/status", &[]);
    let sinks = status["sinks"].as_array().expect("sinks");
    let found = sinks.iter().find(|found| found["name"] == "warehouse").expect("the warehouse");
    ["stored", "duplicates", "replaced"].map(|count| found[count].as_u64().expect("a count"))
}

fn total(client: &Client, path: &str, query: &[(&str, &str)]) -> u64 {
    client.ask(path, query)["total"].as_u64().expect("a total")
}

/// The record stands in `day` and nowhere else, with this text, once, whichever door is asked.
fn check_stands(client: &Client, id: &str, occurred_at: &str, day: [&str; 2], text: &str) {
    let record = client.ask(&format!("/api/v1/records/{id}"), &[]);
    assert_eq!((&record["text"], &record["occurred_at"]), (&json!(text), &json!(occurred_at)));
    let inside = [("since", day[0]), ("until", day[1])];
    for path in ["/api/v1/search", "/api/v1/causes"] {
        assert_eq!(total(client, path, &[]), 1, "{path}: counted once");
        assert_eq!(total(client, path, &inside), 1, "{path}: in {day:?}");
        assert_eq!(total(client, path, &[("until", day[0])]), 0, "{path}: before {day:?}");
        assert_eq!(total(client, path, &[("since", day[1])]), 0, "{path}: after {day:?}");
    }
    assert_eq!(total(client, "/api/v1/search", &[("q", text)]), 1);
    let export = client.get("/api/v1/export", &[("format", "jsonl")]);
    assert_eq!(export.text().lines().count(), 1, "{}", export.text());
    let status = client.ask("/api/v1/status", &[]);
    assert_eq!((&status["records"], &status["index"]["documents"]), (&json!(1), &json!(1)), "{status}");
}

#[test]
fn the_later_of_two_with_one_id_counts_and_counts_once() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let send = |stream: &str, events: &[Value]| {
        client.send(stream, events);
        sandbox.settle();
    };
    let check_done = |expected| assert_eq!(done(&client), expected, "stored, duplicates, replaced");
    let first = complaint("r", "2026-11-20T12:00:00+08:00", "包裹一直没送到");
    send("complaints", &[first.clone(), first.clone()]);
    check_done([1, 1, 0]);
    send("complaints", std::slice::from_ref(&first));
    check_done([1, 2, 0]);
    check_stands(&client, "r", "2026-11-20T04:00:00Z", ["2026-11-20", "2026-11-21"], "包裹一直没送到");

    send("complaints", &[complaint("r", "2026-11-20T12:00:00+08:00", "退款迟迟不到账")]);
    check_done([1, 2, 1]);
    check_stands(&client, "r", "2026-11-20T04:00:00Z", ["2026-11-20", "2026-11-21"], "退款迟迟不到账");
    assert_eq!(total(&client, "/api/v1/search", &[("q", "包裹")]), 0, "the earlier text is gone");

    send("complaints", &[complaint("r", "2026-11-22T12:00:00+08:00", "换了一天")]);
    check_stands(&client, "r", "2026-11-22T04:00:00Z", ["2026-11-22", "2026-11-23"], "换了一天");
    send("complaints", &[complaint("r", "2027-02-03T12:00:00+08:00", "换到后面的月份")]);
    check_stands(&client, "r", "2027-02-03T04:00:00Z", ["2027-02-03", "2027-02-04"], "换到后面的月份");
    send("complaints", &[complaint("r", "2025-03-04T12:00:00+08:00", "换到前面的月份")]);
    check_stands(&client, "r", "2025-03-04T04:00:00Z", ["2025-03-04", "2025-03-05"], "换到前面的月份");
    check_done([1, 2, 4]);

    let within_one_request = [
        complaint("r", "2026-01-05T12:00:00+08:00", "同一请求里的第一个"),
        complaint("r", "2026-06-07T12:00:00+08:00", "同一请求里的最后一个"),
    ];
    send("complaints", &within_one_request);
    check_stands(&client, "r", "2026-06-07T04:00:00Z", ["2026-06-07", "2026-06-08"], "同一请求里的最后一个");
    send("call-notes", &[complaint("r", "2026-06-08T12:00:00+08:00", "编号在各文本流之间是同一个")]);
    check_stands(&client, "r", "2026-06-08T04:00:00Z", ["2026-06-08", "2026-06-09"], "编号在各文本流之间是同一个");
    assert_eq!(client.ask("/api/v1/records/r", &[])["stream"], "call-notes");
}

#[test]
fn a_repeat_is_known_after_a_restart() {
    let mut sandbox = Sandbox::start();
    let client = sandbox.client();
    let first = complaint("r", "2026-11-20T12:00:00+08:00", "第一次");
    client.send("complaints", std::slice::from_ref(&first));
    sandbox.settle();
    assert!(sandbox.stop().success(), "asked to stop, the server ends in order");
    sandbox.restart();
    sandbox.wait_ready();
    client.send("complaints", &[first]);
    client.send("complaints", &[complaint("r", "2026-12-24T12:00:00+08:00", "第二次，另一个月")]);
    sandbox.settle();
    check_stands(&client, "r", "2026-12-24T04:00:00Z", ["2026-12-24", "2026-12-25"], "第二次，另一个月");
}

#[test]
fn facts_count_once_too() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let delivery = |started_at: &str| {
        json!({ "event_id": "d", "occurred_at": "2026-11-20T12:00:00+08:00", "order_id": "SO-1", "department": "物流",
                "lane": { "origin": "杭州" }, "started_at": started_at })
    };
    client.send("deliveries", &[delivery("2026-11-20T08:00:00+08:00"), delivery("2026-11-20T08:00:00+08:00")]);
    client.send("deliveries", &[delivery("2026-10-01T08:00:00+08:00")]);
    // Ids of facts are per stream: the same id elsewhere is another fact.
    client.send(
        "department-requests",
        &[json!({ "event_id": "d", "occurred_at": "2026-11-20T12:00:00+08:00",
        "request_id": "q", "case_id": "c", "to_department": "物流" })],
    );
    sandbox.settle();
    let streams = client.ask("/api/v1/status", &[])["streams"].clone();
    assert_eq!((&streams["deliveries"], &streams["department-requests"]), (&json!(1), &json!(1)), "{streams}");
}
