//! `GET /search`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use tingjian_indexer::Sort;
use tingjian_query::{SearchQuestion, SearchView};

use super::{access::Visitor, parameters::Parameters, problem::Problem};
use crate::app::App;

const KNOWN: &[&str] = &["q", "sort", "limit", "cursor"];

/// Searches the records.
#[utoipa::path(
    get, path = "/search", tag = "search",
    params(
        ("q" = Option<String>, Query, description = "words, \"phrases\", AND OR NOT, ( ); empty: all"),
        ("since" = Option<String>, Query, description = "inclusive; RFC 3339, or a date in the organisation's zone"),
        ("until" = Option<String>, Query, description = "exclusive"),
        ("kind" = Option<String>, Query, description = "complaint, commendation, inquiry, suggestion, other; several with commas"),
        ("cause" = Option<String>, Query, description = "leaf or group of the taxonomy"),
        ("department" = Option<String>, Query, description = "responsible department"),
        ("agent_no" = Option<String>, Query), ("stream" = Option<String>, Query),
        ("sort" = Option<String>, Query, description = "newest (default), oldest, relevance"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = SearchView), (status = 400, body = Problem, description = "with the character (`at`) at which the query could not be read")),
    security(("token" = [])),
)]
pub async fn get(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<SearchView>, Problem> {
    let mut parameters = Parameters::new(pairs);
    let mut filters = parameters.filters(&app.zone)?;
    visitor.scope.limit(&mut filters)?;
    let question = SearchQuestion {
        q: parameters.take("q").unwrap_or_default(),
        filters,
        sort: sort(parameters.take("sort").as_deref())?,
        limit: parameters.limit()?,
        cursor: parameters.take("cursor"),
    };
    parameters.finish(KNOWN)?;
    Ok(Json(tingjian_query::search(&app.finder, question).await?))
}

fn sort(name: Option<&str>) -> Result<Sort, Problem> {
    match name {
        None | Some("newest") => Ok(Sort::Newest),
        Some("oldest") => Ok(Sort::Oldest),
        Some("relevance") => Ok(Sort::Relevance),
        Some(other) => {
            Err(Problem::bad_request(format!("参数 sort 的值 {other:?} 无法识别；可用：newest、oldest、relevance")))
        }
    }
}
