//! 部门: all of them, and one with its queue, what it holds, its causes and its appeals.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use tingjian_query::{CausesBy, CausesQuestion, DepartmentView, Filters, QueryError};
use tingjian_warehouse::{AppealRow, AskedDepartment, AskedState, Part, Span};

use super::{
    address::{address, encode},
    failure::failed,
    format::{Count, change, interval, local, minutes, percent, trend},
    names::cause_name,
    render,
    svg::{BasisBar, Meter},
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

/// Days looked at, where the address does not say.
const DAYS: i64 = 28;
/// Requests of the queue shown.
const QUEUE_SHOWN: u32 = 30;
/// Causes shown.
const CAUSES_SHOWN: usize = 12;
/// Appeals shown.
const APPEALS_SHOWN: u32 = 30;

type Pairs = Query<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "departments.html")]
struct List {
    visit: Visit,
    span: String,
    rows: Vec<Row>,
    judges: Vec<Judge>,
}

struct Row {
    name: String,
    href: String,
    bar: BasisBar,
    records: Count,
    not_theirs: String,
    held: String,
    holding: Count,
    requests: Count,
    late: Count,
    overdue: Count,
    overturned: String,
}

struct Judge {
    name: String,
    given: u64,
    appealed: u64,
    overturned: u64,
    rate: String,
}

#[derive(Template)]
#[template(path = "department.html")]
struct One {
    visit: Visit,
    name: String,
    span: String,
    figures: Row,
    queue: Vec<Request>,
    queue_total: Count,
    causes: Vec<Cause>,
    appeals: Vec<Appeal>,
    pending: Count,
}

struct Request {
    case: String,
    href: String,
    node: String,
    asked: String,
    due: String,
    clock: String,
    overdue: bool,
    meter: Meter,
}

struct Cause {
    name: String,
    count: Count,
    interval: String,
    change: String,
    trend: &'static str,
}

struct Appeal {
    href: String,
    at: String,
    by: String,
    reason: String,
    outcome: String,
    open: bool,
}

/// What is asked about, and as of when.
struct Asked {
    span: Span,
    newest: Timestamp,
}

async fn asked(app: &App, pairs: Vec<(String, String)>) -> Result<Asked, Problem> {
    let mut parameters = Parameters::new(pairs);
    let given = parameters.span(&app.zone)?;
    parameters.finish(&[])?;
    let newest = app.warehouse.newest_event_at().await.map_err(QueryError::from)?.unwrap_or_default();
    let since = newest.checked_sub(SignedDuration::from_hours(DAYS * 24)).unwrap_or(newest);
    let after = newest.checked_add(SignedDuration::from_millis(1)).unwrap_or(newest);
    Ok(Asked { span: Span { since: given.since.or(Some(since)), until: given.until.or(Some(after)) }, newest })
}

/// All departments.
pub async fn page(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Query(pairs): Pairs) -> Response {
    if let Some(own) = visitor.scope.department() {
        return Redirect::to(&format!("/departments/{}", encode(own))).into_response();
    }
    match list(&app, &visit, pairs).await {
        Ok(page) => render(StatusCode::OK, &page),
        Err(problem) => failed(visit, problem),
    }
}

async fn list(app: &App, visit: &Visit, pairs: Vec<(String, String)>) -> Result<List, Problem> {
    let asked = asked(app, pairs).await?;
    let told = tingjian_query::departments(&app.warehouse, asked.span).await?;
    let shown = Shown { app, visit, asked: &asked };
    let judge = |judge: tingjian_query::JudgeView| Judge {
        name: judge.judge,
        given: judge.judgements,
        appealed: judge.appealed,
        overturned: judge.overturned,
        rate: judge.overturn_rate.map_or_else(|| "–".into(), percent),
    };
    Ok(List {
        visit: visit.clone(),
        span: shown.span(),
        rows: told.items.iter().map(|item| shown.row(item)).collect(),
        judges: told.judges.into_iter().map(judge).collect(),
    })
}

/// One department.
pub async fn one(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(department): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    if visitor.scope.department().is_some_and(|own| own != department) {
        return failed(visit, not_yours("此账号只能查看自己部门的记录"));
    }
    match of(&app, &visit, &department, pairs).await {
        Ok(page) => render(StatusCode::OK, &page),
        Err(problem) => failed(visit, problem),
    }
}

