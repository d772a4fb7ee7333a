//! Who asks: by token, by session, or nobody; and what of a form proves that it is theirs.

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::scope::Scope;
use crate::{
    accounts::{Account, AccountsError, hex},
    app::App,
    http::problem::Problem,
};

/// The cookie that carries a session.
pub const SESSION_COOKIE: &str = "tingjian_session";
/// The cookie that ties a form to a browser where nobody is signed in.
pub const FORM_COOKIE: &str = "tingjian_form";

/// Who asks, and how far they reach here.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Their account.
    pub account: Account,
    /// What of what is behind this door they see.
    pub scope: Scope,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "需要登录"))
    }
}

/// How somebody proved who they are.
pub enum Proof {
    /// A token in the header: no browser sends it by itself.
    Token(Account),
    /// A session's cookie, which another site can make a browser send.
    Session(Account),
}

/// Who sent a request.
///
/// # Errors
/// The store of accounts.
pub fn identify(app: &App, request: &Request) -> Result<Option<Proof>, AccountsError> {
    let now = Timestamp::now();
    if let Some(token) = bearer(request) {
        return Ok(app.accounts.by_token(token, now)?.map(Proof::Token));
    }
    match session(request.headers()) {
        Some(session) => Ok(app.accounts.by_session(session, now)?.map(Proof::Session)),
        None => Ok(None),
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The session in the request's cookie.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION_COOKIE)
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == wanted).then_some(value))
}

/// What the forms of a browser with this secret cookie carry: tells nothing about the cookie.
pub fn form_token(secret: &str) -> String {
    hex(&Sha256::new().chain_update("tingjian form").chain_update(secret).finalize())
}

/// The secret that ties the forms of a request to its browser: its session, else its form cookie.
pub fn form_secret(headers: &HeaderMap) -> Option<&str> {
    session(headers).or_else(|| cookie(headers, FORM_COOKIE))
}
