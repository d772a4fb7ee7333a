//! `GET /records/{record_id}` and its trace.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use tingjian_query::{RecordAnswer, TraceAnswer};

use super::problem::Problem;
use crate::app::App;

/// One record, masked, with its causes and their evidence.
#[utoipa::path(
    get, path = "/records/{record_id}", tag = "records",
    params(("record_id" = String, Path)),
    responses((status = 200, body = RecordAnswer), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn get(State(app): State<Arc<App>>, Path(record_id): Path<String>) -> Result<Json<RecordAnswer>, Problem> {
    match tingjian_query::record(&app.warehouse, &record_id).await? {
        Some(record) => Ok(Json(record)),
        None => Err(Problem::not_found(format!("没有编号为 {record_id} 的记录"))),
    }
}

/// What is known of why the record came to be.
#[utoipa::path(
    get, path = "/records/{record_id}/trace", tag = "records",
    params(("record_id" = String, Path)),
    responses((status = 200, body = TraceAnswer), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn trace(State(app): State<Arc<App>>, Path(record_id): Path<String>) -> Result<Json<TraceAnswer>, Problem> {
    match tingjian_query::trace(&app.warehouse, &app.taxonomy, &record_id).await? {
        Some(trace) => Ok(Json(trace)),
        None => Err(Problem::not_found(format!("没有编号为 {record_id} 的记录"))),
    }
}
