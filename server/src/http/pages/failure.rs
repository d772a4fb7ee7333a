//! What a page says when it cannot say what was asked.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{render, visit::Visit};
use crate::http::problem::Problem;

#[derive(Template)]
#[template(path = "failure.html")]
struct Page {
    visit: Visit,
    title: &'static str,
    detail: String,
}

/// The problem as a page, with its status.
pub fn failed(visit: Visit, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = problem.retry_after_s;
    let mut response = render(status, &Page { visit, title: problem.title, detail: problem.detail });
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(axum::http::header::RETRY_AFTER, seconds.into());
    }
    response.into_response()
}
