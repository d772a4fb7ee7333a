//! Signing in at the organisation's OpenID provider: there, back with a code, and out of it again.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    sign_in::{From, enter, form, machine, note, secure},
    visit::{Visit, is_local},
};
use crate::{
    accounts::{Account, Arrival, WAY_LIFETIME, WayIn, hex},
    app::App,
    http::{access::visitor::cookie, commendations::filing::within, problem::Problem},
    limits,
    oidc::{OidcError, Person, Provider},
    secrets,
};

/// Ties a way in to the browser that began it. Lax: it comes back from another site.
const BROWSER_COOKIE: &str = "tingjian_oidc";
/// What the audit trail calls this way.
const WAY: &str = "oidc";
/// Longest word of a provider about an error that is shown.
const SAID_CHARS: usize = 200;

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Begin {
    next: Option<String>,
}

/// What the provider sends a browser back with.
#[derive(Deserialize)]
pub struct Back {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// To the provider.
pub async fn begin(visit: Visit, from: From, State(app): State<Arc<App>>, Query(begin): Query<Begin>) -> Response {
    let next = begin.next.filter(|next| is_local(next)).unwrap_or_default();
    let key = format!("sign-in {}", machine(&from));
    if let Err(problem) = within(&app, &key, limits::SIGN_IN, Instant::now()) {
        return form(&app, visit, StatusCode::TOO_MANY_REQUESTS, Some(problem.detail), next);
    }
    let begun = match ask(&app, Provider::begin).await {
        Ok(begun) => begun,
        Err(refusal) => return refused(&app, visit, refusal, next),
    };
    let browser = match secrets::random() {
        Ok(secret) => hex(&secret),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let way = WayIn { nonce: begun.nonce, verifier: begun.verifier, next };
    if let Err(error) = app.accounts.begin_way_in(&begun.state, &browser, &way, Timestamp::now()) {
        return Problem::internal(&error).into_response();
    }
    ([(header::SET_COOKIE, browser_cookie(&app, &browser, WAY_LIFETIME.as_secs()))], Redirect::to(&begun.url))
        .into_response()
}

/// Back from the provider: a session, or why not.
pub async fn callback(
    visit: Visit,
    from: From,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    let key = format!("sign-in back {}", machine(&from));
    if let Err(problem) = within(&app, &key, limits::SIGN_IN, Instant::now()) {
        return form(&app, visit, StatusCode::TOO_MANY_REQUESTS, Some(problem.detail), String::new());
    }
    let browser = cookie(&headers, BROWSER_COOKIE).unwrap_or_default();
    let state = back.state.as_deref().unwrap_or_default();
    let way = match app.accounts.end_way_in(state, browser, Timestamp::now()) {
        Ok(Some(way)) => way,
        Ok(None) => {
            note(&app, "", "-", WAY, "refused");
            let words = visit.t("sign_in.oidc_stale").to_owned();
            return form(&app, visit, StatusCode::BAD_REQUEST, Some(words), String::new());
        }
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let mut response = match back.code {
        Some(code) => arrive(&app, visit, code, way).await,
        None => {
            note(&app, "", "-", WAY, "refused");
            let said = back.error_description.or(back.error).unwrap_or_default();
            let said: String = said.chars().take(SAID_CHARS).collect();
            let words = visit.language.fill("sign_in.oidc_refused", &[&said]);
            form(&app, visit, StatusCode::FORBIDDEN, Some(words), way.next)
        }
    };
    if let Ok(gone) = HeaderValue::from_str(&browser_cookie(&app, "", 0)) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

/// Out of the provider, too; to the sign-in page where it knows no way out.
pub async fn leave(visit: Visit, State(app): State<Arc<App>>) -> Response {
    match ask(&app, Provider::way_out).await {
        Ok(Some(place)) => Redirect::to(&place).into_response(),
        Ok(None) => Redirect::to("/sign-in").into_response(),
        Err(refusal) => refused(&app, visit, refusal, String::new()),
    }
}

async fn arrive(app: &Arc<App>, visit: Visit, code: String, way: WayIn) -> Response {
    let WayIn { nonce, verifier, next } = way;
    let person = match ask(app, move |provider| provider.finish(code, verifier, nonce)).await {
        Ok(person) => person,
        Err(refusal) => {
            note(app, "", "-", WAY, "refused");
            return refused(app, visit, refusal, next);
        }
    };
    let now = Timestamp::now();
    let issuer = app.provider.as_ref().map_or("", Provider::issuer);
    let Person { subject, name, role, department, agent_no } = person;
    let told = Account { agent_no, department, ..Account::new(&name, role, now) };
    let words = match app.accounts.arrive(issuer, &subject, &told, now) {
        Ok(Arrival::Opened(session)) => return enter(app, &session, WAY, &next),
        Ok(Arrival::NameTaken) => visit.language.fill("sign_in.oidc_name_taken", &[&name]),
        Ok(Arrival::Revoked) => visit.t("sign_in.oidc_revoked").to_owned(),
        Err(error @ crate::accounts::AccountsError::Name) => error.to_string(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    note(app, &name, role.name(), WAY, "refused");
    form(app, visit, StatusCode::FORBIDDEN, Some(words), next)
}

/// Why there is nobody to ask, or no answer.
enum Refusal {
    /// No provider is configured.
    None,
    /// Too many wait for it.
    Busy,
    /// It was asked in vain.
    Vain(OidcError),
    /// This program's own fault.
    Ours(Problem),
}

/// Asks the provider, off the threads that serve; never more at once than it can be waited for.
async fn ask<T: Send + 'static>(
    app: &Arc<App>,
    question: impl FnOnce(&Provider) -> Result<T, OidcError> + Send + 'static,
) -> Result<T, Refusal> {
    let Ok(_slot) = app.provider_slots.try_acquire() else { return Err(Refusal::Busy) };
    let asking = Arc::clone(app);
    let asked = tokio::task::spawn_blocking(move || asking.provider.as_ref().map(question)).await;
    match asked {
        Ok(Some(answer)) => answer.map_err(Refusal::Vain),
        Ok(None) => Err(Refusal::None),
        Err(error) => Err(Refusal::Ours(Problem::internal(&error))),
    }
}

fn refused(app: &App, visit: Visit, refusal: Refusal, next: String) -> Response {
    let (status, words) = match refusal {
        Refusal::None => (StatusCode::NOT_FOUND, visit.t("sign_in.oidc_none").to_owned()),
        Refusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, visit.t("sign_in.oidc_busy").to_owned()),
        Refusal::Ours(problem) => return problem.into_response(),
        // What it means for them is theirs to read; the rest is for whoever runs the server.
        Refusal::Vain(OidcError::Claims(error)) => (StatusCode::FORBIDDEN, error.to_string()),
        Refusal::Vain(error) => {
            tracing::warn!(%error, "sign-in over the provider failed");
            let key = match error {
                OidcError::Untrusted(_) => "sign_in.oidc_untrusted",
                _ => "sign_in.oidc_away",
            };
            (StatusCode::BAD_GATEWAY, visit.t(key).to_owned())
        }
    };
    form(app, visit, status, Some(words), next)
}

fn browser_cookie(app: &App, value: &str, seconds: u64) -> String {
    let secure = secure(app);
    format!("{BROWSER_COOKIE}={value}; Path=/sign-in; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}
