//! `POST /streams/{stream}`: durable intake. 202 only once the journal has synced every accepted event.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use tingjian_pipeline::{Incoming, JournalError, KafkaError};
use tingjian_schemas::{BodyKind, Rejection, Stream, decode, limits, split_body};
use utoipa::ToSchema;

use super::{
    access::{Visitor, scope},
    problem::Problem,
};
use crate::app::{
    App,
    intake::{IntakeError, Submission},
};

/// When to try again after the journal refused.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Bodies up to this size are read on the spot; larger ones on a thread that may take its time.
const SMALL_BODY_BYTES: usize = 32 << 10;

/// What became of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// Events that are durable now.
    accepted: usize,
    /// Events that were refused, with the reason; they are also kept as dead letters.
    rejected: Vec<Rejected>,
}

/// One refused event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rejected {
    /// Place in the body, counting from 0.
    index: usize,
    /// Its id where it could be read.
    event_id: Option<String>,
    /// The wrong field; `null`: the whole event.
    field: Option<String>,
    /// Stable name of the reason.
    reason: &'static str,
    /// What is wrong and what to do.
    message: String,
}

impl Rejected {
    fn new(index: usize, rejection: Rejection) -> Self {
        let message = rejection.message_zh();
        Self { index, reason: rejection.reason.name(), event_id: rejection.event_id, field: rejection.field, message }
    }
}

/// Takes events of one stream: one JSON object, an array, or NDJSON.
#[utoipa::path(
    post, path = "/streams/{stream}", tag = "streams",
    params(("stream" = String, Path, description = "complaints, commendations, call-notes, promises, …")),
    request_body(content = String, content_type = "application/json", description = "one event, an array of events, or NDJSON"),
    responses(
        (status = 202, body = Accepted, description = "durable"),
        (status = 400, body = Problem, description = "nothing could be read"),
        (status = 404, body = Problem, description = "no such stream"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem, description = "not accepted; try again"),
        (status = 507, body = Problem, description = "disk full; not accepted"),
    ),
    security(("token" = [])),
)]
pub async fn post(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(stream): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let stream: Stream = stream.parse().map_err(|e: tingjian_schemas::UnknownStream| {
        Problem::not_found(format!("没有名为 {} 的数据流；可用：{}", e.name, Stream::ALL.map(Stream::name).join("、")))
    })?;
    scope::may_post(&visitor, stream)?;
    let kind = body_kind(&headers)?;
    let _slot = app.post_slots.try_acquire().map_err(|_| {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "同时提交的请求过多，请稍后重试");
        Problem { retry_after_s: Some(1), ..problem }
    })?;
    let body = read_body(body, app.config.server.max_body_bytes).await?;
    let wants_keys = app.intake.wants_keys();
    let sorted = if body.len() <= SMALL_BODY_BYTES {
        sort(stream, kind, &body, wants_keys)
    } else {
        tokio::task::spawn_blocking(move || sort(stream, kind, &body, wants_keys))
            .await
            .map_err(|e| Problem::internal(&e))?
    }?;
    scope::own_events(&visitor, stream, sorted.events.iter().map(|submission| &*submission.event.bytes))?;
    if !sorted.events.is_empty() {
        app.intake.append(sorted.events).await.map_err(|e| refused(&e))?;
    }
    scope::note_sent(&app, &visitor, stream, sorted.answer.accepted)?;
    Ok((StatusCode::ACCEPTED, Json(sorted.answer)).into_response())
}

/// Reads a whole body within the bound.
pub(super) async fn read_body(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("请求体超过 {limit} 字节，请分批提交")))
        }
        Err(error) => Err(Problem::bad_request(format!("请求体没有传完：{error}"))),
    }
}

/// What the body is, from its headers.
fn body_kind(headers: &HeaderMap) -> Result<BodyKind, Problem> {
    let unsupported = |detail: String| Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING) {
        return unsupported(format!("不支持压缩的请求体（Content-Encoding: {encoding:?}），请直接提交 UTF-8 JSON"));
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(BodyKind::Json) };
    let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let charset = value.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    if let Some(charset) = charset.map(|name| name.trim_matches('"')).filter(|name| !matches!(*name, "utf-8" | "utf8"))
    {
        return unsupported(format!("不支持字符集 {charset}：请用 UTF-8"));
    }
    match BodyKind::of_content_type(&value) {
        Some(kind) => Ok(kind),
        // What curl says when it is not told otherwise.
        None if value.starts_with("application/x-www-form-urlencoded") => Ok(BodyKind::Json),
        None => unsupported(format!("不支持 {value}：请用 application/json 或 application/x-ndjson")),
    }
}

struct Sorted {
    answer: Accepted,
    events: Vec<Submission>,
}

/// Every event goes in, refused ones too: the flow refuses them again and keeps them as dead letters.
fn sort(stream: Stream, kind: BodyKind, body: &Bytes, wants_keys: bool) -> Result<Sorted, Problem> {
    let pieces = split_body(kind, body).map_err(|e| Problem::bad_request(e.message_zh()))?;
    let mut sorted =
        Sorted { answer: Accepted { accepted: 0, rejected: Vec::new() }, events: Vec::with_capacity(pieces.len()) };
    for piece in pieces {
        let mut key = None;
        match decode(stream, piece.bytes) {
            Ok(event) => {
                sorted.answer.accepted += 1;
                key = wants_keys.then(|| event.partition_key().as_bytes().to_vec());
            }
            Err(rejection) => sorted.answer.rejected.push(Rejected::new(piece.index, rejection)),
        }
        // What is too large to be any event is answered, but not kept.
        if piece.bytes.len() <= limits::EVENT_BYTES {
            let event = Incoming { stream, bytes: body.slice_ref(piece.bytes) };
            sorted.events.push(Submission { event, key });
        }
    }
    Ok(sorted)
}

pub(super) fn refused(error: &IntakeError) -> Problem {
    match error {
        IntakeError::Journal(error) => refused_by_journal(error),
        IntakeError::Kafka(error @ KafkaError::TooLarge { .. }) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
        }
        IntakeError::Kafka(error) => {
            tracing::warn!(%error, "kafka refused");
            let detail = format!("{error}。本次提交没有被确认，请稍后原样重新提交：同一 event_id 只计一次");
            Problem::unavailable(detail, RETRY_AFTER)
        }
    }
}

fn refused_by_journal(error: &JournalError) -> Problem {
    match error {
        JournalError::DiskFull { .. } => Problem {
            retry_after_s: Some(RETRY_AFTER.as_secs()),
            ..Problem::new(StatusCode::INSUFFICIENT_STORAGE, "磁盘已满，本次提交没有被接收；清理空间后请重新提交")
        },
        JournalError::BacklogFull { .. } | JournalError::Closed => Problem::unavailable(error.to_string(), RETRY_AFTER),
        _ => {
            tracing::error!(%error, "journal refused");
            Problem::unavailable("日志暂时无法写入，本次提交没有被接收，请稍后重新提交", RETRY_AFTER)
        }
    }
}
