//! kill -9 at random moments, of the server and of the engine, while clients go on sending: nothing acknowledged is lost, nothing
//! counts twice, and the two stores agree.
//!
//! `TINGJIAN_TORTURE_KILLS` says how many kills (10), `TINGJIAN_TORTURE_SEED` which ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod torture;

use std::{collections::BTreeMap, env, thread, time::Instant};

use serde_json::Value;
use tingjian_tests::{Client, Sandbox};
use torture::{
    books::{Books, Fate},
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

/// Holds what was acknowledged against both stores, and the stores against each other.
fn check(client: &Client, books: &Books) -> Fate {
    let (table, index) = (exported(client), searched(client));
    let fate = books.fate("the warehouse", &table) + books.fate("the index", &index);
    let by = |rows: &[Value], key: fn(&Value) -> Vec<String>| count(rows.iter().flat_map(key));
    assert_eq!(by(&table, day), by(&index, day), "counts by day");
    assert_eq!(by(&table, causes), by(&index, causes), "counts by cause");
    let facets = client.ask("/api/v1/search", &[("limit", "1")])["facets"]["causes"].clone();
    let facets = facets.as_array().expect("facets").iter().map(|f| (text(&f["key"]), f["count"].as_u64().expect("n")));
    assert_eq!(facets.collect::<BTreeMap<_, _>>(), by(&table, causes), "the index's own counts by cause");
    let counted = client.ask("/api/v1/causes", &[]);
    assert_eq!(counted["total"], table.len(), "{counted}");
    let groups = counted["groups"].as_array().expect("groups").iter();
    let groups = groups.map(|g| (text(&g["key"]), g["records"].as_u64().expect("n")));
    assert_eq!(groups.collect::<BTreeMap<_, _>>(), by(&table, causes), "the warehouse's own counts by cause");
    let streams = client.ask("/api/v1/status", &[])["streams"].clone();
    assert_eq!(streams["deliveries"], books.facts.len(), "{streams}");
    fate
}

fn check_once_more_after_an_orderly_restart(sandbox: &mut Sandbox, books: &Books) {
    assert!(sandbox.stop().success(), "asked to stop, the server ends in order");
    sandbox.restart();
    sandbox.wait_ready();
    sandbox.settle();
    assert_eq!(check(&sandbox.client(), books), Fate::default(), "after an orderly restart");
}

/// Every record of the warehouse.
fn exported(client: &Client) -> Vec<Value> {
    let answer = client.get("/api/v1/export", &[("format", "jsonl")]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

/// Every record of the index, page by page.
fn searched(client: &Client) -> Vec<Value> {
    let (mut hits, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.ask("/api/v1/search", &[("limit", "1000"), ("cursor", &cursor)]);
        hits.extend(page["hits"].as_array().expect("hits").iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => {
                assert_eq!(page["total"], hits.len(), "the total and all pages");
                return hits;
            }
        }
    }
}

fn count(keys: impl Iterator<Item = String>) -> BTreeMap<String, u64> {
    keys.fold(BTreeMap::new(), |mut counts, key| {
        *counts.entry(key).or_default() += 1;
        counts
    })
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn day(row: &Value) -> Vec<String> {
    vec![text(&row["occurred_at"]).chars().take(10).collect()]
}

/// Codes, also where a row holds them with their evidence.
fn causes(row: &Value) -> Vec<String> {
    let causes = row["causes"].as_array().expect("causes").iter();
    causes.map(|cause| text(cause.get("code").unwrap_or(cause))).collect()
}
