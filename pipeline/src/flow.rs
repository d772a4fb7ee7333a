//! The flow: source → understand → both sinks → acknowledge. Nothing else wires stages.

use std::{pin::pin, sync::Arc};

use jiff::Timestamp;
use tingjian_schemas::{Batch, Positions};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinSet},
};

use crate::{
    id_filter::SharedFilter,
    metrics,
    sink::{Retry, Sink, SinkError, SinkStatus, StatusSender, Written},
    source::Source,
    understanding::{Understand, mark_repeats},
};

/// Batches that may wait before each sink; with one being understood and one being written, the flow holds at most four.
const SINK_QUEUE: usize = 1;

/// Why the flow ended before it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The source failed for good.
    #[error("数据来源出错：{0}")]
    Source(Box<dyn std::error::Error + Send + Sync>),
    /// A sink failed for good.
    #[error("{name} 无法写入：{error}")]
    Sink {
        /// Which sink.
        name: &'static str,
        /// Why.
        error: SinkError,
    },
    /// A stage panicked: a defect.
    #[error("内部错误：{0}")]
    Stage(#[from] JoinError),
}

/// What both sinks show to the outside while the flow runs.
#[derive(Clone)]
pub struct FlowStatus {
    /// One receiver per sink: the warehouse's first, then the index's.
    pub sinks: Vec<watch::Receiver<SinkStatus>>,
}

/// A flow, ready to run.
pub struct Flow<S, U, W, I> {
    /// Where records come from.
    pub source: S,
    /// What understands them.
    pub understanding: U,
    /// Ids stored so far.
    pub filter: SharedFilter,
    /// The system of record, where this process keeps it.
    pub warehouse: Option<W>,
    /// Search, where this process keeps it.
    pub indexer: Option<I>,
    /// Records that are read again: they go through the same sinks, between two batches of the source.
    pub again: mpsc::Receiver<Batch>,
    /// How sinks retry.
    pub retry: Retry,
    /// For freshness: when a batch became durable.
    pub clock: fn() -> Timestamp,
}

impl<S: Source, U: Understand, W: Sink, I: Sink> Flow<S, U, W, I> {
    /// Starts the sinks; `run` of what comes back moves records until `stop` turns true.
    pub fn start(self, stop: watch::Receiver<bool>) -> (Running<S, U>, FlowStatus) {
        let mut sinks = JoinSet::new();
        let (retry, clock) = (self.retry, self.clock);
        let warehouse = self.warehouse.map(|sink| spawn(&mut sinks, sink, retry, clock, stop.clone()));
        let indexer = self.indexer.map(|sink| spawn(&mut sinks, sink, retry, clock, stop.clone()));
        let (queues, sinks_status) = warehouse.into_iter().chain(indexer).unzip();
        let status = FlowStatus { sinks: sinks_status };
        let running = Running {
            source: self.source,
            understanding: self.understanding,
            filter: self.filter,
            again: self.again,
            queues,
            sinks,
            status: status.clone(),
            stop,
        };
        (running, status)
    }
}

/// A started flow.
pub struct Running<S, U> {
    source: S,
    understanding: U,
    filter: SharedFilter,
    again: mpsc::Receiver<Batch>,
    queues: Vec<mpsc::Sender<Arc<Batch>>>,
    sinks: JoinSet<Result<(), FlowError>>,
    status: FlowStatus,
    stop: watch::Receiver<bool>,
}

