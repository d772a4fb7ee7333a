//! The index as a sink: one commit per batch, on a thread that may block.

use std::sync::Arc;

use tingjian_indexer::{IndexError, IndexSink};
use tingjian_schemas::{Batch, Positions};

use crate::sink::{Sink, SinkError, Written};

/// Writes batches to the index.
pub struct IndexerSink {
    /// Away only while a write runs.
    sink: Option<IndexSink>,
    positions: Positions,
    interrupted: bool,
}

impl IndexerSink {
    /// Takes the index's one writer.
    pub fn new(sink: IndexSink) -> Self {
        Self { positions: sink.positions().clone(), sink: Some(sink), interrupted: false }
    }
}

impl Sink for IndexerSink {
    fn name(&self) -> &'static str {
        "indexer"
    }

    fn positions(&self) -> Positions {
        self.positions.clone()
    }

    async fn write(&mut self, batch: &Arc<Batch>) -> Result<Written, SinkError> {
        let lost = || SinkError { recoverable: false, message: "索引写入线程异常退出".into() };
        let mut sink = self.sink.take().ok_or_else(lost)?;
        let (batch, interrupted) = (Arc::clone(batch), self.interrupted);
        let done = tokio::task::spawn_blocking(move || {
            let result = store(&mut sink, &batch, interrupted);
            (sink, result)
        });
        let (sink, result) = done.await.map_err(|_| lost())?;
        self.positions = sink.positions().clone();
        self.sink = Some(sink);
        self.interrupted = result.is_err();
        result.map_err(|error| SinkError { recoverable: error.is_recoverable(), message: error.to_string() })
    }
}

/// After an error everything since the last commit is gone; since every batch is committed, that is this batch alone.
fn store(sink: &mut IndexSink, batch: &Batch, interrupted: bool) -> Result<Written, IndexError> {
    if interrupted {
        sink.resume()?;
    }
    let written = sink.write(batch)?;
    sink.commit(&batch.upto)?;
    Ok(Written { stored: written.stored, duplicates: written.stale, replaced: written.replaced, dead: 0 })
}
