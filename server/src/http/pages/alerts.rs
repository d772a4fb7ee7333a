//! 提醒: what was told between reports, and who takes it on.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{failure::failed, format::local, render, visit::Visit};
use crate::{
    alerts::{self, Alert},
    app::App,
    http::{access::Visitor, alerts::taken_on, problem::Problem},
};

/// Alerts shown.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "alerts.html")]
struct Page {
    visit: Visit,
    open: String,
    rows: Vec<Row>,
}

struct Row {
    title: String,
    detail: String,
    link: String,
    raised: String,
    state: String,
    /// Where the form goes that takes it on; empty: nobody needs to.
    action: String,
}

/// The page.
pub async fn page(visit: Visit, State(app): State<Arc<App>>) -> Response {
    let found = match alerts::all(&app).await {
        Ok(found) => found,
        Err(error) => return failed(visit, Problem::from(tingjian_query::QueryError::from(error))),
    };
    let open = found.iter().filter(|alert| alert.is_open()).count();
    let open = visit.language.fill("alerts.open", &[&open.to_string()]);
    let rows = found.into_iter().take(SHOWN).map(|alert| row(&app, &visit, alert)).collect();
    render(StatusCode::OK, &Page { visit, open, rows })
}

fn row(app: &App, visit: &Visit, alert: Alert) -> Row {
    let language = visit.language;
    let state = match (&alert.resolved_at, &alert.acknowledged) {
        (Some(over), _) => language.fill("alerts.over", &[&local(&app.zone, *over)]),
        (None, Some((by, at))) => language.fill("alerts.acknowledged", &[by, &local(&app.zone, *at)]),
        (None, None) => language.t("alerts.waiting").to_owned(),
    };
    let waits = alert.is_open() && alert.acknowledged.is_none();
    Row {
        action: if waits { format!("/alerts/{}/ack", alert.id) } else { String::new() },
        title: alert.title,
        detail: alert.detail,
        link: alert.link,
        raised: local(&app.zone, alert.raised_at),
        state,
    }
}

/// Takes one on.
pub async fn acknowledge(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Response {
    match taken_on(&app, &id, &visitor.account.name).await {
        Ok(_) => Redirect::to("/alerts").into_response(),
        Err(problem) => failed(visit, problem),
    }
}
