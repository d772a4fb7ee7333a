//! Writing: replacing, skipping, resuming, and who may write.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod common;

use common::{TestIndex, ask, batch, item, record, small, upto};
use tingjian_indexer::{Index, IndexError, Written};
use tingjian_schemas::{Batch, DeadLetter, Entry, Item, Partition, Positions, Record};

fn fresh(offset: u64, record: Record) -> Item {
    Item { maybe_repeat: false, ..item(offset, record) }
}

#[test]
fn nothing_shows_before_the_commit_and_everything_after() {
    let mut index = TestIndex::new();
    index.sink.write(&batch(vec![fresh(0, record("a", "太慢", 0))])).unwrap();
    assert_eq!((index.ids("太慢").len(), index.sink.pending(), index.index.document_count()), (0, 1, 0));
    index.sink.commit(&upto(1)).unwrap();
    assert_eq!((index.ids("太慢").len(), index.sink.pending(), index.index.document_count()), (1, 0, 1));
    assert_eq!(*index.sink.positions(), upto(1));
    assert_eq!(index.index.positions(), upto(1));
}

#[test]
fn the_later_of_two_versions_counts() {
    let mut index = TestIndex::new();
    // Within one batch, the first marked as certainly new.
    let items =
        vec![fresh(0, record("a", "第一版", 0)), item(1, record("a", "第二版", 1)), item(2, record("b", "别的", 2))];
    let written = index.sink.write(&batch(items)).unwrap();
    assert_eq!(written, Written { stored: 2, replaced: 1, ..Written::default() });
    // In another batch before the commit.
    index.sink.write(&batch(vec![item(3, record("a", "第三版", 3))])).unwrap();
    index.sink.commit(&upto(4)).unwrap();
    assert_eq!(versions(&index), ["第三版"]);
    // After the commit, several times at once.
    let items = (4..9).map(|offset| item(offset, record("a", &format!("第{offset}版"), 4))).collect();
    let written = index.sink.write(&batch(items)).unwrap();
    assert_eq!(written, Written { replaced: 5, ..Written::default() });
    index.sink.commit(&upto(9)).unwrap();
    assert_eq!(versions(&index), ["第8版"]);
    assert_eq!(index.index.document_count(), 2);
}

#[test]
fn a_version_that_comes_late_does_not_count() {
    let mut index = TestIndex::new();
    let other = Partition { source: "tingjian.complaints".into(), number: 1 };
    let late = |arrival, offset, text: &str| {
        let mut item = item(offset, record("a", text, 0));
        item.arrival = arrival;
        item.position.partition = other.clone();
        item
    };
    index.sink.write(&batch(vec![late(50, 0, "第五十")])).unwrap();
    let written = index.sink.write(&batch(vec![late(40, 1, "第四十")])).unwrap();
    assert_eq!(written, Written { stale: 1, ..Written::default() });
    index.sink.commit(&[(other.clone(), 2)].into_iter().collect()).unwrap();
    assert_eq!(versions(&index), ["第五十"]);
    let written = index.sink.write(&batch(vec![late(45, 2, "第四十五"), late(60, 3, "第六十")])).unwrap();
    assert_eq!(written, Written { stale: 1, replaced: 1, ..Written::default() });
    index.sink.commit(&[(other.clone(), 4)].into_iter().collect()).unwrap();
    assert_eq!(versions(&index), ["第六十"]);
}

fn versions(index: &TestIndex) -> Vec<String> {
    let answer = index.search(&ask("第"));
    answer.hits.into_iter().map(|hit| hit.snippet.text).collect()
}

#[test]
fn what_the_positions_hold_is_skipped() {
    let mut index = TestIndex::new();
    let items: Vec<_> = (0..4).map(|at| fresh(at, record(&format!("r{at}"), "太慢", 0))).collect();
    index.sink.write(&batch(items[..2].to_vec())).unwrap();
    let written = index.sink.write(&batch(items.clone())).unwrap();
    assert_eq!(written, Written { stored: 2, skipped: 2, ..Written::default() }, "before the commit");
    index.sink.commit(&upto(4)).unwrap();
    let written = index.sink.write(&batch(items)).unwrap();
    assert_eq!(written, Written { skipped: 4, ..Written::default() }, "after it");
    index.sink.commit(&upto(4)).unwrap();
    assert_eq!(index.index.document_count(), 4);
}

#[test]
fn dead_letters_move_the_positions_only() {
    let mut index = TestIndex::new();
    let dead = Item { entry: Entry::Dead(Box::new(dead_letter())), ..item(0, record("x", "", 0)) };
    assert_eq!(index.sink.write(&batch(vec![dead])).unwrap(), Written::default());
    index.sink.commit(&upto(1)).unwrap();
    let again = Index::open(index.folder.path(), &small()).unwrap();
    assert_eq!((again.positions(), again.document_count()), (upto(1), 0));
}

fn dead_letter() -> DeadLetter {
    let rejection = tingjian_schemas::decode(tingjian_schemas::Stream::Complaints, b"{").unwrap_err();
    DeadLetter { stream: tingjian_schemas::Stream::Complaints, rejection, bytes: b"{".to_vec() }
}

