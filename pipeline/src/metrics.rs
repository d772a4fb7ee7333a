//! What the flow counts, for Prometheus.

use jiff::Timestamp;
use metrics::{counter, histogram};
use tingjian_schemas::Batch;

use crate::sink::Written;

/// Records that the broker deleted before they were read.
const LOST: &str = "tingjian_source_lost_records_total";
/// Dead letters that the table has and the topic has not.
const UNPUBLISHED: &str = "tingjian_dead_letters_unpublished_total";

/// Both begin at 0: an alert about growth does not see a counter that appears with its first number.
pub(crate) fn begin() {
    counter!(LOST).increment(0);
    counter!(UNPUBLISHED).increment(0);
}

/// The broker deleted records before they were read.
pub(crate) fn lost(records: u64) {
    counter!(LOST).increment(records);
}

/// Dead letters could not be published.
pub(crate) fn unpublished(letters: usize) {
    counter!(UNPUBLISHED).increment(letters as u64);
}

/// A batch became durable in a sink.
pub(crate) fn written(sink: &'static str, batch: &Batch, written: Written, now: Timestamp) {
    let outcomes = [
        ("stored", written.stored),
        ("duplicate", written.duplicates),
        ("replaced", written.replaced),
        ("dead_letter", written.dead),
    ];
    for (outcome, records) in outcomes {
        counter!("tingjian_records_total", "sink" => sink, "outcome" => outcome).increment(records);
    }
    histogram!("tingjian_batch_records", "sink" => sink).record(batch.items.len() as f64);
    if batch.items.first().is_some_and(|item| item.generation > 0) {
        // Read again: it is as fresh as it was.
        return;
    }
    for edge in [batch.items.first(), batch.items.last()].into_iter().flatten() {
        let age = now.duration_since(edge.received_at).as_secs_f64();
        histogram!("tingjian_freshness_seconds", "sink" => sink).record(age.max(0.0));
    }
}

/// A write failed and will be tried again.
pub(crate) fn retried(sink: &'static str) {
    counter!("tingjian_sink_retries_total", "sink" => sink).increment(1);
}
