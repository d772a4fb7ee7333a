//! `/reports/weekly`: the report of a week, published, verified, added to.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tingjian_report::{Objection, Week};
use utoipa::ToSchema;

use super::{parameters::Parameters, problem::Problem};
use crate::{
    accounts::{Account, Role},
    app::App,
    questions::AnswerError,
    reports::{self, Form, ReportError, Verification},
};

type Pairs = Query<Vec<(String, String)>>;

/// A report is one file that looks the same saved and printed, so its style is inside; nothing is loaded and nothing runs.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'";
/// Bytes of a file to verify.
const MAX_FILE_BYTES: usize = 8 << 20;
/// Characters of an objection.
const MAX_OBJECTION: usize = 1_000;

/// An edition that was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct Published {
    /// ISO week.
    week: String,
    /// 1: the report itself.
    edition: u32,
    /// Hash of the report without additions.
    sha256: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
    /// By whom.
    published_by: String,
    /// `published`, `amended` or `objected`.
    why: String,
}

/// Weeks with a published report.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedWeeks {
    /// The newest first.
    items: Vec<PublishedWeekView>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedWeekView {
    /// ISO week.
    week: String,
    /// Its newest edition.
    edition: u32,
    /// When the first one was published.
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
}

/// What a department objects.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjection {
    /// In whose name; an account with a department can only speak for that one.
    pub department: Option<String>,
    /// `sentence`, `cause:CODE`, `lane:LANE`, `department:NAME`, `volumes`, `effort`, `people`, `quality`.
    pub about: String,
    /// What it says.
    pub text: String,
}

/// The newest edition's number.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionNumber {
    /// Edition.
    edition: u32,
}

fn week_of(name: &str) -> Result<Week, Problem> {
    name.parse().map_err(|error: tingjian_report::WeekError| Problem::bad_request(error.to_string()))
}

/// The report of an ISO week: as published, byte for byte; where none is published, as it would be now.
#[utoipa::path(
    get, path = "/reports/weekly/{week}", tag = "reports",
    params(("week" = String, Path, description = "2026-W47"), ("edition" = Option<u32>, Query, description = "default: the newest")),
    responses(
        (status = 200, content((String = "text/html"), (serde_json::Value = "application/json")), description = "by Accept; header `tingjian-edition` is 0 where it is not published"),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn get(
    State(app): State<Arc<App>>,
    Path(week): Path<String>,
    headers: HeaderMap,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let mut parameters = Parameters::new(pairs);
    let edition = parameters.take("edition").map(|text| text.parse::<u32>());
    let edition = edition.transpose().map_err(|_| Problem::bad_request("参数 edition 须为正整数"))?;
    parameters.finish(&["edition"])?;
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let form = if accept.contains("text/html") { Form::Html } else { Form::Json };
    let kept = reports::current(&app, week, edition, form).await?;
    let media = if form == Form::Html { "text/html; charset=utf-8" } else { "application/json" };
    let tag = format!("\"{}-{}\"", kept.sha256, kept.edition);
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::ETAG, tag),
        (header::VARY, "Accept".to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::HeaderName::from_static("tingjian-edition"), kept.edition.to_string()),
    ];
    Ok((headers, kept.text).into_response())
}

/// Weeks with a published report, the newest first.
#[utoipa::path(
    get, path = "/reports/weekly", tag = "reports",
    responses((status = 200, body = PublishedWeeks), (status = 503, body = Problem)), security(("token" = [])))]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<PublishedWeeks>, Problem> {
    let found = app.warehouse.published_weeks().await.map_err(tingjian_query::QueryError::from)?;
    let items =
        found.into_iter().map(|w| PublishedWeekView { week: w.week, edition: w.edition, published_at: time(w.at) });
    Ok(Json(PublishedWeeks { items: items.collect() }))
}

