//! The list that a number of the weekly report leads to, and the report itself.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{Html, IntoResponse, Response},
};

use tingjian_query::{AttributedAnswer, AttributedView, ListAnswer, ListedRecord};

use super::{failure::failed, records::show, visit::Visit};
use crate::{
    app::App,
    http::{problem::Problem, reports::POLICY, weekly::listed},
    reports::{self, Form},
};

/// The records behind a number: a list like any other.
pub async fn list(State(app): State<Arc<App>>, visit: Visit, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let asked = async {
        let (question, limit, offset) = listed(&app, pairs.clone())?;
        Ok(tingjian_query::attributed(&app.warehouse, &question, limit, offset).await?)
    };
    match asked.await {
        Ok(answer) => show(&app, visit, as_listed(answer), &pairs, |told| Some(("cursor", told.next.clone()?))),
        Err(problem) => failed(visit, problem),
    }
}

fn as_listed(answer: AttributedAnswer) -> ListAnswer {
    let record = |item: AttributedView| ListedRecord {
        record_id: item.record_id,
        occurred_at: item.occurred_at,
        kind: item.kind,
        basis: item.basis,
        causes: item.causes,
        departments: item.departments,
        text: item.text,
        ..ListedRecord::default()
    };
    ListAnswer { total: answer.total, items: answer.items.into_iter().map(record).collect(), next: answer.next }
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
