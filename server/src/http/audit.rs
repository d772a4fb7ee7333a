//! `GET /audit`: who looked at which record and changed what; administrators only.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{parameters::Parameters, problem::Problem};
use crate::{
    app::App,
    audit::{AuditFilter, AuditLine},
};

/// One page of the trail, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditAnswer {
    /// All of the selection.
    pub total: u64,
    /// This page.
    pub items: Vec<AuditLine>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lines of the audit trail.
#[utoipa::path(
    get, path = "/audit", tag = "administration",
    params(
        ("account" = Option<String>, Query), ("action" = Option<String>, Query, description = "record.look, export, …"),
        ("subject" = Option<String>, Query, description = "a record's id, an account's name, a case's number, …"),
        ("since" = Option<String>, Query), ("until" = Option<String>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = AuditAnswer), (status = 400, body = Problem)), security(("token" = [])),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<AuditAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let answer = page(&app, &mut parameters)?;
    parameters.finish(&["account", "action", "subject", "limit", "cursor"])?;
    Ok(Json(answer))
}

/// The page that the parameters ask for.
///
/// # Errors
/// A parameter that cannot be read; store trouble.
pub fn page(app: &App, parameters: &mut Parameters) -> Result<AuditAnswer, Problem> {
    let span = parameters.span(&app.zone)?;
    let mut text = |name: &str| parameters.take(name).unwrap_or_default();
    let (account, action, subject) = (text("account"), text("action"), text("subject"));
    let subject_key = if subject.is_empty() { String::new() } else { app.case_key(&subject).to_string() };
    let filter = AuditFilter { account, action, subject, subject_key, since: span.since, until: span.until };
    let limit = parameters.limit()?;
    let before = match parameters.take("cursor") {
        None => i64::MAX,
        Some(cursor) => cursor
            .parse()
            .map_err(|_| Problem::bad_request(format!("参数 cursor 的值 {cursor:?} 不是本列表给出的翻页位置")))?,
    };
    let trouble = |error| Problem::internal(&error);
    let total = app.audit.count(&filter).map_err(trouble)?;
    let mut items = app.audit.search(&filter, before, limit + 1).map_err(trouble)?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(AuditAnswer { total, items, next })
}
