//! The month's commendations, with who has read them; reading is one button.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, civil::Date};
use tingjian_query::PraisedView;

use super::{
    address::{address, encode},
    format::local,
    refused::said,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{
        access::Visitor,
        commendations::{CommendationItem, month_span, page as listed, receipts},
        parameters::Parameters,
        problem::Problem,
    },
};

/// Commendations on one page.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "commendations.html")]
struct CommendationsPage {
    visit: Visit,
    month: String,
    before: String,
    after: String,
    agent_no: String,
    total: u64,
    items: Vec<Item>,
    next: Option<String>,
}

struct Item {
    id: String,
    link: String,
    at: String,
    text: String,
    praised: String,
    filed_by: Option<String>,
    recording_ref: Option<String>,
    receipts: Vec<(String, Option<String>)>,
    read: Option<String>,
}

/// The page of a month; this one where none is asked for.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let mut parameters = Parameters::new(pairs);
    let this_month = || Timestamp::now().to_zoned(app.zone.clone()).strftime("%Y-%m").to_string();
    let month = parameters.take("month").unwrap_or_else(this_month);
    let agent_no = parameters.take("agent_no").unwrap_or_default();
    let cursor = parameters.take("cursor");
    match gather(&app, &visit, &visitor, month, agent_no, cursor).await {
        Ok(page) => render(StatusCode::OK, &CommendationsPage { visit, ..page }),
        Err(problem) => said(visit, problem),
    }
}

async fn gather(
    app: &App,
    visit: &Visit,
    visitor: &Visitor,
    month: String,
    agent_no: String,
    cursor: Option<String>,
) -> Result<CommendationsPage, Problem> {
    let span = month_span(app, &month)?;
    let found = listed(app, visitor, span, agent_no.clone(), cursor.as_deref(), SHOWN).await?;
    let next = found.next.as_deref();
    let next = next.map(|next| {
        address("/commendations", [("month", month.as_str()), ("agent_no", agent_no.as_str()), ("cursor", next)])
    });
    Ok(CommendationsPage {
        visit: Visit::default(),
        before: beside(&month, -1),
        after: beside(&month, 1),
        total: found.total,
        items: found.items.into_iter().map(|item| view(app, visit, visitor, item)).collect(),
        month,
        agent_no,
        next,
    })
}

/// A month some months away.
fn beside(month: &str, months: i32) -> String {
    let first = format!("{month}-01").parse::<Date>();
    let there = first.and_then(|first| first.checked_add(jiff::Span::new().months(months)));
    let month = there.map(|there| there.strftime("%Y-%m").to_string()).unwrap_or_default();
    address("/commendations", [("month", month.as_str())])
}

fn view(app: &App, visit: &Visit, visitor: &Visitor, item: CommendationItem) -> Item {
    let CommendationItem { commendation, recipients } = item;
    let awaits = receipts::awaits(&recipients, &visitor.account);
    let receipts = recipients.iter().map(|one| {
        let name = visit.language.name("recipient", one.recipient);
        let name = one.agent_no.as_ref().map_or(name.clone(), |agent_no| format!("{name} {agent_no}"));
        (name, one.read_at.map(|at| local(&app.zone, at)))
    });
    let praised: Vec<_> = commendation.praised.iter().map(named).collect();
    Item {
        link: format!("/records/{}", encode(&commendation.commendation_id)),
        read: awaits.then(|| format!("/commendations/{}/read", encode(&commendation.commendation_id))),
        at: local(&app.zone, commendation.occurred_at),
        praised: praised.join("、"),
        receipts: receipts.collect(),
        id: commendation.commendation_id,
        text: commendation.text,
        filed_by: commendation.filed_by,
        recording_ref: commendation.recording_ref,
    }
}

fn named(praised: &PraisedView) -> String {
    let parts: Vec<_> = [&praised.department, &praised.agent_no].into_iter().flatten().cloned().collect();
    parts.join(" ")
}

/// Notes the reading and goes back to the list.
pub async fn read(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    match receipts::read(&app, &visitor, &id, Timestamp::now()).await {
        Ok(_) => Redirect::to("/commendations").into_response(),
        Err(problem) => said(visit, problem),
    }
}
