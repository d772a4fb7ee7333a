//! What the flow hands to its sinks.

use jiff::Timestamp;

use crate::{DeadLetter, Fact, Position, Positions, Record};

/// A run of source records after analysis, in source order, with the positions that hold once it is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// In source order. A sink skips the items its own positions hold already.
    pub items: Vec<Item>,
    /// What a sink has passed once every item is durable in it.
    pub upto: Positions,
}

/// One source record after analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Where it stood in the source.
    pub position: Position,
    /// Of two items with the same `event_id` the one with the greater arrival counts; grows along the source.
    pub arrival: u64,
    /// When the source took it.
    pub received_at: Timestamp,
    /// Hash of the original bytes: tells a duplicate from a replacement.
    pub content_hash: u64,
    /// 0 as it comes from the source. Read again later, it counts up: of two readings of one item the greater one counts, and
    /// positions, which tell what was read at all, say nothing about it.
    pub generation: u32,
    /// The filter over ids cannot rule out that this id was stored before. `false` is certain: it is new.
    pub maybe_repeat: bool,
    /// What became of it.
    pub entry: Entry,
}

/// What became of a source record: exactly one of these.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A text, understood.
    Record(Box<Record>),
    /// A fact.
    Fact(Box<Fact>),
    /// It could not be read: kept with its bytes and the reason.
    Dead(Box<DeadLetter>),
}
