//! The one place every call passes through: whose token is this, and may that role do this?

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::problem::Problem;
use crate::{accounts::Role, app::App};

/// Lets a request through when its token's role may make it; the account travels on in the request's extensions.
pub async fn require(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(token) = bearer(&request) else {
        return Problem::new(StatusCode::UNAUTHORIZED, "请在请求头带上 Authorization: Bearer 令牌；管理员令牌在数据目录的 admin.token")
            .into_response();
    };
    let account = match app.accounts.by_token(token) {
        Ok(Some(account)) => account,
        Ok(None) => return Problem::new(StatusCode::UNAUTHORIZED, "令牌无效或已被撤销").into_response(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    if !may(account.role, request.method(), request.uri().path()) {
        let detail = format!("角色 {} 不能进行此操作", account.role.name());
        return Problem::new(StatusCode::FORBIDDEN, detail).into_response();
    }
    request.extensions_mut().insert(account);
    next.run(request).await
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The role matrix: intake only posts, readers only read, administrators do everything.
fn may(role: Role, method: &Method, path: &str) -> bool {
    let intake = path.contains("/streams/") || path.contains("/imports");
    match role {
        Role::Admin => true,
        Role::Intake => intake,
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
