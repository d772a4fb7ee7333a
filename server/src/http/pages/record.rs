//! One record with its evidence marked.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tingjian_query::{CauseView, RecordAnswer};

use super::{
    cause_name, kind_name, local,
    marked::{Run, runs},
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, problem::Problem},
};

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    visit: Visit,
    record_id: String,
    kind: String,
    at: String,
    runs: Vec<Run>,
    causes: Vec<Cause>,
    abstained: bool,
    facts: Vec<(&'static str, String)>,
}

struct Cause {
    name: String,
    code: String,
    score: String,
    department: String,
    quotes: Vec<String>,
}

/// The page of one record.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
) -> Response {
    match visitor.scope.record(&app, &record_id).await {
        Ok(Some(record)) => render(StatusCode::OK, &view(&app, visit, record)),
        Ok(None) => Problem::not_found(format!("没有编号为 {record_id} 的记录")).into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

fn view(app: &App, visit: Visit, record: RecordAnswer) -> RecordPage {
    let spans: Vec<_> = record
        .causes
        .iter()
        .flat_map(|cause| cause.evidence.iter().map(|span| (*span, cause_name(app, &cause.code))))
        .collect();
    RecordPage {
        visit,
        runs: runs(&record.text, &spans),
        causes: record.causes.iter().map(|c| cause(app, &record.text, c)).collect(),
        facts: facts(app, &record),
        kind: kind_name(&record.kind).to_owned(),
        at: local(app, record.occurred_at),
        abstained: record.abstained,
        record_id: record.record_id,
    }
}

fn cause(app: &App, text: &str, cause: &CauseView) -> Cause {
    let quote = |span: &tingjian_schemas::Span| {
        let length = span.end.saturating_sub(span.start) as usize;
        text.chars().skip(span.start as usize).take(length).collect()
    };
    Cause {
        name: cause_name(app, &cause.code),
        code: cause.code.clone(),
        score: format!("{:.0}%", cause.score * 100.0),
        department: cause.department.clone(),
        quotes: cause.evidence.iter().map(quote).collect(),
    }
}

fn facts(app: &App, record: &RecordAnswer) -> Vec<(&'static str, String)> {
    let minutes = |value: Option<u32>| value.map(|min| format!("{min} 分钟"));
    let open = if record.actual_open == Some(true) { "（仍未结束）" } else { "" };
    let all = [
        ("编号", Some(record.record_id.clone())),
        ("数据流", Some(record.stream.clone())),
        ("接收时间", Some(local(app, record.received_at))),
        ("原分类", record.category.clone()),
        ("工号", record.agent_no.clone()),
        ("部门", record.department.clone()),
        ("渠道", record.channel.clone()),
        ("文中承诺", minutes(record.promised_min)),
        ("文中实际", minutes(record.actual_min).map(|text| text + open)),
        ("规则版本", Some(record.versions.rules.clone())),
        ("词典版本", Some(record.versions.dictionary.clone())),
        ("模型版本", record.versions.model.clone()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?))).collect()
}
