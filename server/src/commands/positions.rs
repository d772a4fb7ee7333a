//! `tingjian-server positions`: how far ClickHouse has come in each partition, and how much is left, while servers run or not.

use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::Timestamp;
use tingjian_pipeline::PartitionReport;

use crate::{
    app,
    cli::PositionsOptions,
    config::{Config, SourceKind},
};

/// Prints a line per partition, or forgets the positions of one topic.
///
/// # Errors
/// Wrong configuration; ClickHouse or brokers away.
pub fn run(options: &PositionsOptions) -> anyhow::Result<ExitCode> {
    let config = options.common.load()?;
    if config.source.kind != SourceKind::Kafka {
        bail!("使用嵌入式日志时，请看 GET /api/v1/status 或 tingjian status");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
    runtime.block_on(async {
        match &options.forget {
            Some(topic) => forget(&config, topic).await,
            None => print(&config).await,
        }
    })
}

async fn print(config: &Config) -> anyhow::Result<ExitCode> {
    let held = warehouse(config)?.positions().await?;
    let options = app::kafka::options(config)?;
    let partitions =
        tokio::task::spawn_blocking(move || tingjian_pipeline::partition_reports(&options, &held)).await??;
    println!("主题\t分区\t已入库\t末尾\t滞后条数\t滞后秒数");
    let now = Timestamp::now();
    for PartitionReport { partition, held, end, lag, waiting_since } in partitions {
        let seconds = waiting_since.map_or(0, |since| now.duration_since(since).as_secs().max(0));
        println!("{}\t{}\t{held}\t{end}\t{lag}\t{seconds}", partition.source, partition.number);
    }
    Ok(ExitCode::SUCCESS)
}

/// For a topic that was deleted and made anew: its numbers begin again, and what is stored stays.
async fn forget(config: &Config, topic: &str) -> anyhow::Result<ExitCode> {
    warehouse(config)?.forget_positions(topic).await?;
    println!("已忘记主题 {topic} 的位置；请对每个带索引的数据目录运行 tingjian-server rebuild-index，再启动服务");
    Ok(ExitCode::SUCCESS)
}

fn warehouse(config: &Config) -> anyhow::Result<tingjian_warehouse::Warehouse> {
    if app::is_embedded(config) {
        bail!("嵌入式 ClickHouse 由服务进程独占：请看 GET /api/v1/status 或 tingjian status");
    }
    app::warehouse(config, None)
}
