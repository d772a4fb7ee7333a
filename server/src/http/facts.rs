//! What facts tell: promises, lanes, cases, departments, contacts, agents, what is surprising.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use tingjian_query::{
    AgentAnswer, CaseAnswer, ContactsAnswer, ContactsBy, DepartmentsAnswer, EmergingAnswer, PromisesAnswer, PromisesBy,
    WhatIfAnswer,
};
use tingjian_warehouse::Span;

use super::{
    access::{Visitor, scope::not_yours},
    parameters::Parameters,
    problem::Problem,
};
use crate::app::App;

type Pairs = Query<Vec<(String, String)>>;

/// Takes the span of time out; other filters are refused.
fn span(parameters: &mut Parameters, app: &App) -> Result<Span, Problem> {
    let filters = parameters.span(&app.zone)?;
    Ok(Span { since: filters.since, until: filters.until })
}

fn unknown(name: &str, value: &str, known: &[&str]) -> Problem {
    Problem::bad_request(format!("参数 {name} 的值 {value:?} 无法识别；可用：{}", known.join("、")))
}

/// The promise ledger by who made the promises, who answers for them, or lane; of promises made in the span.
#[utoipa::path(
    get, path = "/promises", tag = "facts",
    params(
        ("by" = Option<String>, Query, description = "made_by_kind (default), owner_department, lane"),
        ("since" = Option<String>, Query), ("until" = Option<String>, Query),
        ("limit" = Option<usize>, Query, description = "groups at most; default: all"),
        ("cursor" = Option<String>, Query, description = "`next` of the answer before"),
    ),
    responses((status = 200, body = PromisesAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn promises(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Pairs,
) -> Result<Json<PromisesAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let span = span(&mut parameters, &app)?;
    let asked = parameters.take("by");
    let own = visitor.scope.department();
    let asked = own_cut(own, asked, "owner_department")?;
    let by = match asked {
        None => PromisesBy::MADE_BY_KIND,
        Some(name) => name.parse().map_err(|()| unknown("by", &name, &PromisesBy::NAMES))?,
    };
    let window = parameters.window()?;
    parameters.finish(&["by", "limit", "cursor"])?;
    let mut answer = tingjian_query::promises(&app.warehouse, by, span).await?;
    answer.groups.retain(|group| own.is_none_or(|own| group.key == own));
    answer.next = window.cut(&mut answer.groups);
    Ok(Json(answer))
}

/// The cut that a question of somebody who is bound to a department must have, since only it can be narrowed down to their own.
fn own_cut(own: Option<&str>, asked: Option<String>, cut: &str) -> Result<Option<String>, Problem> {
    match (own, asked) {
        (None, asked) => Ok(asked),
        (Some(_), asked) if asked.as_deref().is_none_or(|asked| asked == cut) => Ok(Some(cut.to_owned())),
        (Some(own), Some(asked)) => {
            Err(not_yours(&format!("此账号只能查看 {own} 自己的数：请用 by={cut}，而不是 by={asked}")))
        }
        (Some(_), None) => Ok(Some(cut.to_owned())),
    }
}

/// Which promise a lane would have kept, and which complaints that would have spared.
#[utoipa::path(
    get, path = "/lanes/what-if", tag = "facts",
    params(
        ("lane" = String, Query, description = "origin→destination/carrier/service"),
        ("kept" = Option<f64>, Query, description = "share of deliveries to keep it at, 0 to 1; default 0.95"),
    ),
    responses((status = 200, body = WhatIfAnswer), (status = 400, body = Problem), (status = 404, body = Problem)),
    security(("token" = [])),
)]
pub async fn what_if(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<WhatIfAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let lane =
        parameters.take("lane").ok_or_else(|| Problem::bad_request("缺少参数 lane，例如 上海→成都/云雀速运/次日达"))?;
    let kept = parameters.take("kept").unwrap_or_else(|| "0.95".into());
    parameters.finish(&["lane", "kept"])?;
    let share = kept.parse::<f64>().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    let share = share.ok_or_else(|| Problem::bad_request(format!("参数 kept 的值 {kept:?} 须大于 0 且不超过 1")))?;
    match tingjian_query::what_if(&app.warehouse, &app.taxonomy(), &lane, share).await? {
        Some(answer) => Ok(Json(answer)),
        None => Err(Problem::not_found(format!("没有线路 {lane} 的交付或承诺；写法：始发→目的/承运/服务"))),
    }
}

