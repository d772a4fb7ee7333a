//! The first page: counts by cause and department, search, the newest records.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tingjian_query::{
    CausesAnswer, CausesBy, CausesQuestion, Filters, Group, HitView, QueryError, SearchQuestion, SearchView,
};

use super::{
    address::{address, encode},
    cause_name, kind_name, local,
    marked::{Run, runs},
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, parameters::Parameters, problem::Problem},
};

/// Groups shown of each cut.
const ROWS_SHOWN: usize = 12;
/// Records on one page.
const HITS_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    visit: Visit,
    problem: Option<String>,
    searching: bool,
    span: String,
    total: u64,
    abstained: u64,
    cuts: Vec<Cut>,
    found: u64,
    hits: Vec<Hit>,
    next: Option<String>,
}

struct Cut {
    title: &'static str,
    column: &'static str,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    link: String,
    records: u64,
    share: String,
    interval: String,
    change: String,
    width: u32,
}

struct Hit {
    runs: Vec<Run>,
    link: String,
    at: String,
    kind: String,
    causes: Vec<String>,
    department: Option<String>,
}

/// The page; with `q` or a filter it shows the records that match.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let mut parameters = Parameters::new(pairs.clone());
    let question = match question(&app, &visitor, &mut parameters) {
        Ok(question) => question,
        Err(problem) => return problem.into_response(),
    };
    match gather(&app, visit.clone(), question, &pairs).await {
        Ok(home) => render(StatusCode::OK, &home),
        Err(QueryError::Search(error)) if error.is_callers_fault() => {
            let q = pairs.iter().rev().find(|(name, _)| name == "q").map(|(_, q)| q.clone()).unwrap_or_default();
            render(
                StatusCode::BAD_REQUEST,
                &Home { problem: Some(error.to_string()), ..Home::empty(Visit { q, ..visit }) },
            )
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

fn question(app: &App, visitor: &Visitor, parameters: &mut Parameters) -> Result<SearchQuestion, Problem> {
    let mut filters = parameters.filters(&app.zone)?;
    visitor.scope.limit(&mut filters)?;
    Ok(SearchQuestion {
        filters,
        q: parameters.take("q").unwrap_or_default(),
        cursor: parameters.take("cursor"),
        limit: HITS_SHOWN,
        ..SearchQuestion::default()
    })
}

impl Home {
    fn empty(visit: Visit) -> Self {
        Self {
            visit,
            problem: None,
            searching: true,
            span: String::new(),
            total: 0,
            abstained: 0,
            cuts: Vec::new(),
            found: 0,
            hits: Vec::new(),
            next: None,
        }
    }
}

async fn gather(
    app: &App,
    visit: Visit,
    question: SearchQuestion,
    pairs: &[(String, String)],
) -> Result<Home, QueryError> {
    let searching = !question.q.is_empty() || question.filters != Filters::default();
    let q = question.q.clone();
    let found = tingjian_query::search(&app.finder, question).await?;
    let hits = found.hits.iter().map(|hit| view(app, hit)).collect();
    let page =
        Home { hits, found: found.total, next: next(pairs, &found), searching, ..Home::empty(Visit { q, ..visit }) };
    if searching { Ok(page) } else { with_counts(app, page).await }
}

/// Adds the last seven days up to the newest record, against the seven before.
async fn with_counts(app: &App, page: Home) -> Result<Home, QueryError> {
    let Some(newest) = app.warehouse.newest_event_at().await? else {
        return Ok(Home {
            span: "还没有数据：用 tingjian import 导入文件，或向 /api/v1/streams/… 提交".into(),
            ..page
        });
    };
    let until = newest + std::time::Duration::from_millis(1);
    let since = until - std::time::Duration::from_secs(7 * 86_400);
    let filters = Filters { since: Some(since), until: Some(until), ..Filters::default() };
    let ask = |by| CausesQuestion { by, filters: filters.clone(), zone: app.config.server.zone.clone() };
    let causes = tingjian_query::causes(&app.warehouse, &ask(CausesBy::CAUSE)).await?;
    let departments = tingjian_query::causes(&app.warehouse, &ask(CausesBy::DEPARTMENT)).await?;
    let span = format!("{} 至 {}", local(app, since), local(app, newest));
    let link = |name: &str, key: &str| {
        let pairs = [("since", since.to_string()), ("until", until.to_string()), (name, key.to_owned())];
        address("/", pairs.iter().map(|(name, value)| (*name, value.as_str())))
    };
    let cuts = vec![
        cut("根因", "根因", &causes, |key| cause_name(app, key), |key| link("cause", key)),
        cut("责任部门", "部门", &departments, str::to_owned, |key| link("department", key)),
    ];
    Ok(Home { span, total: causes.total, abstained: causes.abstained, cuts, ..page })
}

fn cut(
    title: &'static str,
    column: &'static str,
    answer: &CausesAnswer,
    name: impl Fn(&str) -> String,
    link: impl Fn(&str) -> String,
) -> Cut {
    let largest = answer.groups.iter().map(|group| group.records).max().unwrap_or(0).max(1);
    let row = |group: &Group| Row {
        name: name(&group.key),
        link: link(&group.key),
        records: group.records,
        share: format!("{:.1}%", group.share * 100.0),
        interval: format!("{:.1}–{:.1}%", group.low * 100.0, group.high * 100.0),
        change: group.change.map_or_else(|| "–".to_owned(), |change| format!("{:+.0}%", change * 100.0)),
        width: u32::try_from(group.records * 100 / largest).unwrap_or(100),
    };
    let shown = answer.groups.iter().filter(|group| group.records > 0).take(ROWS_SHOWN);
    Cut { title, column, rows: shown.map(row).collect() }
}

fn view(app: &App, hit: &HitView) -> Hit {
    let spans: Vec<_> = hit.snippet.highlights.iter().map(|span| (*span, String::new())).collect();
    Hit {
        runs: runs(&hit.snippet.text, &spans),
        link: format!("/records/{}", encode(&hit.record_id)),
        at: local(app, hit.occurred_at),
        kind: kind_name(hit.kind).to_owned(),
        causes: hit.causes.iter().map(|code| cause_name(app, code)).collect(),
        department: hit.department.clone(),
    }
}

fn next(pairs: &[(String, String)], found: &SearchView) -> Option<String> {
    let cursor = found.next.as_deref()?;
    let kept = pairs.iter().filter(|(name, _)| name != "cursor").map(|(name, value)| (name.as_str(), value.as_str()));
    Some(address("/", kept.chain([("cursor", cursor)])))
}
