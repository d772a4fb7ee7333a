//! One's own account: who one is here, and one's password.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{format::local, render, visit::Visit};
use crate::{
    accounts::{AccountsError, PasswordOutcome},
    app::App,
    http::{access::Visitor, problem::Problem},
};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    visit: Visit,
    facts: Vec<(&'static str, String)>,
    has_password: bool,
    problem: Option<String>,
    done: bool,
}

/// What was typed in.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    current: String,
    new: String,
}

/// The page.
pub async fn page(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>) -> Response {
    show(&app, visit, &visitor, None, false)
}

/// Sets a password: the first one as it is, another one for the one that was.
pub async fn submit(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Form(typed): Form<Typed>) -> Response {
    let working = Arc::clone(&app);
    let name = visitor.account.name.clone();
    let changed = tokio::task::spawn_blocking(move || change(&working, &name, &typed)).await;
    match changed {
        Ok(Ok(None)) => show(&app, visit, &visitor, None, true),
        Ok(Ok(Some(PasswordOutcome::LockedUntil(until)))) => {
            let words = visit.language.fill("sign_in.locked", &[&local(&app.zone, until)]);
            show(&app, visit, &visitor, Some(words), false)
        }
        Ok(Ok(Some(_))) => {
            let words = visit.t("account.current_wrong").to_owned();
            show(&app, visit, &visitor, Some(words), false)
        }
        Ok(Err(AccountsError::Weak(weak))) => show(&app, visit, &visitor, Some(weak.to_string()), false),
        Ok(Err(error)) => Problem::internal(&error).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// `None`: changed.
fn change(app: &App, name: &str, typed: &Typed) -> Result<Option<PasswordOutcome>, AccountsError> {
    if app.accounts.has_password(name)? {
        match app.accounts.open_session_by_password(name, &typed.current, Timestamp::now())? {
            // It only proves who asks.
            PasswordOutcome::Opened(session) => app.accounts.close_session(&session)?,
            refused => return Ok(Some(refused)),
        }
    }
    app.accounts.set_password(name, &typed.new)?;
    Ok(None)
}

fn show(app: &App, visit: Visit, visitor: &Visitor, problem: Option<String>, done: bool) -> Response {
    let account = &visitor.account;
    let has_password = match app.accounts.has_password(&account.name) {
        Ok(has_password) => has_password,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let all = [
        ("account.name", Some(account.name.clone())),
        ("account.role", Some(visit.language.name("role", account.role.name()))),
        ("account.agent_no", account.agent_no.clone()),
        ("account.department", account.department.clone()),
        ("account.expires_at", account.expires_at.map(|end| local(&app.zone, end))),
    ];
    let facts = all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    render(status, &AccountPage { visit, facts, has_password, problem, done })
}
