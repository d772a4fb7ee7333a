//! Starts the flow once the warehouse answers, and runs it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use jiff::Timestamp;
use tingjian_indexer::Index;
use tingjian_pipeline::{
    DeadLetterTopic, Ends, Flow, IndexerSink, JournalSource, KafkaOptions, KafkaProducer, KafkaSource, RECORD_IDS,
    Retry, SharedFilter, Sink, Source, Understanding, WarehouseSink,
};
use tingjian_schemas::Positions;
use tingjian_warehouse::{IdScope, Warehouse, WarehouseError};
use tokio::sync::watch;

use super::FlowPhase;

/// Wait between two tries to reach the warehouse.
const WAREHOUSE_RETRY: Duration = Duration::from_millis(500);
/// Ids of this much more than the time since the last look are read again: for inserts that were under way then.
const LOOK_BACK: Duration = Duration::from_secs(120);

/// Where records come from.
pub enum Origin {
    /// The journal of the data folder.
    Journal(JournalSource),
    /// Kafka.
    Kafka {
        /// How it is reached.
        options: KafkaOptions,
        /// Where its topics end.
        ends: Ends,
        /// For dead letters.
        producer: KafkaProducer,
    },
}

/// Everything the flow is made of.
pub struct Mover {
    /// Where records come from.
    pub origin: Origin,
    /// What understands them.
    pub understanding: Understanding,
    /// The system of record.
    pub warehouse: Warehouse,
    /// Search.
    pub index: Index,
    /// How sinks retry.
    pub retry: Retry,
    /// Where it is told how far the start has come.
    pub phase: watch::Sender<FlowPhase>,
}

impl Mover {
    /// Moves records until `stop` turns true.
    ///
    /// # Errors
    /// What ended the flow for good, in words; it is also in the phase.
    pub async fn run(self, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let phase = self.phase.clone();
        let outcome = self.move_records(stop).await;
        if let Err(error) = &outcome {
            phase.send_replace(FlowPhase::Failed(format!("{error:#}")));
        }
        outcome
    }

    async fn move_records(self, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let ids = StoredIds::new(self.warehouse.clone());
        let positions = tokio::select! {
            opened = open_warehouse(&self.warehouse, &ids, &self.phase) => opened?,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        let index_sink = self.index.writer().context("打开索引写入")?;
        let parts = Parts { understanding: self.understanding, retry: self.retry, phase: self.phase };
        let indexer = IndexerSink::new(index_sink);
        let warehouse = WarehouseSink::new(self.warehouse.clone(), positions.clone());
        match self.origin {
            Origin::Journal(mut source) => {
                source.seek(&positions.least(&indexer.positions()));
                parts.run(source, ids.filter, warehouse, indexer, stop).await
            }
            Origin::Kafka { options, ends, producer } => {
                let (index, filter) = (self.index, ids.filter.clone());
                let held = move || held(self.warehouse.clone(), index.clone(), ids.clone());
                let source = KafkaSource::join(&options, &ends, held)?;
                let warehouse = DeadLetterTopic::before(warehouse, producer);
                parts.run(source, filter, warehouse, indexer, stop).await
            }
        }
    }
}

/// What every flow has, wherever its records come from.
struct Parts {
    understanding: Understanding,
    retry: Retry,
    phase: watch::Sender<FlowPhase>,
}

impl Parts {
    async fn run(
        self,
        source: impl Source,
        filter: SharedFilter,
        warehouse: impl Sink,
        indexer: impl Sink,
        stop: watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        let (understanding, retry) = (self.understanding, self.retry);
        let flow = Flow { source, understanding, filter, warehouse, indexer, retry, clock: Timestamp::now };
        let (running, status) = flow.start(stop);
        self.phase.send_replace(FlowPhase::Running(status));
        Ok(running.run().await?)
    }
}

/// What both sinks hold, durably, asked of the stores themselves: another pipeline may have written since this one last did.
/// Waits for a warehouse that is away. The ids that others stored are in the filter before the answer is given.
async fn held(warehouse: Warehouse, index: Index, ids: StoredIds) -> Positions {
    loop {
        let asked = async {
            ids.catch_up().await?;
            warehouse.positions().await
        };
        match asked.await {
            Ok(positions) => return positions.least(&index.positions()),
            Err(error) => {
                tracing::warn!(%error, "the warehouse does not say how far it has come");
                tokio::time::sleep(WAREHOUSE_RETRY).await;
            }
        }
    }
}

/// Migrates, reads the positions and the stored ids; waits for a warehouse that is away.
async fn open_warehouse(
    warehouse: &Warehouse,
    ids: &StoredIds,
    phase: &watch::Sender<FlowPhase>,
) -> Result<Positions, WarehouseError> {
    loop {
        match try_open_warehouse(warehouse, ids, phase).await {
            Err(error) if error.is_recoverable() => {
                phase.send_replace(FlowPhase::Starting(format!("等待数据仓库：{error}")));
                tokio::time::sleep(WAREHOUSE_RETRY).await;
            }
            other => return other,
        }
    }
}

async fn try_open_warehouse(
    warehouse: &Warehouse,
    ids: &StoredIds,
    phase: &watch::Sender<FlowPhase>,
) -> Result<Positions, WarehouseError> {
    warehouse.migrate().await?;
    phase.send_replace(FlowPhase::Starting("读取已入库的编号".into()));
    ids.catch_up().await?;
    warehouse.positions().await
}

/// The filter over stored ids, kept up with what is in the warehouse.
#[derive(Clone)]
struct StoredIds {
    warehouse: Warehouse,
    filter: SharedFilter,
    /// When the last complete look began.
    looked_at: Arc<Mutex<Option<Instant>>>,
}

impl StoredIds {
    fn new(warehouse: Warehouse) -> Self {
        Self { warehouse, filter: SharedFilter::default(), looked_at: Arc::default() }
    }

    /// Takes in what was stored since the last look; at first, everything.
    async fn catch_up(&self) -> Result<(), WarehouseError> {
        let begun = Instant::now();
        let last = *self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        for scope in IdScope::all() {
            let name = match scope {
                IdScope::Records => RECORD_IDS,
                IdScope::Facts(stream) => stream.name(),
            };
            let remember = |id: &str| {
                self.filter.with(|filter| filter.insert(name, id));
            };
            match last {
                None => self.warehouse.for_each_id(scope, remember).await?,
                Some(last) => self.warehouse.for_each_recent_id(scope, last.elapsed() + LOOK_BACK, remember).await?,
            };
        }
        *self.looked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
        Ok(())
    }
}
