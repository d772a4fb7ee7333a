//! The composition root: opens every room and joins them.

mod intake;
pub mod understanding;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use jiff::{Timestamp, tz::TimeZone};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tingjian_analysis::Sealer;
use tingjian_indexer::{Index, IndexOptions};
use tingjian_pipeline::{
    Flow, FlowStatus, IdFilter, IndexerSink, Journal, JournalSource, Pace, Projector, RECORD_IDS, Retry, SinkStatus,
    Understanding, WarehouseSink,
};
use tingjian_schemas::Taxonomy;
use tingjian_warehouse::{
    Credentials, EngineCommand, EngineState, EngineSupervisor, IdScope, Timeouts, Warehouse, WarehouseConfig,
    WarehouseError,
};
use tokio::sync::{Semaphore, watch};

use crate::{
    accounts::Accounts,
    commands::accounts::prepare,
    config::{Config, Role, SearchEngine, SourceKind},
    secrets,
};

/// Buckets of the freshness histogram, seconds.
const FRESHNESS_BUCKETS_S: [f64; 10] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 30.0];
/// Wait between two tries to reach the warehouse at the start.
const START_RETRY: Duration = Duration::from_millis(500);

/// Everything a request may need.
pub struct App {
    /// Configuration.
    pub config: Config,
    /// Who may do what.
    pub accounts: Accounts,
    /// Durable intake.
    pub journal: Journal,
    /// Search.
    pub index: Index,
    /// The system of record.
    pub warehouse: Warehouse,
    /// The causes in force.
    pub taxonomy: Arc<Taxonomy>,
    /// Keys of clear order and case numbers.
    pub sealer: Arc<Sealer>,
    /// The organisation's time zone.
    pub zone: TimeZone,
    /// How far the flow's start has come.
    pub phase: watch::Receiver<FlowPhase>,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// Posts that may be read at the same time.
    pub post_slots: Semaphore,
    engine: Option<watch::Receiver<EngineState>>,
}

/// How far the flow has come.
#[derive(Clone)]
pub enum FlowPhase {
    /// Not yet moving records; says what it waits for.
    Starting(String),
    /// Moving records.
    Running(FlowStatus),
    /// Ended for good; the server stops.
    Failed(String),
}

impl App {
    /// What is wrong with the embedded engine; `None` when it answers, or when there is none.
    pub fn engine_trouble(&self) -> Option<String> {
        match self.engine.as_ref().map(|engine| engine.borrow().clone()) {
            None | Some(EngineState::Ready { .. }) => None,
            Some(EngineState::Starting) => Some("引擎正在启动".into()),
            Some(EngineState::Down { since, reason }) => {
                Some(format!("引擎自 {since:.0} 起不可用，正在重启：{reason}"))
            }
            Some(EngineState::Failed { reason }) => Some(format!("引擎无法运行：{reason}")),
            Some(EngineState::Stopped) => Some("引擎已停止".into()),
        }
    }

    /// Journal records a sink has not stored yet.
    pub fn lag(&self, sink: &SinkStatus) -> u64 {
        self.journal.end().next_offset.saturating_sub(sink.positions.next(self.journal.partition()))
    }
}

/// Waits until the embedded engine turns out to be unable to run, and says why; forever where there is none.
pub async fn engine_failed(app: &App) -> String {
    let Some(mut engine) = app.engine.clone() else { return std::future::pending().await };
    match engine.wait_for(|state| matches!(state, EngineState::Failed { .. })).await.map(|state| state.to_string()) {
        Ok(reason) => reason,
        Err(_) => std::future::pending().await,
    }
}

/// What [`open`] leaves to be started.
pub struct Parts {
    /// For requests.
    pub app: Arc<App>,
    /// To be moved by [`Mover::run`].
    pub mover: Mover,
    /// To be shut down last.
    pub engine: Option<EngineSupervisor>,
}

