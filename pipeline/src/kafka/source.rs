//! The source that the flow sees: batches out of the buffer that the reading thread fills.

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::Duration,
};

use tingjian_schemas::Positions;
use tokio::sync::watch;

use super::{
    Ends, KafkaError, KafkaOptions,
    buffer::Waiting,
    gather::Gather,
    reader::{Reader, Shared},
    starts,
};
use crate::{
    metrics,
    source::{RawRecord, Source},
};

/// Longest wait at the end for the member to leave its group.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// Reads the streams' topics as a member of the group. Leaves it when dropped.
pub struct KafkaSource {
    shared: Arc<Shared>,
    waiting: watch::Receiver<Waiting>,
    gather: Gather,
    left: mpsc::Receiver<()>,
    answering: tokio::task::JoinHandle<()>,
}

impl KafkaSource {
    /// Joins the group. `held` waits until every sink has said what it holds, durably; it is asked whenever partitions are
    /// given to this process, and reading them starts at the least of the answers.
    ///
    /// # Errors
    /// The configuration is wrong. Brokers that are away are no error.
    pub fn join<F>(
        options: &KafkaOptions,
        ends: &Ends,
        held: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<Self, KafkaError>
    where
        F: Future<Output = Positions> + Send + 'static,
    {
        metrics::begin();
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
        Ok(Self { waiting: shared.buffer.watch(), shared, gather: Gather::new(options), left, answering })
    }
}

impl Source for KafkaSource {
    type Error = KafkaError;

    async fn next(&mut self) -> Result<Vec<RawRecord>, KafkaError> {
        self.gather.next(&self.shared.buffer, &mut self.waiting).await
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
