//! kill -9 at random moments of the server, of the engine and of the broker, while clients go on sending through Kafka: nothing
//! acknowledged is lost, nothing counts twice, and the two stores agree.
//!
//! `TINGJIAN_TORTURE_KILLS` says how many kills (6), `TINGJIAN_TORTURE_SEED` which ones.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

mod torture;

use tingjian_tests::{Broker, Sandbox};
use torture::{
    books::Fate,
    check::check,
    run::{kill_under_load, setting},
};

const KILLS: u64 = 6;
const SEED: u64 = 1;
const PARTITIONS: i32 = 3;

#[test]
fn nothing_acknowledged_is_lost_or_counted_twice_whatever_is_killed_when() {
    let (kills, seed) = (setting("TINGJIAN_TORTURE_KILLS", KILLS), setting("TINGJIAN_TORTURE_SEED", SEED));
    let mut broker = Broker::start(PARTITIONS);
    let mut sandbox = Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.address()),
        // A killed member is missed after this time: the next start waits for it.
        ("TINGJIAN_SOURCE_KAFKA_PROPERTIES", r#"{ "session.timeout.ms" = "2000", "heartbeat.interval.ms" = "500" }"#),
        ("TINGJIAN_SOURCE_KAFKA_ENDS_INTERVAL_MS", "200"),
    ]);
    sandbox.wait_ready();
    let books = kill_under_load(&mut sandbox, Some(&mut broker), kills, seed);
    let fate = check(&sandbox.client(), &books);
    let report = format!(
        "kills: {:?}; acknowledged: {} records ({} posts, {} sent again), {} facts; {fate:?}, seed {seed}",
        books.killed,
        books.records.len(),
        books.posts,
        books.resent,
        books.facts.len()
    );
    println!("{report}");
    assert_eq!(fate, Fate::default(), "{report}");
}
