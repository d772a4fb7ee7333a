//! Signing in by one-time link, by name and password, or by token; and out.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use askama::Template;
use axum::{
    Form,
    extract::{ConnectInfo, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    format::local,
    render,
    visit::{Visit, is_local},
};
use crate::{
    accounts::{Account, PasswordOutcome, Role, SESSION_LIFETIME, hex},
    app::App,
    audit::Deed,
    http::{
        access::visitor::{FORM_COOKIE, SESSION_COOKIE, form_token, session},
        commendations::filing::within,
        problem::Problem,
    },
    limits, secrets,
};

/// How long a form may stay open before it is sent.
const FORM_LIFETIME_S: u32 = 12 * 60 * 60;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    visit: Visit,
    problem: Option<String>,
    next: String,
    /// What the provider's button says, where there is one.
    provider: Option<String>,
    /// Whether somebody just signed out here who may still be signed in there.
    has_left: bool,
}

/// A one-time code from a link; where to go afterwards.
#[derive(Deserialize)]
pub struct Link {
    code: Option<String>,
    next: Option<String>,
    left: Option<String>,
}

/// What was typed in.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    next: String,
}

/// Where a request comes from.
pub type From = Option<axum::Extension<ConnectInfo<SocketAddr>>>;

/// The address of the machine that asks; behind a proxy the proxy's.
pub fn machine(from: &From) -> String {
    from.as_ref().map_or_else(String::new, |from| from.0.0.ip().to_string())
}

