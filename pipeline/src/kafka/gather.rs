//! When a read is over: a full batch, or the flush interval since the last one.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{
    KafkaError, KafkaOptions,
    buffer::{Buffer, Waiting},
};
use crate::source::RawRecord;

/// Gathers batches out of a buffer.
pub(super) struct Gather {
    batch_rows: usize,
    batch_bytes: usize,
    flush_interval: Duration,
    next_read_at: Instant,
}

impl Gather {
    pub fn new(options: &KafkaOptions) -> Self {
        Self {
            batch_rows: options.batch_rows,
            batch_bytes: options.batch_bytes,
            flush_interval: options.flush_interval,
            next_read_at: Instant::now(),
        }
    }

    /// The next batch: at least one record.
    pub async fn next(
        &mut self,
        buffer: &Buffer,
        waiting: &mut watch::Receiver<Waiting>,
    ) -> Result<Vec<RawRecord>, KafkaError> {
        loop {
            self.wait(waiting).await?;
            let records = buffer.take(self.batch_rows, self.batch_bytes);
            // Empty when what waited belonged to partitions that were taken away meanwhile.
            if !records.is_empty() {
                return Ok(records);
            }
        }
    }

    /// Waits for a first record, then for a full batch or until the flush interval since the last read is over.
    async fn wait(&mut self, waiting: &mut watch::Receiver<Waiting>) -> Result<(), KafkaError> {
        let closed = |_| KafkaError::Fatal { detail: "读取线程已结束".into() };
        let some = waiting.wait_for(|waiting| waiting.records > 0 || waiting.failed.is_some()).await;
        if let Some(error) = some.map_err(closed)?.failed.clone() {
            return Err(error);
        }
        let (rows, bytes) = (self.batch_rows, self.batch_bytes);
        let full = waiting.wait_for(|waiting| waiting.records >= rows || waiting.bytes >= bytes);
        // Timed out: what is there is read.
        let _ = timeout_at(self.next_read_at, full).await;
        self.next_read_at = Instant::now() + self.flush_interval;
        Ok(())
    }
}