/// One case by its number (or its keyed hash): events, who held it, who was asked.
#[utoipa::path(
    get, path = "/cases/{case_id}", tag = "facts",
    params(("case_id" = String, Path)),
    responses((status = 200, body = CaseAnswer), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn case(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(case_id): Path<String>,
) -> Result<Json<CaseAnswer>, Problem> {
    match tingjian_query::case(&app.warehouse, &app.taxonomy(), app.case_key(&case_id)).await? {
        Some(answer) if visitor.scope.sees_case(&answer) => Ok(Json(answer)),
        _ => Err(Problem::not_found(format!("没有编号为 {case_id} 的工单"))),
    }
}

/// Departments: what they held, were asked, answer for, and were judged.
#[utoipa::path(
    get, path = "/departments", tag = "facts",
    params(
        ("since" = Option<String>, Query), ("until" = Option<String>, Query),
        ("limit" = Option<usize>, Query, description = "departments at most; default: all"),
        ("cursor" = Option<String>, Query, description = "`next` of the answer before"),
    ),
    responses((status = 200, body = DepartmentsAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn departments(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Pairs,
) -> Result<Json<DepartmentsAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let span = span(&mut parameters, &app)?;
    let window = parameters.window()?;
    parameters.finish(&["limit", "cursor"])?;
    let mut answer = tingjian_query::departments(&app.warehouse, span).await?;
    if let Some(own) = visitor.scope.department() {
        answer.items.retain(|item| item.department == own);
        answer.total = answer.items.len() as u64;
        answer.judges.clear();
    }
    answer.next = window.cut(&mut answer.items);
    Ok(Json(answer))
}

/// Contacts: first-contact resolution at four windows and what they cost the customer.
#[utoipa::path(
    get, path = "/contacts", tag = "facts",
    params(
        ("by" = Option<String>, Query, description = "week (default), day, agent, channel, skill_group, cause, lane, menu"),
        ("since" = Option<String>, Query), ("until" = Option<String>, Query), ("agent_no" = Option<String>, Query),
        ("limit" = Option<usize>, Query, description = "groups at most; default: all"),
        ("cursor" = Option<String>, Query, description = "`next` of the answer before"),
    ),
    responses((status = 200, body = ContactsAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn contacts(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<ContactsAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let span = span(&mut parameters, &app)?;
    let agent_no = parameters.take("agent_no").unwrap_or_default();
    let by = match parameters.take("by") {
        None => ContactsBy::WEEK,
        Some(name) => name.parse().map_err(|()| unknown("by", &name, &ContactsBy::NAMES))?,
    };
    let window = parameters.window()?;
    parameters.finish(&["by", "agent_no", "limit", "cursor"])?;
    let zone = &app.config.server.zone;
    let mut answer = tingjian_query::contacts(&app.warehouse, by, span, &agent_no, zone).await?;
    answer.next = window.cut(&mut answer.groups);
    Ok(Json(answer))
}

/// One agent's own record: commendations, load, and what moved off it because a rule was at fault.
#[utoipa::path(
    get, path = "/agents/{agent_no}", tag = "facts",
    params(("agent_no" = String, Path), ("since" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = AgentAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn agent(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(agent_no): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<AgentAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let span = span(&mut parameters, &app)?;
    parameters.finish(&[])?;
    let group = app.accounts.group_of(&agent_no).map_err(|error| Problem::internal(&error))?;
    if !visitor.scope.sees_agent(&agent_no, group.as_deref()) {
        return Err(not_yours("只能查看自己的记录"));
    }
    Ok(Json(tingjian_query::agent(&app.warehouse, &agent_no, span, &app.config.server.zone).await?))
}

/// What is surprising in a week, held against its own history, with the records behind it.
#[utoipa::path(
    get, path = "/emerging", tag = "facts",
    params(("week" = Option<String>, Query, description = "ISO week, 2026-W47; default: the newest")),
    responses((status = 200, body = EmergingAnswer), (status = 400, body = Problem), (status = 404, body = Problem)),
    security(("token" = [])),
)]
pub async fn emerging(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<EmergingAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let week = parameters.take("week");
    parameters.finish(&["week"])?;
    match tingjian_query::emerging_with_terms(&app.warehouse, week.as_deref(), &app.zone).await? {
        Some(answer) => Ok(Json(answer)),
        None => Err(Problem::not_found("那一周还没有数据")),
    }
}
