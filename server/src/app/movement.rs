//! Starts the flow once the warehouse answers, and runs it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use jiff::Timestamp;
use tingjian_indexer::Index;
use tingjian_pipeline::{
    AnalysedSource, AnalysedTopic, DeadLetterTopic, Ends, Flow, FlowStatus, IndexerSink, JournalSource, KafkaOptions,
    KafkaProducer, KafkaSource, Pace, Projector, RECORD_IDS, ReadAnalysed, Retry, SharedFilter, Sink, Source,
    Understand, Understanding, WarehouseSink,
};
use tingjian_schemas::{Batch, Positions};
use tingjian_warehouse::{IdScope, Warehouse, WarehouseError};
use tokio::sync::{mpsc, watch};
use tokio_util::task::AbortOnDropHandle;

use super::FlowPhase;
use crate::taxonomies::Taxonomies;

/// Wait between two tries to reach the warehouse.
const WAREHOUSE_RETRY: Duration = Duration::from_millis(500);
/// Ids of this much more than the time since the last look are read again: for inserts that were under way then.
const LOOK_BACK: Duration = Duration::from_secs(120);

/// Where records come from.
pub enum Origin {
    /// The journal of the data folder.
    Journal(JournalSource),
    /// Kafka's topics of the streams, shared with the other pipelines of the group.
    Streams {
        /// How it is reached.
        options: KafkaOptions,
        /// Where its topics end.
        ends: Ends,
        /// For dead letters, and for analysed records.
        producer: KafkaProducer,
        /// Whether it publishes what it understood, for the indexes of others.
        publishes: bool,
    },
    /// Kafka's topic of analysed records: this process keeps an index, and no pipeline.
    Analysed {
        /// How it is reached.
        options: KafkaOptions,
        /// Where it ends; looks as long as it lives.
        ends: Ends,
    },
    /// Nowhere: other processes move records, this one only answers.
    Elsewhere {
        /// Where Kafka's topics end, for what is told of its health and of lag; looks as long as it lives.
        ends: Ends,
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
    /// Works out who is responsible from what is stored; `None`: another process does.
    pub projector: Option<Projector>,
    /// The newest taxonomy is in force before anything is understood.
    pub taxonomies: Arc<Taxonomies>,
    /// Records that were read again.
    pub again: mpsc::Receiver<Batch>,
    /// Search, where this process keeps an index of its own.
    pub index: Option<Index>,
    /// Whether ClickHouse answers searches.
    pub with_text_index: bool,
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

    async fn move_records(self, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let Self { origin, understanding, warehouse, projector, index, with_text_index, retry, phase, .. } = self;
        let run = Run { retry, phase, stop, with_text_index, taxonomies: self.taxonomies, again: self.again };
        match origin {
            Origin::Journal(mut source) => {
                let Some((ids, positions)) = run.open(&warehouse).await? else { return Ok(()) };
                let indexer = writer(index.as_ref())?;
                let start = indexer.as_ref().map(|indexer| positions.least(&indexer.positions()));
                source.seek(start.as_ref().unwrap_or(&positions));
                let warehouse = WarehouseSink::new(warehouse, positions);
                let _projecting = run.project(projector);
                run.flow(source, understanding, ids.filter, Some(warehouse), indexer).await
            }
            Origin::Streams { options, ends, producer, publishes } => {
                let Some((ids, positions)) = run.open(&warehouse).await? else { return Ok(()) };
                let (filter, indexer) = (ids.filter.clone(), writer(index.as_ref())?);
                let sink = WarehouseSink::new(warehouse.clone(), positions);
                let held = move || held(warehouse.clone(), index.clone(), ids.clone());
                let source = KafkaSource::join(&options, &ends, held)?;
                let sink = DeadLetterTopic::before(sink, producer.clone());
                let _projecting = run.project(projector);
                if publishes {
                    let sink = AnalysedTopic::before(sink, producer);
                    return run.flow(source, understanding, filter, Some(sink), indexer).await;
                }
                run.flow(source, understanding, filter, Some(sink), indexer).await
            }
            Origin::Analysed { options, ends } => {
                let index = index.context("没有索引可写")?;
                let indexer = IndexerSink::new(index.writer().context("打开索引写入")?);
                let filter = indexed_ids(index).await?;
                let source = AnalysedSource::follow(&options, indexer.positions())?;
                let moved = run.flow(source, ReadAnalysed, filter, None::<WarehouseSink>, Some(indexer)).await;
                drop(ends);
                moved
            }
            Origin::Elsewhere { ends } => {
                let watched = run.watch(&warehouse).await;
                drop(ends);
                watched
            }
        }
    }
}

/// What every flow has, wherever its records come from.
struct Run {
    retry: Retry,
    phase: watch::Sender<FlowPhase>,
    stop: watch::Receiver<bool>,
    with_text_index: bool,
    taxonomies: Arc<Taxonomies>,
    again: mpsc::Receiver<Batch>,
}

impl Run {
    /// Waits for the warehouse: what is stored in it, and how far it has come. `None`: told to stop meanwhile.
    async fn open(&self, warehouse: &Warehouse) -> anyhow::Result<Option<(StoredIds, Positions)>> {
        let ids = StoredIds::new(warehouse.clone());
        let mut stop = self.stop.clone();
        let positions = tokio::select! {
            opened = open_warehouse(warehouse, self.with_text_index, &ids, &self.phase) => opened?,
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        };
        while let Err(error) = self.taxonomies.refresh().await {
            self.phase.send_replace(FlowPhase::Starting(format!("读取根因分类：{error}")));
            tokio::select! {
                () = tokio::time::sleep(WAREHOUSE_RETRY) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(None),
            }
        }
        Ok(Some((ids, positions)))
    }

