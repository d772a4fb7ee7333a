//! Lists behind the numbers that are not of records: promises, cases held, requests.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use tingjian_query::QueryError;
use tingjian_warehouse::{AskedState, EntryChoice, Part, Span};

use super::{
    address::{address, encode},
    failure::failed,
    format::{local, minutes, number},
    records::page_number,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{
        access::{Visitor, scope::not_yours},
        parameters::Parameters,
        problem::Problem,
    },
};

/// Rows on one page.
const SHOWN: u32 = 50;

type Pairs = Query<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "ledger.html")]
struct Page {
    visit: Visit,
    title: String,
    total: u64,
    total_text: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    next: Option<String>,
}

/// A cell of a list.
struct Cell {
    text: String,
    href: String,
    class: &'static str,
}

impl Cell {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: String::new(), class: "" }
    }

    fn link(text: impl Into<String>, href: String) -> Self {
        Self { text: text.into(), href, class: "" }
    }

    fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: String::new(), class: "number" }
    }
}

/// What a list is made of.
struct List {
    title: &'static str,
    columns: &'static [&'static str],
    total: u64,
    rows: Vec<Vec<Cell>>,
}

fn show(visit: Visit, list: Result<List, Problem>, pairs: &[(String, String)]) -> Response {
    let list = match list {
        Ok(list) => list,
        Err(problem) => return failed(visit, problem),
    };
    let place = page_number(pairs);
    let path = visit.address.split('?').next().unwrap_or("/").to_owned();
    let next = (u64::from((place + 1) * SHOWN) < list.total).then(|| {
        let number = (place + 2).to_string();
        let kept = pairs.iter().filter(|(name, _)| name != "page").map(|(name, value)| (name.as_str(), value.as_str()));
        address(&path, kept.chain([("page", number.as_str())]))
    });
    let page = Page {
        title: visit.t(list.title).to_owned(),
        total: list.total,
        total_text: number(visit.language, list.total),
        columns: list.columns.iter().map(|key| visit.t(key).to_owned()).collect(),
        rows: list.rows,
        next,
        visit,
    };
    render(StatusCode::OK, &page)
}

fn part(pairs: &[(String, String)]) -> Part {
    Part { limit: SHOWN, offset: page_number(pairs) * SHOWN }
}

fn time(app: &App, millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map(|time| local(&app.zone, time)).unwrap_or_default()
}

/// The span and the other parameters, which must be among `known`.
fn asked<const N: usize>(
    pairs: &[(String, String)],
    app: &App,
    known: [&str; N],
) -> Result<([String; N], Span), Problem> {
    let mut parameters = Parameters::new(pairs.to_vec());
    let filters = parameters.span(&app.zone)?;
    parameters.take("page");
    let values = known.map(|name| parameters.take(name).unwrap_or_default());
    parameters.finish(&known)?;
    Ok((values, Span { since: filters.since, until: filters.until }))
}

/// Somebody bound to a department asks for its own only.
fn own(visitor: &Visitor, asked: &str) -> Result<(), Problem> {
    match visitor.scope.department() {
        Some(own) if own != asked => Err(not_yours(&format!("此账号只能查看 {own} 的记录"))),
        _ => Ok(()),
    }
}

/// Entries of the promise ledger.
pub async fn entries(visit: Visit, State(app): State<Arc<App>>, Query(pairs): Pairs) -> Response {
    let list = entries_of(&app, &visit, &pairs).await;
    show(visit, list, &pairs)
}

async fn entries_of(app: &App, visit: &Visit, pairs: &[(String, String)]) -> Result<List, Problem> {
    let ([made_by_kind, owner_department, lane, outcome], span) =
        asked(pairs, app, ["made_by_kind", "owner_department", "lane", "outcome"])?;
    let choice = EntryChoice { span, made_by_kind, owner_department, lane, outcome };
    let (total, rows) =
        tokio::try_join!(app.warehouse.entries_total(&choice), app.warehouse.entries(&choice, part(pairs)))
            .map_err(QueryError::from)?;
    let row = |row: tingjian_warehouse::LedgerEntryRow| {
        let lane = address("/promises", [("lane", row.lane.as_str())]);
        vec![
            Cell::plain(time(app, row.at)),
            Cell::plain(row.promise_id),
            Cell::plain(visit.language.name("made_by", &row.made_by_kind)),
            Cell::plain(row.owner_department),
            if row.lane.is_empty() { Cell::plain("") } else { Cell::link(row.lane, lane) },
            Cell::plain(visit.language.name("outcome", &row.outcome)),
        ]
    };
    Ok(List {
        title: "ledger.promises",
        columns: &[
            "column.made_at",
            "column.promise",
            "column.made_by",
            "column.owner",
            "column.lane",
            "column.outcome",
        ],
        total,
        rows: rows.into_iter().map(row).collect(),
    })
}

