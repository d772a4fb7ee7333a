//! Fast enough that a million events take far less than a minute, even in a build for debugging on a busy machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::time::{Duration, Instant};

use tingjian_simulation::{Options, Simulation};

#[test]
fn thirty_thousand_events_in_under_twenty_seconds() {
    let options = Options::ending("2026-11-16T00:00:00+08:00".parse().unwrap(), 8, 30_000, 1).unwrap();
    let begun = Instant::now();
    let count = Simulation::new(&options).unwrap().events().count();
    assert!(count > 25_000);
    assert!(begun.elapsed() < Duration::from_secs(20), "{count} events took {:?}", begun.elapsed());
}
