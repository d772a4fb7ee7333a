//! Each event counts once: duplicates, replacements, moves, late arrivals, replays in any cut.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use std::sync::Arc;

use common::{
    engine::Engine,
    events::{batch, complaint, item, journal, record_item},
    facts::facts,
};
use tingjian_schemas::{Batch, DeadLetter, Entry, Item, Partition, Position, Positions, Reason, Rejection, Stream};
use tingjian_warehouse::{DayCount, DeadLetterFilter, Filters, IdScope, Written};

/// An item that may be a repeat: version `offset` of the event, at `at`.
fn version(offset: u64, id: &str, at: &str) -> Item {
    Item { maybe_repeat: true, ..record_item(offset, 100 + offset, complaint(id, at)) }
}

fn written(stored: u64, duplicates: u64, replaced: u64) -> Written {
    Written { stored, duplicates, replaced, ..Written::default() }
}

async fn days(engine: &Engine) -> Vec<(String, u64)> {
    let counts = engine.warehouse.day_counts(&Filters::default()).await.unwrap();
    counts.into_iter().map(|DayCount { day, records, .. }| (day, records)).collect()
}

/// The days with their counts, the total, and which version of `id` counts: all of them must say the same.
async fn check_counts(engine: &Engine, id: &str, hash: u64, expected: &[(&str, u64)]) {
    let expected: Vec<(String, u64)> = expected.iter().map(|(day, count)| (day.to_string(), *count)).collect();
    assert_eq!(days(engine).await, expected);
    let total: u64 = expected.iter().map(|(_, count)| count).sum();
    assert_eq!(engine.warehouse.record_count(&Filters::default()).await.unwrap(), total);
    assert_eq!(engine.warehouse.record(id).await.unwrap().unwrap().content_hash, hash);
}

/// The same after the parts are merged: merging must not bring anything back.
async fn check_counts_merged(engine: &Engine, id: &str, hash: u64, expected: &[(&str, u64)]) {
    check_counts(engine, id, hash, expected).await;
    engine.client().query("OPTIMIZE TABLE records FINAL").execute().await.unwrap();
    check_counts(engine, id, hash, expected).await;
}

#[tokio::test]
async fn a_repeat_with_the_same_content_is_a_duplicate_and_writes_nothing() {
    let engine = Engine::start().await;
    let first = record_item(0, 7, complaint("a", "2026-11-05T00:00:00Z"));
    assert_eq!(engine.warehouse.write(&batch(vec![first])).await.unwrap(), written(1, 0, 0));
    let again = Item { maybe_repeat: true, ..record_item(1, 7, complaint("a", "2026-11-05T00:00:00Z")) };
    assert_eq!(engine.warehouse.write(&batch(vec![again])).await.unwrap(), written(0, 1, 0));
    check_counts(&engine, "a", 7, &[("2026-11-05", 1)]).await;
    assert_eq!(engine.warehouse.record("a").await.unwrap().unwrap().position.offset, 0);
    assert_eq!(engine.warehouse.positions().await.unwrap().next(&journal()), 2);
}

#[tokio::test]
async fn a_later_content_replaces_the_earlier_wherever_its_time_moves() {
    let moves = [
        ("same time", "2026-11-05T10:00:00Z", "2026-11-05"),
        ("another hour", "2026-11-05T23:59:59.999Z", "2026-11-05"),
        ("another day", "2026-11-06T00:00:00Z", "2026-11-06"),
        ("another month", "2026-12-01T00:00:00Z", "2026-12-01"),
        ("back to an earlier month", "2026-10-31T23:59:59Z", "2026-10-31"),
        ("back to where it was first", "2026-11-05T10:00:00Z", "2026-11-05"),
    ];
    let engine = Engine::start().await;
    let first = record_item(0, 100, complaint("a", "2026-11-05T10:00:00Z"));
    engine.warehouse.write(&batch(vec![first])).await.unwrap();
    for (offset, (name, at, day)) in (1..).zip(moves) {
        let done = engine.warehouse.write(&batch(vec![version(offset, "a", at)])).await.unwrap();
        assert_eq!(done, written(0, 0, 1), "{name}");
        check_counts_merged(&engine, "a", 100 + offset, &[(day, 1)]).await;
    }
}

