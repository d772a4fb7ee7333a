//! The reading end: follows the journal from an offset, and trims what both sinks hold.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tingjian_schemas::{Partition, Positions};
use tokio::{sync::watch, time::Instant};

use super::{End, JournalError, JournalOptions, store::Store};
use crate::source::{RawRecord, Source};

/// How often retention is looked at.
const TRIM_INTERVAL: Duration = Duration::from_secs(60);
/// Blocks that one look deletes at most, so that no trim holds up appends for long.
const TRIM_BLOCKS: u32 = 1_000;

/// Reads the journal in order.
pub struct JournalSource {
    store: Option<Store>,
    partition: Partition,
    options: JournalOptions,
    end: watch::Receiver<End>,
    acknowledged: Arc<AtomicU64>,
    clock: Box<dyn Fn() -> Timestamp + Send>,
    next_offset: u64,
    next_read_at: Instant,
    next_trim_at: Instant,
}

impl JournalSource {
    pub(super) fn new(
        store: Store,
        options: JournalOptions,
        end: watch::Receiver<End>,
        acknowledged: Arc<AtomicU64>,
        clock: impl Fn() -> Timestamp + Send + 'static,
    ) -> Self {
        Self {
            partition: store.partition().clone(),
            store: Some(store),
            options,
            end,
            acknowledged,
            clock: Box::new(clock),
            next_offset: 0,
            next_read_at: Instant::now(),
            next_trim_at: Instant::now() + TRIM_INTERVAL,
        }
    }

    /// Reads on from what `positions` say has been passed: the smallest of the sinks'.
    pub fn seek(&mut self, positions: &Positions) {
        self.next_offset = positions.next(&self.partition);
        self.acknowledged.store(self.next_offset, Ordering::Relaxed);
    }

    fn waiting(&self) -> u64 {
        self.end.borrow().next_offset.saturating_sub(self.next_offset)
    }

    /// Waits for a first record, then for a full batch or until the flush interval since the last read is over.
    async fn gather(&mut self) -> Result<(), JournalError> {
        let next = self.next_offset;
        self.end.wait_for(|end| end.next_offset > next).await.map_err(|_| JournalError::Closed)?;
        let full = next + self.options.batch_rows as u64;
        let filled = self.end.wait_for(|end| end.next_offset >= full);
        // Closed or timed out: what is there is read in either case.
        let _ = tokio::time::timeout_at(self.next_read_at, filled).await;
        self.next_read_at = Instant::now() + self.options.flush_interval;
        Ok(())
    }

    /// Runs `work` with the store on a thread that may block.
    async fn with_store<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Store) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let store = self.store.take().ok_or(JournalError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&store);
            (store, result)
        });
        let (store, result) = done.await.map_err(|_| JournalError::Closed)?;
        self.store = Some(store);
        result
    }

    async fn trim(&mut self) -> Result<(), JournalError> {
        if Instant::now() < self.next_trim_at {
            return Ok(());
        }
        let offset = self.acknowledged.load(Ordering::Relaxed);
        let received_before = (self.clock)() - self.options.retention;
        let deleted = self.with_store(move |store| store.trim(offset, received_before, TRIM_BLOCKS)).await?;
        let more = deleted >= TRIM_BLOCKS as usize;
        self.next_trim_at = Instant::now() + if more { self.options.flush_interval } else { TRIM_INTERVAL };
        Ok(())
    }
}

impl Source for JournalSource {
    type Error = JournalError;

    async fn next(&mut self) -> Result<Vec<RawRecord>, JournalError> {
        self.trim().await?;
        if self.waiting() < self.options.batch_rows as u64 {
            self.gather().await?;
        }
        let (offset, rows, bytes) = (self.next_offset, self.options.batch_rows, self.options.batch_bytes);
        let records = self.with_store(move |store| store.read(offset, rows, bytes)).await?;
        let last = records.last().ok_or_else(|| JournalError::Corrupt {
            path: self.store.as_ref().map(|s| s.path().to_owned()).unwrap_or_default(),
            offset,
            detail: "records are missing".into(),
        })?;
        self.next_offset = last.position.offset + 1;
        Ok(records)
    }

    fn acknowledger(&self) -> impl Fn(&Positions) + Send + 'static {
        let (partition, acknowledged) = (self.partition.clone(), Arc::clone(&self.acknowledged));
        move |positions| {
            acknowledged.fetch_max(positions.next(&partition), Ordering::Relaxed);
        }
    }
}
