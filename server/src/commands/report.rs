//! `tingjian-server report`: for schedulers beside the server. Asks the server that runs on this data folder, since only it may use
//! the embedded engine.

use std::{fs, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use jiff::{Timestamp, tz::TimeZone};
use tingjian_report::Week;

use crate::{cli::ReportOptions, config::Config};

/// Longest wait for the report.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);
/// Largest report taken.
const MAX_BYTES: u64 = 8 << 20;

/// Publishes (where that is wanted) and writes the report of a week; without `--week` the last whole one.
///
/// # Errors
/// No server on this folder; it refuses.
pub fn run(options: &ReportOptions) -> anyhow::Result<ExitCode> {
    let config = options.common.load()?;
    let week = match &options.week {
        Some(week) => week.parse::<Week>()?,
        None => Week::of(Timestamp::now(), &zone(&config)?).before(1),
    };
    let path = format!("/api/v1/reports/weekly/{week}");
    if options.publish || options.partial {
        let partial = if options.partial { "?partial=true" } else { "" };
        call(&config, "POST", &format!("{path}/publish{partial}"), "application/json")?;
    }
    let json = options.output.extension().is_some_and(|extension| extension == "json");
    let text = call(&config, "GET", &path, if json { "application/json" } else { "text/html" })?;
    fs::write(&options.output, text).with_context(|| format!("写不了 {}", options.output.display()))?;
    eprintln!("周报 {week} 已写到 {}", options.output.display());
    Ok(ExitCode::SUCCESS)
}

fn zone(config: &Config) -> anyhow::Result<TimeZone> {
    let name = &config.server.zone;
    TimeZone::get(name).with_context(|| format!("配置项 server.zone：没有时区 {name}"))
}

fn call(config: &Config, method: &str, path: &str, accept: &str) -> anyhow::Result<String> {
    let token_file = config.server.data_dir.join("admin.token");
    let token = fs::read_to_string(&token_file).with_context(|| format!("读不到 {}", token_file.display()))?;
    let mut listen = config.server.listen;
    if listen.ip().is_unspecified() {
        listen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("http://{listen}{path}");
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(ANSWER_TIMEOUT))
        .build()
        .new_agent();
    let token = format!("Bearer {}", token.trim());
    let answer = match method {
        "POST" => agent.post(&url).header("authorization", token).header("accept", accept).send_empty(),
        _ => agent.get(&url).header("authorization", token).header("accept", accept).call(),
    };
    let mut answer = answer.with_context(|| format!("连不上 http://{listen}：请先启动 tingjian-server serve"))?;
    let status = answer.status();
    let text = answer.body_mut().with_config().limit(MAX_BYTES).read_to_string()?;
    if !status.is_success() {
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        bail!("{}", problem.get("detail").and_then(serde_json::Value::as_str).unwrap_or(&text));
    }
    Ok(text)
}