/// Opens everything in the data folder; waits for nothing.
///
/// # Errors
/// What cannot be opened, in words.
pub fn open(config: Config) -> anyhow::Result<Parts> {
    check_supported(&config)?;
    let data_dir = config.server.data_dir.clone();
    prepare(&data_dir)?;
    let zone = TimeZone::get(&config.server.zone)
        .with_context(|| format!("配置项 server.zone：没有时区 {}", config.server.zone))?;
    let accounts = Accounts::open(&data_dir)?;
    accounts.ensure_admin(&data_dir, Timestamp::now())?;
    let key = link_key(&config, &data_dir)?;
    let taxonomy = Arc::new(understanding::taxonomy(&config.analysis)?);
    let analyser = Arc::new(understanding::analyser(&config.analysis)?);
    let sealer = Arc::new(Sealer::new(&key));
    let understanding = Understanding::new(analyser, Arc::clone(&sealer), intake::content_seed(&key));
    let (journal, source) = intake::open_journal(&data_dir, &config)?;
    let index = Index::open(&data_dir.join("index"), &index_options(&config)).context("打开检索索引")?;
    let engine = start_engine(&config, &data_dir)?;
    let warehouse = warehouse(&config, engine.as_ref())?;
    let (phase_sender, phase) = watch::channel(FlowPhase::Starting("准备中".into()));
    let mover = Mover {
        source,
        understanding,
        projector: Projector::new(warehouse.clone(), Arc::clone(&taxonomy), Timestamp::now),
        warehouse: warehouse.clone(),
        index: index.clone(),
        retry: retry(&config),
        phase: phase_sender,
    };
    let app = App {
        post_slots: Semaphore::new(config.server.max_concurrent_posts),
        engine: engine.as_ref().map(EngineSupervisor::state),
        metrics: install_metrics()?,
        config,
        accounts,
        journal,
        index,
        warehouse,
        taxonomy,
        sealer,
        zone,
        phase,
    };
    Ok(Parts { app: Arc::new(app), mover, engine })
}

fn check_supported(config: &Config) -> anyhow::Result<()> {
    if config.source.kind == SourceKind::Kafka {
        bail!("source.kind = \"kafka\"：此版本尚不支持 Kafka 来源，请使用 \"journal\"");
    }
    if config.search.engine == SearchEngine::Clickhouse {
        bail!("search.engine = \"clickhouse\"：此版本尚不支持，请使用 \"tantivy\"");
    }
    let all = [Role::Pipeline, Role::Indexer, Role::Web];
    if !all.iter().all(|role| config.server.roles.contains(role)) {
        bail!("嵌入式日志只能由一个进程读写：使用 journal 来源时，角色须为 pipeline,indexer,web");
    }
    Ok(())
}

fn link_key(config: &Config, data_dir: &Path) -> anyhow::Result<Vec<u8>> {
    Ok(match &config.secrets.link_key_file {
        Some(path) => secrets::key(path, false)?,
        None => secrets::key(&data_dir.join("link.key"), true)?,
    })
}

fn index_options(config: &Config) -> IndexOptions {
    IndexOptions {
        writer_threads: config.search.writer_threads,
        writer_memory_bytes: config.search.writer_memory_bytes,
        ..IndexOptions::default()
    }
}

fn retry(config: &Config) -> Retry {
    Retry {
        first: Duration::from_millis(config.pipeline.retry_first_ms),
        longest: Duration::from_millis(config.pipeline.retry_longest_ms),
    }
}

fn is_embedded(config: &Config) -> bool {
    config.warehouse.url.iter().any(|url| url == "embedded")
}

/// The engine is this same program under another subcommand: one file to install.
fn start_engine(config: &Config, data_dir: &Path) -> anyhow::Result<Option<EngineSupervisor>> {
    if !is_embedded(config) {
        return Ok(None);
    }
    let program: PathBuf = std::env::current_exe().context("找不到本程序自身的路径")?;
    let engine = &config.warehouse.engine;
    let mut args: Vec<std::ffi::OsString> = vec!["engine".into()];
    args.extend(["--connections".into(), engine.connections.to_string().into()]);
    args.extend(["--memory-bytes".into(), engine.memory_bytes.to_string().into()]);
    if let Some(library) = &engine.library {
        args.extend(["--library".into(), library.into()]);
    }
    Ok(Some(EngineSupervisor::start(EngineCommand::new(program, args, data_dir.join("warehouse")))))
}

