//! `tingjian report`: fetch, publish, verify, print.

mod pdf;

use std::{fs, io, path::Path};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    args::{Format, Global, Report},
    commands::{Context, or_absent},
    failure::{Failure, Outcome},
    output::Sink,
};

/// Differences told on the screen; the answer has all (`--format json`).
const TOLD: usize = 20;

/// Whether a file says what the data say.
#[derive(Deserialize)]
struct Verification {
    same: bool,
    published: bool,
    sha256: String,
    sha256_now: String,
    differences: Vec<Difference>,
    later: Vec<Difference>,
}

#[derive(Deserialize)]
struct Difference {
    at: String,
    said: Value,
    now: Value,
}

#[derive(Deserialize)]
struct Published {
    sha256: String,
}

/// One weekly report: HTML, or JSON or PDF where that is asked for.
///
/// # Errors
/// The server, the output.
pub fn run(context: &Context, options: &Report, global: &Global) -> Result<Outcome, Failure> {
    if matches!(global.format, Some(Format::Csv | Format::Xlsx)) {
        return Err(Failure::usage("周报只有 HTML、JSON、PDF（--format html|json|pdf）"));
    }
    if let Some(file) = &options.verify {
        return verify(context, options, file);
    }
    if options.publish || options.partial {
        publish(context, options)?;
    }
    let extension = context.output.path.as_deref().and_then(Path::extension).and_then(|e| e.to_str());
    let is_pdf = global.format == Some(Format::Pdf) || (global.format.is_none() && extension == Some("pdf"));
    let accept = if context.wants_json() { "application/json" } else { "text/html" };
    let path = format!("/api/v1/reports/weekly/{}", options.week);
    eprintln!("正在生成 {} 的周报……", options.week);
    let Some(mut answer) = or_absent(context.client.stream(&path, &[], accept))? else {
        return Ok(Outcome::Incomplete);
    };
    if is_pdf {
        let Some(to) = context.output.path.as_deref() else {
            return Err(Failure::usage("PDF 要用 -o 给出文件名"));
        };
        let mut html = Vec::new();
        io::copy(&mut answer, &mut html)?;
        pdf::print(&html, to)?;
    } else {
        let mut sink = Sink::open(context.output.path.as_deref())?;
        io::copy(&mut answer, &mut sink)?;
        sink.close()?;
    }
    if let Some(path) = &context.output.path {
        eprintln!("周报 {} 已写到 {}。", options.week, path.display());
    }
    Ok(Outcome::Done)
}

fn publish(context: &Context, options: &Report) -> Result<(), Failure> {
    let partial = if options.partial { "?partial=true" } else { "" };
    let path = format!("/api/v1/reports/weekly/{}/publish{partial}", options.week);
    let answer = context.client.post(&path, "application/json", b"")?;
    let published: Published = context.client.read(&answer)?;
    eprintln!("周报 {} 已发布，指纹 {}。", options.week, published.sha256);
    Ok(())
}

fn verify(context: &Context, options: &Report, file: &Path) -> Result<Outcome, Failure> {
    let bytes = fs::read(file)?;
    let answer = context.client.post("/api/v1/reports/weekly/verify", "application/octet-stream", &bytes)?;
    let told: Verification = context.client.read(&answer)?;
    if context.wants_json() {
        context.output.raw(&answer)?;
        return Ok(if told.same { Outcome::Done } else { Outcome::Incomplete });
    }
    if told.published {
        println!("{}：与本服务器发布的周报逐字节相同。", file.display());
    }
    if told.same {
        println!("{}：由数据重算，逐字节一致（指纹 {}）。", file.display(), told.sha256_now);
        if !told.later.is_empty() {
            println!("  此后得知的使今天的说法有 {} 处不同：那是更正，不是文件有误", told.later.len());
        }
        return Ok(Outcome::Done);
    }
    println!(
        "{}：由 {} 的数据重算，结果不同（文件 {}，重算 {}）：",
        file.display(),
        options.week,
        told.sha256,
        told.sha256_now
    );
    for difference in told.differences.iter().take(TOLD) {
        println!("  {}：文件 {}，重算 {}", difference.at, difference.said, difference.now);
    }
    if told.differences.len() > TOLD {
        println!("  另有 {} 处；全部见 --format json", told.differences.len() - TOLD);
    }
    if told.differences.is_empty() {
        println!("  内容相同而文字不同：文件被改动过，或由另一版本的程序写成");
    }
    Ok(Outcome::Incomplete)
}