#[test]
fn positions_of_several_partitions_are_kept() {
    let mut index = TestIndex::new();
    let positions: Positions = (0..3)
        .map(|number| (Partition { source: "tingjian.call-notes".into(), number }, u64::from(number) * 10))
        .collect();
    index.sink.write(&Batch { items: vec![fresh(0, record("a", "太慢", 0))], upto: positions.clone() }).unwrap();
    index.sink.commit(&positions).unwrap();
    index.sink.commit(&upto(7)).unwrap();
    let mut expected = positions;
    expected.advance_all(&upto(7));
    assert_eq!(Index::open(index.folder.path(), &small()).unwrap().positions(), expected);
}

#[test]
fn resuming_drops_what_was_not_committed() {
    let mut index = TestIndex::new();
    index.add([record("a", "太慢", 0)]);
    index.sink.write(&batch(vec![fresh(1, record("b", "太慢", 1))])).unwrap();
    assert_eq!(index.sink.resume().unwrap(), upto(1));
    assert_eq!(index.sink.pending(), 0);
    index.sink.commit(&upto(1)).unwrap();
    assert_eq!(index.ids("太慢"), ["a"]);
    // Sent again it is taken, not skipped.
    let written = index.sink.write(&batch(vec![fresh(1, record("b", "太慢", 1))])).unwrap();
    assert_eq!(written.stored, 1);
    index.sink.commit(&upto(2)).unwrap();
    assert_eq!(index.ids("太慢"), ["a", "b"]);
}

#[test]
fn one_writer_at_a_time() {
    let index = TestIndex::new();
    let error = index.index.writer().err().unwrap();
    assert!(matches!(error, IndexError::Locked { .. }) && !error.is_recoverable(), "{error}");
    assert!(error.to_string().contains(&index.folder.path().display().to_string()));
    let other = Index::open(index.folder.path(), &small()).unwrap();
    assert!(matches!(other.writer(), Err(IndexError::Locked { .. })));
    drop(index.sink);
    assert!(other.writer().is_ok());
}

#[test]
fn every_record_can_be_listed() {
    let mut index = TestIndex::new();
    let mut a = record("a", "太慢", 3);
    a.reading.causes = vec![common::cause("fulfil.transit_delay", "物流")];
    index.add([a, record("b", "很好", 4), record("b", "很不好", 5)]);
    let mut listed = Vec::new();
    let count = index.index.for_each_record(|record| {
        let causes: Vec<_> = record.causes.iter().map(|cause| cause.to_string()).collect();
        let departments: Vec<_> = record.departments.iter().map(|name| name.to_string()).collect();
        listed.push((record.record_id.to_owned(), record.arrival, record.occurred_at, causes, departments));
    });
    listed.sort();
    let at = |minute| record("", "", minute).head.occurred_at;
    let (transit, logistics) = (vec!["fulfil.transit_delay".to_owned()], vec!["物流".to_owned()]);
    assert_eq!(count.unwrap(), 2);
    assert_eq!(listed, [("a".to_owned(), 0, at(3), transit, logistics), ("b".to_owned(), 2, at(5), vec![], vec![])]);
}

#[test]
fn a_record_read_again_takes_the_place_of_its_former_reading() {
    let mut index = TestIndex::new();
    let read_as = |offset: u64, generation: u32, code: &str| {
        let mut record = record("a", "太慢", 0);
        record.reading.causes = vec![common::cause(code, "物流")];
        Item { generation, ..item(offset, record) }
    };
    let again = |item: Item| Batch { items: vec![item], upto: Positions::default() };
    index.sink.write(&batch(vec![fresh(0, record("b", "太慢", 1)), read_as(1, 0, "fulfil.lost")])).unwrap();
    index.sink.commit(&upto(2)).unwrap();
    // Whatever its positions say, and as often as it comes.
    for (generation, code) in [(7, "fulfil.damaged"), (7, "fulfil.damaged"), (8, "people.attitude")] {
        let written = index.sink.write(&again(read_as(1, generation, code))).unwrap();
        assert_eq!(written, Written { replaced: 1, ..Written::default() });
        index.sink.commit(&Positions::default()).unwrap();
        assert_eq!((index.ids("太慢").len(), index.index.document_count()), (2, 2), "{code}: each record once");
        assert_eq!(causes_of(&index, "a"), [code]);
        assert_eq!(*index.sink.positions(), upto(2));
    }
    // Sent again after a crash, the first reading does not come back; a newer event does count, and its elder not any more.
    assert_eq!(index.sink.write(&again(read_as(1, 0, "fulfil.lost"))).unwrap().skipped, 1);
    index.sink.write(&batch(vec![read_as(2, 0, "fulfil.lost")])).unwrap();
    index.sink.commit(&upto(3)).unwrap();
    assert_eq!(index.sink.write(&again(read_as(1, 9, "people.attitude"))).unwrap().stale, 1);
    index.sink.commit(&Positions::default()).unwrap();
    assert_eq!((causes_of(&index, "a"), index.index.document_count()), (vec!["fulfil.lost".to_owned()], 2));
    // Two readings in one commit: in the batch of an index that follows others.
    index.sink.write(&batch(vec![read_as(3, 0, "fulfil.lost"), read_as(3, 9, "people.attitude")])).unwrap();
    index.sink.commit(&upto(4)).unwrap();
    assert_eq!((causes_of(&index, "a"), index.index.document_count()), (vec!["people.attitude".to_owned()], 2));
}

fn causes_of(index: &TestIndex, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    let each = |record: tingjian_indexer::IndexedRecord<'_>| {
        if record.record_id == id {
            found.extend(record.causes.iter().map(|code| code.to_string()));
        }
    };
    index.index.for_each_record(each).unwrap();
    found
}
