//! The one place every call passes through: whose token is this, and may that role do this?

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;

use super::problem::Problem;
use crate::{
    accounts::{Account, AccountsError, Role},
    app::App,
};

/// The cookie that carries a session.
pub const SESSION_COOKIE: &str = "tingjian_session";

/// For the API: lets a request through when its token's (or session's) role may make it. The account travels on in the
/// request's extensions.
pub async fn require(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let account = match identify(&app, &request) {
        Ok(Some(account)) => account,
        Ok(None) => {
            let detail = "请在请求头带上有效的 Authorization: Bearer 令牌；管理员令牌在数据目录的 admin.token";
            return Problem::new(StatusCode::UNAUTHORIZED, detail).into_response();
        }
        Err(error) => return Problem::internal(&error).into_response(),
    };
    if !may(account.role, request.method(), request.uri().path()) {
        let detail = format!("角色 {} 不能进行此操作", account.role.name());
        return Problem::new(StatusCode::FORBIDDEN, detail).into_response();
    }
    request.extensions_mut().insert(account);
    next.run(request).await
}

/// For pages: who is not signed in is sent to the sign-in page.
pub async fn require_session(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match identify(&app, &request) {
        Ok(Some(account)) if may(account.role, request.method(), "/api/v1/search") => {
            request.extensions_mut().insert(account);
            next.run(request).await
        }
        Ok(_) => Redirect::to("/sign-in").into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// A token counts for everything; a session's cookie only for reading, since another site can make a browser send it.
fn identify(app: &App, request: &Request) -> Result<Option<Account>, AccountsError> {
    match (bearer(request), session(request.headers())) {
        (Some(token), _) => app.accounts.by_token(token),
        (None, Some(session)) if request.method() == Method::GET => app.accounts.by_session(session, Timestamp::now()),
        _ => Ok(None),
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The session in the request's cookie.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == SESSION_COOKIE).then_some(value))
}

/// The role matrix: intake only posts, readers only read, administrators do everything.
fn may(role: Role, method: &Method, path: &str) -> bool {
    let intake = path.contains("/streams/") || path.contains("/imports");
    match role {
        Role::Admin => true,
        Role::Intake => intake,
        // Who may publish, object and verify is said there.
        Role::Analyst | Role::Executive | Role::Supervisor if super::reports::concerns(path) => true,
        Role::Analyst | Role::Executive | Role::Supervisor => method == Method::GET && !path.contains("/accounts"),
        // An agent's own pages come with accounts; until then an agent's token opens nothing that shows others.
        Role::Agent => path.ends_with("/taxonomy") && method == Method::GET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix() {
        let (get, post) = (Method::GET, Method::POST);
        for (role, method, path, allowed) in [
            (Role::Admin, &post, "/api/v1/dead-letters/1/replay", true),
            (Role::Intake, &post, "/api/v1/streams/complaints", true),
            (Role::Intake, &get, "/api/v1/search", false),
            (Role::Analyst, &get, "/api/v1/search", true),
            (Role::Analyst, &post, "/api/v1/streams/complaints", false),
            (Role::Executive, &get, "/api/v1/causes", true),
            (Role::Agent, &get, "/api/v1/search", false),
        ] {
            assert_eq!(may(role, method, path), allowed, "{role:?} {method} {path}");
        }
    }
}
