//! What the flow counts, for Prometheus.

use jiff::Timestamp;
use metrics::{counter, histogram};
use tingjian_schemas::Batch;

use crate::sink::Written;

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
