//! What a page says where somebody may not go on.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{render, visit::Visit};
use crate::http::problem::Problem;

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    visit: Visit,
    title: &'static str,
    detail: String,
}

/// A problem as a page for somebody who is known.
pub fn said(visit: Visit, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    render(status, &Refused { visit, title: problem.title, detail: problem.detail })
}
