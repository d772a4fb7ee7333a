//! Signing in by one-time link or by token, and out.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{render, visit::Visit};
use crate::{
    accounts::SESSION_LIFETIME,
    app::App,
    http::{
        auth::{SESSION_COOKIE, session},
        problem::Problem,
    },
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    visit: Visit,
    problem: Option<String>,
}

/// A one-time code from a link.
#[derive(Deserialize)]
pub struct Link {
    code: Option<String>,
}

/// A token typed in.
#[derive(Deserialize)]
pub struct Typed {
    token: String,
}

/// The form; or, with a code, the way in.
pub async fn page(visit: Visit, State(app): State<Arc<App>>, Query(link): Query<Link>) -> Response {
    let Some(code) = link.code else { return form(visit, StatusCode::OK, None) };
    match app.accounts.open_session_by_code(&code, Timestamp::now()) {
        Ok(Some(session)) => enter(&session),
        Ok(None) => form(visit, StatusCode::UNAUTHORIZED, Some("sign_in.link_used")),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// Signs in by token.
pub async fn submit(visit: Visit, State(app): State<Arc<App>>, Form(typed): Form<Typed>) -> Response {
    let opened = app.accounts.by_token(typed.token.trim()).and_then(|account| {
        account.map(|account| app.accounts.open_session(&account.name, Timestamp::now())).transpose()
    });
    match opened {
        Ok(Some(session)) => enter(&session),
        Ok(None) => form(visit, StatusCode::UNAUTHORIZED, Some("sign_in.token_wrong")),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// Signs out.
pub async fn leave(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some(Err(error)) = session(&headers).map(|session| app.accounts.close_session(session)) {
        return Problem::internal(&error).into_response();
    }
    let gone = format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    ([(header::SET_COOKIE, gone)], Redirect::to("/sign-in")).into_response()
}

fn enter(session: &str) -> Response {
    let seconds = SESSION_LIFETIME.as_secs();
    // Lax, not Strict: the one-time link is opened from a terminal or a mail, and the page after it must know the session.
    let cookie = format!("{SESSION_COOKIE}={session}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

fn form(visit: Visit, status: StatusCode, problem: Option<&str>) -> Response {
    let problem = problem.map(|key| visit.t(key).to_owned());
    render(status, &SignIn { visit, problem })
}
