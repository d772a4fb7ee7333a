//! ClickHouse as servers elsewhere: several of them of which one is killed, TLS with an authority of one's own, and what they refuse.
//!
//! Two engines are two servers that do **not** replicate to each other: what a cluster's replicas do among themselves is not run here.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tingjian_tests::{
    Broker, Client, ENGINE_TOKEN, Engine, Proxy, Sandbox, TlsFront, Weather, complaint, numeral, refused_with,
    wait_until,
};

/// Events of one post.
const EVENTS: usize = 50;
/// Longest way from the end of one server to the next record stored on another.
const FAILOVER: Duration = Duration::from_secs(10);

/// One process that keeps its journal and index, over these servers; the password comes from the environment.
fn sandbox(urls: &str, more: &[(&str, &str)]) -> Sandbox {
    let own = [
        ("TINGJIAN_WAREHOUSE_URL", urls),
        ("TINGJIAN_WAREHOUSE_PASSWORD", ENGINE_TOKEN),
        ("TINGJIAN_PIPELINE_RETRY_LONGEST_MS", "500"),
        ("TINGJIAN_LOG_LEVEL", "debug"),
    ];
    Sandbox::with(&own.iter().chain(more).copied().collect::<Vec<_>>())
}

/// Posts new events; the ids of those that were accepted.
fn post(client: &Client, first: usize) -> Vec<String> {
    let ids: Vec<_> = (first..first + EVENTS).map(|n| format!("e-{n}")).collect();
    let event =
        |(n, id): (usize, &String)| complaint(id, "2026-11-20T12:00:00+08:00", &format!("包裹{}没到", numeral(n)));
    client.send("complaints", &ids.iter().enumerate().map(event).collect::<Vec<_>>());
    ids
}

fn totals(client: &Client) -> [u64; 2] {
    ["/api/v1/search", "/api/v1/causes"].map(|path| client.ask(path, &[])["total"].as_u64().expect("a total"))
}

fn ids_of(engine: &Engine) -> BTreeSet<String> {
    let lines = engine.lines("SELECT record_id FROM records FINAL WHERE is_deleted = 0");
    let count = lines.len();
    let ids: BTreeSet<_> = lines.into_iter().collect();
    assert_eq!(ids.len(), count, "each once");
    ids
}

#[test]
fn when_the_first_server_is_killed_under_load_the_second_goes_on_and_nothing_is_lost() {
    let (mut first, second) = (Engine::start(), Engine::start());
    // Both have the tables, as replicas of a cluster have; they do not have each other's rows.
    sandbox(&second.url(), &[]).wait_ready();
    let sandbox = sandbox(&format!("{},{}", first.url(), second.url()), &[]);
    sandbox.wait_ready();
    let (client, stopped) = (sandbox.client(), AtomicBool::new(false));
    let accepted = thread::scope(|scope| {
        let sending = scope.spawn(|| {
            let mut accepted = BTreeSet::new();
            while !stopped.load(Ordering::Relaxed) {
                accepted.extend(post(&client, accepted.len()));
            }
            accepted
        });
        wait_until("the first to hold something", || (totals(&client)[1] > 0).then_some(()));
        first.kill();
        let killed = Instant::now();
        // The second knows nothing of what the first holds: its first record is the next one that was stored.
        wait_until("the second to hold something", || {
            let answer = client.get("/api/v1/causes", &[]);
            (answer.status == 200 && answer.json()["total"].as_u64() > Some(0)).then_some(())
        });
        let failover = killed.elapsed();
        stopped.store(true, Ordering::Relaxed);
        println!("next record stored {failover:?} after the kill");
        assert!(failover < FAILOVER, "{failover:?}");
        sending.join().expect("the sender")
    });
    sandbox.wait_ready();
    sandbox.settle();
    first.restart();
    let (on_first, on_second) = (ids_of(&first), ids_of(&second));
    assert!(!on_first.is_empty() && !on_second.is_empty());
    assert_eq!(&on_first | &on_second, accepted, "every event, on one of the two");
    let index = client.ask("/api/v1/search", &[("limit", "1")]);
    assert_eq!(index["total"], accepted.len(), "and each once in the index");
}

