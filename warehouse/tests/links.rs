//! Links: what leads to an event is written with it, and a question about few keys asks few statements.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeSet;

use common::{
    engine::Engine,
    events::{batch, complaint, item, key, record_item},
    facts::{facts, full_head},
};
use tingjian_schemas::{Fact, Item, Record, Stream};
use tingjian_warehouse::{FactKeys, migration_statements};

const AT: &str = "2026-11-05T12:34:56.789Z";

fn record(stream: Stream, id: &str) -> Record {
    Record { head: full_head(stream, id, AT), ..complaint(id, AT) }
}

/// One record with every key, a commendation of the same customer, one without any key, and two facts of every stream.
fn items() -> Vec<Item> {
    let records = [
        record(Stream::Complaints, "r-1"),
        record(Stream::Commendations, "r-2"),
        complaint("r-3", AT),
        record(Stream::CallNotes, "r-4"),
    ];
    let entries = facts(true).into_iter().chain(facts(false));
    let facts = (100..).zip(entries).map(|(offset, entry)| item(offset, offset, entry));
    (0..).zip(records).map(|(offset, record)| record_item(offset, offset, record)).chain(facts).collect()
}

async fn links(engine: &Engine) -> Vec<String> {
    let sql =
        "SELECT DISTINCT toString((key, kept_in, toUnixTimestamp64Milli(occurred_at), event)) FROM links ORDER BY 1";
    engine.client().query(sql).fetch_all().await.unwrap()
}

/// Questions that the engine has answered.
async fn statements(engine: &Engine) -> u64 {
    let sql = "SELECT sum(value) FROM system.events WHERE event = 'SelectQuery'";
    engine.client().query(sql).fetch_one().await.unwrap()
}

fn asked(keys: FactKeys) -> FactKeys {
    FactKeys { orders: key(2).into_iter().collect(), cases: key(3).into_iter().collect(), ..keys }
}

fn ids<'a>(facts: &'a [Fact], records: &'a [tingjian_warehouse::StoredRecord]) -> Vec<&'a str> {
    let facts = facts.iter().map(|fact| fact.head.event_id.as_str());
    let mut ids: Vec<&str> = facts.chain(records.iter().map(|stored| stored.record.head.event_id.as_str())).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn links_written_are_those_that_the_migration_makes_of_what_is_stored() {
    let engine = Engine::start().await;
    engine.warehouse.write(&batch(items())).await.unwrap();
    let written = links(&engine).await;
    assert!(written.len() > 20, "{written:?}");
    engine.client().query("TRUNCATE TABLE links").execute().await.unwrap();
    let makes = |sql: &String| sql.contains("INSERT INTO links");
    for sql in migration_statements(None).unwrap().into_iter().filter(makes) {
        engine.client().query(&sql.replace('?', "??")).execute().await.unwrap();
    }
    assert_eq!(links(&engine).await, written);
}

#[tokio::test]
async fn what_is_linked_is_found_and_asks_a_statement_for_each_table_that_has_it() {
    let engine = Engine::start().await;
    engine.warehouse.write(&batch(items())).await.unwrap();
    let warehouse = &engine.warehouse;
    let known = BTreeSet::from(["r-1"]);
    let keys = FactKeys {
        records: ["r-1".to_owned()].into(),
        customers: key(1).into_iter().collect(),
        calls: ["call-9".to_owned()].into(),
        ..FactKeys::default()
    };
    let (facts, records) = warehouse.linked(&asked(keys.clone()), &known).await.unwrap();
    let full = ["promises", "deliveries", "case-events", "department-requests"].map(|name| format!("{name}-true"));
    let both = ["department-replies", "judgements", "appeals", "corrections"];
    let both = both.into_iter().flat_map(|name| [format!("{name}-true"), format!("{name}-false")]);
    let mut expected: Vec<String> = full.into_iter().chain(both).collect();
    // The call's other records: the commendation as well; the customer's contacts: the call note.
    expected.extend(["r-2".to_owned(), "r-4".to_owned()]);
    expected.sort_unstable();
    assert_eq!(ids(&facts, &records), expected);

    let nothing = FactKeys {
        customers: key(9).into_iter().collect(),
        calls: ["call-1".to_owned()].into(),
        ..FactKeys::default()
    };
    for (name, keys, expected) in [
        ("links, eight tables, records", asked(keys), 10),
        ("links, promises and deliveries", FactKeys { orders: key(2).into_iter().collect(), ..FactKeys::default() }, 3),
        ("links alone", nothing, 1),
        ("nothing", FactKeys::default(), 0),
    ] {
        let before = statements(&engine).await;
        warehouse.linked(&keys, &known).await.unwrap();
        // The count before is itself one.
        assert_eq!(statements(&engine).await - before - 1, expected, "{name}");
    }
}

/// An event told anew with other keys is found by these alone, though the links from the old ones stay.
#[tokio::test]
async fn a_link_that_leads_to_what_was_told_anew_finds_nothing() {
    let engine = Engine::start().await;
    engine.warehouse.write(&batch(items())).await.unwrap();
    let mut again = items();
    again.retain(|item| matches!(item.position.offset, 0 | 101));
    for (offset, item) in (200..).zip(&mut again) {
        item.position.offset = offset;
        (item.arrival, item.content_hash, item.maybe_repeat) = (2_000_000 + offset, offset, true);
        let head = match &mut item.entry {
            tingjian_schemas::Entry::Record(record) => &mut record.head,
            tingjian_schemas::Entry::Fact(fact) => &mut fact.head,
            tingjian_schemas::Entry::Dead(_) => panic!("nothing is dead"),
        };
        (head.customer_key, head.order_key, head.call_id) = (key(7), key(8), None);
    }
    engine.warehouse.write(&batch(again)).await.unwrap();
    for (customer, order, expected) in
        [(1, 2, vec!["promises-true", "r-4"]), (7, 8, vec!["deliveries-true", "r-1"]), (9, 9, vec![])]
    {
        let keys = FactKeys {
            orders: key(order).into_iter().collect(),
            customers: key(customer).into_iter().collect(),
            ..FactKeys::default()
        };
        let (facts, records) = engine.warehouse.linked(&keys, &BTreeSet::new()).await.unwrap();
        assert_eq!(ids(&facts, &records), expected, "customer {customer}, order {order}");
    }
}

#[tokio::test]
async fn a_moment_is_remembered_until_more_is_vouched_for() {
    let engine = Engine::start().await;
    let warehouse = &engine.warehouse;
    let mut items = items();
    let rest = items.split_off(6);
    engine.warehouse.write(&batch(items)).await.unwrap();
    let first = warehouse.moment().await.unwrap();
    let before = statements(&engine).await;
    warehouse.moment().await.unwrap();
    assert_eq!(statements(&engine).await - before - 1, 1, "only how far everything is was asked");
    warehouse.write(&batch(rest)).await.unwrap();
    let second = warehouse.moment().await.unwrap();
    assert_eq!((first.standing.len(), second.standing.len()), (0, 1), "a promise of no order and no case came");
    assert_eq!(first.newest, second.newest);
}
