//! The pure middle of the flow: raw bytes → exactly one outcome.

use std::sync::Arc;

use rayon::prelude::*;
use tingjian_analysis::{Analyser, Sealed, Sealer};
use tingjian_schemas::{Batch, DeadLetter, Entry, Item, Positions, decode};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{current::Current, id_filter::IdFilter, source::RawRecord};

/// Fewer records than this are not worth another thread.
const RECORDS_PER_TASK: usize = 32;

/// What the flow asks of its pure middle: every raw record becomes exactly one item, in order.
pub trait Understand: Clone + Send + 'static {
    /// Takes its time: called on a thread that may.
    fn batch(&self, raw: Vec<RawRecord>) -> Batch;
}

/// What reads, understands and seals one record. Cheap to clone.
#[derive(Clone)]
pub struct Understanding {
    analyser: Current<Analyser>,
    sealer: Arc<Sealer>,
    content_seed: u64,
}

impl Understanding {
    /// `content_seed` is secret: content hashes must not let anybody test guesses of a customer's number.
    pub fn new(analyser: impl Into<Current<Analyser>>, sealer: Arc<Sealer>, content_seed: u64) -> Self {
        Self { analyser: analyser.into(), sealer, content_seed }
    }

    fn item(&self, analyser: &Analyser, raw: RawRecord) -> Item {
        let content_hash = xxh3_64_with_seed(&raw.bytes, self.content_seed);
        let entry = match decode(raw.stream, &raw.bytes) {
            Ok(event) => match self.sealer.seal(analyser, event) {
                Sealed::Record(record) => Entry::Record(record),
                Sealed::Fact(fact) => Entry::Fact(fact),
            },
            Err(rejection) => {
                Entry::Dead(Box::new(DeadLetter { stream: raw.stream, rejection, bytes: raw.bytes.to_vec() }))
            }
        };
        Item {
            position: raw.position,
            arrival: raw.arrival,
            received_at: raw.received_at,
            content_hash,
            generation: 0,
            maybe_repeat: false,
            entry,
        }
    }
}

impl Understand for Understanding {
    /// Understands a run of records on all cores; order is kept.
    fn batch(&self, raw: Vec<RawRecord>) -> Batch {
        let analyser = self.analyser.get();
        batch(raw, |record| self.item(&analyser, record))
    }
}

/// A batch of what `item` makes of each record, on all cores; order is kept.
pub(crate) fn batch(raw: Vec<RawRecord>, item: impl Fn(RawRecord) -> Item + Sync + Send) -> Batch {
    let mut upto = Positions::default();
    for record in &raw {
        upto.advance(&record.position.partition, record.position.offset + 1);
    }
    let items = raw.into_par_iter().with_min_len(RECORDS_PER_TASK).map(item).collect();
    Batch { items, upto }
}

/// Marks the items whose id may have been stored before, and remembers all ids. In source order.
pub fn mark_repeats(filter: &mut IdFilter, batch: &mut Batch) {
    for item in &mut batch.items {
        item.maybe_repeat = match &item.entry {
            Entry::Record(record) => filter.insert(RECORD_IDS, &record.head.event_id),
            Entry::Fact(fact) => filter.insert(fact.head.stream.name(), &fact.head.event_id),
            Entry::Dead(_) => false,
        };
    }
}

/// The scope of record ids: one for the three text streams, since a `record_id` names a record whatever its stream.
pub const RECORD_IDS: &str = "records";
