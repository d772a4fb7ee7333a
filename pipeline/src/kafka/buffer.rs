//! Between the thread that polls and the flow that takes: bounded by records and bytes, so that a flow that waits for its
//! sinks holds Kafka back.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tingjian_schemas::Partition;
use tokio::sync::watch;

use super::KafkaError;
use crate::source::RawRecord;

/// Batches that may wait here: one to be taken while the next gathers.
const BATCHES: usize = 2;

/// Records that were read and not yet taken.
pub(super) struct Buffer {
    inner: Mutex<Inner>,
    room: Condvar,
    waiting: watch::Sender<Waiting>,
    max_records: usize,
    max_bytes: usize,
}

#[derive(Default)]
struct Inner {
    records: VecDeque<RawRecord>,
    bytes: usize,
}

/// What there is to take.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    pub records: usize,
    pub bytes: usize,
    /// Why there will be no more.
    pub failed: Option<KafkaError>,
}

impl Buffer {
    pub fn new(batch_records: usize, batch_bytes: usize) -> Self {
        Self {
            inner: Mutex::default(),
            room: Condvar::new(),
            waiting: watch::Sender::new(Waiting::default()),
            max_records: batch_records.saturating_mul(BATCHES),
            max_bytes: batch_bytes.saturating_mul(BATCHES),
        }
    }

    /// Tells how much is waiting.
    pub fn watch(&self) -> watch::Receiver<Waiting> {
        self.waiting.subscribe()
    }

    /// Adds what was read; the bounds are looked at before reading on.
    pub fn push(&self, records: &mut Vec<RawRecord>) {
        let mut inner = self.lock();
        inner.bytes += records.iter().map(|record| record.bytes.len()).sum::<usize>();
        inner.records.extend(records.drain(..));
        self.tell(&inner);
    }

    /// Waits until there is room, no longer than `limit`; whether there is.
    pub fn wait_for_room(&self, limit: Duration) -> bool {
        let is_full = |inner: &mut Inner| inner.records.len() >= self.max_records || inner.bytes >= self.max_bytes;
        let waited = self.room.wait_timeout_while(self.lock(), limit, is_full);
        let (mut inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !is_full(&mut inner)
    }

    /// Takes the records that came first, at least one where there is one, then until a bound is met.
    pub fn take(&self, max_records: usize, max_bytes: usize) -> Vec<RawRecord> {
        let mut inner = self.lock();
        let mut taken = Vec::with_capacity(inner.records.len().min(max_records));
        let mut bytes = 0;
        while taken.len() < max_records && bytes < max_bytes {
            let Some(record) = inner.records.pop_front() else { break };
            bytes += record.bytes.len();
            taken.push(record);
        }
        inner.bytes -= bytes;
        self.tell(&inner);
        self.room.notify_all();
        taken
    }

    /// Drops what came from partitions that are somebody else's now: their new owner reads it, too.
    pub fn forget(&self, partitions: &[Partition]) {
        let mut inner = self.lock();
        inner.records.retain(|record| !partitions.contains(&record.position.partition));
        inner.bytes = inner.records.iter().map(|record| record.bytes.len()).sum();
        self.tell(&inner);
        self.room.notify_all();
    }

    /// No more will come.
    pub fn fail(&self, error: KafkaError) {
        self.waiting.send_modify(|waiting| waiting.failed = Some(error));
    }

    fn tell(&self, inner: &Inner) {
        let (records, bytes) = (inner.records.len(), inner.bytes);
        self.waiting.send_modify(|waiting| {
            waiting.records = records;
            waiting.bytes = bytes;
        });
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;
    use tingjian_schemas::{Position, Stream};

    use super::*;

    fn record(number: u32, offset: u64) -> RawRecord {
        let partition = Partition { source: "t".into(), number };
        let position = Position { partition, offset };
        let bytes = Bytes::from_static(b"0123456789");
        RawRecord { stream: Stream::Complaints, position, arrival: offset, received_at: Timestamp::UNIX_EPOCH, bytes }
    }

    fn offsets(records: &[RawRecord]) -> Vec<u64> {
        records.iter().map(|record| record.position.offset).collect()
    }

    #[test]
    fn it_is_full_by_records_or_bytes_until_some_are_taken() {
        for buffer in [Buffer::new(2, 1_000), Buffer::new(1_000, 20)] {
            buffer.push(&mut (0..3).map(|offset| record(0, offset)).collect());
            assert!(buffer.wait_for_room(Duration::ZERO));
            buffer.push(&mut vec![record(0, 3)]);
            assert!(!buffer.wait_for_room(Duration::ZERO));
            assert_eq!(offsets(&buffer.take(1, 1_000)), [0]);
            assert!(buffer.wait_for_room(Duration::ZERO));
        }
    }

    #[test]
    fn a_take_is_bounded_and_one_large_record_passes() {
        let buffer = Buffer::new(10, 1_000);
        buffer.push(&mut (0..5).map(|offset| record(0, offset)).collect());
        assert_eq!(offsets(&buffer.take(10, 15)), [0, 1]);
        assert_eq!(offsets(&buffer.take(10, 1)), [2]);
        assert_eq!(offsets(&buffer.take(1, 1_000)), [3]);
        assert_eq!(buffer.watch().borrow().records, 1);
    }

    #[test]
    fn what_belongs_to_another_now_is_dropped() {
        let buffer = Buffer::new(10, 1_000);
        buffer.push(&mut vec![record(0, 1), record(1, 7), record(0, 2)]);
        buffer.forget(&[record(0, 0).position.partition]);
        assert_eq!(offsets(&buffer.take(10, 1_000)), [7]);
        assert_eq!(buffer.watch().borrow().bytes, 0);
    }
}
