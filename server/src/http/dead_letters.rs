//! `GET /dead-letters`, `GET /dead-letters/{id}`, `POST /dead-letters/{id}/replay`.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Serialize;
use tingjian_pipeline::Incoming;
use tingjian_query::{DeadLettersAnswer, QueryError};
use tingjian_schemas::{Stream, UnknownStream, decode};
use tingjian_warehouse::DeadLetterReplay;
use utoipa::ToSchema;

use super::{parameters::Parameters, problem::Problem, streams};
use crate::app::{App, intake::Submission};

/// Largest corrected event that is read at all; what an event may have is less.
const CORRECTED_BYTES: usize = 4 << 20;

/// Events that could not be read, newest first.
#[utoipa::path(
    get, path = "/dead-letters", tag = "dead letters",
    params(
        ("reason" = Option<String>, Query, description = "stable name of a reason"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = DeadLettersAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<DeadLettersAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let (reason, limit, cursor) = (parameters.take("reason"), parameters.limit()?, parameters.take("cursor"));
    parameters.finish(&["reason", "limit", "cursor"])?;
    Ok(Json(tingjian_query::dead_letters(&app.warehouse, reason.as_deref(), cursor.as_deref(), limit).await?))
}

/// The original bytes of a dead letter, not masked.
#[utoipa::path(
    get, path = "/dead-letters/{id}", tag = "dead letters",
    params(("id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = String), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn get(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let (_, bytes) = letter(&app, &id).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// What became of a replay.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// Whether the event can be read now and went into the source again.
    pub accepted: bool,
    /// Stable name of the reason why not.
    pub reason: Option<&'static str>,
    /// What is still wrong.
    pub message: Option<String>,
}

/// Tries to read a dead letter again, after the rules changed or, with a body, as that body corrects it; the letter stays where it
/// stood, with its original bytes and this try written down.
#[utoipa::path(
    post, path = "/dead-letters/{id}/replay", tag = "dead letters",
    params(("id" = String, Path)),
    request_body(content = String, content_type = "application/json", description = "the corrected event; empty: the original bytes"),
    responses(
        (status = 202, body = Replayed, description = "accepted and durable"),
        (status = 200, body = Replayed, description = "still cannot be read"),
        (status = 404, body = Problem), (status = 503, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn replay(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<Replayed>), Problem> {
    let too_large = |_| Problem::bad_request(format!("更正后的事件超过了 {CORRECTED_BYTES} 字节，或没有传完"));
    let corrected = to_bytes(body, CORRECTED_BYTES).await.map_err(too_large)?;
    let corrected = Some(corrected.to_vec()).filter(|bytes| !bytes.is_empty());
    let replayed = try_again(&app, &id, corrected).await?;
    let status = if replayed.accepted { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(replayed)))
}

/// Tries to read a dead letter again, or what somebody made of it.
///
/// # Errors
/// None of that id; the intake refuses.
pub async fn try_again(app: &App, id: &str, corrected: Option<Vec<u8>>) -> Result<Replayed, Problem> {
    let (stream, original) = letter(app, id).await?;
    let bytes = corrected.unwrap_or(original);
    let note = async |refused: Option<&str>| {
        let replay = DeadLetterReplay { replayed_at: Timestamp::now(), refused: refused.map(str::to_owned) };
        app.warehouse.note_replay(id, &replay).await.map_err(QueryError::from)
    };
    let decoded = decode(stream, &bytes);
    if let Err(rejection) = &decoded {
        let (reason, message) = (rejection.reason.name(), rejection.message_zh());
        note(Some(reason)).await?;
        return Ok(Replayed { accepted: false, reason: Some(reason), message: Some(message) });
    }
    let key = decoded.ok().map(|event| event.partition_key().as_bytes().to_vec());
    let again = Submission { event: Incoming { stream, bytes: bytes.into() }, key };
    app.intake.append_again(again, id).await.map_err(|e| streams::refused(&e))?;
    note(None).await?;
    Ok(Replayed { accepted: true, reason: None, message: None })
}

async fn letter(app: &App, id: &str) -> Result<(Stream, Vec<u8>), Problem> {
    let found = app.warehouse.dead_letter(id).await.map_err(QueryError::from)?;
    let (stream, bytes) = found.ok_or_else(|| Problem::not_found(format!("没有编号为 {id} 的死信")))?;
    Ok((stream.parse().map_err(|e: UnknownStream| Problem::internal(&e))?, bytes))
}
