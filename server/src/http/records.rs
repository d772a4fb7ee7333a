//! `GET /records/{record_id}` and its trace.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use tingjian_query::{RecordAnswer, TraceAnswer};

use super::{access::Visitor, problem::Problem};
use crate::app::App;

/// One record, masked, with its causes and their evidence.
#[utoipa::path(
    get, path = "/records/{record_id}", tag = "records",
    params(("record_id" = String, Path)),
    responses((status = 200, body = RecordAnswer), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn get(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
) -> Result<Json<RecordAnswer>, Problem> {
    // Another's record is answered as one that is not there: its id is not confirmed either.
    visitor.scope.record(&app, &record_id).await?.map(Json).ok_or_else(|| missing(&record_id))
}

/// The answer to an id of which there is no record, or none that the visitor sees.
fn missing(record_id: &str) -> Problem {
    Problem::not_found(format!("没有编号为 {record_id} 的记录"))
}

/// What is known of why the record came to be.
#[utoipa::path(
    get, path = "/records/{record_id}/trace", tag = "records",
    params(("record_id" = String, Path)),
    responses((status = 200, body = TraceAnswer), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn trace(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
) -> Result<Json<TraceAnswer>, Problem> {
    visitor.scope.trace(&app, &record_id).await?.map(Json).ok_or_else(|| missing(&record_id))
}
