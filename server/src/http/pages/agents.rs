//! 坐席: what an agent was praised for, how much they carry, what moved off them; nothing to shame them with.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use tingjian_query::{AgentAnswer, QueryError};
use tingjian_warehouse::Span;

use super::{
    address::{address, encode},
    failure::failed,
    format::{Count, local},
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{
        access::{Scope, Visitor, scope::not_yours},
        parameters::Parameters,
        problem::Problem,
    },
};

/// Days looked at, where the address does not say.
const DAYS: i64 = 28;
/// Agents shown.
const AGENTS_SHOWN: u32 = 200;
/// Days drawn.
const DAYS_DRAWN: usize = 35;
/// Commendations and cleared records shown.
const LISTED: usize = 20;
/// Height of the picture of the load, and of its bars.
const HEIGHT: u64 = 120;

type Pairs = Query<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "agents.html")]
struct List {
    visit: Visit,
    rows: Vec<ListRow>,
}

struct ListRow {
    href: String,
    agent: String,
    praise: Count,
    contacts: Count,
}

#[derive(Template)]
#[template(path = "agent.html")]
struct One {
    visit: Visit,
    agent_no: String,
    praise: Vec<(String, String, String)>,
    praise_total: Count,
    cleared: Vec<(String, String, String, String)>,
    cleared_total: u64,
    abuse: u64,
    contacts: Count,
    bars: Vec<Bar>,
    band: (u64, u64),
    band_text: String,
    span: String,
}

struct Bar {
    x: usize,
    y: u64,
    height: u64,
    title: String,
}

/// Numbers of one agent over a span, and where they lead.
struct Numbers<'a> {
    visit: &'a Visit,
    span: Span,
    agent_no: &'a str,
}

impl Numbers<'_> {
    fn praise(&self, n: u64) -> Count {
        self.count(n, "/commendations", &[])
    }

    fn contacts(&self, n: u64) -> Count {
        self.count(n, "/records", &[("stream", "complaints,call-notes")])
    }

    fn count(&self, n: u64, path: &str, pairs: &[(&str, &str)]) -> Count {
        if !self.visit.may("GET", path) {
            return Count::new(self.visit.language, n, String::new());
        }
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        let (since, until) = (text(self.span.since), text(self.span.until));
        let own = [("agent_no", self.agent_no), ("since", since.as_str()), ("until", until.as_str())];
        Count::new(self.visit.language, n, address(path, own.into_iter().chain(pairs.iter().copied())))
    }
}

async fn asked(app: &App, pairs: Vec<(String, String)>) -> Result<Span, Problem> {
    let mut parameters = Parameters::new(pairs);
    let given = parameters.span(&app.zone)?;
    parameters.finish(&[])?;
    let newest = app.warehouse.newest_event_at().await.map_err(QueryError::from)?.unwrap_or_default();
    let since = newest.checked_sub(SignedDuration::from_hours(DAYS * 24)).unwrap_or(newest);
    let after = newest.checked_add(SignedDuration::from_millis(1)).unwrap_or(newest);
    Ok(Span { since: given.since.or(Some(since)), until: given.until.or(Some(after)) })
}

/// All agents; an agent sees their own page.
pub async fn page(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Query(pairs): Pairs) -> Response {
    if let Scope::Agent { agent_no, .. } = &visitor.scope {
        return match agent_no {
            Some(own) => Redirect::to(&format!("/agents/{}", encode(own))).into_response(),
            None => failed(visit, not_yours("此账号没有工号，请管理员补上")),
        };
    }
    match list(&app, &visit, pairs).await {
        Ok(page) => render(StatusCode::OK, &page),
        Err(problem) => failed(visit, problem),
    }
}

async fn list(app: &App, visit: &Visit, pairs: Vec<(String, String)>) -> Result<List, Problem> {
    let span = asked(app, pairs).await?;
    let rows = app.warehouse.agents(span, AGENTS_SHOWN).await.map_err(QueryError::from)?;
    let row = |row: tingjian_warehouse::AgentRow| {
        let numbers = Numbers { visit, span, agent_no: &row.agent };
        let (praise, contacts) = (numbers.praise(row.commendations), numbers.contacts(row.contacts));
        ListRow { href: format!("/agents/{}", encode(&row.agent)), praise, contacts, agent: row.agent }
    };
    Ok(List { rows: rows.into_iter().map(row).collect(), visit: visit.clone() })
}

/// One agent.
pub async fn one(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(agent_no): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    match of(&app, &visit, &visitor, &agent_no, pairs).await {
        Ok(page) => render(StatusCode::OK, &page),
        Err(problem) => failed(visit, problem),
    }
}

async fn of(
    app: &App,
    visit: &Visit,
    visitor: &Visitor,
    agent_no: &str,
    pairs: Vec<(String, String)>,
) -> Result<One, Problem> {
    let group = app.accounts.group_of(agent_no).map_err(|error| Problem::internal(&error))?;
    if !visitor.scope.sees_agent(agent_no, group.as_deref()) {
        return Err(not_yours("只能查看自己的记录"));
    }
    let span = asked(app, pairs).await?;
    let told = tingjian_query::agent(&app.warehouse, agent_no, span, &app.config.server.zone).await?;
    Ok(view(app, visit, span, told))
}

fn view(app: &App, visit: &Visit, span: Span, told: AgentAnswer) -> One {
    let link = |id: &str| format!("/records/{}", encode(id));
    let at = |time: Timestamp| local(&app.zone, time);
    let day = |time: Option<Timestamp>| {
        time.map(|time| time.to_zoned(app.zone.clone()).strftime("%Y-%m-%d").to_string()).unwrap_or_default()
    };
    let highest = told.load.iter().map(|day| day.contacts).max().unwrap_or(0).max(u64::from(told.band.high)).max(1);
    let y = |n: u64| HEIGHT - n * HEIGHT / highest;
    let drawn = told.load.iter().rev().take(DAYS_DRAWN).rev().enumerate();
    let bars = drawn.map(|(place, day)| Bar {
        x: place * 20,
        y: y(day.contacts),
        height: HEIGHT - y(day.contacts),
        title: format!("{} {}", day.day, day.contacts),
    });
    let contacts: u64 = told.load.iter().map(|day| day.contacts).sum();
    let numbers = Numbers { visit, span, agent_no: &told.agent_no };
    let (praise_total, contacts) = (numbers.praise(told.commendations_total), numbers.contacts(contacts));
    One {
        visit: visit.clone(),
        bars: bars.collect(),
        band: (y(u64::from(told.band.high)), y(u64::from(told.band.low)) - y(u64::from(told.band.high))),
        band_text: format!("{}–{}", told.band.low, told.band.high),
        contacts,
        abuse: told.abuse,
        praise_total,
        praise: told
            .commendations
            .iter()
            .take(LISTED)
            .map(|one| (link(&one.record_id), at(one.occurred_at), one.text.clone()))
            .collect(),
        cleared: told
            .exonerated
            .iter()
            .take(LISTED)
            .map(|one| (link(&one.record_id), at(one.occurred_at), one.rule.clone(), one.moved_to.clone()))
            .collect(),
        cleared_total: told.exonerated_total,
        span: format!("{} – {}", day(span.since), day(span.until)),
        agent_no: told.agent_no,
    }
}
