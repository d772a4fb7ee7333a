//! What a week's report is made of, asked one by one: each of its numbers is in one of these answers.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use tingjian_query::{
    AttributedAnswer, AttributedQuestion, CampaignsAnswer, MenusAnswer, OverPromisesAnswer, PeopleAnswer,
    QualityAnswer, VolumesAnswer,
};
use tingjian_report::Week;
use tingjian_warehouse::Span;

use super::{parameters::Parameters, problem::Problem};
use crate::app::App;

type Pairs = Query<Vec<(String, String)>>;

/// Takes the span of time out; other filters are refused.
fn span(app: &App, pairs: Vec<(String, String)>) -> Result<Span, Problem> {
    let mut parameters = Parameters::new(pairs);
    let filters = parameters.span(&app.zone)?;
    parameters.finish(&[])?;
    Ok(Span { since: filters.since, until: filters.until })
}

/// Weeks shown before the one asked about.
const WEEKS_BEFORE: i64 = 8;

/// Records by kind of a week and the eight before it; weeks before the first record are left out.
#[utoipa::path(
    get, path = "/volumes", tag = "reports", params(("week" = String, Query, description = "2026-W47")),
    responses((status = 200, body = VolumesAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn volumes(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<VolumesAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let week: Week = parameters
        .take("week")
        .unwrap_or_default()
        .parse()
        .map_err(|error: tingjian_report::WeekError| Problem::bad_request(error.to_string()))?;
    parameters.finish(&["week"])?;
    let names: Vec<String> = (0..=WEEKS_BEFORE).rev().map(|ago| week.before(ago).to_string()).collect();
    let span = Span { since: Some(week.before(WEEKS_BEFORE).begin(&app.zone)), until: Some(week.end(&app.zone)) };
    let zone = &app.config.server.zone;
    Ok(Json(tingjian_query::volumes(&app.warehouse, &names, span, &app.zone, zone).await?))
}

/// Complaints that a promise shorter than the lane's capability caused, by lane.
#[utoipa::path(
    get, path = "/over-promises", tag = "reports",
    params(("since" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = OverPromisesAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn over_promises(
    State(app): State<Arc<App>>,
    Query(pairs): Pairs,
) -> Result<Json<OverPromisesAnswer>, Problem> {
    let span = span(&app, pairs)?;
    Ok(Json(tingjian_query::over_promises(&app.warehouse, span).await?))
}

/// The phone menu as callers walked it: where they end, give up, or come round again.
#[utoipa::path(
    get, path = "/menus", tag = "reports",
    params(("since" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = MenusAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn menus(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<MenusAnswer>, Problem> {
    let span = span(&app, pairs)?;
    Ok(Json(tingjian_query::menus(&app.warehouse, span).await?))
}

/// Customers who knew of a promotion before the agents did, by promotion.
#[utoipa::path(
    get, path = "/campaigns", tag = "reports",
    params(("since" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = CampaignsAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn campaigns(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<CampaignsAnswer>, Problem> {
    let span = span(&app, pairs)?;
    Ok(Json(tingjian_query::campaigns(&app.warehouse, &app.taxonomy(), span).await?))
}

/// Praise, exonerations, abuse and load.
#[utoipa::path(
    get, path = "/people", tag = "reports",
    params(("since" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = PeopleAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn people(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<PeopleAnswer>, Problem> {
    let span = span(&app, pairs)?;
    Ok(Json(tingjian_query::people(&app.warehouse, span, &app.config.server.zone).await?))
}

/// How good the data are: what was taken in and what came of it, double checks, versions.
#[utoipa::path(
    get, path = "/quality", tag = "reports",
    params(("since" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = QualityAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn quality(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<QualityAnswer>, Problem> {
    let span = span(&app, pairs)?;
    Ok(Json(tingjian_query::quality(&app.warehouse, span).await?))
}

/// The question of a list of records.
///
/// # Errors
/// A parameter that cannot be read.
pub fn listed(app: &App, pairs: Vec<(String, String)>) -> Result<(AttributedQuestion, u32, u64), Problem> {
    let mut parameters = Parameters::new(pairs);
    let filters = parameters.filters(&app.zone)?;
    let lane = parameters.take("lane").unwrap_or_default();
    let over_promised = match parameters.take("over_promised").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::bad_request("参数 over_promised 须为 true 或 false")),
    };
    let unsure = parameters.take("unsure").unwrap_or_default();
    if !matches!(unsure.as_str(), "" | "abstained" | "pending") {
        return Err(Problem::bad_request("参数 unsure 须为 abstained 或 pending"));
    }
    let cursor = parameters.take("cursor").unwrap_or_default();
    let offset = if cursor.is_empty() { Ok(0) } else { cursor.parse() };
    let offset = offset.map_err(|_| Problem::bad_request("参数 cursor 须取自上一页的 next"))?;
    let limit = u32::try_from(parameters.limit()?).unwrap_or(u32::MAX);
    parameters.finish(&["lane", "over_promised", "unsure", "limit", "cursor"])?;
    Ok((AttributedQuestion { filters, lane, over_promised, unsure }, limit, offset))
}

/// The records behind a count: those that `/causes` counts under the same filters.
#[utoipa::path(
    get, path = "/attributed", tag = "reports",
    params(
        ("since" = Option<String>, Query), ("until" = Option<String>, Query), ("kind" = Option<String>, Query),
        ("cause" = Option<String>, Query), ("department" = Option<String>, Query), ("agent_no" = Option<String>, Query),
        ("stream" = Option<String>, Query), ("lane" = Option<String>, Query),
        ("over_promised" = Option<bool>, Query, description = "only those with an over-promise share; `lane` is then the delivery's"),
        ("unsure" = Option<String>, Query, description = "abstained or pending"),
        ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = AttributedAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn attributed(State(app): State<Arc<App>>, Query(pairs): Pairs) -> Result<Json<AttributedAnswer>, Problem> {
    let (question, limit, offset) = listed(&app, pairs)?;
    Ok(Json(tingjian_query::attributed(&app.warehouse, &question, limit, offset).await?))
}
