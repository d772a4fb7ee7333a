//! 订阅: what somebody has sent to them regularly; kept from the search page by one button and this form.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{failure::failed, render, visit::Visit};
use crate::{
    app::App,
    http::{
        access::Visitor,
        problem::Problem,
        questions::{NewQuestion, channels, kept},
    },
    questions::{Kind, Question},
};

/// How "every day" is written in the form.
const DAILY: &str = "daily";

#[derive(Template)]
#[template(path = "questions.html")]
struct Page {
    visit: Visit,
    rows: Vec<Row>,
    channels: Vec<String>,
    kinds: Vec<(&'static str, String)>,
    days: Vec<(String, String)>,
    query: String,
    problem: Option<String>,
}

struct Row {
    name: String,
    kind: String,
    href: String,
    channel: String,
    when: String,
    action: String,
}

/// What is wanted, where that comes from the search page.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    query: String,
}

/// What was typed in.
#[derive(Deserialize)]
pub struct Typed {
    name: String,
    kind: String,
    query: String,
    channel: String,
    day: String,
    time: String,
}

/// The page.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(wanted): Query<Wanted>,
) -> Response {
    show(&app, visit, &visitor, wanted.query, None)
}

fn show(app: &App, visit: Visit, visitor: &Visitor, query: String, problem: Option<Problem>) -> Response {
    let (own, channels) = match (app.questions.of(Some(&visitor.account.name)), channels(app)) {
        (Ok(own), Ok(channels)) => (own, channels),
        (Err(error), _) => return failed(visit, error.into()),
        (_, Err(problem)) => return failed(visit, problem),
    };
    let language = visit.language;
    let days = std::iter::once(DAILY.to_owned()).chain((0..7).map(|day: u8| day.to_string()));
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let page = Page {
        rows: own.into_iter().map(|question| row(&visit, question)).collect(),
        channels,
        kinds: Kind::ALL.map(|kind| (kind.name(), language.name("question_kind", kind.name()))).into(),
        days: days.map(|day| (language.name("week_day", &day), day)).map(|(name, day)| (day, name)).collect(),
        query,
        problem: problem.map(|problem| problem.detail),
        visit,
    };
    render(status, &page)
}

fn row(visit: &Visit, question: Question) -> Row {
    let language = visit.language;
    let page = if question.kind == Kind::Search { "search" } else { "causes" };
    let day = question.when.day.map_or_else(|| DAILY.to_owned(), |day| day.to_string());
    let (channel, when) = if question.channel.is_empty() {
        (language.t("questions.appendix").to_owned(), String::new())
    } else {
        let time = question.when.at.strftime("%H:%M");
        (question.channel, format!("{} {time}", language.name("week_day", &day)))
    };
    Row {
        href: format!("/{page}?{}", question.query),
        action: format!("/questions/{}/forget", question.id),
        name: question.name,
        kind: language.name("question_kind", question.kind.name()),
        channel,
        when,
    }
}

/// Keeps what was typed in.
pub async fn keep(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Form(typed): Form<Typed>) -> Response {
    let query = typed.query.clone();
    let outcome = new(typed).and_then(|new| kept(&app, &visitor, new));
    match outcome {
        Ok(_) => Redirect::to("/questions").into_response(),
        Err(problem) => show(&app, visit, &visitor, query, Some(problem)),
    }
}

fn new(typed: Typed) -> Result<NewQuestion, Problem> {
    let time = typed.time.parse().map_err(|_| Problem::bad_request("时间须写作 08:00"))?;
    let day = match typed.day.as_str() {
        DAILY => None,
        day => Some(day.parse().map_err(|_| Problem::bad_request("没有这样的日子"))?),
    };
    Ok(NewQuestion { name: typed.name, kind: typed.kind, query: typed.query, channel: typed.channel, day, time })
}

/// Ends one.
pub async fn forget(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    match app.questions.forget(&visitor.account.name, &id) {
        Ok(_) => Redirect::to("/questions").into_response(),
        Err(error) => failed(visit, error.into()),
    }
}
