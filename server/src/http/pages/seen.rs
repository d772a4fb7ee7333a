//! What the signed link of a message leads to: one button, since mail filters open every link before anybody reads it.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{refused::said, render, sign_in::with_form, visit::Visit};
use crate::{
    app::App,
    delivery::SEEN,
    http::{deliveries::note_seen, problem::Problem},
};

#[derive(Template)]
#[template(path = "seen.html")]
struct Page {
    visit: Visit,
    /// Where the form goes.
    action: String,
    /// What was sent: `weekly/2026-W47`.
    about: String,
    /// `report` or `alert`: what the page says of it.
    kind: &'static str,
    is_seen: bool,
}

fn kind(key: &str) -> &'static str {
    if key.starts_with("alert/") { "alert" } else { "report" }
}

/// Kind and name of what a delivery's key was about.
fn about(key: &str) -> String {
    let mut parts = key.split('/');
    let (kind, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if kind == "weekly" { name.to_owned() } else { String::new() }
}

/// The button, or that it was pressed.
pub async fn page(visit: Visit, State(app): State<Arc<App>>, Path(code): Path<String>) -> Response {
    let Some(key) = app.seen_links.key_of(&code) else {
        return said(visit, Problem::not_found("这个链接不完整，或不是由本系统签发"));
    };
    let notes = match app.warehouse.delivery_notes(&key).await {
        Ok(notes) => notes,
        Err(error) => return said(visit, Problem::from(tingjian_query::QueryError::from(error))),
    };
    let is_seen = notes.iter().any(|note| note.what == SEEN);
    let page = |visit| Page { visit, action: format!("/seen/{code}"), about: about(&key), kind: kind(&key), is_seen };
    with_form(&app, visit, |visit| render(StatusCode::OK, &page(visit)))
}

/// Notes it.
pub async fn submit(visit: Visit, State(app): State<Arc<App>>, Path(code): Path<String>) -> Response {
    match note_seen(&app, &code).await {
        Ok(key) => {
            let page =
                Page { visit, action: format!("/seen/{code}"), about: about(&key), kind: kind(&key), is_seen: true };
            render(StatusCode::OK, &page)
        }
        Err(problem) => said(visit, problem),
    }
}
