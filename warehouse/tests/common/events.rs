//! Events to store, written for these tests.

use std::sync::Arc;

use jiff::Timestamp;
use tingjian_schemas::{
    Batch, CauseReading, Complaint, Entry, Head, Item, Kind, LinkKey, Partition, Position, Positions, Reading, Record,
    Span, Stream, TextBody, Versions,
};

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A head with nothing but what is required.
pub fn head(stream: Stream, id: &str, occurred_at: &str) -> Head {
    Head {
        stream,
        event_id: id.to_owned(),
        occurred_at: time(occurred_at),
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
    }
}

/// A complaint with one cause.
pub fn complaint(id: &str, occurred_at: &str) -> Record {
    Record {
        head: head(Stream::Complaints, id, occurred_at),
        body: TextBody::Complaint(Complaint::default()),
        reading: reading("物流太慢了，等了三天还没到", Kind::Complaint, &["fulfil.transit_delay"]),
        versions: Versions {
            dictionary: Arc::from("d1"),
            taxonomy: Arc::from("t1"),
            rules: Arc::from("r1"),
            model: Arc::from(""),
        },
    }
}

/// A reading with causes owned by the department `dep:<group>`.
pub fn reading(text: &str, kind: Kind, causes: &[&str]) -> Reading {
    let cause = |code: &&str| CauseReading {
        code: Arc::from(*code),
        department: Arc::from(format!("dep:{}", code.split('.').next().unwrap())),
        score: 0.75,
        evidence: vec![Span { start: 0, end: 2 }, Span { start: 2, end: 4 }],
    };
    Reading {
        text: text.to_owned(),
        words: String::new(),
        kind,
        kind_score: 0.5,
        causes: causes.iter().map(cause).collect(),
        promised_min: None,
        actual_min: None,
        actual_open: None,
        praised: false,
        abuse: false,
        abstained: causes.is_empty(),
    }
}

pub fn key(byte: u8) -> Option<LinkKey> {
    Some(LinkKey([byte; 16]))
}

/// An item at `offset` of the test's journal that arrived at that time and has that content.
pub fn item(offset: u64, content_hash: u64, entry: Entry) -> Item {
    Item {
        position: Position { partition: journal(), offset },
        arrival: 1_000_000 + offset,
        received_at: time("2026-11-22T08:00:00Z"),
        content_hash,
        generation: 0,
        maybe_repeat: false,
        entry,
    }
}

pub fn journal() -> Partition {
    Partition { source: Arc::from("journal:0badcafe"), number: 0 }
}

pub fn record_item(offset: u64, content_hash: u64, record: Record) -> Item {
    item(offset, content_hash, Entry::Record(Box::new(record)))
}

/// The batch of these items, vouching for everything up to the last of them.
pub fn batch(items: Vec<Item>) -> Batch {
    let ends = items.iter().map(|item| (item.position.partition.clone(), item.position.offset + 1));
    let upto = ends.collect::<Positions>();
    Batch { items, upto }
}
