//! The one place that every call and page passes through: who is this, may they, and what do they see?
//!
//! [`table`] says who may; [`scope`] says which records; [`forms`] refuses forms that are not ours; what is looked at or
//! changed is written into the audit trail before it is answered.

pub mod forms;
pub mod scope;
pub mod table;
pub mod visitor;

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode, Uri},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;

pub use self::{scope::Scope, visitor::Visitor};
use self::{
    table::{Door, ENTRIES, Entry, Reach},
    visitor::{Proof, form_secret, form_token, identify},
};
use super::{
    pages::{FormToken, Visit},
    problem::Problem,
};
use crate::{
    accounts::{Account, Role},
    app::App,
    audit::Deed,
};

/// What a handler did it to, where the address does not say: put it into the response's extensions.
#[derive(Clone, Debug)]
pub struct Subject(pub String);

/// Guards every route.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    // What has no route has no secrets: the fallback says so.
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else { return next.run(request).await };
    let is_api = path.as_str().starts_with("/api/");
    let headers = request.headers().clone();
    let visit = Visit::of(&headers, request.uri());
    match admit(&app, path.as_str(), request).await {
        Ok((entry, request)) => answer(&app, entry, request, next).await,
        Err(Refusal::Unknown) if !is_api => Redirect::to("/sign-in").into_response(),
        Err(Refusal::Elsewhere(to)) if !is_api => Redirect::to(&to).into_response(),
        Err(Refusal::Unknown | Refusal::Elsewhere(_)) => {
            let detail = "请在请求头带上有效的 Authorization: Bearer 令牌；管理员令牌在数据目录的 admin.token";
            Problem::new(StatusCode::UNAUTHORIZED, detail).into_response()
        }
        Err(Refusal::Problem(problem)) if !is_api => super::pages::refusal(visit, *problem),
        Err(Refusal::Closed(problem, account)) if !is_api => {
            let form_token = form_secret(&headers).map(form_token).unwrap_or_default();
            super::pages::refusal(Visit { account: Some(*account), form_token, ..visit }, *problem)
        }
        Err(Refusal::Problem(problem) | Refusal::Closed(problem, _)) => problem.into_response(),
    }
}

