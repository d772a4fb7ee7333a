//! `tingjian status`.

use indicatif::HumanBytes;

use crate::{
    answers::{Health, Status},
    args::Format,
    client::ClientError,
    commands::Context,
    failure::{Failure, Outcome},
    labels,
    output::{Cell, Column, column, long_column},
};

static COLUMNS: [Column; 3] = [column("项"), column("值"), long_column("说明")];

/// Whether the server is ready, how far its sinks have come, and how large it is.
///
/// # Errors
/// The server is unreachable or not ready; the output.
pub fn run(context: &Context) -> Result<Outcome, Failure> {
    let (code, health_bytes) = context.client.probe("/health")?;
    let health: Health = context.client.read(&health_bytes)?;
    // Health needs no token, the figures do: without them the health is still worth telling.
    let status = context.client.get("/api/v1/status", &[]);
    if context.output.format == Format::Json {
        let status = status.as_deref().map(String::from_utf8_lossy).unwrap_or("null".into());
        let health = String::from_utf8_lossy(&health_bytes);
        context.output.raw(format!("{{\"health\":{},\"status\":{}}}", health.trim(), status.trim()).as_bytes())?;
    } else {
        let figures = status.and_then(|bytes| context.client.read::<Status>(&bytes));
        let mut rows = context.output.rows(&COLUMNS)?;
        rows.page(&health_rows(context, &health))?;
        if let Ok(figures) = &figures {
            rows.page(&figure_rows(figures))?;
        }
        rows.finish(&figures.err().map(|e| format!("看不到数量：{e}")).into_iter().collect::<Vec<_>>())?;
    }
    if (200..300).contains(&code) { Ok(Outcome::Done) } else { Err(not_ready(code, &health)) }
}

fn not_ready(code: u16, health: &Health) -> Failure {
    let mut failing = health.checks.iter().filter(|c| !c.ok).map(|c| c.name.as_str());
    let detail = failing.next().map(|first| failing.fold(first.to_owned(), |all, next| all + "、" + next));
    let problem =
        crate::problem::Problem {
            status: code, title: Some("还没有就绪".to_owned()), detail, ..Default::default()
        };
    ClientError::Refused(Box::new(problem)).into()
}

fn health_rows(context: &Context, health: &Health) -> Vec<Vec<Cell>> {
    let text = |t: &str| Cell::Text(t.to_owned());
    let mut rows = vec![
        vec![text("服务器"), Cell::Text(labels::of("health", &health.status)), text(context.client.base())],
        vec![text("版本"), Cell::text(health.version.as_deref()), Cell::Empty],
    ];
    rows.extend(health.checks.iter().map(|check| {
        vec![text(&check.name), text(if check.ok { "正常" } else { "异常" }), Cell::text(check.detail.as_deref())]
    }));
    rows
}

fn figure_rows(status: &Status) -> Vec<Vec<Cell>> {
    let text = |t: &str| Cell::Text(t.to_owned());
    let mut rows = Vec::new();
    rows.extend(status.records.map(|n| vec![text("记录"), Cell::Count(n), Cell::Empty]));
    let streams = status.streams.iter().filter(|(_, events)| **events > 0);
    rows.extend(streams.map(|(stream, events)| {
        vec![Cell::Text(format!("流：{}", labels::of("stream", stream))), Cell::Count(*events), text(stream)]
    }));
    rows.extend(status.dead_letters.map(|n| vec![text("死信"), Cell::Count(n), Cell::Empty]));
    rows.extend(status.sinks.iter().map(|sink| {
        let trouble = (sink.trouble_s > 0).then(|| format!("已重试 {} 秒", sink.trouble_s));
        vec![Cell::Text(format!("积压：{}", sink.name)), Cell::Count(sink.lag_records), Cell::text(trouble.as_deref())]
    }));
    rows.extend(status.index.iter().map(|index| {
        vec![text("索引文档"), Cell::Count(index.documents), Cell::Text(HumanBytes(index.bytes).to_string())]
    }));
    rows.extend(status.tables.iter().map(|table| {
        vec![
            Cell::Text(format!("表：{}", table.name)),
            Cell::Count(table.rows),
            Cell::Text(HumanBytes(table.bytes).to_string()),
        ]
    }));
    rows
}
