//! `tingjian report`.

use std::io;

use crate::{
    args::{Format, Global, Report},
    commands::{Context, or_absent},
    failure::{Failure, Outcome},
    output::Sink,
};

/// Fetches one weekly report: HTML, or JSON where that is asked for.
///
/// # Errors
/// The server, the output.
pub fn run(context: &Context, options: &Report, global: &Global) -> Result<Outcome, Failure> {
    if matches!(global.format, Some(Format::Csv | Format::Xlsx)) {
        return Err(Failure::usage("周报只有 HTML 和 JSON（--format json）"));
    }
    let accept = if context.wants_json() { "application/json" } else { "text/html" };
    let path = format!("/api/v1/reports/weekly/{}", options.week);
    let Some(mut answer) = or_absent(context.client.stream(&path, &[], accept))? else {
        return Ok(Outcome::Incomplete);
    };
    let mut sink = Sink::open(context.output.path.as_deref())?;
    io::copy(&mut answer, &mut sink)?;
    sink.close()?;
    if let Some(path) = &context.output.path {
        eprintln!("周报 {} 已写到 {}。", options.week, path.display());
    }
    Ok(Outcome::Done)
}
