//! The composition root: opens every room and joins them.

pub mod intake;
pub mod kafka;
mod movement;
pub mod understanding;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use jiff::{Timestamp, tz::TimeZone};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tingjian_analysis::{LinkKind, Sealer};
use tingjian_indexer::{Index, IndexOptions};
use tingjian_pipeline::{ANALYSED_TOPIC, Ends, FlowStatus, KafkaProducer, Projector, Retry, SinkStatus, Understanding};
use tingjian_query::{AgreementAnswer, CausesAnswer, Finder, MatrixAnswer, OverviewAnswer};
use tingjian_schemas::{Batch, LinkKey, Stream, Taxonomy};
use tingjian_warehouse::{
    Credentials, EngineCommand, EngineState, EngineSupervisor, Timeouts, Tls, Warehouse, WarehouseConfig,
};
use tokio::sync::{Notify, Semaphore, mpsc, watch};

use intake::Intake;
use movement::{Mover, Origin};

use crate::{
    accounts::Accounts,
    audit::Audit,
    commands::accounts::prepare,
    commendations::{Commendations, PraiseLinks},
    config::{Config, Role, SearchEngine, SourceKind},
    delivery::SeenLinks,
    imports::Imports,
    limits::Limits,
    oidc::Provider,
    questions::Questions,
    reanalysis::Reanalyses,
    remembered::Remembered,
    searches::Searches,
    secrets,
    taxonomies::Taxonomies,
};

/// Buckets of the freshness histogram, seconds.
const FRESHNESS_BUCKETS_S: [f64; 10] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 30.0];

/// Batches read again that may wait before the flow.
const AGAIN_QUEUE: usize = 1;

/// Sign-ins that may wait for the provider at the same time; further ones are told to try again.
const PROVIDER_SLOTS: usize = 8;

/// The name of the sink that several processes may share.
const WAREHOUSE: &str = "warehouse";

/// Everything a request may need.
pub struct App {
    /// Configuration.
    pub config: Config,
    /// Who may do what.
    pub accounts: Accounts,
    /// Searches that people keep.
    pub searches: Searches,
    /// Overviews by week.
    pub overviews: Remembered<Option<OverviewAnswer>>,
    /// Causes by what was asked of them.
    pub matrices: Remembered<(MatrixAnswer, CausesAnswer)>,
    /// How far looks agree.
    pub agreements: Remembered<AgreementAnswer>,
    /// Who looked at and changed what.
    pub audit: Audit,
    /// Who has read which commendation.
    pub commendations: Commendations,
    /// Signs the links by which customers praise.
    pub praise_links: PraiseLinks,
    /// Where people may sign in besides here.
    pub provider: Option<Provider>,
    /// Ways in over it that are worked on at the same time.
    pub provider_slots: Semaphore,
    /// Signs the links by which messages are told to be seen.
    pub seen_links: SeenLinks,
    /// Held while a report is made anew from what was known.
    pub verifying: tokio::sync::Mutex<()>,
    /// Questions that people ask again and again.
    pub questions: Questions,
    /// Files that were sent to be imported.
    pub imports: Imports,
    /// Rung when there is one more of them to work.
    pub import_wanted: Notify,
    /// How often somebody may do something.
    pub limits: Limits,
    /// Durable intake.
    pub intake: Intake,
    /// Search.
    pub finder: Finder,
    /// The system of record.
    pub warehouse: Warehouse,
    /// The causes in force, and their versions.
    pub taxonomies: Arc<Taxonomies>,
    /// Runs that read history again.
    pub reanalyses: Reanalyses,
    /// Rung when there is one to work.
    pub reanalysis_wanted: Notify,
    /// Takes records that were read again to the sinks; `None` where this process has none.
    pub again: Option<mpsc::Sender<Batch>>,
    /// Works attribution out.
    pub projector: Option<Projector>,
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
    /// The causes in force.
    pub fn taxonomy(&self) -> Arc<Taxonomy> {
        self.taxonomies.taxonomy().get()
    }

    /// The key of a case: of its number, or the key itself.
    pub fn case_key(&self, number: &str) -> LinkKey {
        number.parse().unwrap_or_else(|_| self.sealer.key(LinkKind::Case, number))
    }

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

