//! kill -9 at random moments of the server, of the engine and of the broker, while clients go on sending through Kafka: nothing
//! acknowledged is lost, nothing counts twice, and the two stores agree.
//!
//! `TINGJIAN_TORTURE_KILLS` says how many kills (6), `TINGJIAN_TORTURE_SEED` which ones.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

mod torture;

use std::{env, thread};

use tingjian_tests::{Broker, Sandbox};
use torture::{
    books::{Books, Fate},
    check::check,
    killer::Killer,
    load::{Load, send_until_stopped},
};

const KILLS: u64 = 6;
const SEED: u64 = 1;
const PARTITIONS: i32 = 3;
/// Clients that send at the same time.
const CLIENTS: u64 = 2;

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

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
    let load = Load::new(sandbox.client());
    let books = thread::scope(|scope| {
        let send = |number| {
            let load = &load;
            scope.spawn(move || send_until_stopped(load, number, seed))
        };
        let clients: Vec<_> = (0..CLIENTS).map(send).collect();
        let stop = load.stop_when_dropped();
        let killed = Killer::new(seed, &load).with_broker(&mut broker).kill(&mut sandbox, kills);
        drop(stop);
        let books = clients.into_iter().map(|client| client.join().expect("a client"));
        books.fold(Books { killed, ..Books::default() }, Books::merge)
    });
    sandbox.wait_ready();
    sandbox.settle();
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
