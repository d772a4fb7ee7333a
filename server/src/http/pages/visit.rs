//! What every page knows about who looks at it: language, address, account, form token.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::words::Language;
use crate::{
    accounts::{Account, Role},
    http::access::table::{self, Reach},
};

/// The cookie that carries the language.
const LANGUAGE_COOKIE: &str = "tingjian_language";
/// A year, in seconds.
const LANGUAGE_LIFETIME_S: u32 = 31_536_000;

/// The token that every form carries, put into the request's extensions by whoever guards the pages; without a guard, empty.
#[derive(Clone, Debug, Default)]
pub struct FormToken(pub String);

/// One look at one page. Every page's template has it as `visit`.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// Language of the page.
    pub language: Language,
    /// Path and query as asked for.
    pub address: String,
    /// Who is signed in.
    pub account: Option<Account>,
    /// What forms carry; empty where nobody is signed in.
    pub form_token: String,
    /// What is in the search box of the head.
    pub q: String,
}

/// A link of the navigation.
pub struct NavLink {
    /// Where to.
    pub path: &'static str,
    /// Its words.
    pub name: &'static str,
    /// Whether this page is there.
    pub here: bool,
}

const READERS: &[Role] = &[Role::Supervisor, Role::Analyst, Role::Executive, Role::Admin];
const JUDGING: &[Role] = &[Role::Supervisor, Role::Analyst, Role::Admin];
const ADMIN: &[Role] = &[Role::Admin];
const IMPORTERS: &[Role] = &[Role::Intake, Role::Admin];

/// The navigation: path, words, for whom it is meant. What the access table refuses to an account is not shown to it.
const NAVIGATION: &[(&str, &str, &[Role])] = &[
    ("/", "nav.overview", READERS),
    ("/search", "nav.search", READERS),
    ("/causes", "nav.causes", READERS),
    ("/promises", "nav.promises", READERS),
    ("/departments", "nav.departments", READERS),
    ("/agents", "nav.agents", &[Role::Agent, Role::Supervisor, Role::Analyst, Role::Admin]),
    (
        "/commendations",
        "nav.commendations",
        &[Role::Agent, Role::Supervisor, Role::Analyst, Role::Executive, Role::Admin],
    ),
    ("/review", "nav.review", JUDGING),
    ("/reports", "nav.reports", READERS),
    ("/alerts", "nav.alerts", READERS),
    ("/taxonomy", "nav.taxonomy", &[Role::Analyst, Role::Admin]),
    ("/import", "nav.import", IMPORTERS),
    ("/system", "nav.system", ADMIN),
];

impl Visit {
    /// Of somebody of whom nothing is known but what they ask for, and in which language.
    pub fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        let address = uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
        Self { language: language(headers), address, ..Self::default() }
    }

    /// The words under a key.
    pub fn t<'a>(&self, key: &'a str) -> &'a str {
        self.language.t(key)
    }

    /// The links this account sees.
    pub fn navigation(&self) -> Vec<NavLink> {
        let Some(account) = &self.account else { return Vec::new() };
        let path = self.address.split('?').next().unwrap_or_default();
        let here = |link: &str| path == link || (link != "/" && path.starts_with(link));
        let meant = NAVIGATION.iter().filter(|(_, _, roles)| roles.contains(&account.role));
        let shown = meant.filter(|(path, _, _)| self.may("GET", path));
        shown.map(|(path, key, _)| NavLink { path, name: self.language.t(key), here: here(path) }).collect()
    }

    /// Whether the search box belongs on the page.
    pub fn searches(&self) -> bool {
        self.account.as_ref().is_some_and(|account| READERS.contains(&account.role))
    }

    /// Whether the way to praise is shown: to everybody but those whom it is closed to.
    pub fn praises(&self) -> bool {
        self.account.is_none() || self.may("GET", "/praise")
    }

    /// Where this account begins: the overview, else the first page it has.
    pub fn home(&self) -> &'static str {
        if self.account.is_none() || self.may("GET", "/") {
            return "/";
        }
        let first = match self.account.as_ref().map(|account| account.role) {
            Some(Role::Agent) => "/commendations",
            Some(Role::Intake) => "/import",
            _ => "/account",
        };
        if self.may("GET", first) { first } else { "/account" }
    }

    /// Whether this account corrects, judges and reviews.
    pub fn judges(&self) -> bool {
        self.may("POST", "/records/{record_id}/correct")
    }

    /// Whether this account gives verdicts.
    pub fn gives_verdicts(&self) -> bool {
        self.may("POST", "/records/{record_id}/judge")
    }

    /// Whether this account appeals.
    pub fn appeals(&self) -> bool {
        self.may("POST", "/records/{record_id}/appeal")
    }

    /// Whether the access table lets this account through a door at all.
    pub fn may(&self, method: &str, path: &str) -> bool {
        let entry = table::find(method, path);
        self.account.as_ref().zip(entry).is_some_and(|(account, entry)| entry.reach(account) != Reach::None)
    }

    /// Whether this account changes the taxonomy: one that is not bound to a department.
    pub fn edits_taxonomy(&self) -> bool {
        self.may("PUT", "/api/v1/taxonomy")
    }

    /// Name of the account.
    pub fn name(&self) -> &str {
        self.account.as_ref().map_or("", |account| &account.name)
    }

    /// Where the switch of the language leads.
    pub fn other_language(&self) -> String {
        let other = if self.language == Language::Chinese { Language::English } else { Language::Chinese };
        format!("/language/{}?to={}", other.code(), super::address::encode(&self.address))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            account: parts.extensions.get::<Account>().cloned(),
            form_token: parts.extensions.get::<FormToken>().cloned().unwrap_or_default().0,
            ..Self::of(&parts.headers, &parts.uri)
        })
    }
}

fn language(headers: &HeaderMap) -> Language {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == LANGUAGE_COOKIE).and_then(|(_, code)| Language::of_code(code)).unwrap_or_default()
}

/// Where to go after the switch.
#[derive(Deserialize)]
pub struct Back {
    to: Option<String>,
}

/// Keeps the language and goes back to the page.
pub async fn switch(Path(code): Path<String>, Query(back): Query<Back>) -> Response {
    let Some(language) = Language::of_code(&code) else { return StatusCode::NOT_FOUND.into_response() };
    let cookie =
        format!("{LANGUAGE_COOKIE}={}; Path=/; Max-Age={LANGUAGE_LIFETIME_S}; HttpOnly; SameSite=Lax", language.code());
    let to = back.to.filter(|to| is_local(to)).unwrap_or_else(|| "/".into());
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}

/// A path of this server: nothing that a browser could take for another host.
pub fn is_local(address: &str) -> bool {
    let rest = address.strip_prefix('/');
    rest.is_some_and(|rest| !rest.starts_with(['/', '\\']) && address.bytes().all(|byte| byte.is_ascii_graphic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_to() {
        for (address, local) in [
            ("/", true),
            ("/search?q=%E6%89%BF", true),
            ("//elsewhere.example", false),
            ("/\\elsewhere.example", false),
            ("https://elsewhere.example", false),
            ("/a\r\nSet-Cookie: x", false),
            ("", false),
        ] {
            assert_eq!(is_local(address), local, "{address:?}");
        }
    }
}
