//! `GET /export`: one row per record, streamed, as CSV, XLSX or JSONL.

mod columns;
mod xlsx;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use tingjian_query::{QueryError, RecordAnswer, RecordPages};
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

pub use xlsx::workbook;

use super::{access::Visitor, parameters::Parameters, problem::Problem};
use crate::app::App;

/// Pages that wait for a slow reader; then the warehouse waits too.
const CHUNKS_WAITING: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Xlsx,
    Jsonl,
}

/// Exports records of the same filters as everywhere.
#[utoipa::path(
    get, path = "/export", tag = "records",
    params(
        ("format" = Option<String>, Query, description = "csv (default), xlsx, jsonl"),
        ("q" = Option<String>, Query, description = "as in `/search`"),
        ("since" = Option<String>, Query), ("until" = Option<String>, Query), ("kind" = Option<String>, Query),
        ("cause" = Option<String>, Query), ("department" = Option<String>, Query), ("agent_no" = Option<String>, Query),
        ("stream" = Option<String>, Query),
    ),
    responses(
        (
            status = 200, description = "one row per record",
            content(
                (String = "text/csv"), (String = "application/x-ndjson"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ),
        ),
        (status = 400, body = Problem), (status = 503, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn get(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::new(pairs);
    let mut filters = parameters.filters(&app.zone)?;
    visitor.scope.limit(&mut filters)?;
    let q = parameters.take("q").unwrap_or_default();
    let format = match parameters.take("format").as_deref() {
        None | Some("csv") => Format::Csv,
        Some("xlsx") => Format::Xlsx,
        Some("jsonl") => Format::Jsonl,
        Some(other) => {
            return Err(Problem::bad_request(format!("参数 format 的值 {other:?} 无法识别；可用：csv、xlsx、jsonl")));
        }
    };
    parameters.finish(&["format", "q"])?;
    if let Some(reason) = app.engine_trouble() {
        return Err(Problem::unavailable(reason, std::time::Duration::from_secs(2)));
    }
    let pages = RecordPages::new(app.warehouse.clone(), app.finder.clone(), q, filters);
    // A query that cannot be read is said before the first byte.
    let total = pages.total().await?;
    let body = match format {
        Format::Xlsx => Body::from(xlsx::workbook(pages, total).await?),
        Format::Csv | Format::Jsonl => stream(pages, format),
    };
    let (media, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "tingjian.csv"),
        Format::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "tingjian.xlsx"),
        Format::Jsonl => ("application/x-ndjson", "tingjian.jsonl"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

/// Corrected records as rows to train on, one JSON object a line: masked text, kind, causes.
#[utoipa::path(
    get, path = "/export/corrections", tag = "records",
    responses((status = 200, content_type = "application/x-ndjson", body = String), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn corrections(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let rows = app.warehouse.corrected_records().await.map_err(tingjian_query::QueryError::from)?;
    let mut lines = Vec::new();
    for row in rows.iter().filter_map(|row| serde_json::to_vec(row).ok()) {
        lines.extend_from_slice(&row);
        lines.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

/// A body that is made as it is read. An error in the middle breaks the connection off, so that nobody takes a part for the
/// whole.
fn stream(mut pages: RecordPages, format: Format) -> Body {
    let (sender, chunks) = mpsc::channel::<Result<Bytes, QueryError>>(CHUNKS_WAITING);
    tokio::spawn(async move {
        let _ = sender.send(Ok(head(format))).await;
        loop {
            let chunk = match pages.next().await {
                Ok(None) => break,
                Ok(Some(page)) => Ok(body(format, &page)),
                Err(error) => Err(error),
            };
            let ended = chunk.is_err();
            // A reader that went away needs no more pages.
            if sender.send(chunk).await.is_err() || ended {
                break;
            }
        }
    });
    Body::from_stream(ReceiverStream::new(chunks).map(|chunk| chunk.map_err(std::io::Error::other)))
}

fn head(format: Format) -> Bytes {
    // The mark by which spreadsheet programs know UTF-8.
    let mut bytes = Vec::from("\u{feff}".as_bytes());
    match format {
        Format::Jsonl | Format::Xlsx => Bytes::new(),
        Format::Csv => {
            write_lines(&mut bytes, std::iter::once(columns::NAMES.map(str::to_owned)));
            Bytes::from(bytes)
        }
    }
}

fn body(format: Format, page: &[RecordAnswer]) -> Bytes {
    let mut bytes = Vec::new();
    if format == Format::Csv {
        write_lines(&mut bytes, page.iter().map(|record| columns::cells(record).map(columns::harmless)));
        return Bytes::from(bytes);
    }
    for line in page.iter().filter_map(|record| serde_json::to_vec(record).ok()) {
        bytes.extend_from_slice(&line);
        bytes.push(b'\n');
    }
    Bytes::from(bytes)
}

fn write_lines(bytes: &mut Vec<u8>, lines: impl Iterator<Item = [String; columns::COUNT]>) {
    let mut writer = csv::Writer::from_writer(bytes);
    for line in lines {
        // Writing to memory does not fail.
        let _ = writer.write_record(line);
    }
    let _ = writer.flush();
}
