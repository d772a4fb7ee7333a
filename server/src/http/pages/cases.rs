//! One case: its steps, who held it, who was asked.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use tingjian_query::CaseAnswer;
use tingjian_schemas::LinkKey;

use super::{
    address::encode,
    failure::failed,
    format::{local, minutes},
    holds::HoldsBar,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, problem::Problem},
};

#[derive(Template)]
#[template(path = "case.html")]
struct Page {
    visit: Visit,
    key: String,
    open: bool,
    holds: Option<HoldsBar>,
    events: Vec<Event>,
    requests: Vec<Request>,
    callbacks: Vec<(String, String, String)>,
    records: Vec<(String, String)>,
    counts: Vec<(String, u32)>,
}

struct Event {
    at: String,
    what: String,
    holder: String,
    text: String,
}

struct Request {
    department: String,
    asked: String,
    due: String,
    replied: String,
    late: String,
}

/// The page of one case, by its keyed hash; a number leads there, so that it stands in no address that is kept.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(case_key): Path<String>,
) -> Response {
    let Ok(key) = case_key.parse() else {
        return Redirect::to(&format!("/cases/{}", app.case_key(&case_key))).into_response();
    };
    match told(&app, &visitor, key).await {
        Ok(case) => render(StatusCode::OK, &view(&app, visit, case)),
        Err(problem) => failed(visit, problem),
    }
}

async fn told(app: &App, visitor: &Visitor, key: LinkKey) -> Result<CaseAnswer, Problem> {
    let missing = || Problem::not_found("没有这个工单：请核对工单号");
    let case = tingjian_query::case(&app.warehouse, &app.taxonomy(), key).await?;
    case.filter(|case| visitor.scope.sees_case(case)).ok_or_else(missing)
}

fn view(app: &App, visit: Visit, case: CaseAnswer) -> Page {
    let language = visit.language;
    let at = |time| local(&app.zone, time);
    let holds = (!case.holds.is_empty()).then(|| HoldsBar::new(language, &app.zone, &case.holds, case.elapsed_min));
    let events = case.events.into_iter().map(|event| Event {
        at: at(event.occurred_at),
        what: language.name("step", &event.kind),
        holder: language.name("holder", &event.holder),
        text: event.text.unwrap_or_default(),
    });
    let requests = case.requests.into_iter().map(|request| Request {
        asked: at(request.asked_at),
        due: at(request.due_at),
        replied: request.replied_at.map_or_else(|| language.t("ledger.running").to_owned(), at),
        late: if request.late_min > 0 { minutes(language, request.late_min) } else { String::new() },
        department: request.to_department,
    });
    let callbacks = case
        .callbacks
        .into_iter()
        .map(|callback| (at(callback.made_at), callback.owner_department, language.name("outcome", callback.outcome)));
    let records = case.records.into_iter().map(|id| (format!("/records/{}", encode(&id)), id));
    let t = |key: &str| language.t(key).to_owned();
    Page {
        key: case.case_key.chars().take(10).collect(),
        open: case.open,
        holds,
        events: events.collect(),
        requests: requests.collect(),
        callbacks: callbacks.collect(),
        records: records.collect(),
        counts: vec![
            (t("case.reopened"), case.reopened),
            (t("case.follow_ups"), case.follow_ups),
            (t("case.asked_twice"), case.asked_twice),
        ],
        visit,
    }
}
