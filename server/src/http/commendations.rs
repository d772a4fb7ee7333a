//! `POST /commendations`, `GET /commendations`, `POST /commendations/{id}/read`, and the thanks sent on for them.

pub mod filing;
pub mod receipts;
pub mod thanks;

use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tingjian_query::CommendationView;
use tingjian_warehouse::{CommendationFilter, Span};
use utoipa::ToSchema;

use self::{
    filing::{Filed, Filing, Praise},
    receipts::RecipientView,
    thanks::{BadgeView, NewThanks, ThanksView},
};
use super::{
    access::{Subject, Visitor},
    parameters::Parameters,
    problem::Problem,
    streams::read_body,
};
use crate::{accounts::Role, app::App, limits};

/// Largest body of one commendation.
const MAX_BODY_BYTES: usize = 256 << 10;

/// A commendation to file: an event of the stream `commendations`, of which only the words are needed. Where nobody is named, the
/// agent who files is praised.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct NewCommendation {
    /// What was said.
    #[serde(default)]
    text: String,
    /// 工号 of who is praised, where `praised` does not say it.
    agent_no: Option<String>,
    /// Department that is praised, where `praised` does not say it.
    department: Option<String>,
    /// Several at once.
    #[serde(default)]
    praised: Vec<Praise>,
    /// Who files it; default: the account.
    filed_by: Option<String>,
    /// Where the recording is.
    recording_ref: Option<String>,
    /// The caller's own id of it: filed again under the same id it counts once.
    event_id: Option<String>,
    /// When it was said; default: now.
    occurred_at: Option<String>,
    /// Further fields of the stream: `call_id`, `order_id`, `customer`, …
    #[serde(flatten)]
    #[schema(value_type = Object)]
    more: Map<String, Value>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiledView {
    /// Its id; of a duplicate that of the first.
    commendation_id: String,
    /// It was filed before, under this id; nothing was filed again.
    duplicate_of: Option<String>,
    /// Who gets it, and whether they have read it.
    recipients: Vec<RecipientView>,
}

/// One page of commendations, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommendationsAnswer {
    /// All of the selection, not only this page's.
    pub total: u64,
    /// This page.
    pub items: Vec<CommendationItem>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// One commendation with its receipts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommendationItem {
    /// The commendation.
    #[serde(flatten)]
    pub commendation: CommendationView,
    /// Who gets it, and whether they have read it.
    pub recipients: Vec<RecipientView>,
    /// Thanks that were sent on for it.
    pub thanks: Vec<ThanksView>,
}

/// Files a commendation; it goes at once to the agent, the supervisor and the operations manager.
#[utoipa::path(
    post, path = "/commendations", tag = "commendations",
    request_body = NewCommendation,
    responses(
        (status = 201, body = FiledView, description = "durable"),
        (status = 200, body = FiledView, description = "filed before; nothing was filed again"),
        (status = 400, body = Problem), (status = 413, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem, description = "not accepted; try again"), (status = 507, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn file(visitor: Visitor, State(app): State<Arc<App>>, body: Body) -> Result<Response, Problem> {
    let body = read_body(body, MAX_BODY_BYTES).await?;
    let new: NewCommendation = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad_request(format!("请求体不是一条表扬：{error}；至少要有 text")))?;
    filing::within(&app, &format!("praise {}", visitor.account.name), limits::PRAISE, Instant::now())?;
    let filing = filing(new, &visitor);
    let filed = filing::file(&app, filing, Timestamp::now()).await?;
    answer(&app, filed)
}

/// What is named counts; where nobody is, the agent who files. An agent files in their own name.
fn filing(new: NewCommendation, visitor: &Visitor) -> Filing {
    let mut praised = new.praised;
    if praised.is_empty() && (new.agent_no.is_some() || new.department.is_some()) {
        praised.push(Praise { agent_no: new.agent_no, department: new.department });
    }
    if praised.is_empty() {
        praised.extend(visitor.account.agent_no.clone().map(Praise::agent));
    }
    let own = filing::filer(&visitor.account);
    let mut more = new.more;
    let stated = [("recording_ref", new.recording_ref), ("occurred_at", new.occurred_at)];
    more.extend(stated.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?)))));
    Filing {
        text: new.text,
        praised,
        filed_by: if visitor.account.role == Role::Agent { own } else { new.filed_by.unwrap_or(own) },
        more,
        channel: "api",
        event_id: new.event_id,
    }
}

fn answer(app: &App, filed: Filed) -> Result<Response, Problem> {
    let recipients = receipts::recipients(app, &filed.id, &filed.praised)?;
    let status = if filed.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    let view =
        FiledView { duplicate_of: filed.duplicate.then(|| filed.id.clone()), recipients, commendation_id: filed.id };
    let subject = Subject(view.commendation_id.clone());
    let mut response = (status, Json(view)).into_response();
    response.extensions_mut().insert(subject);
    Ok(response)
}

