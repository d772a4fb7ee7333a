//! `tingjian-server serve`: opens everything, serves, and stops in order.

use std::{fs::File, net::SocketAddr, path::Path, process::ExitCode, time::Duration};

use anyhow::Context;
use jiff::Timestamp;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::timeout,
};

use crate::{
    alerts, app,
    cli::ServeOptions,
    commands::accounts::prepare,
    config::{Config, Role},
    delivery::{self, Channels, Schedule},
    http, imports, logging, questions, reanalysis,
};

/// Serves until told to stop (SIGTERM, Ctrl-C) or until something fails for good.
///
/// # Errors
/// Wrong configuration, a data folder or address held by another process, a fatal store error.
pub fn run(options: ServeOptions) -> anyhow::Result<ExitCode> {
    let mut config = options.common.load()?;
    if let Some(listen) = options.listen {
        config.server.listen = listen;
    }
    if let Some(roles) = options.roles {
        config.server.roles = roles;
    }
    logging::start(&config.log)?;
    prepare(&config.server.data_dir)?;
    let _lock = lock(&config.server.data_dir)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
    runtime.block_on(serve(config))
}

/// One server per data folder. The lock goes with the process, however it ends.
///
/// # Errors
/// Held by another process, or not writable.
pub fn lock(data_dir: &Path) -> anyhow::Result<File> {
    let held = || {
        format!(
            "数据目录 {} 正被另一个 tingjian-server 使用：请先停止它，或用 --data-dir 换一个目录",
            data_dir.display()
        )
    };
    try_lock(data_dir)?.with_context(held)
}

/// The same; `None` where another process has the folder.
///
/// # Errors
/// Not writable.
pub fn try_lock(data_dir: &Path) -> anyhow::Result<Option<File>> {
    let path = data_dir.join("server.lock");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("数据目录 {} 不可写：请检查目录权限或只读挂载", data_dir.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("无法锁定数据目录 {}", data_dir.display()))
        }
    }
}

async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    let listener = listen(config.server.listen).await?;
    let address = listener.local_addr().context("监听地址未知")?;
    let deadline = Duration::from_secs(config.server.shutdown_timeout_s);
    let parts = app::open(config)?;
    let (stop_sender, stop) = watch::channel(false);
    let mover = tokio::spawn(parts.mover.run(stop.clone()));
    let importing = tokio::spawn(imports::work::run(parts.app.clone(), stop.clone()));
    let rereading = tokio::spawn(reanalysis::work::run(parts.app.clone(), stop.clone()));
    let following = following(&parts.app, &stop);
    greet(&parts.app, address);

    let senders = senders(&parts.app, &stop)?;
    let router = http::router(parts.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, router);
    let mut stopping = stop.clone();
    let serving = serving.with_graceful_shutdown(async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    let mut serving = tokio::spawn(serving.into_future());
    let mut mover = mover;
    let failure = tokio::select! {
        () = asked_to_stop() => None,
        moved = &mut mover => Some(moved?),
        reason = app::engine_failed(&parts.app) => Some(Err(anyhow::anyhow!("嵌入式 ClickHouse 引擎：{reason}"))),
        served = &mut serving => Some(served?.context("HTTP 服务停止")),
    };
    stop_sender.send_replace(true);
    // A message under way is claimed: whoever starts next sees that nobody knows its outcome.
    senders.iter().for_each(tokio::task::JoinHandle::abort);
    tracing::info!("stopping");
    // Requests first, so that nothing new is accepted; then the batches under way; the engine last.
    let _ = timeout(deadline, &mut serving).await;
    let _ = timeout(deadline, importing).await;
    let _ = timeout(deadline, rereading).await;
    following.abort();
    if failure.is_none() {
        let _ = timeout(deadline, &mut mover).await;
    }
    drop(parts.app);
    if let Some(engine) = parts.engine {
        engine.shutdown().await;
    }
    match failure {
        None => Ok(ExitCode::SUCCESS),
        Some(outcome) => outcome.map(|()| ExitCode::FAILURE),
    }
}

/// Takes over taxonomies that other processes saved.
fn following(app: &std::sync::Arc<app::App>, stop: &watch::Receiver<bool>) -> tokio::task::JoinHandle<()> {
    let (taxonomies, stop) = (app.taxonomies.clone(), stop.clone());
    tokio::spawn(async move { taxonomies.follow(stop).await })
}

/// Sends reports at their time and alerts when there are any. Without channels alerts are raised for the page alone.
fn senders(
    app: &std::sync::Arc<app::App>,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<Vec<tokio::task::JoinHandle<()>>> {
    if !app.config.server.roles.contains(&Role::Web) {
        return Ok(Vec::new());
    }
    let reports = &app.config.reports;
    let channels = reports.channels_file.as_ref().map(|file| Channels::read(file)).transpose()?;
    let mut senders = Vec::new();
    if app.config.alerts.interval_s > 0 {
        let channels = channels.clone().unwrap_or_default();
        senders.push(tokio::spawn(alerts::watch(app.clone(), channels, stop.clone())));
    }
    if let Some(channels) = channels {
        senders.push(tokio::spawn(questions::watch(app.clone(), channels.clone(), stop.clone())));
        let schedule = Schedule { day: reports.day, at: reports.time };
        senders.push(tokio::spawn(delivery::watch(app.clone(), channels, schedule, stop.clone())));
    }
    Ok(senders)
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("无法监听 {address}：端口可能已被占用，请停止占用它的程序，或用 --listen 换一个端口"))
}

/// Tells the person who started it where to go.
fn greet(app: &app::App, listening: SocketAddr) {
    let public = &app.config.server.public_url;
    let address = if public.is_empty() { format!("http://{listening}") } else { app.config.server.address() };
    eprintln!("听见 Tingjian {} 已启动：{address}", env!("CARGO_PKG_VERSION"));
    match app.accounts.sign_in_code("admin", Timestamp::now()) {
        Ok(code) => eprintln!("一次性登录链接（一小时内有效）：{address}/sign-in?code={code}"),
        Err(error) => tracing::warn!(%error, "no sign-in link for admin"),
    }
    eprintln!("管理员令牌：{}", app.config.server.data_dir.join("admin.token").display());
}

async fn asked_to_stop() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "cannot listen for SIGTERM");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