/// Cases that a party held.
pub async fn cases(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Query(pairs): Pairs) -> Response {
    let list = cases_of(&app, &visit, &visitor, &pairs).await;
    show(visit, list, &pairs)
}

async fn cases_of(app: &App, visit: &Visit, visitor: &Visitor, pairs: &[(String, String)]) -> Result<List, Problem> {
    let ([holder, open], span) = asked(pairs, app, ["holder", "open"])?;
    if holder.is_empty() {
        return Err(Problem::bad_request("缺少参数 holder（部门或 customer）"));
    }
    own(visitor, &holder)?;
    let only_open = open == "1";
    let warehouse = &app.warehouse;
    let (total, rows) = tokio::try_join!(
        warehouse.held_total(&holder, only_open, span),
        warehouse.held(&holder, only_open, span, part(pairs))
    )
    .map_err(QueryError::from)?;
    let row = |row: tingjian_warehouse::HeldCase| {
        vec![
            Cell::link(short(&row.work_order), format!("/cases/{}", row.work_order)),
            Cell::plain(time(app, row.at)),
            Cell::number(minutes(visit.language, row.held_min)),
            Cell::plain(if row.open_now { visit.t("ledger.running") } else { "" }),
        ]
    };
    Ok(List {
        title: "ledger.cases",
        columns: &["column.case", "column.since", "column.held", "column.now"],
        total,
        rows: rows.into_iter().map(row).collect(),
    })
}

/// The first characters of a keyed hash: enough to tell cases of one list apart.
fn short(key: &str) -> String {
    key.chars().take(10).collect()
}

/// Requests to departments.
pub async fn requests(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Query(pairs): Pairs) -> Response {
    let list = requests_of(&app, &visit, &visitor, &pairs).await;
    show(visit, list, &pairs)
}

/// The state of requests in an address.
fn state(name: &str) -> Result<AskedState, Problem> {
    match name {
        "" => Ok(AskedState::Any),
        "late" => Ok(AskedState::Late),
        "open" => Ok(AskedState::Open),
        "overdue" => Ok(AskedState::Overdue),
        other => Err(Problem::bad_request(format!("参数 state 的值 {other:?} 无法识别；可用：late、open、overdue"))),
    }
}

async fn requests_of(app: &App, visit: &Visit, visitor: &Visitor, pairs: &[(String, String)]) -> Result<List, Problem> {
    let ([department, state_name], span) = asked(pairs, app, ["department", "state"])?;
    own(visitor, &department)?;
    let state = state(&state_name)?;
    let warehouse = &app.warehouse;
    let (total, rows) = tokio::try_join!(
        warehouse.asked_total(&department, state, span),
        warehouse.asked(&department, state, span, part(pairs))
    )
    .map_err(QueryError::from)?;
    let row = |row: tingjian_warehouse::AskedDepartment| {
        let late = if row.late_min > 0 { minutes(visit.language, row.late_min) } else { String::new() };
        vec![
            Cell::plain(row.department.clone()),
            Cell::link(short(&row.work_order), format!("/cases/{}", encode(&row.work_order))),
            Cell::plain(row.node),
            Cell::plain(time(app, row.asked)),
            Cell::plain(time(app, row.due)),
            Cell::plain(row.replied.map_or_else(|| visit.t("ledger.running").to_owned(), |at| time(app, at))),
            Cell::number(late),
        ]
    };
    Ok(List {
        title: "ledger.requests",
        columns: &[
            "column.department",
            "column.case",
            "column.node",
            "column.asked",
            "column.due",
            "column.replied",
            "column.late",
        ],
        total,
        rows: rows.into_iter().map(row).collect(),
    })
}
