//! `GET /causes`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use tingjian_query::{CausesAnswer, CausesBy, CausesQuestion};

use super::{access::Visitor, parameters::Parameters, problem::Problem};
use crate::app::App;

/// Counts records by cause, department, week, lane or agent.
#[utoipa::path(
    get, path = "/causes", tag = "causes",
    params(
        ("by" = Option<String>, Query, description = "cause (default), department, week, lane, agent"),
        ("since" = Option<String>, Query, description = "inclusive; RFC 3339, or a date in the organisation's zone"),
        ("until" = Option<String>, Query, description = "exclusive"),
        ("kind" = Option<String>, Query), ("cause" = Option<String>, Query), ("department" = Option<String>, Query),
        ("agent_no" = Option<String>, Query), ("stream" = Option<String>, Query),
        ("limit" = Option<usize>, Query, description = "groups at most; default: all"),
        ("cursor" = Option<String>, Query, description = "`next` of the answer before"),
    ),
    responses((status = 200, body = CausesAnswer), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(("token" = [])),
)]
pub async fn get(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<CausesAnswer>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let mut filters = parameters.filters(&app.zone)?;
    visitor.scope.limit(&mut filters)?;
    let by = match parameters.take("by") {
        None => CausesBy::CAUSE,
        Some(name) => name.parse().map_err(|()| {
            Problem::bad_request(format!("参数 by 的值 {name:?} 无法识别；可用：{}", CausesBy::NAMES.join("、")))
        })?,
    };
    let window = parameters.window()?;
    parameters.finish(&["by", "limit", "cursor"])?;
    let question = CausesQuestion { by, filters, zone: app.config.server.zone.clone() };
    let mut answer = tingjian_query::causes(&app.warehouse, &question).await?;
    answer.next = window.cut(&mut answer.groups);
    Ok(Json(answer))
}
