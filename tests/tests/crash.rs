//! kill -9 at random moments, of the server and of the engine, while clients go on sending: nothing acknowledged is lost, nothing
//! counts twice, and the two stores agree.
//!
//! `TINGJIAN_TORTURE_KILLS` says how many kills (10), `TINGJIAN_TORTURE_SEED` which ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod torture;

use std::time::Instant;

use tingjian_tests::Sandbox;
use torture::{
    books::{Books, Fate},
    check::check,
    run::{kill_under_load, setting},
};

const KILLS: u64 = 10;
const SEED: u64 = 20_261_122;

#[test]
fn nothing_acknowledged_is_lost_or_counted_twice_whatever_is_killed_when() {
    let (kills, seed) = (setting("TINGJIAN_TORTURE_KILLS", KILLS), setting("TINGJIAN_TORTURE_SEED", SEED));
    let begun = Instant::now();
    let mut sandbox = Sandbox::start();
    let books = kill_under_load(&mut sandbox, None, kills, seed);
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
