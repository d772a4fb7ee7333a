//! The list that a number of the weekly report leads to, and the report itself.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    address::{address, encode},
    format::local,
    names::cause_name,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{problem::Problem, reports::POLICY, weekly::listed},
    reports::{self, Form},
};

#[derive(Template)]
#[template(path = "attributed.html")]
struct ListPage {
    visit: Visit,
    total: u64,
    rows: Vec<ListRow>,
    next: Option<String>,
}

struct ListRow {
    link: String,
    at: String,
    text: String,
    about: String,
}

/// The records behind a number.
pub async fn list(State(app): State<Arc<App>>, visit: Visit, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let kept: Vec<(String, String)> = pairs.iter().filter(|(name, _)| name != "cursor").cloned().collect();
    let (question, limit, offset) = match listed(&app, pairs) {
        Ok(question) => question,
        Err(problem) => return problem.into_response(),
    };
    match tingjian_query::attributed(&app.warehouse, &question, limit, offset).await {
        Ok(answer) => render(StatusCode::OK, &view(&app, visit, answer, kept)),
        Err(error) => Problem::from(error).into_response(),
    }
}

fn view(app: &App, visit: Visit, answer: tingjian_query::AttributedAnswer, kept: Vec<(String, String)>) -> ListPage {
    let language = visit.language;
    let basis = |basis: &str| match basis {
        "judgement" => "据判责",
        "facts" => "据事实",
        "text" => "据文本",
        _ => "责任待定",
    };
    let row = |item: tingjian_query::AttributedView| {
        let mut about = vec![language.name("kind", &item.kind).to_owned()];
        about.extend(item.causes.iter().map(|code| cause_name(app, language, code)));
        about.extend(item.departments);
        about.push(basis(&item.basis).to_owned());
        let id = encode(&item.record_id);
        ListRow {
            link: format!("/records/{id}"),
            at: local(&app.zone, item.occurred_at),
            text: item.text,
            about: about.join(" · "),
        }
    };
    let next = answer.next.map(|cursor| {
        let pairs = kept.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        address("/attributed", pairs.chain([("cursor", cursor.as_str())]))
    });
    ListPage { visit, total: answer.total, rows: answer.items.into_iter().map(row).collect(), next }
}

/// The report of a week.
pub async fn report(State(app): State<Arc<App>>, Path(week): Path<String>) -> Response {
    let week = match week.parse() {
        Ok(week) => week,
        Err(error) => {
            let error: tingjian_report::WeekError = error;
            return Problem::bad_request(error.to_string()).into_response();
        }
    };
    match reports::current(&app, week, None, Form::Html).await {
        Ok(kept) => ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(kept.text)).into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}