/// The form; or, with a code, the way in.
pub async fn page(visit: Visit, State(app): State<Arc<App>>, Query(link): Query<Link>) -> Response {
    let next = link.next.unwrap_or_default();
    let Some(code) = link.code else {
        return show(&app, visit, StatusCode::OK, None, next, link.left.is_some());
    };
    let now = Timestamp::now();
    match app.accounts.open_session_by_code(&code, now) {
        Ok(Some(session)) => enter(&app, &session, "link", &next),
        Ok(None) => {
            let problem = visit.t("sign_in.link_used").to_owned();
            form(&app, visit, StatusCode::UNAUTHORIZED, Some(problem), next)
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// Signs in by name and password, or by token.
pub async fn submit(visit: Visit, from: From, State(app): State<Arc<App>>, Form(typed): Form<Typed>) -> Response {
    let key = format!("sign-in {}", machine(&from));
    if let Err(problem) = within(&app, &key, limits::SIGN_IN, Instant::now()) {
        return form(&app, visit, StatusCode::TOO_MANY_REQUESTS, Some(problem.detail), typed.next);
    }
    let way = if typed.token.trim().is_empty() { "password" } else { "token" };
    match open(&app, &visit, &typed).await {
        Ok(Ok(session)) => enter(&app, &session, way, &typed.next),
        Ok(Err(words)) => {
            note(&app, typed.name.trim(), "-", way, "refused");
            form(&app, visit, StatusCode::UNAUTHORIZED, Some(words), typed.next)
        }
        Err(problem) => problem.into_response(),
    }
}

/// A session, or why not, in words.
async fn open(app: &Arc<App>, visit: &Visit, typed: &Typed) -> Result<Result<String, String>, Problem> {
    let now = Timestamp::now();
    if !typed.token.trim().is_empty() {
        let account = app.accounts.by_token(typed.token.trim(), now).map_err(|e| Problem::internal(&e))?;
        let session = account.map(|account| app.accounts.open_session(&account.name, now)).transpose();
        let session = session.map_err(|e| Problem::internal(&e))?;
        return Ok(session.ok_or_else(|| visit.t("sign_in.token_wrong").to_owned()));
    }
    let (name, password) = (typed.name.trim().to_owned(), typed.password.clone());
    let working = Arc::clone(app);
    // Hashing takes its time and its memory: never more at once than posts may be read.
    let _slot = app.post_slots.acquire().await.map_err(|e| Problem::internal(&e))?;
    let tried = tokio::task::spawn_blocking(move || working.accounts.open_session_by_password(&name, &password, now));
    let tried = tried.await.map_err(|e| Problem::internal(&e))?.map_err(|e| Problem::internal(&e))?;
    Ok(match tried {
        PasswordOutcome::Opened(session) => Ok(session),
        PasswordOutcome::Wrong(left) => Err(visit.language.fill("sign_in.password_wrong", &[&left.to_string()])),
        PasswordOutcome::LockedUntil(until) => Err(visit.language.fill("sign_in.locked", &[&local(&app.zone, until)])),
    })
}

/// Signs out.
pub async fn leave(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let closed = session(&headers).map(|session| {
        let was_theirs = app.accounts.came_from_provider(session)?;
        app.accounts.close_session(session).map(|()| was_theirs)
    });
    let was_theirs = match closed.transpose() {
        Ok(was_theirs) => was_theirs.unwrap_or_default() && app.provider.is_some(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let gone = format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(&app));
    // The provider is left over a link of that page: a form that led to another site would need a weaker policy.
    let to = if was_theirs { "/sign-in?left=oidc" } else { "/sign-in" };
    ([(header::SET_COOKIE, gone)], Redirect::to(to)).into_response()
}

/// Sets the session's cookie and goes to where somebody wanted to go.
pub fn enter(app: &App, session: &str, way: &str, next: &str) -> Response {
    let account = match app.accounts.by_session(session, Timestamp::now()) {
        Ok(account) => account,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let Some(account) = account else { return Redirect::to("/sign-in").into_response() };
    note(app, &account.name, account.role.name(), way, "opened");
    let seconds = SESSION_LIFETIME.as_secs();
    // Lax, not Strict: the one-time link is opened from a terminal or a mail, and the page after it must know the session.
    let secure = secure(app);
    let cookie = format!("{SESSION_COOKIE}={session}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let to = if is_local(next) { next.to_owned() } else { first_page(&account) };
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}

/// Where a role begins.
fn first_page(account: &Account) -> String {
    match account.role {
        Role::Agent => "/commendations".into(),
        Role::Intake => "/import".into(),
        _ => "/".into(),
    }
}

/// What keeps a cookie to TLS, where people reach the server over it.
pub fn secure(app: &App) -> &'static str {
    if app.config.server.is_https() { "; Secure" } else { "" }
}

/// Signing in is written down; if it cannot be, the log says so, and nobody is locked out for it.
pub fn note(app: &App, account: &str, role: &str, way: &str, outcome: &str) {
    let deed = Deed { at: Timestamp::now(), account, role, action: "sign_in", subject: way, outcome };
    if let Err(error) = app.audit.note(&deed) {
        tracing::error!(%error, "sign-in not in the audit trail");
    }
}

/// The sign-in page, with what went wrong.
pub fn form(app: &App, visit: Visit, status: StatusCode, problem: Option<String>, next: String) -> Response {
    show(app, visit, status, problem, next, false)
}

fn show(
    app: &App,
    visit: Visit,
    status: StatusCode,
    problem: Option<String>,
    next: String,
    has_left: bool,
) -> Response {
    let next = if is_local(&next) { next } else { String::new() };
    let provider = app.provider.as_ref().map(|provider| provider.label().to_owned());
    with_form(app, visit, |visit| render(status, &SignIn { visit, problem, next, provider, has_left }))
}

/// A page with a form for a browser of which nothing is known: ties the form to it by a cookie, where it has none yet.
pub fn with_form(app: &App, visit: Visit, page: impl FnOnce(Visit) -> Response) -> Response {
    if !visit.form_token.is_empty() {
        return page(visit);
    }
    let secret = match secrets::random() {
        Ok(secret) => hex(&secret),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let mut response = page(Visit { form_token: form_token(&secret), ..visit });
    let secure = secure(app);
    let cookie =
        format!("{FORM_COOKIE}={secret}; Path=/; Max-Age={FORM_LIFETIME_S}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
