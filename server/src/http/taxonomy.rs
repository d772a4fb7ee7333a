//! `GET /taxonomy`, `PUT /taxonomy`, `GET /taxonomy/versions`, `POST /taxonomy/preview`: the causes and their owners.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::Taxonomy;
use utoipa::ToSchema;

use super::{
    access::{Subject, Visitor},
    parameters::Parameters,
    problem::Problem,
    streams::read_body,
};
use crate::{
    app::App,
    taxonomies::{
        SaveError,
        draft::{Draft, DraftGroup, DraftMoved},
        preview::Preview,
    },
};

/// Largest draft.
const MAX_DRAFT_BYTES: usize = 1 << 20;

/// A taxonomy. Changed, it can be sent back.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxonomyView {
    /// Its version.
    version: u32,
    /// Name under which readings cite it.
    citation: String,
    /// Departments that may own a cause; empty: any.
    owners: Vec<String>,
    /// Groups with their causes.
    groups: Vec<DraftGroup>,
    /// Codes that are no longer leaves, and what is counted in their place.
    moved: Vec<DraftMoved>,
}

impl TaxonomyView {
    fn of(taxonomy: &Taxonomy) -> Self {
        let Draft { version, owners, groups, moved } = Draft::of(taxonomy);
        Self { version, citation: taxonomy.citation(), owners, groups, moved }
    }
}

/// A version that somebody saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    version: u32,
    #[schema(value_type = String, format = DateTime)]
    saved_at: Timestamp,
    saved_by: String,
    /// Why, in the words of who saved it.
    note: String,
}

/// Versions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionsAnswer {
    total: usize,
    items: Vec<VersionView>,
    /// Always `null`: the newest 200 are listed.
    next: Option<String>,
}

/// Causes and owners in force, or of a version.
#[utoipa::path(
    get, path = "/taxonomy", tag = "taxonomy",
    params(
        ("version" = Option<u32>, Query, description = "a version; left out: the one in force"),
        ("format" = Option<String>, Query, description = "`toml`: as the file that `analysis.taxonomy` may name"),
    ),
    responses(
        (status = 200, content((TaxonomyView = "application/json"), (String = "application/toml"))),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn get(State(app): State<Arc<App>>, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response, Problem> {
    let mut parameters = Parameters::new(pairs);
    let (version, format) = (parameters.take("version"), parameters.take("format"));
    parameters.finish(&["version", "format"])?;
    let taxonomy = match version {
        None => app.taxonomy(),
        Some(version) => {
            let number = version.parse().map_err(|_| Problem::bad_request("version 应为整数"))?;
            let found = app.taxonomies.version(number).await.map_err(|error| away(&error))?;
            found.ok_or_else(|| Problem::not_found(format!("没有第 {number} 版根因分类")))?
        }
    };
    match format.as_deref() {
        None | Some("json") => Ok(Json(TaxonomyView::of(&taxonomy)).into_response()),
        Some("toml") => {
            Ok(([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], taxonomy.to_toml()).into_response())
        }
        Some(other) => Err(Problem::bad_request(format!("format 不支持 {other}；可用：json、toml"))),
    }
}

/// Saves a change as the next version and puts it in force. `version` names the version it was made from; where another one is
/// in force by now, nothing is saved. A leaf that is left out needs an entry in `moved`. What was read before stays as it was
/// read until history is read again (`POST /reanalyse`).
#[utoipa::path(
    put, path = "/taxonomy", tag = "taxonomy",
    params(("note" = Option<String>, Query, description = "why, for the list of versions")),
    request_body(content((Draft = "application/json"), (String = "application/toml"))),
    responses(
        (status = 200, body = TaxonomyView, description = "in force"),
        (status = 400, body = Problem, description = "`errors` names everything that is wrong"),
        (status = 409, body = Problem, description = "made from another version, or kept in a file"),
        (status = 413, body = Problem), (status = 503, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn put(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::new(pairs);
    let note = parameters.take("note").unwrap_or_default();
    parameters.finish(&["note"])?;
    let file = sent(&headers, body).await?;
    let saved = app.taxonomies.save(&file, &visitor.account.name, &note, Timestamp::now()).await?;
    let mut response = Json(TaxonomyView::of(&saved)).into_response();
    response.extensions_mut().insert(Subject(saved.citation()));
    Ok(response)
}

/// What a change would move, on a sample of the last eight weeks. Saves nothing.
#[utoipa::path(
    post, path = "/taxonomy/preview", tag = "taxonomy",
    request_body(content((Draft = "application/json"), (String = "application/toml"))),
    responses(
        (status = 200, body = Preview), (status = 400, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 503, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn preview(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Result<Json<Preview>, Problem> {
    let file = sent(&headers, body).await?;
    Ok(Json(app.taxonomies.preview(&file).await?))
}

/// Versions that people saved, the newest first.
#[utoipa::path(
    get, path = "/taxonomy/versions", tag = "taxonomy",
    responses((status = 200, body = VersionsAnswer), (status = 503, body = Problem)), security(("token" = [])),
)]
pub async fn versions(State(app): State<Arc<App>>) -> Result<Json<VersionsAnswer>, Problem> {
    let items: Vec<VersionView> = saved(&app).await?;
    Ok(Json(VersionsAnswer { total: items.len(), items, next: None }))
}

async fn saved(app: &App) -> Result<Vec<VersionView>, Problem> {
    let stored = app.taxonomies.versions().await.map_err(|error| away(&error))?;
    let view = |stored: tingjian_warehouse::StoredTaxonomy| VersionView {
        version: stored.version,
        saved_at: Timestamp::from_millisecond(stored.at).unwrap_or(Timestamp::UNIX_EPOCH),
        saved_by: stored.saved_by,
        note: stored.note,
    };
    Ok(stored.into_iter().map(view).collect())
}

/// The file that was sent: TOML as it is, JSON made one.
async fn sent(headers: &HeaderMap, body: Body) -> Result<String, Problem> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let is_toml = media.starts_with("application/toml") || media.starts_with("text/");
    let body = read_body(body, MAX_DRAFT_BYTES).await?;
    if is_toml {
        return String::from_utf8(body.to_vec()).map_err(|_| Problem::bad_request("请用 UTF-8 提交"));
    }
    let draft: Draft = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad_request(format!("根因分类的 JSON 无法读取：{error}")))?;
    Ok(draft.file())
}

/// The warehouse does not answer, or is broken.
pub(super) fn away(error: &tingjian_warehouse::WarehouseError) -> Problem {
    if error.is_recoverable() {
        tracing::warn!(%error, "question not answered for now");
        return Problem::unavailable("数据仓库暂时不可用，请稍后重试", std::time::Duration::from_secs(2));
    }
    Problem::internal(error)
}

impl From<SaveError> for Problem {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Wrong(errors) => Self { errors: errors.clone(), ..Self::bad_request(errors.join("；")) },
            SaveError::Outdated(_) | SaveError::File => Self::new(StatusCode::CONFLICT, error.to_string()),
            SaveError::Warehouse(error) => away(&error),
            SaveError::Thread(error) => Self::internal(&error),
        }
    }
}
