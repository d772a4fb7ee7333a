//! `[pipeline]`: batches, retries, attribution.

use serde::Deserialize;

/// `[pipeline]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Pipeline {
    /// Records of one batch at most.
    pub batch_rows: usize,
    /// Bytes of one batch at most.
    pub batch_bytes: usize,
    /// Longest time a record waits for others, milliseconds.
    pub flush_interval_ms: u64,
    /// First wait before a failed write is tried again, milliseconds; doubles.
    pub retry_first_ms: u64,
    /// Longest such wait, milliseconds.
    pub retry_longest_ms: u64,
    /// Whether this process works out who is responsible. Of several pipelines one is enough; all may.
    pub attribution: bool,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            batch_rows: 65_536,
            batch_bytes: 32 << 20,
            flush_interval_ms: 250,
            retry_first_ms: 100,
            retry_longest_ms: 10_000,
            attribution: true,
        }
    }
}