    /// How far each sink of this process has come. The warehouse is asked itself where several pipelines write to it: this one
    /// knows of its own partitions only.
    pub async fn sinks(&self) -> Vec<SinkStatus> {
        let FlowPhase::Running(flow) = self.phase.borrow().clone() else { return Vec::new() };
        let mut sinks: Vec<_> = flow.sinks.iter().map(|sink| sink.borrow().clone()).collect();
        if matches!(self.intake, Intake::Kafka(_))
            && let Some(warehouse) = sinks.iter_mut().find(|sink| sink.name == WAREHOUSE)
            && let Ok(positions) = self.warehouse.positions().await
        {
            warehouse.positions.advance_all(&positions);
        }
        sinks
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
    let provider = Provider::open(&config.oidc, &config.server.address())?;
    let searches = Searches::open(&data_dir)?;
    let key = link_key(&config, &data_dir)?;
    let sealer = Arc::new(Sealer::new(&key));
    let (intake, origin) = open_source(&data_dir, &config)?;
    let index = match config.search.engine {
        // A pipeline alone publishes what it understood, for the indexes of others.
        SearchEngine::Tantivy if !config.server.roles.contains(&Role::Indexer) => None,
        SearchEngine::Tantivy => {
            Some(Index::open(&data_dir.join("index"), &index_options(&config)).context("打开检索索引")?)
        }
        SearchEngine::Clickhouse => None,
    };
    let engine = start_engine(&config, &data_dir)?;
    let warehouse = warehouse(&config, engine.as_ref())?;
    let taxonomies = Arc::new(Taxonomies::open(&config.analysis, warehouse.clone())?);
    let seed = intake::content_seed(&key);
    let understanding = Understanding::new(taxonomies.analyser().clone(), Arc::clone(&sealer), seed);
    let projector = Projector::new(warehouse.clone(), taxonomies.taxonomy().clone(), Timestamp::now);
    let projector = config.pipeline.attribution.then_some(projector);
    let (again_sender, again) = mpsc::channel(AGAIN_QUEUE);
    let writes = matches!(origin, Origin::Journal(_) | Origin::Streams { .. });
    let (phase_sender, phase) = watch::channel(FlowPhase::Starting("准备中".into()));
    let mover = Mover {
        origin,
        understanding,
        projector: projector.clone(),
        taxonomies: Arc::clone(&taxonomies),
        again,
        warehouse: warehouse.clone(),
        index: index.clone(),
        with_text_index: config.search.engine == SearchEngine::Clickhouse,
        retry: retry(&config),
        phase: phase_sender,
    };
    let app = App {
        post_slots: Semaphore::new(config.server.max_concurrent_posts),
        engine: engine.as_ref().map(EngineSupervisor::state),
        metrics: install_metrics()?,
        config,
        accounts,
        searches,
        overviews: Remembered::default(),
        matrices: Remembered::default(),
        agreements: Remembered::default(),
        audit: Audit::open(&data_dir)?,
        commendations: Commendations::open(&data_dir, &key)?,
        praise_links: PraiseLinks::new(&key),
        provider,
        provider_slots: Semaphore::new(PROVIDER_SLOTS),
        seen_links: SeenLinks::new(&key),
        verifying: tokio::sync::Mutex::default(),
        questions: Questions::open(&data_dir)?,
        imports: Imports::open(&data_dir)?,
        import_wanted: Notify::new(),
        limits: Limits::default(),
        intake,
        finder: index.map_or_else(|| Finder::Warehouse(warehouse.clone()), Finder::Index),
        warehouse,
        taxonomies,
        reanalyses: Reanalyses::open(&data_dir)?,
        reanalysis_wanted: Notify::new(),
        again: writes.then_some(again_sender),
        projector,
        sealer,
        zone,
        phase,
    };
    Ok(Parts { app: Arc::new(app), mover, engine })
}

fn check_supported(config: &Config) -> anyhow::Result<()> {
    let has = |role| config.server.roles.contains(&role);
    let is_whole = has(Role::Pipeline) && has(Role::Indexer) && has(Role::Web);
    if !is_whole && config.source.kind == SourceKind::Journal {
        bail!("嵌入式日志只能由一个进程读写：使用 journal 来源时，角色须为 pipeline,indexer,web");
    }
    if !is_whole && is_embedded(config) {
        bail!("嵌入式 ClickHouse 只能由一个进程使用：拆分角色时，请用 warehouse.url 指明 ClickHouse 服务器");
    }
    if config.source.kind == SourceKind::Kafka && !is_embedded(config) && config.secrets.link_key_file.is_none() {
        // Each with a key of its own would link no customer of one to those of the others.
        bail!("多个进程共用 ClickHouse 时须使用同一密钥：请设置 secrets.link_key_file，各机内容相同");
    }
    let with_index = config.search.engine == SearchEngine::Tantivy;
    if config.server.roles == [Role::Indexer] && !with_index {
        bail!("search.engine = \"clickhouse\" 时检索由 ClickHouse 回答，只有 indexer 角色的进程无事可做");
    }
    if has(Role::Web) && !has(Role::Indexer) && with_index {
        bail!("web 角色由本进程的索引回答检索：请同时承担 indexer 角色，或设置 search.engine = \"clickhouse\"");
    }
    Ok(())
}

fn open_source(data_dir: &Path, config: &Config) -> anyhow::Result<(Intake, Origin)> {
    match config.source.kind {
        SourceKind::Journal => {
            let (journal, source) = intake::open_journal(data_dir, config)?;
            Ok((Intake::Journal(journal), Origin::Journal(source)))
        }
        SourceKind::Kafka => open_kafka(config),
    }
}

fn open_kafka(config: &Config) -> anyhow::Result<(Intake, Origin)> {
    let has = |role| config.server.roles.contains(&role);
    let options = kafka::options(config)?;
    let streams = Stream::ALL.map(Stream::topic).to_vec();
    let with_index = config.search.engine == SearchEngine::Tantivy;
    let is_replica = has(Role::Indexer) && !has(Role::Pipeline) && with_index;
    let ends = Ends::watch(&options, if is_replica { vec![ANALYSED_TOPIC] } else { streams })?;
    let producer = KafkaProducer::new(&options, &ends)?;
    let intake = Intake::Kafka(producer.clone());
    // Others keep an index of what this one reads, unless ClickHouse answers all searches.
    let publishes = (with_index && !has(Role::Indexer)) || config.source.kafka.publish_analysed;
    let origin = match (has(Role::Pipeline), is_replica) {
        (true, _) => Origin::Streams { options, ends, producer, publishes },
        (false, true) => Origin::Analysed { options, ends },
        (false, false) => Origin::Elsewhere { ends },
    };
    Ok((intake, origin))
}

fn link_key(config: &Config, data_dir: &Path) -> anyhow::Result<Vec<u8>> {
    Ok(match &config.secrets.link_key_file {
        Some(path) => secrets::key(path, false)?,
        None => secrets::key(&data_dir.join("link.key"), true)?,
    })
}

/// How the index is opened.
pub fn index_options(config: &Config) -> IndexOptions {
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

/// Whether ClickHouse runs inside this installation.
pub fn is_embedded(config: &Config) -> bool {
    config.warehouse.url.iter().any(|url| url == "embedded")
}

/// The engine is this same program under another subcommand: one file to install.
///
/// # Errors
/// When this program cannot find itself.
pub fn start_engine(config: &Config, data_dir: &Path) -> anyhow::Result<Option<EngineSupervisor>> {
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

/// The warehouse as configured: the engine, or servers.
///
/// # Errors
/// A password file that cannot be read, a wrong address.
pub fn warehouse(config: &Config, engine: Option<&EngineSupervisor>) -> anyhow::Result<Warehouse> {
    let database = &config.warehouse.database;
    if let Some(engine) = engine {
        return Ok(Warehouse::embedded(engine.state(), database, Timeouts::default()));
    }
    let read = |key: &'static str, path: &Path| {
        std::fs::read_to_string(path).with_context(|| format!("配置项 {key}：读不到 {}", path.display()))
    };
    let password = match &config.warehouse.password_file {
        None => config.warehouse.password.0.clone(),
        Some(path) => read("warehouse.password_file", path)?.trim_end().to_owned(),
    };
    let tls = match &config.warehouse.ca_file {
        None => Tls::System,
        Some(path) => Tls::Authorities(read("warehouse.ca_file", path)?.into_bytes()),
    };
    if config.warehouse.url.len() > 1 && config.warehouse.cluster.is_empty() {
        tracing::warn!("several warehouse.url without warehouse.cluster: whichever answers must hold the same tables");
    }
    Ok(Warehouse::connect(WarehouseConfig {
        urls: config.warehouse.url.clone(),
        credentials: Credentials { user: config.warehouse.user.clone(), password },
        tls,
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