#[tokio::test]
async fn within_one_batch_the_last_content_counts() {
    let engine = Engine::start().await;
    let content = |offset, hash, at| record_item(offset, hash, complaint("a", at));
    let items = vec![
        content(0, 7, "2026-11-05T10:00:00Z"),
        content(1, 8, "2026-12-05T10:00:00Z"),
        content(2, 8, "2026-12-05T10:00:00Z"),
        content(3, 7, "2026-11-05T10:00:00Z"),
    ];
    assert_eq!(engine.warehouse.write(&batch(items)).await.unwrap(), written(1, 1, 2));
    check_counts_merged(&engine, "a", 7, &[("2026-11-05", 1)]).await;
}

#[tokio::test]
async fn an_older_item_that_comes_late_from_another_partition_loses() {
    let engine = Engine::start().await;
    let of_partition = |number, arrival, hash, at| Item {
        position: Position { partition: Partition { source: Arc::from("topic"), number }, offset: 0 },
        arrival,
        maybe_repeat: true,
        ..record_item(0, hash, complaint("a", at))
    };
    let newer = of_partition(0, 900, 1, "2026-12-05T00:00:00Z");
    assert_eq!(engine.warehouse.write(&batch(vec![newer])).await.unwrap(), written(1, 0, 0));
    let older = of_partition(1, 800, 2, "2026-11-05T00:00:00Z");
    assert_eq!(engine.warehouse.write(&batch(vec![older])).await.unwrap(), written(0, 0, 1));
    check_counts_merged(&engine, "a", 1, &[("2026-12-05", 1)]).await;
    let older_same = of_partition(2, 700, 1, "2026-12-05T00:00:00Z");
    assert_eq!(engine.warehouse.write(&batch(vec![older_same])).await.unwrap(), written(0, 1, 0));
    let next = |number| (Partition { source: Arc::from("topic"), number }, 1);
    assert_eq!(engine.warehouse.positions().await.unwrap(), [next(0), next(1), next(2)].into_iter().collect());
}

#[tokio::test]
async fn ids_are_one_space_for_texts_and_one_per_fact_stream() {
    let engine = Engine::start().await;
    let mut note = complaint("same", "2026-11-05T00:00:00Z");
    note.head.stream = Stream::CallNotes;
    note.body = tingjian_schemas::TextBody::CallNote(Default::default());
    let mut entries =
        vec![Entry::Record(Box::new(complaint("same", "2026-11-05T00:00:00Z"))), Entry::Record(Box::new(note))];
    for mut entry in facts(true) {
        let Entry::Fact(fact) = &mut entry else { unreachable!() };
        fact.head.event_id = "same".to_owned();
        entries.push(entry);
    }
    let items = entries.into_iter().enumerate().map(|(i, entry)| item(i as u64, i as u64, entry)).collect();
    assert_eq!(engine.warehouse.write(&batch(items)).await.unwrap(), written(9, 0, 1));
    let counts = engine.warehouse.stream_counts().await.unwrap();
    assert_eq!(counts.len(), 9);
    for count in &counts {
        assert_eq!(count.events, 1, "{}", count.stream);
    }
    assert!(
        counts.iter().any(|count| count.stream == "call-notes")
            && counts.iter().all(|count| count.stream != "complaints")
    );
    for scope in IdScope::all() {
        let mut ids = Vec::new();
        engine.warehouse.for_each_id(scope, |id| ids.push(id.to_owned())).await.unwrap();
        assert_eq!(ids, ["same"], "{scope:?}");
    }
}

/// What a day of source records may bring: 60 items over 20 ids, with repeats, changes and moves.
fn mixed() -> Vec<Item> {
    let days = ["2026-10-31T23:00:00Z", "2026-11-01T01:00:00Z", "2026-11-30T12:00:00Z", "2026-12-01T00:00:00Z"];
    (0..60_u64)
        .map(|i| {
            let (id, content) = (i * 7 % 20, i * 13 % 3);
            let record = complaint(&format!("r{id}"), days[(id as usize + content as usize) % 4]);
            let maybe_repeat = (0..i).any(|earlier| earlier * 7 % 20 == id);
            Item { maybe_repeat, ..record_item(i, content, record) }
        })
        .collect()
}