fn warehouse(config: &Config, engine: Option<&EngineSupervisor>) -> anyhow::Result<Warehouse> {
    let database = &config.warehouse.database;
    if let Some(engine) = engine {
        return Ok(Warehouse::embedded(engine.state(), database, Timeouts::default()));
    }
    let password = match &config.warehouse.password_file {
        None => String::new(),
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("配置项 warehouse.password_file：读不到 {}", path.display()))?
            .trim_end()
            .to_owned(),
    };
    Ok(Warehouse::connect(WarehouseConfig {
        urls: config.warehouse.url.clone(),
        credentials: Credentials { user: config.warehouse.user.clone(), password },
        database: database.clone(),
        cluster: Some(config.warehouse.cluster.clone()).filter(|cluster| !cluster.is_empty()),
        timeouts: Timeouts::default(),
    })?)
}

fn install_metrics() -> anyhow::Result<PrometheusHandle> {
    use metrics_exporter_prometheus::Matcher;
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("tingjian_freshness_seconds".into()), &FRESHNESS_BUCKETS_S)?
        .install_recorder()
        .context("指标无法启动")
}

/// Starts the flow once the warehouse answers, and runs it.
pub struct Mover {
    source: JournalSource,
    projector: Projector,
    understanding: Understanding,
    warehouse: Warehouse,
    index: Index,
    retry: Retry,
    phase: watch::Sender<FlowPhase>,
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

    async fn move_records(mut self, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let opened = tokio::select! {
            opened = open_warehouse(&self.warehouse, &self.phase) => opened?,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        let (positions, filter) = opened;
        let index_sink = self.index.writer().context("打开索引写入")?;
        self.source.seek(&positions.least(index_sink.positions()));
        let flow = Flow {
            source: self.source,
            understanding: self.understanding,
            filter,
            warehouse: WarehouseSink::new(self.warehouse, positions),
            indexer: IndexerSink::new(index_sink),
            retry: self.retry,
            clock: Timestamp::now,
        };
        // Follows what the flow stores; ends with it.
        let projecting = tokio::spawn(self.projector.run(Pace::default(), stop.clone()));
        let (running, status) = flow.start(stop);
        self.phase.send_replace(FlowPhase::Running(status));
        let outcome = running.run().await;
        projecting.abort();
        Ok(outcome?)
    }
}

/// Migrates, reads the positions and the stored ids; waits for a warehouse that is away.
async fn open_warehouse(
    warehouse: &Warehouse,
    phase: &watch::Sender<FlowPhase>,
) -> Result<(tingjian_schemas::Positions, IdFilter), WarehouseError> {
    loop {
        match try_open_warehouse(warehouse, phase).await {
            Err(error) if error.is_recoverable() => {
                phase.send_replace(FlowPhase::Starting(format!("等待数据仓库：{error}")));
                tokio::time::sleep(START_RETRY).await;
            }
            other => return other,
        }
    }
}

async fn try_open_warehouse(
    warehouse: &Warehouse,
    phase: &watch::Sender<FlowPhase>,
) -> Result<(tingjian_schemas::Positions, IdFilter), WarehouseError> {
    warehouse.migrate().await?;
    phase.send_replace(FlowPhase::Starting("读取已入库的编号".into()));
    let mut filter = IdFilter::new();
    for scope in IdScope::all() {
        let name = match scope {
            IdScope::Records => RECORD_IDS,
            IdScope::Facts(stream) => stream.name(),
        };
        let remember = |id: &str| {
            filter.insert(name, id);
        };
        warehouse.for_each_id(scope, remember).await?;
    }
    Ok((warehouse.positions().await?, filter))
}