#[test]
fn tls_with_an_authority_of_ones_own_and_a_password_from_the_environment() {
    let engine = Engine::start();
    let front = TlsFront::before(engine.port());
    let authority = front.ca_file().display().to_string();
    let with_authority = [("TINGJIAN_WAREHOUSE_CA_FILE", authority.as_str())];
    let sandbox = sandbox(&front.url(), &with_authority);
    sandbox.wait_ready();
    let ids: BTreeSet<_> = post(&sandbox.client(), 0).into_iter().collect();
    sandbox.settle();
    assert_eq!(totals(&sandbox.client()), [EVENTS as u64; 2]);
    assert_eq!(ids_of(&engine), ids);
    assert!(!sandbox.log().contains(ENGINE_TOKEN), "the log shows the password");
    drop(sandbox);
    // Nobody this machine knows vouches for it; and under another name it is somebody else.
    check_not_believed(&front.url(), &[], "UnknownIssuer");
    check_not_believed(&front.url_of_another_name(), &with_authority, "not valid for name");
}

/// The server waits, takes events in, and says in its health why nothing is stored.
fn check_not_believed(url: &str, more: &[(&str, &str)], why: &str) {
    let sandbox = sandbox(url, more);
    wait_until("health to say why", || {
        let health = sandbox.client().get("/health", &[]);
        (health.status == 503 && health.text().contains(why)).then_some(())
    });
}

#[test]
fn certificates_that_cannot_be_read_stop_the_start_with_their_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "no certificate").expect("a file");
    let environment = [
        ("TINGJIAN_WAREHOUSE_URL", "https://localhost:1"),
        ("TINGJIAN_WAREHOUSE_CA_FILE", file.to_str().expect("UTF-8")),
    ];
    let said = refused_with(folder.path(), "127.0.0.1:0", &environment);
    assert!(said.contains("ca_file"), "{said}");
}

/// Under this weather the sink says `why` and holds events back; afterwards everything is there, once. With the journal, and on Kafka.
fn check_refusing(weather: &Weather, why: &str) {
    let broker = Broker::start(2);
    let (address, folder) = (broker.address(), tempfile::tempdir().expect("a folder"));
    let key = folder.path().join("link.key");
    std::fs::write(&key, "a link key that all servers share").expect("a key");
    let on_kafka = [
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", address.as_str()),
        ("TINGJIAN_SECRETS_LINK_KEY_FILE", key.to_str().expect("UTF-8")),
    ];
    check_refusing_from(weather, why, &[]);
    check_refusing_from(weather, why, &on_kafka);
}

fn check_refusing_from(weather: &Weather, why: &str, source: &[(&str, &str)]) {
    let engine = Engine::start();
    let proxy = Proxy::before(engine.port());
    let sandbox = sandbox(&format!("http://127.0.0.1:{}", proxy.port()), source);
    sandbox.wait_ready();
    let client = sandbox.client();
    let mut accepted: BTreeSet<_> = post(&client, 0).into_iter().collect();
    sandbox.settle();
    proxy.set(weather.clone());
    accepted.extend(post(&client, EVENTS));
    wait_until("the sink to say what is wrong", || {
        let health: Value = client.get("/health", &[]).json();
        (health["status"] == "degraded" && health.to_string().contains(why)).then_some(())
    });
    assert_eq!(client.ask("/api/v1/search", &[("limit", "1")])["hits"].as_array().map(Vec::len), Some(1), "it answers");
    proxy.set(Weather::Fair);
    accepted.extend(post(&client, 2 * EVENTS));
    sandbox.settle();
    sandbox.wait_ready();
    assert_eq!(totals(&client), [3 * EVENTS as u64; 2]);
    assert_eq!(ids_of(&engine), accepted);
}

#[test]
fn a_server_that_has_become_read_only_loses_nothing() {
    check_refusing(&Weather::Setting("readonly=1"), "Code: 164");
}

#[test]
fn a_server_without_memory_loses_nothing() {
    check_refusing(&Weather::Setting("max_memory_usage=1000"), "Code: 241");
}

#[test]
fn a_slow_server_loses_nothing_and_intake_does_not_wait_for_it() {
    let engine = Engine::start();
    let proxy = Proxy::before(engine.port());
    let sandbox = sandbox(&format!("http://127.0.0.1:{}", proxy.port()), &[]);
    sandbox.wait_ready();
    let client = sandbox.client();
    proxy.set(Weather::Slow(Duration::from_millis(400)));
    let begun = Instant::now();
    let accepted: BTreeSet<_> = (0..5).flat_map(|n| post(&client, n * EVENTS)).collect();
    let taken = begun.elapsed();
    wait_until("the index to be ahead", || {
        (client.ask("/api/v1/search", &[("limit", "1")])["total"] == accepted.len()).then_some(())
    });
    sandbox.settle();
    println!("taken in {taken:?}, stored after {:?}", begun.elapsed());
    assert!(taken < begun.elapsed());
    proxy.set(Weather::Fair);
    assert_eq!(totals(&client), [accepted.len() as u64; 2]);
    assert_eq!(ids_of(&engine), accepted);
}
