//! `/alerts`: what was told between reports, and who takes it on.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{access::Visitor, parameters::Parameters, problem::Problem};
use crate::{
    alerts::{self, Alert},
    app::App,
};

/// Alerts of one answer at most.
const MOST: usize = 200;

/// Alerts.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertsAnswer {
    /// How many there are.
    total: u64,
    /// The newest first.
    items: Vec<AlertView>,
    /// Always `null`: the newest ones are all that is kept in sight.
    next: Option<String>,
}

/// One alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertView {
    /// Its id.
    id: String,
    /// What it is about: the same as long as it is the same.
    subject: String,
    /// One line.
    title: String,
    /// More of it.
    detail: String,
    /// Path of the page behind it.
    link: String,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    raised_at: Timestamp,
    /// Who takes it on; `null`: nobody yet.
    acknowledged_by: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// When it was over; `null`: it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
}

impl From<Alert> for AlertView {
    fn from(alert: Alert) -> Self {
        let (acknowledged_by, acknowledged_at) = alert.acknowledged.unzip();
        Self {
            id: alert.id,
            subject: alert.subject,
            title: alert.title,
            detail: alert.detail,
            link: alert.link,
            raised_at: alert.raised_at,
            acknowledged_by,
            acknowledged_at,
            resolved_at: alert.resolved_at,
        }
    }
}

/// What was told between reports.
#[utoipa::path(
    get, path = "/alerts", tag = "reports",
    params(("state" = Option<String>, Query, description = "open; default: all")),
    responses((status = 200, body = AlertsAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<AlertsAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let only_open = match parameters.take("state").as_deref() {
        None => false,
        Some("open") => true,
        Some(_) => return Err(Problem::bad_request("参数 state 须为 open")),
    };
    parameters.finish(&["state"])?;
    let found = alerts::all(&app).await.map_err(tingjian_query::QueryError::from)?;
    let found: Vec<Alert> = found.into_iter().filter(|alert| !only_open || alert.is_open()).collect();
    let total = found.len() as u64;
    Ok(Json(AlertsAnswer { total, items: found.into_iter().take(MOST).map(AlertView::from).collect(), next: None }))
}

/// Takes an alert on: nobody is told of it again. The first one counts.
#[utoipa::path(
    post, path = "/alerts/{id}/ack", tag = "reports", params(("id" = String, Path)),
    responses((status = 200, body = AlertView), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn acknowledge(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<AlertView>, Problem> {
    Ok(Json(taken_on(&app, &id, &visitor.account.name).await?.into()))
}

/// The alert, taken on.
///
/// # Errors
/// No such alert; the warehouse is away.
pub async fn taken_on(app: &App, id: &str, by: &str) -> Result<Alert, Problem> {
    let found = alerts::acknowledge(app, id, by).await.map_err(tingjian_query::QueryError::from)?;
    found.ok_or_else(|| Problem::not_found(format!("没有编号为 {id} 的提醒")))
}
