//! The durable embedded journal: what HTTP and file intake write to, and what the flow reads.
//!
//! SQLite in WAL mode with `synchronous=FULL`. Concurrent appends share one sync (group commit): while one is being
//! synced the next group gathers. See `benches/journal.rs` for why not redb.

mod block;
mod error;
mod reader;
mod store;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use jiff::Timestamp;
use tingjian_schemas::Partition;
use tokio::sync::{mpsc, oneshot, watch};

pub use block::Incoming;
pub use error::JournalError;
pub use reader::JournalSource;
pub use store::End;

use store::Store;
use writer::{Append, Writer};

/// Appends that may wait for the writer; further callers wait in their own task.
const WAITING_APPENDS: usize = 1_024;

/// Bounds of the journal.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    /// How long a record is kept after both sinks hold it.
    pub retention: Duration,
    /// Records that may wait for the sinks before the intake is refused.
    pub max_backlog_records: u64,
    /// Records one read gives at most (rounded up to whole blocks).
    pub batch_rows: usize,
    /// Bytes one read gives at most (rounded up to whole blocks).
    pub batch_bytes: usize,
    /// Shortest time between two reads, unless a whole batch is waiting.
    pub flush_interval: Duration,
}

/// The writing end. Cheap to share; closes when dropped, after everything queued was stored.
pub struct Journal {
    partition: Partition,
    appends: Option<mpsc::Sender<Append>>,
    end: watch::Receiver<End>,
    acknowledged: Arc<AtomicU64>,
    max_backlog_records: u64,
    writer: Option<JoinHandle<()>>,
}

impl Journal {
    /// Opens or creates the journal file, mode 0600. `clock` gives the time of intake; `new_id` names a new journal.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn open(
        path: &Path,
        new_id: &str,
        options: &JournalOptions,
        clock: impl Fn() -> Timestamp + Send + Clone + 'static,
    ) -> Result<(Self, JournalSource), JournalError> {
        let store = Store::open(path, new_id)?;
        let reading = Store::open(path, new_id)?;
        let first_end = store.end()?;
        let partition = store.partition().clone();
        let (end_sender, end) = watch::channel(first_end);
        let (appends, queue) = mpsc::channel(WAITING_APPENDS);
        let acknowledged = Arc::new(AtomicU64::new(0));
        let writer = Writer::new(store, first_end, end_sender, clock.clone());
        let thread = std::thread::Builder::new().name("journal-writer".into()).spawn(move || writer.run(queue));
        let source = JournalSource::new(reading, options.clone(), end.clone(), Arc::clone(&acknowledged), clock);
        let journal = Self {
            partition,
            appends: Some(appends),
            end,
            acknowledged,
            max_backlog_records: options.max_backlog_records,
            writer: thread.ok(),
        };
        if journal.writer.is_some() { Ok((journal, source)) } else { Err(JournalError::Closed) }
    }

    /// Stores `records` durably, all or none; returns their offsets.
    ///
    /// # Errors
    /// Nothing was stored then; see [`JournalError::is_recoverable`].
    pub async fn append(&self, records: Vec<Incoming>) -> Result<Range<u64>, Arc<JournalError>> {
        if self.backlog() + records.len() as u64 > self.max_backlog_records {
            return Err(Arc::new(JournalError::BacklogFull { limit: self.max_backlog_records }));
        }
        let (reply, stored) = oneshot::channel();
        let closed = || Arc::new(JournalError::Closed);
        let appends = self.appends.as_ref().ok_or_else(closed)?;
        appends.send(Append { records, reply }).await.map_err(|_| closed())?;
        stored.await.map_err(|_| closed())?
    }

    /// Where the journal ends.
    pub fn end(&self) -> End {
        *self.end.borrow()
    }

    /// Records not yet held by both sinks.
    pub fn backlog(&self) -> u64 {
        self.end().next_offset.saturating_sub(self.acknowledged.load(Ordering::Relaxed))
    }

    /// The partition under which sinks keep their positions.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.appends = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has refused its callers already; there is nothing left to store.
            let _ = writer.join();
        }
    }
}
