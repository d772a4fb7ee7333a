//! The source that the flow sees: batches out of the buffer that the reading thread fills.

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::Duration,
};

use tingjian_schemas::Positions;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{
    Ends, KafkaError, KafkaOptions,
    buffer::Waiting,
    reader::{Reader, Shared},
    starts,
};
use crate::source::{RawRecord, Source};

/// Longest wait at the end for the member to leave its group.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// Reads the streams' topics as a member of the group. Leaves it when dropped.
pub struct KafkaSource {
    shared: Arc<Shared>,
    waiting: watch::Receiver<Waiting>,
    batch_rows: usize,
    batch_bytes: usize,
    flush_interval: Duration,
    next_read_at: Instant,
    left: mpsc::Receiver<()>,
    answering: tokio::task::JoinHandle<()>,
}

impl KafkaSource {
    /// Joins the group. `held` waits until every sink has said what it holds, durably; it is asked whenever partitions are
    /// given to this process, and reading them starts at the least of the answers.
    ///
    /// # Errors
    /// The configuration is wrong. Brokers that are away are no error.
    pub fn join<F: Future<Output = Positions> + Send>(
        options: &KafkaOptions,
        ends: &Ends,
        held: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<Self, KafkaError>
    where
        F: 'static,
    {
        let shared = Arc::new(Shared::new(options));
        let (wanted, questions) = watch::channel(starts::Wanted::default());
        let (known, answers) = watch::channel(starts::Known::default());
        let answering = tokio::spawn(starts::answer(questions, known, ends.asker(), held));
        let reader = Reader::join(options, Arc::clone(&shared), wanted, answers)?;
        let (leaving, left) = mpsc::channel();
        let thread = std::thread::Builder::new().name("kafka-reader".into()).spawn(move || {
            reader.run();
            // Nobody may wait any more.
            let _ = leaving.send(());
        });
        thread.map_err(|error| KafkaError::Fatal { detail: error.to_string() })?;
        Ok(Self {
            waiting: shared.buffer.watch(),
            shared,
            batch_rows: options.batch_rows,
            batch_bytes: options.batch_bytes,
            flush_interval: options.flush_interval,
            next_read_at: Instant::now(),
            left,
            answering,
        })
    }

    /// Waits for a first record, then for a full batch or until the flush interval since the last read is over.
    async fn gather(&mut self) -> Result<(), KafkaError> {
        let closed = |_| KafkaError::Fatal { detail: "读取线程已结束".into() };
        let some = self.waiting.wait_for(|waiting| waiting.records > 0 || waiting.failed.is_some()).await;
        if let Some(error) = some.map_err(closed)?.failed.clone() {
            return Err(error);
        }
        let (rows, bytes) = (self.batch_rows, self.batch_bytes);
        let full = self.waiting.wait_for(|waiting| waiting.records >= rows || waiting.bytes >= bytes);
        // Timed out: what is there is read.
        let _ = timeout_at(self.next_read_at, full).await;
        self.next_read_at = Instant::now() + self.flush_interval;
        Ok(())
    }
}

impl Source for KafkaSource {
    type Error = KafkaError;

    async fn next(&mut self) -> Result<Vec<RawRecord>, KafkaError> {
        loop {
            self.gather().await?;
            let records = self.shared.buffer.take(self.batch_rows, self.batch_bytes);
            // Empty when what waited belonged to partitions that were taken away meanwhile.
            if !records.is_empty() {
                return Ok(records);
            }
        }
    }

    fn acknowledger(&self) -> impl Fn(&Positions) + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move |positions| shared.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone_from(positions)
    }
}

impl Drop for KafkaSource {
    fn drop(&mut self) {
        self.shared.stop();
        self.answering.abort();
        if self.left.recv_timeout(LEAVE_WITHIN).is_err() {
            tracing::warn!("the group was not left in time; its session ends by itself");
        }
    }
}

/// What the reader shares is guarded by plain locks, held for moments.
pub(super) type Acknowledged = Mutex<Positions>;
