//! Where understood records go, and how far each sink has come.

use std::{sync::Arc, time::Duration};

use tingjian_schemas::{Batch, Positions};
use tokio::{sync::watch, time::Instant};

/// What one write did. Every item is exactly one of these, or was held already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New ids stored.
    pub stored: u64,
    /// Same id, same content: nothing to do.
    pub duplicates: u64,
    /// Same id, other content: the later one counts.
    pub replaced: u64,
    /// Kept as dead letters.
    pub dead: u64,
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, more: Self) {
        self.stored += more.stored;
        self.duplicates += more.duplicates;
        self.replaced += more.replaced;
        self.dead += more.dead;
    }
}

/// A failed write. Nothing of the batch counts as stored; the same batch is sent again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SinkError {
    /// Whether the same write may succeed later.
    pub recoverable: bool,
    /// What is wrong, where, and what to do.
    pub message: String,
}

/// What the flow asks of a sink: positions are stored atomically with the data.
pub trait Sink: Send + 'static {
    /// Its name in metrics and messages.
    fn name(&self) -> &'static str;

    /// How far it has come.
    fn positions(&self) -> Positions;

    /// Stores the batch durably, skipping what its positions hold, and advances its positions to `batch.upto`.
    fn write(&mut self, batch: &Arc<Batch>) -> impl Future<Output = Result<Written, SinkError>> + Send;
}

/// What is known of a sink from outside.
#[derive(Clone, Debug)]
pub struct SinkStatus {
    /// Its name.
    pub name: &'static str,
    /// How far it has come.
    pub positions: Positions,
    /// Totals since the start of this process.
    pub written: Written,
    /// Batches of records read again that it holds, since the start of this process.
    pub read_again: u64,
    /// The error it is retrying on, and since when.
    pub trouble: Option<(Instant, SinkError)>,
}

/// Waiting times between tries of one write; tries never end, since giving up would lose records.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// First wait.
    pub first: Duration,
    /// Longest wait.
    pub longest: Duration,
}

impl Retry {
    /// Wait before try number `attempt` (counting from 0): doubles up to the longest.
    pub fn delay(&self, attempt: u32) -> Duration {
        self.first.saturating_mul(2_u32.saturating_pow(attempt.min(16))).min(self.longest)
    }
}

/// The publishing end of a [`SinkStatus`].
pub(crate) type StatusSender = watch::Sender<SinkStatus>;
