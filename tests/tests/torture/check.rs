//! The stores against the books, and against each other.

use std::collections::BTreeMap;

use serde_json::Value;
use tingjian_tests::Client;

use super::books::{Books, Fate};

/// Holds what was acknowledged against both stores, and the stores against each other.
pub fn check(client: &Client, books: &Books) -> Fate {
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