/// A time as it is stored.
pub fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Publishes the report of a week: from now on it is answered with the same bytes. Done once, done for good.
#[utoipa::path(
    post, path = "/reports/weekly/{week}/publish", tag = "reports",
    params(("week" = String, Path), ("partial" = Option<bool>, Query, description = "publish although the week is not whole")),
    responses((status = 200, body = Published), (status = 400, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn publish(
    State(app): State<Arc<App>>,
    Extension(account): Extension<Account>,
    Path(week): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<Published>, Problem> {
    let week = week_of(&week)?;
    let mut parameters = Parameters::new(pairs);
    let partial = parameters.take("partial").is_some_and(|text| text == "true");
    parameters.finish(&["partial"])?;
    let kept = reports::publish(&app, week, &account.name, partial, Timestamp::now()).await?;
    Ok(Json(Published {
        week: week.to_string(),
        edition: kept.edition,
        sha256: kept.sha256,
        published_at: time(kept.at),
        published_by: kept.published_by,
        why: kept.why,
    }))
}

/// Works a published week out anew; where it says something else, a dated amendment with the differences is added.
#[utoipa::path(
    post, path = "/reports/weekly/{week}/amend", tag = "reports", params(("week" = String, Path)),
    responses((status = 200, body = EditionNumber), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn amend(
    State(app): State<Arc<App>>,
    Extension(account): Extension<Account>,
    Path(week): Path<String>,
) -> Result<Json<EditionNumber>, Problem> {
    let edition = reports::amend(&app, week_of(&week)?, &account.name, Timestamp::now()).await?;
    Ok(Json(EditionNumber { edition }))
}

/// Adds a department's objection, under its name, beside what it disputes.
#[utoipa::path(
    post, path = "/reports/weekly/{week}/objections", tag = "reports", params(("week" = String, Path)),
    request_body = NewObjection,
    responses((status = 200, body = EditionNumber), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)),
    security(("token" = [])),
)]
pub async fn object(
    State(app): State<Arc<App>>,
    Extension(account): Extension<Account>,
    Path(week): Path<String>,
    Json(new): Json<NewObjection>,
) -> Result<Json<EditionNumber>, Problem> {
    let week = week_of(&week)?;
    let objection = objection(account, new)?;
    Ok(Json(EditionNumber { edition: reports::object(&app, week, objection).await? }))
}

/// An objection as an account may make it: in its own department's name, an administrator in any's.
///
/// # Errors
/// In another's name, or in nobody's; no text, or too much.
pub fn objection(account: Account, new: NewObjection) -> Result<Objection, Problem> {
    let department = match (&account.department, new.department) {
        (Some(own), Some(named)) if *own != named => {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!("账号 {} 只能以{own}的名义提出异议", account.name),
            ));
        }
        (Some(own), _) => own.clone(),
        (None, Some(named)) if account.role == Role::Admin && !named.trim().is_empty() => named,
        (None, _) => {
            return Err(Problem::bad_request("请写明 department：以哪个部门的名义（管理员），或为账号设定部门"));
        }
    };
    let text = new.text.trim().to_owned();
    if text.is_empty() || text.chars().count() > MAX_OBJECTION {
        return Err(Problem::bad_request(format!("text 须为 1 到 {MAX_OBJECTION} 个字")));
    }
    Ok(Objection { at: Timestamp::now(), by: account.name, department, about: new.about, text })
}

/// Makes the report of a file (HTML or JSON, as it was given out) anew from the data and compares, byte for byte.
#[utoipa::path(
    post, path = "/reports/weekly/verify", tag = "reports",
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = Verification), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn verify(State(app): State<Arc<App>>, body: axum::body::Body) -> Result<Json<Verification>, Problem> {
    let too_large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("文件须小于 {MAX_FILE_BYTES} 字节"));
    let bytes = axum::body::to_bytes(body, MAX_FILE_BYTES).await.map_err(too_large)?;
    let file = std::str::from_utf8(&bytes).map_err(|_| Problem::bad_request("不是听见周报的文件：不是 UTF-8 文本"))?;
    Ok(Json(reports::verify(&app, file).await?))
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Query(error) => Self::from(error),
            ReportError::Question(AnswerError::Query(error)) => Self::from(error),
            ReportError::Question(error) => Self::internal(&error),
            ReportError::Projector(error) => Self::internal(&error),
            ReportError::Edition(wrong) => Self::bad_request(wrong.to_string()),
            ReportError::Unpublished(_) => Self::not_found(error.to_string()),
            ReportError::Incomplete { .. } => Self::new(StatusCode::CONFLICT, error.to_string()),
        }
    }
}
