//! The first pages: what there is at a glance, search, one record with its evidence, signing in.

mod attributed;
mod home;
mod marked;
mod record;
mod sign_in;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

use super::{auth, problem::Problem};
use crate::app::App;

/// No script runs on these pages and nothing is loaded from elsewhere: texts come from strangers.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Pages.
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let guard = middleware::from_fn_with_state(Arc::clone(app), auth::require_session);
    Router::new()
        .route("/", get(home::page))
        .route("/records/{record_id}", get(record::page))
        .route("/attributed", get(attributed::list))
        .route("/reports/weekly/{week}", get(attributed::report))
        .layer(guard)
        .route("/sign-in", get(sign_in::page).post(sign_in::submit))
        .route("/sign-out", post(sign_in::leave))
        .route("/style.css", get(style))
        .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)))
        .layer(SetResponseHeaderLayer::overriding(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
}

async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("../../templates/style.css")).into_response()
}

fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// A time as people of the organisation read it.
fn local(app: &App, time: jiff::Timestamp) -> String {
    time.to_zoned(app.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The Chinese name of a cause, or its code where the taxonomy in force does not have it.
fn cause_name(app: &App, code: &str) -> String {
    app.taxonomy.cause(code).map_or_else(|| code.to_owned(), |cause| cause.zh.clone())
}

fn kind_name(kind: &str) -> &str {
    match kind {
        "complaint" => "投诉",
        "commendation" => "表扬",
        "inquiry" => "咨询",
        "suggestion" => "建议",
        _ => "其他",
    }
}
