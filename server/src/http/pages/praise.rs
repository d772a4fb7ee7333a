//! A commendation in one touch: words, one button. Signed in, or over an agent's signed link.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use qrcode::{EcLevel, QrCode, render::svg};
use serde::Deserialize;

use super::{
    address::encode,
    format::local,
    refused::said,
    render,
    sign_in::{From, machine, with_form},
    visit::Visit,
};
use crate::{
    app::App,
    http::{
        access::{Subject, Visitor},
        commendations::{
            filing::{self, Filed, Filing, Praise},
            receipts::{self, RecipientView},
        },
        problem::Problem,
    },
    limits,
};

#[derive(Template)]
#[template(path = "praise.html")]
struct PraisePage {
    visit: Visit,
    /// Where the form goes.
    action: String,
    /// Who is praised, where that is known.
    agent_no: Option<String>,
    /// One's own link, to be given to customers.
    link: Option<String>,
    picture: Option<String>,
    text: String,
    department: String,
    recording_ref: String,
    problem: Option<String>,
    done: Option<Done>,
}

struct Done {
    duplicate: bool,
    recipients: Vec<Row>,
    receipt: Option<String>,
}

struct Row {
    name: String,
    read_at: Option<String>,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    visit: Visit,
    recipients: Vec<Row>,
}

/// What was typed in.
#[derive(Deserialize)]
pub struct Typed {
    text: String,
    #[serde(default)]
    agent_no: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    recording_ref: String,
}

/// The form of somebody who is signed in; an agent praises in their own name, with their own link to give on.
pub async fn page(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>) -> Response {
    render(StatusCode::OK, &signed_in(&app, visit, &visitor))
}

/// Files what somebody who is signed in wrote.
pub async fn submit(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Form(typed): Form<Typed>) -> Response {
    let page = signed_in(&app, visit, &visitor);
    let key = format!("praise {}", visitor.account.name);
    if let Err(problem) = filing::within(&app, &key, limits::PRAISE, Instant::now()) {
        return again(page, typed, problem);
    }
    let praised = Praise { agent_no: Some(typed.agent_no.clone()), department: Some(typed.department.clone()) };
    let filed_by = filing::filer(&visitor.account);
    finish(&app, page, typed, vec![praised], filed_by, None).await
}

/// The form of a customer who has an agent's link.
pub async fn by_link(visit: Visit, State(app): State<Arc<App>>, Path(code): Path<String>) -> Response {
    match linked(&app, visit, &code) {
        Ok(page) => with_form(&app, page.visit.clone(), |visit| render(StatusCode::OK, &PraisePage { visit, ..page })),
        Err(refused) => *refused,
    }
}

/// Files what a customer wrote.
pub async fn submit_by_link(
    visit: Visit,
    from: From,
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let page = match linked(&app, visit, &code) {
        Ok(page) => page,
        Err(refused) => return *refused,
    };
    let now = Instant::now();
    let customer = format!("praise link {}", machine(&from));
    let within = filing::within(&app, &customer, limits::PRAISE_BY_LINK, now)
        .and_then(|()| filing::within(&app, &format!("praise of {code}"), limits::PRAISE_OF_LINK, now));
    if let Err(problem) = within {
        return again(page, typed, problem);
    }
    let praised = page.agent_no.clone().map(Praise::agent).into_iter().collect();
    finish(&app, page, typed, praised, String::new(), Some(&app)).await
}