/// Why nobody gets in.
enum Refusal {
    /// Nobody is signed in.
    Unknown,
    /// Nobody is signed in; after signing in the browser may go on where it wanted to.
    Elsewhere(String),
    /// In words.
    Problem(Box<Problem>),
    /// The door is closed to the account that asks.
    Closed(Box<Problem>, Box<Account>),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// Lets a request in, with who sent it in its extensions.
async fn admit(app: &App, path: &str, mut request: Request) -> Result<(&'static Entry, Request), Refusal> {
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let Some(entry) = table::find(method, path) else {
        let status = if table::knows(path) { StatusCode::METHOD_NOT_ALLOWED } else { StatusCode::FORBIDDEN };
        return Err(Problem::new(status, "此接口不支持该方法；接口说明见 /api/v1/openapi.json").into());
    };
    let proof = identify(app, &request).map_err(|error| Problem::internal(&error))?;
    // A signed code in the address is its own proof: there is no cookie that another site could make a browser send.
    let by_code = is_open_call(entry);
    let by_cookie = !by_code && !matches!(proof, Some(Proof::Token(_)));
    let account = proof.map(|(Proof::Token(account) | Proof::Session(account))| account);
    if let Door::Account { .. } = entry.door {
        let Some(account) = &account else { return Err(way_in(&request)) };
        let reach = entry.reach(account);
        if reach == Reach::None {
            let subject = subject(app, path, request.uri());
            note(app, &account.name, account.role, entry, &subject, "refused")?;
            let detail = format!("角色 {} 不能进行此操作", account.role.name());
            let problem = Problem::new(StatusCode::FORBIDDEN, detail);
            return Err(Refusal::Closed(Box::new(problem), Box::new(account.clone())));
        }
        let visitor = Visitor { account: account.clone(), scope: Scope::of(account, reach) };
        request.extensions_mut().insert(visitor);
    }
    if by_cookie && !forms::only_looks(request.method()) {
        request = forms::check(request).await?;
    }
    if let Some(token) = form_secret(request.headers()).map(form_token) {
        request.extensions_mut().insert(FormToken(token));
    }
    if let Some(account) = account {
        request.extensions_mut().insert(account);
    }
    Ok((entry, request))
}

/// Whether a call of the interface asks for no account.
fn is_open_call(entry: &Entry) -> bool {
    matches!(entry.door, Door::Open) && entry.path.starts_with("/api/")
}

/// To the sign-in page, and from there on to where the browser wanted to go.
fn way_in(request: &Request) -> Refusal {
    let wanted = request.uri().path_and_query().map_or("/", |wanted| wanted.as_str());
    if request.method() != Method::GET || wanted == "/" {
        return Refusal::Unknown;
    }
    let next: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    Refusal::Elsewhere(format!("/sign-in?next={next}"))
}

/// Runs the handler; what is looked at or changed is in the trail before the answer leaves.
async fn answer(app: &App, entry: &'static Entry, request: Request, next: Next) -> Response {
    let who = request.extensions().get::<Visitor>().map(|visitor| visitor.account.clone());
    let uri = request.uri().clone();
    let response = next.run(request).await;
    let (Some(_), Some(who)) = (entry.audit, who) else { return response };
    let named = response.extensions().get::<Subject>().map(|subject| subject.0.clone());
    let subject = named.unwrap_or_else(|| subject(app, entry.path, &uri));
    let noted = note(app, &who.name, who.role, entry, &subject, response.status().as_str());
    match noted {
        Ok(()) => response,
        Err(problem) => problem.into_response(),
    }
}

fn note(app: &App, account: &str, role: Role, entry: &Entry, subject: &str, outcome: &str) -> Result<(), Problem> {
    let Some(action) = entry.audit else { return Ok(()) };
    let deed = Deed { at: Timestamp::now(), account, role: role.name(), action, subject, outcome };
    app.audit.note(&deed).map_err(|error| Problem::internal(&error))
}

/// What an address names, as the trail keeps it.
fn subject(app: &App, path: &str, uri: &Uri) -> String {
    named(path, uri, |number| app.case_key(number).to_string())
}

/// The values of the route's `{…}`, else the address's query. A case's number leads to a customer: its key is kept in its place.
fn named(path: &str, uri: &Uri, case_key: impl Fn(&str) -> String) -> String {
    let named = path.split('/').zip(uri.path().split('/')).filter(|(name, _)| name.starts_with('{'));
    let value = |(name, value): (&str, &str)| match name {
        "{case_id}" | "{case_key}" => case_key(&decoded(value)),
        _ => decoded(value),
    };
    let values: Vec<_> = named.map(value).collect();
    match values.as_slice() {
        [] => asked(uri.query().unwrap_or_default()),
        values => values.join("/"),
    }
}

/// What was asked for, as people read it, without what would be masked in a text: people look for the customer's number, too.
fn asked(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{}={}", unsaid(&decoded_form(name)), unsaid(&decoded_form(value))),
        None => unsaid(&decoded_form(pair)),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A text with what names a customer masked; as it was typed where nothing does.
fn unsaid(text: &str) -> String {
    let normalised = tingjian_analysis::normalise(text);
    match tingjian_analysis::mask(&normalised) {
        masked if masked == normalised => text.to_owned(),
        masked => masked.into_owned(),
    }
}

/// A value of a query as people read it: a plus is a blank.
fn decoded_form(text: &str) -> String {
    decoded(&text.replace('+', "%20"))
}

/// A percent-encoded text as people read it.
fn decoded(text: &str) -> String {
    let pair = format!("={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The table for people (Markdown).
pub fn matrix() -> String {
    let mut text = String::from("| method | path |");
    for role in Role::ALL {
        let _ = write!(text, " {} |", role.name());
    }
    text.push_str(" bound to a department | audit |\n|---|---|");
    text.push_str(&"---|".repeat(Role::ALL.len() + 2));
    text.push('\n');
    let word = |reach: Reach| match reach {
        Reach::None => "–",
        Reach::Own => "own",
        Reach::All => "all",
    };
    for entry in ENTRIES {
        let _ = write!(text, "| {} | `{}` |", entry.method, entry.path);
        match entry.door {
            Door::Open => text.push_str(&" open |".repeat(Role::ALL.len() + 1)),
            Door::Account { roles, bound } => {
                roles.iter().chain([&bound]).for_each(|reach| {
                    let _ = write!(text, " {} |", word(*reach));
                });
            }
        }
        let _ = writeln!(text, " {} |", entry.audit.unwrap_or("–"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_what_the_address_names() {
        for (path, uri, expected) in [
            ("/api/v1/records/{record_id}", "/api/v1/records/r-1", "r-1"),
            ("/api/v1/records/{record_id}/trace", "/api/v1/records/%E5%8D%95%2B1/trace", "单+1"),
            ("/api/v1/export", "/api/v1/export?format=csv&q=a%20b", "format=csv&q=a b"),
            ("/api/v1/export", "/api/v1/export", ""),
            ("/api/v1/cases/{case_id}", "/api/v1/cases/WO-%31", "the key of WO-1"),
            // Words that name a customer do not outlive the look.
            ("/api/v1/export", "/api/v1/export?q=13812345678&since=2026-11-01", "q=【手机号】&since=2026-11-01"),
            ("/api/v1/export", "/api/v1/export?q=138-1234-5678+%E6%8A%95%E8%AF%89", "q=【手机号】 投诉"),
        ] {
            let told = named(path, &uri.parse().unwrap(), |number| format!("the key of {number}"));
            assert_eq!(told, expected, "{uri}");
        }
    }
}
