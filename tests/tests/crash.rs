//! kill -9 at random moments, of the server and of the engine, while clients go on sending: nothing acknowledged is lost, nothing
//! counts twice, and the two stores agree.
//!
//! `TINGJIAN_TORTURE_KILLS` says how many kills (10), `TINGJIAN_TORTURE_SEED` which ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod torture;

use std::{env, thread, time::Instant};

use tingjian_tests::Sandbox;
use torture::{
    books::{Books, Fate},
    check::check,
    killer::Killer,
    load::{Load, send_until_stopped},
};

const KILLS: u64 = 10;
const SEED: u64 = 20_261_122;
/// Clients that send at the same time.
const CLIENTS: u64 = 2;

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn nothing_acknowledged_is_lost_or_counted_twice_whatever_is_killed_when() {
    let (kills, seed) = (setting("TINGJIAN_TORTURE_KILLS", KILLS), setting("TINGJIAN_TORTURE_SEED", SEED));
    let begun = Instant::now();
    let mut sandbox = Sandbox::start();
    let load = Load::new(sandbox.client());
    let books = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                scope.spawn({
                    let load = &load;
                    move || send_until_stopped(load, number, seed)
                })
            })
            .collect();
        let stop = load.stop_when_dropped();
        let killed = Killer::new(seed, &load).kill(&mut sandbox, kills);
        drop(stop);
        let books = clients.into_iter().map(|client| client.join().expect("a client"));
        books.fold(Books { killed, ..Books::default() }, Books::merge)
    });
    sandbox.wait_ready();
    sandbox.settle();
    let fate = check(&sandbox.client(), &books);
    let report = format!(
        "kills: {} of the server, {} of the engine; acknowledged: {} records ({} posts, {} sent again), {} facts; \
         lost: {}, double: {}, wrong: {}; {:.0} s, seed {seed}",
        books.killed.server,
        books.killed.engine,
        books.records.len(),
        books.posts,
        books.resent,
        books.facts.len(),
        fate.lost,
        fate.double,
        fate.wrong,
        begun.elapsed().as_secs_f64()
    );
    println!("{report}");
    assert_eq!(fate, Fate::default(), "{report}");
    assert_eq!(books.killed.server + books.killed.engine, kills);
    check_once_more_after_an_orderly_restart(&mut sandbox, &books);
}

fn check_once_more_after_an_orderly_restart(sandbox: &mut Sandbox, books: &Books) {
    assert!(sandbox.stop().success(), "asked to stop, the server ends in order");
    sandbox.restart();
    sandbox.wait_ready();
    sandbox.settle();
    assert_eq!(check(&sandbox.client(), books), Fate::default(), "after an orderly restart");
}
