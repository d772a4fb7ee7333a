//! `tingjian-server restore`: a data folder out of a copy that `backup` made.

use std::process::ExitCode;

use anyhow::{Context, bail};
use tingjian_warehouse::EngineSupervisor;
use tokio::time::timeout;

use crate::{
    app,
    backup::{self, Backup, Manifest},
    cli::RestoreOptions,
    commands::{accounts::prepare, backup::tables_of, offline::READY_WITHIN, rebuild_index, serve},
    config::{Config, Role, SearchEngine},
    logging,
};

/// Name under which the engine finds the tables, and of the restoring.
const NAME: &str = "restore";

/// Fills a new data folder, brings the tables back, and builds the index out of them.
///
/// # Errors
/// The folder is not empty, the copy not whole, the database there already, the disk full.
pub fn run(options: &RestoreOptions) -> anyhow::Result<ExitCode> {
    let config = options.common.load()?;
    logging::start(&config.log)?;
    let data_dir = &config.server.data_dir;
    let (backup, manifest) = Backup::open(&options.from)?;
    let destination = destination(&config, options, &manifest)?;
    prepare(data_dir)?;
    let _lock = serve::lock(data_dir)?;
    backup.give_files(data_dir)?;
    if let (Some(kept), Some(path)) = (backup.link_key(), &config.secrets.link_key_file)
        && !path.exists()
    {
        backup::copy(&kept, path)?;
    }
    if app::is_embedded(&config) {
        backup::copy(&backup.tables(), &tables_of(data_dir, NAME))?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
    runtime.block_on(async {
        let engine = app::start_engine(&config, data_dir)?;
        let outcome = bring_back(&config, engine.as_ref(), destination.as_deref()).await;
        if let Some(engine) = engine {
            engine.shutdown().await;
        }
        outcome
    })?;
    if app::is_embedded(&config) {
        let copied = tables_of(data_dir, NAME);
        std::fs::remove_dir_all(&copied).with_context(|| format!("无法删除 {}", copied.display()))?;
    }
    println!("恢复完成：{}", data_dir.display());
    Ok(ExitCode::SUCCESS)
}

/// Where ClickHouse finds the tables; `None`: they are there already.
fn destination(config: &Config, options: &RestoreOptions, manifest: &Manifest) -> anyhow::Result<Option<String>> {
    match (app::is_embedded(config), manifest.tables) {
        (true, true) => Ok(Some(format!("File('{NAME}')"))),
        (true, false) => bail!("这份备份里没有表：它来自独立的 ClickHouse，请设置 warehouse.url"),
        (false, true) => bail!("这份备份里的表来自嵌入式 ClickHouse：请先恢复成嵌入式安装"),
        (false, false) => Ok(options.clickhouse.clone()),
    }
}

async fn bring_back(
    config: &Config,
    engine: Option<&EngineSupervisor>,
    destination: Option<&str>,
) -> anyhow::Result<()> {
    let warehouse = app::warehouse(config, engine)?;
    if let Some(engine) = engine {
        engine.ready(READY_WITHIN).await.context("等待嵌入式 ClickHouse 引擎")?;
    }
    if let Some(destination) = destination {
        warehouse.begin_restore(NAME, destination).await?;
        backup::wait_for_tables(&warehouse, NAME).await?;
        eprintln!("ClickHouse 的表已恢复");
    }
    let keeps_index = config.search.engine == SearchEngine::Tantivy && config.server.roles.contains(&Role::Indexer);
    if !keeps_index {
        return Ok(());
    }
    timeout(READY_WITHIN, warehouse.migrate()).await.context("数据仓库没有应答")??;
    rebuild_index::rebuild(config, &warehouse).await
}
