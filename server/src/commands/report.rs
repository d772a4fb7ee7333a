//! `tingjian-server report`: for schedulers beside the server. Asks the server that runs on this data folder, since only it may use
//! the embedded engine.

use std::{fs, process::ExitCode};

use anyhow::Context;
use jiff::{Timestamp, tz::TimeZone};
use tingjian_report::Week;

use crate::commands::running::Running;
use crate::{cli::ReportOptions, config::Config};

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
    let server = Running::on(&config)?;
    let path = format!("/api/v1/reports/weekly/{week}");
    if options.publish || options.partial {
        let partial = if options.partial { "?partial=true" } else { "" };
        server.call("POST", &format!("{path}/publish{partial}"), "application/json")?;
    }
    let json = options.output.extension().is_some_and(|extension| extension == "json");
    let text = server.call("GET", &path, if json { "application/json" } else { "text/html" })?;
    fs::write(&options.output, text).with_context(|| format!("写不了 {}", options.output.display()))?;
    eprintln!("周报 {week} 已写到 {}", options.output.display());
    Ok(ExitCode::SUCCESS)
}

fn zone(config: &Config) -> anyhow::Result<TimeZone> {
    let name = &config.server.zone;
    TimeZone::get(name).with_context(|| format!("配置项 server.zone：没有时区 {name}"))
}
