//! `/backups/{name}`: copies of the tables, for `tingjian-server backup` beside a server that has the embedded engine to itself.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use tingjian_query::QueryError;
use tingjian_warehouse::BackupState;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::{self, App};

/// Longest name.
const NAME_BYTES: usize = 32;

/// How a copy stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupView {
    /// `running`, `done`, `failed` or `unknown`.
    state: &'static str,
    /// Why it failed.
    detail: Option<String>,
}

impl From<BackupState> for BackupView {
    fn from(state: BackupState) -> Self {
        let (state, detail) = match state {
            BackupState::Running => ("running", None),
            BackupState::Done => ("done", None),
            BackupState::Failed(why) => ("failed", Some(why)),
            BackupState::Unknown => ("unknown", None),
        };
        Self { state, detail }
    }
}

/// Begins to copy the tables into `warehouse/backups/NAME` of the data folder.
#[utoipa::path(
    post, path = "/backups/{name}", tag = "operations", params(("name" = String, Path)),
    responses((status = 202, body = BackupView), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn begin(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<(StatusCode, Json<BackupView>), Problem> {
    check(&name)?;
    if !app::is_embedded(&app.config) {
        return Err(Problem::bad_request("独立的 ClickHouse 请用 tingjian-server backup --clickhouse 备份"));
    }
    app.warehouse.begin_backup(&name, &format!("File('{name}')")).await.map_err(QueryError::from)?;
    Ok((StatusCode::ACCEPTED, Json(BackupState::Running.into())))
}

/// How a copy stands.
#[utoipa::path(
    get, path = "/backups/{name}", tag = "operations", params(("name" = String, Path)),
    responses((status = 200, body = BackupView), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn get(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<Json<BackupView>, Problem> {
    check(&name)?;
    Ok(Json(app.warehouse.backup_state(&name).await.map_err(QueryError::from)?.into()))
}

/// It becomes the name of a folder, and stands in SQL.
fn check(name: &str) -> Result<(), Problem> {
    let is_plain = !name.is_empty() && name.len() <= NAME_BYTES && name.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_plain { Ok(()) } else { Err(Problem::bad_request("备份名只能是 32 个以内的字母和数字")) }
}
