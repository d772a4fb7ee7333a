//! The administrator's page: how it stands, who has an account, what could not be read, who looked at what.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    address::{address, encode},
    format::{local, number},
    refused::said,
    render,
    visit::Visit,
};
use crate::{
    accounts::{Account, AccountsError, Role},
    app::App,
    http::{access::Subject, audit, dead_letters, health, parameters::Parameters, problem::Problem, status},
};

/// Lines of the audit trail whose chain is checked whenever the page is looked at; `accounts audit` checks all.
const LINES_CHECKED: u32 = 20_000;
/// Dead letters shown.
const LETTERS: usize = 20;

#[derive(Template)]
#[template(path = "system.html")]
struct SystemPage {
    visit: Visit,
    notice: Option<String>,
    secret: Option<String>,
    health: &'static str,
    version: &'static str,
    checks: Vec<(&'static str, bool, String)>,
    sinks: Vec<SinkRow>,
    accounts: Vec<AccountRow>,
    roles: Vec<(&'static str, String)>,
    letters_total: Option<u64>,
    letters: Vec<LetterRow>,
    audit_total: u64,
    audit: Vec<AuditRow>,
    audit_next: Option<String>,
    account: String,
    action: String,
    subject: String,
    changed: Option<i64>,
    lines_checked: String,
}

struct SinkRow {
    name: &'static str,
    lag: String,
    stored: u64,
    duplicates: u64,
    dead: u64,
    positions: String,
}

struct AccountRow {
    name: String,
    link: String,
    role: String,
    agent_no: String,
    department: String,
    state: String,
    usable: bool,
    own: bool,
}

struct LetterRow {
    id: String,
    link: String,
    stream: String,
    reason: String,
    field: String,
    at: String,
    tries: u64,
}

struct AuditRow {
    at: String,
    account: String,
    role: String,
    action: String,
    subject: String,
    outcome: String,
}

/// The page.
pub async fn page(visit: Visit, State(app): State<Arc<App>>, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    show(&app, visit, pairs, None, None).await
}

async fn show(
    app: &App,
    visit: Visit,
    pairs: Vec<(String, String)>,
    notice: Option<String>,
    secret: Option<String>,
) -> Response {
    match gather(app, &visit, pairs).await {
        Ok(page) => render(StatusCode::OK, &SystemPage { visit, notice, secret, ..page }),
        Err(problem) => said(visit, problem),
    }
}

async fn gather(app: &App, visit: &Visit, pairs: Vec<(String, String)>) -> Result<SystemPage, Problem> {
    let of = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let (account, action, subject) = (of("account"), of("action"), of("subject"));
    let trail = audit::page(app, &mut Parameters::new(pairs))?;
    let next = trail.next.as_deref().map(|next| {
        let filters = [("account", account.as_str()), ("action", action.as_str()), ("subject", subject.as_str())];
        address("/system", filters.into_iter().chain([("cursor", next)]))
    });
    let health = health::look(app);
    // With the warehouse away the rest of the page is needed most.
    let letters = tingjian_query::dead_letters(&app.warehouse, None, None, LETTERS).await.ok();
    let now = Timestamp::now();
    let accounts = app.accounts.list().map_err(|error| Problem::internal(&error))?;
    Ok(SystemPage {
        visit: Visit::default(),
        notice: None,
        secret: None,
        health: health.status,
        version: health.version,
        checks: health.checks.into_iter().map(|check| (check.name, check.ok, check.detail)).collect(),
        sinks: status::sinks(app).await.iter().map(sink).collect(),
        accounts: accounts.iter().map(|account| account_row(visit, account, now)).collect(),
        roles: Role::ALL.map(|role| (role.name(), visit.language.name("role", role.name()))).into(),
        letters_total: letters.as_ref().map(|letters| letters.total),
        letters: letters.iter().flat_map(|letters| &letters.items).map(|letter| letter_row(app, letter)).collect(),
        audit_total: trail.total,
        audit: trail.items.into_iter().map(|line| audit_row(app, line)).collect(),
        audit_next: next,
        account,
        action,
        subject,
        lines_checked: number(visit.language, u64::from(LINES_CHECKED)),
        changed: app.audit.first_changed(LINES_CHECKED).map_err(|error| Problem::internal(&error))?,
    })
}

fn sink(sink: &status::SinkView) -> SinkRow {
    SinkRow {
        name: sink.name,
        lag: sink.lag_records.map_or_else(|| "?".to_owned(), |records| records.to_string()),
        stored: sink.stored,
        duplicates: sink.duplicates,
        dead: sink.dead,
        positions: sink
            .positions
            .iter()
            .map(|(at, next)| format!("{}/{} → {next}", at.source, at.number))
            .collect::<Vec<_>>()
            .join("  "),
    }
}

fn account_row(visit: &Visit, account: &Account, now: Timestamp) -> AccountRow {
    let state = match (account.revoked_at, account.is_usable(now)) {
        (Some(_), _) => "revoked",
        (None, false) => "expired",
        (None, true) => "usable",
    };
    AccountRow {
        name: account.name.clone(),
        link: format!("/system/accounts/{}", encode(&account.name)),
        role: visit.language.name("role", account.role.name()),
        agent_no: account.agent_no.clone().unwrap_or_default(),
        department: account.department.clone().unwrap_or_default(),
        state: visit.language.name("account_state", state),
        usable: account.is_usable(now),
        own: account.name == visit.name(),
    }
}

fn letter_row(app: &App, letter: &tingjian_query::DeadLetterItem) -> LetterRow {
    LetterRow {
        link: format!("/system/dead-letters/{}/replay", encode(&letter.id)),
        id: letter.id.clone(),
        stream: letter.stream.clone(),
        reason: tingjian_sheets::reason_name(&letter.reason),
        field: letter.field.clone().unwrap_or_default(),
        at: local(&app.zone, letter.received_at),
        tries: letter.replays,
    }
}

fn audit_row(app: &App, line: crate::audit::AuditLine) -> AuditRow {
    AuditRow {
        at: local(&app.zone, line.at),
        account: line.account,
        role: line.role,
        action: line.action,
        subject: line.subject,
        outcome: line.outcome,
    }
}

/// A new account as typed in.
#[derive(Deserialize)]
pub struct NewAccount {
    name: String,
    role: String,
    #[serde(default)]
    agent_no: String,
    #[serde(default)]
    department: String,
}

/// Adds an account; its token is shown this once.
pub async fn add(visit: Visit, State(app): State<Arc<App>>, Form(new): Form<NewAccount>) -> Response {
    let said_text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let added = new.role.parse().and_then(|role| {
        let account = Account {
            agent_no: said_text(&new.agent_no),
            department: said_text(&new.department),
            ..Account::new(new.name.trim(), role, Timestamp::now())
        };
        app.accounts.add(&account)
    });
    let name = new.name.trim();
    let response = match added {
        Ok(token) => {
            let notice = visit.language.fill("system.added", &[name]);
            show(&app, visit, Vec::new(), Some(notice), Some(token)).await
        }
        Err(error) => refused(visit, error),
    };
    named(response, name)
}

/// Ends an account.
pub async fn revoke(visit: Visit, State(app): State<Arc<App>>, Path(name): Path<String>) -> Response {
    match app.accounts.revoke(&name, Timestamp::now()) {
        Ok(()) => Redirect::to("/system").into_response(),
        Err(error) => refused(visit, error),
    }
}

/// Makes a one-time link for somebody; it is shown this once.
pub async fn link(visit: Visit, State(app): State<Arc<App>>, Path(name): Path<String>) -> Response {
    match app.accounts.sign_in_code(&name, Timestamp::now()) {
        Ok(code) => {
            let link = format!("{}/sign-in?code={code}", app.config.server.address());
            let notice = visit.language.fill("system.linked", &[&name]);
            show(&app, visit, Vec::new(), Some(notice), Some(link)).await
        }
        Err(error) => refused(visit, error),
    }
}

/// Tries a dead letter again.
pub async fn replay(visit: Visit, State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    match dead_letters::try_again(&app, &id, None).await {
        Ok(tried) => {
            let notice = if tried.accepted {
                visit.language.fill("system.replayed", &[&id])
            } else {
                visit.language.fill("system.still_dead", &[&id, &tried.message.unwrap_or_default()])
            };
            show(&app, visit, Vec::new(), Some(notice), None).await
        }
        Err(problem) => said(visit, problem),
    }
}

fn refused(visit: Visit, error: AccountsError) -> Response {
    match &error {
        AccountsError::UnknownRole(_) | AccountsError::Exists(_) | AccountsError::Unknown(_) | AccountsError::Name => {
            said(visit, Problem::bad_request(error.to_string()))
        }
        _ => said(visit, Problem::internal(&error)),
    }
}

fn named(mut response: Response, name: &str) -> Response {
    response.extensions_mut().insert(Subject(name.to_owned()));
    response
}
