//! The warehouse as a sink.

use std::sync::Arc;

use tingjian_schemas::{Batch, Positions};
use tingjian_warehouse::Warehouse;
use tokio::runtime::Handle;

use crate::sink::{Sink, SinkError, Written};

/// Writes batches to the warehouse.
pub struct WarehouseSink {
    warehouse: Warehouse,
    positions: Positions,
}

impl WarehouseSink {
    /// `positions` are the warehouse's own, read before.
    pub fn new(warehouse: Warehouse, positions: Positions) -> Self {
        Self { warehouse, positions }
    }
}

impl Sink for WarehouseSink {
    fn name(&self) -> &'static str {
        "warehouse"
    }

    fn positions(&self) -> Positions {
        self.positions.clone()
    }

    /// On a thread that may block: making rows is work, not waiting.
    async fn write(&mut self, batch: &Arc<Batch>) -> Result<Written, SinkError> {
        let (warehouse, writing, runtime) = (self.warehouse.clone(), Arc::clone(batch), Handle::current());
        let done = tokio::task::spawn_blocking(move || runtime.block_on(warehouse.write(&writing)));
        let lost = |_| SinkError { recoverable: false, message: "数据仓库写入线程异常退出".into() };
        match done.await.map_err(lost)? {
            Ok(written) => {
                self.positions.advance_all(&batch.upto);
                Ok(Written {
                    stored: written.stored,
                    duplicates: written.duplicates,
                    replaced: written.replaced,
                    dead: written.dead,
                })
            }
            Err(error) => Err(SinkError { recoverable: error.is_recoverable(), message: error.to_string() }),
        }
    }
}
