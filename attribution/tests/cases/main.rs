//! Worked cases: each cell of the definitions once, by hand. Minutes from the world's beginning; the order is placed and its
//! delivery begins on the tenth day unless a row says otherwise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod contradictions;
mod delay;
mod holding;
mod judgements;
mod makers;
mod promises;
mod repeats;

use common::told::*;
use jiff::Timestamp;
use tingjian_attribution::Facts;

/// When the delivery begins.
const S: i64 = 10 * DAY;
const ETA: &str = "promise.eta_overpromise";
const TRANSIT: &str = "fulfil.transit_delay";

type Row = (&'static str, Vec<Sent>, i64, &'static str);

fn check(tell: fn(&Facts, Timestamp) -> String, rows: Vec<Row>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(name, events, as_of, expected)| {
            let found = tell(&facts(&events), at(as_of));
            (found != expected).then(|| format!("{name}\n   found {found}\nexpected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn all(parts: &[&[Sent]]) -> Vec<Sent> {
    parts.concat()
}

fn eta() -> Sent {
    complaint("R", S + 5 * DAY, &[ETA, TRANSIT])
}

fn page(minutes: i64) -> Sent {
    promise("P", "page", "市场", S - 10, minutes)
}

/// The lane does three days: twenty deliveries, finished before the tenth day.
fn three_days() -> Vec<Sent> {
    history(20, 2 * DAY, 3 * DAY)
}