impl<S: Source, U: Understand> Running<S, U> {
    /// Moves records from the source through analysis into both sinks, with back-pressure, until stopped.
    ///
    /// # Errors
    /// The first fatal error of the source or of a sink.
    pub async fn run(mut self) -> Result<(), FlowError> {
        let acknowledging = tokio::spawn(acknowledge(self.source.acknowledger(), self.status));
        let outcome = 'flow: loop {
            // Waiting goes on while records read again pass by: what a source has gathered is never dropped.
            let mut next = pin!(self.source.next());
            let raw = loop {
                let batch = tokio::select! {
                    raw = &mut next => break raw,
                    Some(batch) = self.again.recv() => batch,
                    _ = self.stop.wait_for(|stop| *stop) => break 'flow Ok(()),
                    Some(ended) = self.sinks.join_next() => break 'flow ended?,
                };
                hand_over(&self.queues, batch).await;
            };
            let raw = match raw {
                Ok(raw) => raw,
                Err(error) => break Err(FlowError::Source(Box::new(error))),
            };
            let understanding = self.understanding.clone();
            let mut batch = tokio::task::spawn_blocking(move || understanding.batch(raw)).await?;
            self.filter.with(|filter| mark_repeats(filter, &mut batch));
            hand_over(&self.queues, batch).await;
        };
        drop(self.queues);
        let mut outcome = outcome;
        while let Some(ended) = self.sinks.join_next().await {
            outcome = outcome.and(ended?);
        }
        acknowledging.abort();
        outcome
    }
}

/// Puts a batch before every sink.
async fn hand_over(queues: &[mpsc::Sender<Arc<Batch>>], batch: Batch) {
    let batch = Arc::new(batch);
    for queue in queues {
        // A queue is closed only after its sink failed; the loop sees that failure next.
        let _ = queue.send(Arc::clone(&batch)).await;
    }
}

type Started = (mpsc::Sender<Arc<Batch>>, watch::Receiver<SinkStatus>);

fn spawn<K: Sink>(
    sinks: &mut JoinSet<Result<(), FlowError>>,
    sink: K,
    retry: Retry,
    clock: fn() -> Timestamp,
    stop: watch::Receiver<bool>,
) -> Started {
    let (queue, batches) = mpsc::channel(SINK_QUEUE);
    let first = SinkStatus {
        name: sink.name(),
        positions: sink.positions(),
        written: Written::default(),
        read_again: 0,
        trouble: None,
    };
    let (status, watching) = watch::channel(first);
    sinks.spawn(drain(sink, batches, retry, clock, stop, status));
    (queue, watching)
}

/// Writes batches in order until the queue is closed; retries recoverable errors until stopped.
async fn drain<K: Sink>(
    mut sink: K,
    mut batches: mpsc::Receiver<Arc<Batch>>,
    retry: Retry,
    clock: fn() -> Timestamp,
    mut stop: watch::Receiver<bool>,
    status: StatusSender,
) -> Result<(), FlowError> {
    while let Some(batch) = batches.recv().await {
        let mut attempt = 0;
        loop {
            match sink.write(&batch).await {
                Ok(written) => break publish(&sink, &status, &batch, written, clock()),
                Err(error) if error.recoverable => {
                    tracing::warn!(sink = sink.name(), attempt, %error, "write failed, will retry");
                    metrics::retried(sink.name());
                    status.send_modify(|s| {
                        let since = s.trouble.as_ref().map_or_else(tokio::time::Instant::now, |(since, _)| *since);
                        s.trouble = Some((since, error));
                    });
                }
                Err(error) => return Err(FlowError::Sink { name: sink.name(), error }),
            }
            tokio::select! {
                () = tokio::time::sleep(retry.delay(attempt)) => attempt += 1,
                // Unwritten batches are still in the source: the next start reads them again.
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
        }
    }
    Ok(())
}

fn publish(sink: &impl Sink, status: &StatusSender, batch: &Batch, written: Written, now: Timestamp) {
    metrics::written(sink.name(), batch, written, now);
    status.send_modify(|s| {
        s.positions = sink.positions();
        s.written += written;
        s.read_again += u64::from(batch.items.first().is_some_and(|item| item.generation > 0));
        s.trouble = None;
    });
}

/// Tells the source what both sinks hold, whenever either moves on.
async fn acknowledge(acknowledge: impl Fn(&Positions), status: FlowStatus) {
    let mut sinks = status.sinks;
    loop {
        let held = sinks.iter().map(|s| s.borrow().positions.clone()).reduce(|a, b| a.least(&b));
        acknowledge(&held.unwrap_or_default());
        let changes = sinks.iter_mut().map(|sink| Box::pin(sink.changed()));
        if futures_util::future::select_all(changes).await.0.is_err() {
            return;
        }
    }
}