async fn of(app: &App, visit: &Visit, department: &str, pairs: Vec<(String, String)>) -> Result<One, Problem> {
    let asked = asked(app, pairs).await?;
    let span = asked.span;
    let filters = Filters {
        since: span.since,
        until: span.until,
        departments: vec![department.to_owned()],
        ..Filters::default()
    };
    let question = CausesQuestion { by: CausesBy::CAUSE, filters, zone: app.config.server.zone.clone() };
    let warehouse = &app.warehouse;
    let part = Part { limit: QUEUE_SHOWN, offset: 0 };
    // A request still open is in the queue however long ago it was asked.
    let ever = Span { since: None, until: span.until };
    let (all, causes, queue, queue_total, appeals) = tokio::try_join!(
        tingjian_query::departments(warehouse, span),
        tingjian_query::causes(warehouse, &question),
        async { Ok(warehouse.asked(department, AskedState::Open, ever, part).await?) },
        async { Ok(warehouse.asked_total(department, AskedState::Open, ever).await?) },
        async { Ok(warehouse.appeals_of(department, span, APPEALS_SHOWN).await?) },
    )?;
    let shown = Shown { app, visit, asked: &asked };
    let found = all.items.into_iter().find(|item| item.department == department);
    let figures =
        found.unwrap_or_else(|| DepartmentView { department: department.to_owned(), ..DepartmentView::default() });
    let cause = |group: &tingjian_query::Group| Cause {
        name: cause_name(app, visit.language, &group.key),
        count: shown.records(group.records, &[("department", department), ("cause", &group.key)]),
        interval: interval(group.low, group.high),
        change: change(group.change),
        trend: trend(group.change),
    };
    let until = span.until.map(|until| until.to_string()).unwrap_or_default();
    let behind = address("/requests", [("until", until.as_str()), ("department", department), ("state", "open")]);
    Ok(One {
        visit: visit.clone(),
        name: department.to_owned(),
        span: shown.span(),
        queue: queue.into_iter().map(|request| shown.request(request)).collect(),
        queue_total: Count::new(visit.language, queue_total, behind),
        causes: causes.groups.iter().filter(|group| group.records > 0).take(CAUSES_SHOWN).map(cause).collect(),
        appeals: appeals.into_iter().map(|appeal| shown.appeal(appeal)).collect(),
        pending: shown.records(figures.pending, &[("pending_for", department)]),
        figures: shown.row(&figures),
    })
}

struct Shown<'a> {
    app: &'a App,
    visit: &'a Visit,
    asked: &'a Asked,
}

impl Shown<'_> {
    fn span(&self) -> String {
        let day = |time: Option<Timestamp>| {
            time.map(|time| time.to_zoned(self.app.zone.clone()).strftime("%Y-%m-%d").to_string()).unwrap_or_default()
        };
        format!("{} – {}", day(self.asked.span.since), day(self.asked.span.until))
    }

    fn count(&self, path: &str, n: u64, pairs: &[(&str, &str)]) -> Count {
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        let (since, until) = (text(self.asked.span.since), text(self.asked.span.until));
        let times = [("since", since.as_str()), ("until", until.as_str())];
        Count::new(self.visit.language, n, address(path, times.into_iter().chain(pairs.iter().copied())))
    }

    fn records(&self, n: u64, pairs: &[(&str, &str)]) -> Count {
        self.count("/records", n, pairs)
    }

    fn row(&self, item: &DepartmentView) -> Row {
        let name = item.department.as_str();
        let requests = |state: &str, n: u64| self.count("/requests", n, &[("department", name), ("state", state)]);
        Row {
            name: self.visit.language.name("holder", name),
            href: format!("/departments/{}", encode(name)),
            bar: BasisBar::new([item.by_judgement, item.by_facts, item.by_text, item.pending]),
            records: self.records(item.records, &[("department", name)]),
            not_theirs: item.not_theirs.to_string(),
            held: minutes(self.visit.language, item.held_min),
            holding: self.count("/cases", item.holding_now, &[("holder", name), ("open", "1")]),
            requests: requests("", item.requests),
            late: requests("late", item.requests_late),
            overdue: requests("overdue", item.requests_overdue),
            overturned: format!("{}/{}", item.overturned, item.judgements),
        }
    }

    fn time(&self, millis: i64) -> String {
        Timestamp::from_millisecond(millis).map(|time| local(&self.app.zone, time)).unwrap_or_default()
    }

    fn request(&self, request: AskedDepartment) -> Request {
        let now = self.asked.newest.as_millisecond();
        let left_min = (request.due - now) / 60_000;
        let (whole, gone) = (request.due - request.asked, now - request.asked);
        let shown = minutes(self.visit.language, left_min.abs());
        Request {
            case: request.work_order.chars().take(10).collect(),
            href: format!("/cases/{}", encode(&request.work_order)),
            node: request.node,
            asked: self.time(request.asked),
            due: self.time(request.due),
            overdue: left_min < 0,
            clock: self
                .visit
                .language
                .fill(if left_min < 0 { "department.overdue_by" } else { "department.left" }, &[&shown]),
            meter: Meter::new(u64::try_from(gone).unwrap_or(0), u64::try_from(whole).unwrap_or(1)),
        }
    }

    fn appeal(&self, appeal: AppealRow) -> Appeal {
        let language = self.visit.language;
        let open = appeal.verdict.is_empty();
        let outcome = if open {
            language.t("trace.appeal_open").to_owned()
        } else {
            format!("{} {}", language.name("verdict", &appeal.verdict), appeal.judged_department)
        };
        Appeal {
            href: format!("/records/{}", encode(&appeal.record_id)),
            at: self.time(appeal.at),
            by: appeal.filed_by,
            reason: appeal.reason,
            outcome,
            open,
        }
    }
}
