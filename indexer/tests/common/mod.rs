//! What the tests of the index share: records, batches and questions in one line.
#![allow(dead_code)] // each test file uses its own part

use std::sync::Arc;

use jiff::Timestamp;
use tingjian_indexer::{Index, IndexOptions, IndexSink, SearchAnswer, SearchRequest};
use tingjian_schemas::{
    Batch, CauseReading, Complaint, Entry, Head, Item, Kind, Partition, Position, Positions, Reading, Record, Stream,
    TextBody, Versions,
};

/// 2025-11-03T00:00:00Z, a Monday.
pub const EPOCH_MILLIS: i64 = 1_762_128_000_000;

/// A complaint with this text, `minute` minutes after the epoch.
pub fn record(id: &str, text: &str, minute: i64) -> Record {
    Record {
        head: Head {
            stream: Stream::Complaints,
            event_id: id.to_owned(),
            occurred_at: Timestamp::from_millisecond(EPOCH_MILLIS + minute * 60_000).unwrap(),
            source: None,
            channel: None,
            customer_key: None,
            order_key: None,
            case_key: None,
            call_id: None,
            agent_no: None,
            department: None,
            lane: None,
            unknown_fields: String::new(),
        },
        body: TextBody::Complaint(Complaint::default()),
        reading: reading(text),
        versions: Versions::default(),
    }
}

/// A reading that takes every character for a word and finds no cause.
pub fn reading(text: &str) -> Reading {
    Reading {
        text: text.to_owned(),
        words: text.chars().map(String::from).collect::<Vec<_>>().join("\u{1f}"),
        kind: Kind::Complaint,
        kind_score: 1.0,
        causes: Vec::new(),
        promised_min: None,
        actual_min: None,
        actual_open: None,
        praised: false,
        abuse: false,
        abstained: false,
    }
}

/// A cause with its department.
pub fn cause(code: &str, department: &str) -> CauseReading {
    CauseReading { code: Arc::from(code), department: Arc::from(department), score: 1.0, evidence: Vec::new() }
}

/// An item of the journal at `offset`, whose id may have been stored before.
pub fn item(offset: u64, record: Record) -> Item {
    Item {
        position: Position { partition: Partition::journal(), offset },
        arrival: offset,
        received_at: Timestamp::from_millisecond(EPOCH_MILLIS).unwrap(),
        content_hash: 0,
        generation: 0,
        maybe_repeat: true,
        entry: Entry::Record(Box::new(record)),
    }
}

/// A batch of the journal that ends after its last item.
pub fn batch(items: Vec<Item>) -> Batch {
    let upto = items.iter().map(|item| (item.position.partition.clone(), item.position.offset + 1)).collect();
    Batch { items, upto }
}

/// Journal positions that want `next` next.
pub fn upto(next: u64) -> Positions {
    [(Partition::journal(), next)].into_iter().collect()
}

/// An index in a folder of its own that goes when it is dropped.
pub struct TestIndex {
    pub folder: tempfile::TempDir,
    pub index: Index,
    pub sink: IndexSink,
    next: u64,
}

impl TestIndex {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path(), &small()).unwrap();
        let sink = index.writer().unwrap();
        Self { folder, index, sink, next: 0 }
    }

    /// Writes and commits `records` in this order.
    pub fn add(&mut self, records: impl IntoIterator<Item = Record>) {
        let first = self.next;
        let items: Vec<_> = records.into_iter().zip(first..).map(|(record, offset)| item(offset, record)).collect();
        self.next += items.len() as u64;
        self.sink.write(&batch(items)).unwrap();
        self.sink.commit(&upto(self.next)).unwrap();
    }

    pub fn search(&self, request: &SearchRequest) -> SearchAnswer {
        self.index.search(request).unwrap()
    }

    /// Ids of what `query` finds, sorted.
    pub fn ids(&self, query: &str) -> Vec<String> {
        sorted_ids(&self.search(&ask(query)))
    }
}

/// The smallest resources that work.
pub fn small() -> IndexOptions {
    IndexOptions { writer_threads: 1, writer_memory_bytes: 15_000_000, merge_threads: 1, search_threads: 1 }
}

/// A request for as many hits as there can be.
pub fn ask(query: &str) -> SearchRequest {
    SearchRequest { query: query.to_owned(), limit: 1_000, ..SearchRequest::default() }
}

pub fn sorted_ids(answer: &SearchAnswer) -> Vec<String> {
    let mut ids: Vec<_> = answer.hits.iter().map(|hit| hit.record_id.clone()).collect();
    ids.sort();
    ids
}