/// Commendations, newest first: an agent's own and their group's, a department's, or all.
#[utoipa::path(
    get, path = "/commendations", tag = "commendations",
    params(
        ("agent_no" = Option<String>, Query), ("since" = Option<String>, Query), ("until" = Option<String>, Query),
        ("month" = Option<String>, Query, description = "2026-11: instead of since and until"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = CommendationsAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn list(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<CommendationsAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let filters = parameters.span(&app.zone)?;
    let mut span = Span { since: filters.since, until: filters.until };
    if let Some(month) = parameters.take("month") {
        span = month_span(&app, &month)?;
    }
    let agent_no = parameters.take("agent_no").unwrap_or_default();
    let (limit, cursor) = (parameters.limit()?, parameters.take("cursor"));
    parameters.finish(&["agent_no", "month", "limit", "cursor"])?;
    Ok(Json(page(&app, &visitor, span, agent_no, cursor.as_deref(), limit).await?))
}

/// One page of what a visitor sees.
///
/// # Errors
/// A foreign cursor; the warehouse is away.
pub async fn page(
    app: &App,
    visitor: &Visitor,
    span: Span,
    agent_no: String,
    cursor: Option<&str>,
    limit: usize,
) -> Result<CommendationsAnswer, Problem> {
    let filter = CommendationFilter { span, whose: receipts::whose(app, visitor)?, agent_no };
    let found = tingjian_query::commendations(&app.warehouse, &filter, cursor, limit).await?;
    let items = found.items.into_iter().map(|commendation| {
        let recipients = receipts::recipients(app, &commendation.commendation_id, &commendation.praised)?;
        let thanks = thanks::of(app, &commendation.commendation_id)?;
        Ok(CommendationItem { commendation, recipients, thanks })
    });
    Ok(CommendationsAnswer { total: found.total, items: items.collect::<Result<_, Problem>>()?, next: found.next })
}

/// `2026-11` in the organisation's zone.
///
/// # Errors
/// Not a month.
pub fn month_span(app: &App, month: &str) -> Result<Span, Problem> {
    let wrong = || Problem::bad_request(format!("参数 month 的值 {month:?} 不是月份：请写 2026-11"));
    let first: Date = format!("{month}-01").parse().map_err(|_| wrong())?;
    let moment = |day: Date| day.to_zoned(app.zone.clone()).map(|day| day.timestamp()).map_err(|_| wrong());
    let after = first.checked_add(jiff::Span::new().months(1)).map_err(|_| wrong())?;
    Ok(Span { since: Some(moment(first)?), until: Some(moment(after)?) })
}

/// What a reading changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadView {
    commendation_id: String,
    recipients: Vec<RecipientView>,
}

/// Says that the one who calls has read it: as the agent, the supervisor or the operations manager.
#[utoipa::path(
    post, path = "/commendations/{id}/read", tag = "commendations",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ReadView), (status = 403, body = Problem, description = "not one of its recipients"),
        (status = 404, body = Problem), (status = 503, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn read(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<ReadView>, Problem> {
    let recipients = receipts::read(&app, &visitor, &id, Timestamp::now()).await?;
    Ok(Json(ReadView { commendation_id: id, recipients }))
}

/// Thanks for a commendation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThankedAnswer {
    commendation_id: String,
    /// All of them, the first first.
    thanks: Vec<ThanksView>,
}

/// Sends thanks, with a badge or without, on to the agents who were praised. Each account once for each commendation.
#[utoipa::path(
    post, path = "/commendations/{id}/thanks", tag = "commendations",
    params(("id" = String, Path)),
    request_body = NewThanks,
    responses(
        (status = 201, body = ThankedAnswer), (status = 200, body = ThankedAnswer, description = "sent before; the first stay"),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn thank(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, Problem> {
    let body = read_body(body, MAX_BODY_BYTES).await?;
    let new: NewThanks = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad_request(format!("请求体不是一次感谢：{error}；可以有 badge 和 words")))?;
    let (sent, thanks) = thanks::send(&app, &visitor, &id, &new, Timestamp::now()).await?;
    let status = if sent { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(ThankedAnswer { commendation_id: id, thanks })).into_response())
}

/// Badges, by agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct BadgesAnswer {
    items: Vec<BadgeView>,
}

/// The badges of a month, of the agents whose commendations the account sees; who got most first.
#[utoipa::path(
    get, path = "/commendations/badges", tag = "commendations",
    params(
        ("month" = String, Query, description = "2026-11"), ("agent_no" = Option<String>, Query),
    ),
    responses((status = 200, body = BadgesAnswer), (status = 400, body = Problem)),
    security(("token" = [])),
)]
pub async fn badges(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<BadgesAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let month = parameters.take("month").ok_or_else(|| Problem::bad_request("缺少参数 month：请写 2026-11"))?;
    let agent_no = parameters.take("agent_no").unwrap_or_default();
    parameters.finish(&["month", "agent_no"])?;
    Ok(Json(BadgesAnswer { items: thanks::badges(&app, &visitor, month_span(&app, &month)?, &agent_no)? }))
}
