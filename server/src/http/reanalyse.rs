//! `POST /reanalyse`, `GET /reanalyse`, `GET /reanalyse/{id}`: history read again by what is in force.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    access::{Subject, Visitor},
    problem::Problem,
};
use crate::{app::App, reanalysis::Run};

/// Runs, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunsAnswer {
    total: usize,
    items: Vec<Run>,
    /// Always `null`: the newest 50 are listed.
    next: Option<String>,
}

/// Begins to read history again with the taxonomy, rules and model in force. Where a run is under way, that one is the answer: it
/// takes what is in force into account by itself.
#[utoipa::path(
    post, path = "/reanalyse", tag = "taxonomy",
    responses(
        (status = 202, body = Run, description = "under way"),
        (status = 409, body = Problem, description = "this process has no pipeline"),
    ),
    security(("token" = [])),
)]
pub async fn post(visitor: Visitor, State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let run = begin(&app, &visitor)?;
    let mut response = (StatusCode::ACCEPTED, Json(run.clone())).into_response();
    response.extensions_mut().insert(Subject(run.id.to_string()));
    Ok(response)
}

/// Begins a run, or gives the one under way.
///
/// # Errors
/// This process writes nothing; store trouble.
pub fn begin(app: &App, visitor: &Visitor) -> Result<Run, Problem> {
    if app.again.is_none() {
        let detail = "本进程不写入数据：请在承担 pipeline 角色的进程上重新分析";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let begun = app.reanalyses.begin(&visitor.account.name, Timestamp::now());
    let (run, _) = begun.map_err(|error| Problem::internal(&error))?;
    app.reanalysis_wanted.notify_one();
    Ok(run)
}

/// The newest runs.
#[utoipa::path(
    get, path = "/reanalyse", tag = "taxonomy", responses((status = 200, body = RunsAnswer)), security(("token" = [])),
)]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<RunsAnswer>, Problem> {
    let items = app.reanalyses.newest().map_err(|error| Problem::internal(&error))?;
    Ok(Json(RunsAnswer { total: items.len(), items, next: None }))
}

/// How far a run has come.
#[utoipa::path(
    get, path = "/reanalyse/{id}", tag = "taxonomy", params(("id" = String, Path)),
    responses((status = 200, body = Run), (status = 404, body = Problem)), security(("token" = [])),
)]
pub async fn get(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Run>, Problem> {
    let missing = || Problem::not_found(format!("没有编号为 {id} 的重新分析"));
    let number = id.parse().map_err(|_| missing())?;
    let found = app.reanalyses.get(number).map_err(|error| Problem::internal(&error))?;
    found.map(Json).ok_or_else(missing)
}
