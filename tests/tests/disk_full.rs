//! A full disk: what was accepted is there once there is space again, exactly once; what was refused is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::collections::BTreeSet;

use serde_json::Value;
use tingjian_tests::{Broker, Client, Sandbox, SmallDisk, complaint, numeral, wait_until};

/// Room for an empty server and a little more.
const DISK_MEBIBYTES: u32 = 96;
/// Events of one post.
const EVENTS: usize = 100;

struct Sender<'a> {
    client: &'a Client,
    posts: usize,
    accepted: BTreeSet<String>,
}

impl Sender<'_> {
    /// Posts new events; the status of the answer.
    fn post(&mut self) -> u16 {
        let first = self.posts * EVENTS;
        self.posts += 1;
        let ids: Vec<_> = (first..first + EVENTS).map(|n| format!("e-{n}")).collect();
        let text = |n: usize| format!("包裹{}还没到，{}", numeral(n), "催了也没有人回复。".repeat(20));
        let events = ids.iter().enumerate().map(|(n, id)| complaint(id, "2026-11-20T12:00:00Z", &text(first + n)));
        let body = Value::Array(events.collect()).to_string();
        let answer = self.client.post("/api/v1/streams/complaints", &[], body.as_bytes());
        if answer.status == 202 {
            self.accepted.extend(ids);
        }
        answer.status
    }
}

/// Exactly what was accepted stands in both stores.
fn check_all_there(client: &Client, accepted: &BTreeSet<String>) {
    let export = client.get("/api/v1/export", &[("format", "jsonl")]).text();
    let rows = export.lines().map(|line| serde_json::from_str::<Value>(line).expect("a row"));
    let stored: Vec<String> = rows.map(|row| row["record_id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(stored.len(), accepted.len(), "each once in the warehouse");
    assert_eq!(&stored.into_iter().collect::<BTreeSet<_>>(), accepted);
    let found = client.ask("/api/v1/search", &[("q", "催了也没有人回复")]);
    assert_eq!(found["total"], accepted.len(), "each once in the index");
}

/// Fills the disk under `part` of the data folder while the server runs.
fn check_full(part: &str, refuses: bool, source: &[(&str, &str)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let Some(disk) = SmallDisk::mount(&data.join(part), DISK_MEBIBYTES) else {
        eprintln!("not tried: this user may not mount a small disk");
        return;
    };
    let own = [("TINGJIAN_PIPELINE_RETRY_LONGEST_MS", "500")];
    let sandbox = Sandbox::at(&data, &own.iter().chain(source).copied().collect::<Vec<_>>());
    sandbox.wait_ready();
    let client = sandbox.client();
    let mut sender = Sender { client: &client, posts: 0, accepted: BTreeSet::new() };
    assert_eq!(sender.post(), 202);
    sandbox.settle();
    disk.fill();
    if refuses {
        // What the journal has set aside already may take a few more.
        let status = wait_until("the journal to refuse", || Some(sender.post()).filter(|status| *status != 202));
        assert_eq!(status, 507);
    } else {
        assert_eq!(sender.post(), 202, "the journal or the broker has space");
        wait_until("the sink to say what is wrong", || {
            let health = client.get("/health", &[]);
            (health.status == 503 && health.json()["status"] == "degraded").then_some(())
        });
    }
    assert_eq!(
        client.ask("/api/v1/search", &[("limit", "1")])["hits"].as_array().expect("hits").len(),
        1,
        "it answers"
    );
    disk.free();
    wait_until("posts to be taken again", || (sender.post() == 202).then_some(()));
    sandbox.settle();
    sandbox.wait_ready();
    check_all_there(&client, &sender.accepted);
}

#[test]
fn of_everything() {
    check_full("", true, &[]);
}

#[test]
fn of_the_index() {
    check_full("index", false, &[]);
}

#[test]
fn of_the_index_of_a_pipeline_on_kafka() {
    let broker = Broker::start(2);
    let address = broker.address();
    check_full("index", false, &[("TINGJIAN_SOURCE_KIND", "kafka"), ("TINGJIAN_SOURCE_KAFKA_BROKERS", &address)]);
}

#[test]
fn of_the_tables() {
    check_full("warehouse", false, &[]);
}