    /// Waits for the warehouse, and then for the end.
    async fn watch(mut self, warehouse: &Warehouse) -> anyhow::Result<()> {
        let mut stop = self.stop.clone();
        tokio::select! {
            opened = await_tables(warehouse, self.with_text_index, &self.phase) => opened?,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        self.phase.send_replace(FlowPhase::Running(FlowStatus { sinks: Vec::new() }));
        // The sender gone is an end as well.
        let _ = self.stop.wait_for(|stop| *stop).await;
        Ok(())
    }

    /// Follows what the flow stores, until what is returned goes.
    fn project(&self, projector: Option<Projector>) -> Option<AbortOnDropHandle<()>> {
        let run = |projector: Projector| tokio::spawn(projector.run(Pace::default(), self.stop.clone()));
        projector.map(run).map(AbortOnDropHandle::new)
    }

    async fn flow(
        self,
        source: impl Source,
        understanding: impl Understand,
        filter: SharedFilter,
        warehouse: Option<impl Sink>,
        indexer: Option<impl Sink>,
    ) -> anyhow::Result<()> {
        let retry = self.retry;
        let (again, clock) = (self.again, Timestamp::now);
        let flow = Flow { source, understanding, filter, warehouse, indexer, again, retry, clock };
        let (running, status) = flow.start(self.stop);
        self.phase.send_replace(FlowPhase::Running(status));
        Ok(running.run().await?)
    }
}

/// The sink of this process's own index, where it keeps one.
fn writer(index: Option<&Index>) -> anyhow::Result<Option<IndexerSink>> {
    index.map(|index| Ok(IndexerSink::new(index.writer().context("打开索引写入")?))).transpose()
}

/// The ids an index holds.
async fn indexed_ids(index: Index) -> anyhow::Result<SharedFilter> {
    let filter = SharedFilter::default();
    let filling = filter.clone();
    let read = tokio::task::spawn_blocking(move || {
        filling.with(|filter| {
            index.for_each_record(|record| {
                filter.insert(RECORD_IDS, record.record_id);
            })
        })
    });
    read.await?.context("读取索引中的编号")?;
    Ok(filter)
}

/// What both sinks hold, durably, asked of the stores themselves: another pipeline may have written since this one last did.
/// Waits for a warehouse that is away. The ids that others stored are in the filter before the answer is given.
async fn held(warehouse: Warehouse, index: Option<Index>, ids: StoredIds) -> Positions {
    loop {
        let asked = async {
            ids.catch_up().await?;
            warehouse.positions().await
        };
        match asked.await {
            Ok(positions) => {
                return index.map_or_else(|| positions.clone(), |index| positions.least(&index.positions()));
            }
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
    with_text_index: bool,
    ids: &StoredIds,
    phase: &watch::Sender<FlowPhase>,
) -> Result<Positions, WarehouseError> {
    loop {
        match try_open_warehouse(warehouse, with_text_index, ids, phase).await {
            Err(error) if error.is_recoverable() => {
                phase.send_replace(FlowPhase::Starting(format!("等待数据仓库：{error}")));
                tokio::time::sleep(WAREHOUSE_RETRY).await;
            }
            other => return other,
        }
    }
}

/// Waits for the tables, which whoever writes makes: a process that only answers changes nothing but the index it searches by.
async fn await_tables(
    warehouse: &Warehouse,
    with_text_index: bool,
    phase: &watch::Sender<FlowPhase>,
) -> Result<(), WarehouseError> {
    loop {
        let starting = match warehouse.is_migrated().await {
            Ok(true) if with_text_index => match warehouse.ensure_text_index().await {
                Err(error) if error.is_recoverable() => format!("等待数据仓库：{error}"),
                made => return made,
            },
            Ok(true) => return Ok(()),
            Ok(false) => "等待写入的进程（--roles pipeline）建表".to_owned(),
            Err(error) if error.is_recoverable() => format!("等待数据仓库：{error}"),
            Err(error) => return Err(error),
        };
        phase.send_replace(FlowPhase::Starting(starting));
        tokio::time::sleep(WAREHOUSE_RETRY).await;
    }
}

async fn try_open_warehouse(
    warehouse: &Warehouse,
    with_text_index: bool,
    ids: &StoredIds,
    phase: &watch::Sender<FlowPhase>,
) -> Result<Positions, WarehouseError> {
    warehouse.migrate().await?;
    if with_text_index {
        warehouse.ensure_text_index().await?;
    }
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