/// The link as a picture for a telephone.
pub async fn picture(State(app): State<Arc<App>>, Path(code): Path<String>) -> Response {
    if app.praise_links.agent_of(&code).is_none() {
        return Problem::not_found("没有这个链接").into_response();
    }
    match QrCode::with_error_correction_level(address(&app, &code), EcLevel::M) {
        Ok(code) => {
            let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
            ([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response()
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// What a customer sees of who has read their words.
pub async fn receipt(visit: Visit, State(app): State<Arc<App>>, Path(code): Path<String>) -> Response {
    let Some(id) = app.praise_links.commendation_of(&code) else {
        return said(visit, Problem::not_found("没有这个回执，请检查链接是否完整"));
    };
    let found = match tingjian_query::commendation(&app.warehouse, id).await {
        Ok(found) => found,
        Err(error) => return said(visit, Problem::from(error)),
    };
    let praised = found.map(|found| found.praised).unwrap_or_default();
    match receipts::recipients(&app, id, &praised) {
        Ok(recipients) => {
            let recipients = rows(&app, &visit, &recipients);
            render(StatusCode::OK, &ReceiptPage { visit, recipients })
        }
        Err(problem) => said(visit, problem),
    }
}

fn signed_in(app: &App, visit: Visit, visitor: &Visitor) -> PraisePage {
    let agent_no = visitor.account.agent_no.clone();
    let code = agent_no.as_ref().map(|agent_no| app.praise_links.code(agent_no));
    PraisePage {
        link: code.as_ref().map(|code| address(app, code)),
        picture: code.as_ref().map(|code| format!("/praise/{}/qr.svg", encode(code))),
        ..empty(visit, "/praise".into(), agent_no)
    }
}

fn linked(app: &App, visit: Visit, code: &str) -> Result<PraisePage, Box<Response>> {
    match app.praise_links.agent_of(code) {
        Some(agent_no) => Ok(empty(visit, format!("/praise/{}", encode(code)), Some(agent_no.to_owned()))),
        None => Err(Box::new(said(visit, Problem::not_found("这个表扬链接不完整或已失效，请向坐席重新索取")))),
    }
}

fn empty(visit: Visit, action: String, agent_no: Option<String>) -> PraisePage {
    PraisePage {
        visit,
        action,
        agent_no,
        link: None,
        picture: None,
        text: String::new(),
        department: String::new(),
        recording_ref: String::new(),
        problem: None,
        done: None,
    }
}

fn address(app: &App, code: &str) -> String {
    format!("{}/praise/{}", app.config.server.address(), encode(code))
}

/// Files, and says what became of it. What was written is never lost: with a problem it stands in the form again.
async fn finish(
    app: &App,
    page: PraisePage,
    typed: Typed,
    praised: Vec<Praise>,
    filed_by: String,
    link: Option<&Arc<App>>,
) -> Response {
    let recording = Some(typed.recording_ref.clone()).filter(|given| link.is_none() && !given.is_empty());
    let filing = Filing {
        text: typed.text.clone(),
        praised,
        filed_by,
        more: recording.map(|reference| ("recording_ref".to_owned(), reference.into())).into_iter().collect(),
        channel: if link.is_some() { "link" } else { "page" },
        event_id: None,
    };
    match filing::file(app, filing, Timestamp::now()).await {
        Ok(filed) => done(app, page, &filed, link.is_some()),
        Err(problem) => again(page, typed, problem),
    }
}

fn done(app: &App, page: PraisePage, filed: &Filed, is_customer: bool) -> Response {
    let recipients = match receipts::recipients(app, &filed.id, &filed.praised) {
        Ok(recipients) => rows(app, &page.visit, &recipients),
        Err(problem) => return said(page.visit, problem),
    };
    let receipt = is_customer.then(|| format!("/receipts/{}", encode(&app.praise_links.receipt_code(&filed.id))));
    let done = Some(Done { duplicate: filed.duplicate, recipients, receipt });
    let mut response = render(StatusCode::OK, &PraisePage { done, ..page });
    response.extensions_mut().insert(Subject(filed.id.clone()));
    response
}

fn again(page: PraisePage, typed: Typed, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    let Typed { text, agent_no, department, recording_ref } = typed;
    let agent_no = page.agent_no.clone().or(Some(agent_no).filter(|agent_no| !agent_no.is_empty()));
    render(status, &PraisePage { text, agent_no, department, recording_ref, problem: Some(problem.detail), ..page })
}

fn rows(app: &App, visit: &Visit, recipients: &[RecipientView]) -> Vec<Row> {
    let row = |one: &RecipientView| {
        let name = visit.language.name("recipient", one.recipient);
        let name = one.agent_no.as_ref().map_or(name.clone(), |agent_no| format!("{name} {agent_no}"));
        Row { name, read_at: one.read_at.map(|at| local(&app.zone, at)) }
    };
    recipients.iter().map(row).collect()
}
