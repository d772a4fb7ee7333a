//! A stored record read again, as the flow would hand it over. Pure.

use tingjian_analysis::{Analyser, Context};
use tingjian_schemas::{Entry, Item, Reading};
use tingjian_warehouse::StoredRecord;

/// The record with a new reading of its text, which is masked already: masking it again changes nothing. Everything else of it
/// stays, above all the arrival, so that an event that came later goes on to count.
pub fn read_again(analyser: &Analyser, stored: StoredRecord, generation: u32) -> Item {
    let mut record = stored.record;
    let context = Context { occurred_at: Some(record.head.occurred_at) };
    record.reading = analyser.read(&record.reading.text, &context);
    record.versions = analyser.versions().clone();
    Item {
        position: stored.position,
        arrival: stored.arrival,
        received_at: stored.received_at,
        content_hash: stored.content_hash,
        generation,
        maybe_repeat: true,
        entry: Entry::Record(Box::new(record)),
    }
}

/// Whether a record counts elsewhere by another reading: its kind, its primary cause or the department.
pub fn reads_otherwise(before: &Reading, after: &Reading) -> bool {
    let counted = |reading: &Reading| {
        let first = reading.causes.first().map(|cause| (cause.code.clone(), cause.department.clone()));
        (reading.kind, reading.abstained, first)
    };
    counted(before) != counted(after)
}