/// What counts in the end: of each id the last item's content and day.
fn mixed_truth() -> Vec<(String, u64)> {
    let mut last = std::collections::BTreeMap::new();
    for item in mixed() {
        let Entry::Record(record) = &item.entry else { unreachable!() };
        last.insert(record.head.event_id.clone(), record.head.occurred_at.strftime("%Y-%m-%d").to_string());
    }
    let mut days = std::collections::BTreeMap::new();
    last.into_values().for_each(|day| *days.entry(day).or_insert(0) += 1);
    days.into_iter().collect()
}

fn cut(items: &[Item], sizes: &[usize]) -> Vec<Batch> {
    let mut rest = items;
    let mut batches = Vec::new();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            return batches;
        }
        let (now, later) = rest.split_at((*size).min(rest.len()));
        batches.push(batch(now.to_vec()));
        rest = later;
    }
    batches
}

#[tokio::test]
async fn the_outcome_does_not_depend_on_how_the_source_is_cut() {
    let mut sums = Vec::new();
    for sizes in [&[60][..], &[1], &[7, 2, 11]] {
        let engine = Engine::start().await;
        let mut sum = Written::default();
        for batch in cut(&mixed(), sizes) {
            sum += engine.warehouse.write(&batch).await.unwrap();
        }
        assert_eq!(days(&engine).await, mixed_truth(), "{sizes:?}");
        assert_eq!(sum.stored, 20, "{sizes:?}");
        sums.push(sum);
    }
    assert_eq!(sums[0], sums[1]);
    assert_eq!(sums[0], sums[2]);
}

#[tokio::test]
async fn a_source_read_again_changes_nothing() {
    let engine = Engine::start().await;
    for batch in cut(&mixed(), &[20]) {
        engine.warehouse.write(&batch).await.unwrap();
    }
    let before = engine.warehouse.positions().await.unwrap();
    for batch in cut(&mixed(), &[60]).iter().chain(&cut(&mixed(), &[9])).chain(&cut(&mixed(), &[1])) {
        let again = engine.warehouse.write(batch).await.unwrap();
        assert_eq!(again, Written { skipped: batch.items.len() as u64, ..Written::default() });
    }
    assert_eq!(engine.warehouse.positions().await.unwrap(), before);
    assert_eq!(days(&engine).await, mixed_truth());
}

#[tokio::test]
async fn items_that_were_written_but_not_vouched_for_count_once_after_any_replay() {
    let all_maybe =
        |items: Vec<Item>| -> Vec<Item> { items.into_iter().map(|item| Item { maybe_repeat: true, ..item }).collect() };
    for sizes in [&[60][..], &[1], &[7, 2, 11]] {
        let engine = Engine::start().await;
        // As a writer does that is killed before it vouches: rows without positions, three times in different cuts.
        for unvouched in [&[60][..], &[13], &[4, 1]] {
            for whole in cut(&all_maybe(mixed()), unvouched) {
                let nothing = Batch { upto: Positions::default(), ..whole };
                engine.warehouse.write(&nothing).await.unwrap();
            }
            assert_eq!(engine.warehouse.positions().await.unwrap(), Positions::default());
            assert_eq!(days(&engine).await, mixed_truth(), "{unvouched:?}");
        }
        for batch in cut(&all_maybe(mixed()), sizes) {
            engine.warehouse.write(&batch).await.unwrap();
        }
        assert_eq!(days(&engine).await, mixed_truth(), "{sizes:?}");
        engine.client().query("OPTIMIZE TABLE records FINAL").execute().await.unwrap();
        assert_eq!(days(&engine).await, mixed_truth(), "{sizes:?} merged");
    }
}

#[tokio::test]
async fn a_dead_letter_read_again_is_the_same_one() {
    let engine = Engine::start().await;
    let rejection = Rejection { reason: Reason::InvalidJson, field: None, detail: None, event_id: None };
    let letter = DeadLetter { stream: Stream::Complaints, rejection, bytes: b"{".to_vec() };
    let items = vec![item(0, 1, Entry::Dead(Box::new(letter)))];
    for upto in [Positions::default(), Positions::default(), [(journal(), 1)].into_iter().collect()] {
        let done = engine.warehouse.write(&Batch { items: items.clone(), upto }).await.unwrap();
        assert_eq!(done.dead, 1);
        let page = engine.warehouse.dead_letters(&DeadLetterFilter::default(), None, 10).await.unwrap();
        assert_eq!((page.total, page.letters.len()), (1, 1));
    }
}
