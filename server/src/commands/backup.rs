//! `tingjian-server backup`: a copy of everything that cannot be made anew, while the server runs or not.

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use jiff::Timestamp;

use crate::{
    app,
    backup::{self, Backup},
    cli::BackupOptions,
    commands::{accounts::prepare, offline::READY_WITHIN, running::Running, serve},
    config::Config,
    logging,
};

/// Between two questions to the server that copies.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);

/// Copies into a new folder.
///
/// # Errors
/// The folder is not empty, ClickHouse refuses, the disk is full.
pub fn run(options: &BackupOptions) -> anyhow::Result<ExitCode> {
    let config = options.common.load()?;
    logging::start(&config.log)?;
    let data_dir = &config.server.data_dir;
    prepare(data_dir)?;
    let backup = Backup::create(&options.to)?;
    let name = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    match (app::is_embedded(&config), &options.clickhouse) {
        (true, Some(_)) => bail!("--clickhouse 只用于独立的 ClickHouse；嵌入式的表会写进备份目录"),
        (true, None) => {
            match serve::try_lock(data_dir)? {
                Some(_lock) => begin_alone(&config, &name)?,
                None => begin_in_server(&config, &name)?,
            }
            backup::move_folder(&tables_of(data_dir, &name), &backup.tables())?;
        }
        (false, Some(destination)) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
            runtime.block_on(async {
                let warehouse = app::warehouse(&config, None)?;
                warehouse.begin_backup(&name, destination).await?;
                backup::wait_for_tables(&warehouse, &name).await
            })?;
        }
        (false, None) => eprintln!("没有给出 --clickhouse：ClickHouse 里的表不在这份备份中"),
    }
    backup.take_files(data_dir, config.secrets.link_key_file.as_deref())?;
    backup.finish(options.clickhouse.as_deref())?;
    println!("备份完成：{}", options.to.display());
    Ok(ExitCode::SUCCESS)
}

/// Where the embedded engine puts a copy of that name.
pub fn tables_of(data_dir: &Path, name: &str) -> std::path::PathBuf {
    data_dir.join("warehouse").join("backups").join(name)
}

/// The engine is this command's own.
fn begin_alone(config: &Config, name: &str) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
    runtime.block_on(async {
        let engine = app::start_engine(config, &config.server.data_dir)?.context("没有嵌入式引擎")?;
        let copied = async {
            engine.ready(READY_WITHIN).await.context("等待嵌入式 ClickHouse 引擎")?;
            let warehouse = app::warehouse(config, Some(&engine))?;
            warehouse.begin_backup(name, &format!("File('{name}')")).await?;
            backup::wait_for_tables(&warehouse, name).await
        };
        let outcome = copied.await;
        engine.shutdown().await;
        outcome
    })
}

/// The engine is the running server's, which is asked.
fn begin_in_server(config: &Config, name: &str) -> anyhow::Result<()> {
    let server = Running::on(config)?;
    let path = format!("/api/v1/backups/{name}");
    server.call("POST", &path, "application/json")?;
    loop {
        let text = server.call("GET", &path, "application/json")?;
        let state: serde_json::Value = serde_json::from_str(&text).context("服务的回答读不懂")?;
        match state.get("state").and_then(serde_json::Value::as_str) {
            Some("done") => return Ok(()),
            Some("running") => std::thread::sleep(LOOK_INTERVAL),
            _ => bail!("ClickHouse 没有完成：{text}"),
        }
    }
}
