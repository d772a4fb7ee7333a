//! Work on the warehouse by a command, with no server over the same data folder.

use std::time::Duration;

use anyhow::Context;
use tingjian_warehouse::Warehouse;
use tokio::time::timeout;

use crate::{
    app,
    cli::Common,
    commands::{accounts::prepare, serve::lock},
    config::Config,
    logging,
};

/// How long the warehouse may take to answer at the start.
pub const READY_WITHIN: Duration = Duration::from_secs(120);

/// Runs `work` over the migrated warehouse; refused while a server holds the data folder. The embedded engine runs for as long.
///
/// # Errors
/// The data folder is in use, the warehouse does not answer; what `work` says.
pub fn with_warehouse<F: Future<Output = anyhow::Result<()>>>(
    options: &Common,
    work: impl FnOnce(Config, Warehouse) -> F,
) -> anyhow::Result<()> {
    let config = options.load()?;
    logging::start(&config.log)?;
    prepare(&config.server.data_dir)?;
    let _lock = lock(&config.server.data_dir)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
    runtime.block_on(async {
        let engine = app::start_engine(&config, &config.server.data_dir)?;
        let outcome = async {
            let warehouse = app::warehouse(&config, engine.as_ref())?;
            if let Some(engine) = &engine {
                engine.ready(READY_WITHIN).await.context("等待嵌入式 ClickHouse 引擎")?;
            }
            timeout(READY_WITHIN, warehouse.migrate()).await.context("数据仓库没有应答")??;
            work(config, warehouse).await
        }
        .await;
        if let Some(engine) = engine {
            engine.shutdown().await;
        }
        outcome
    })
}
