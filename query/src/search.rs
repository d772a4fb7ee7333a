//! Full-text search with filters and facets.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_indexer::{Facets, SearchRequest, Snippet, Sort};
use utoipa::ToSchema;

use crate::{Filters, Finder, QueryError};

/// What to search.
#[derive(Clone, Debug, Default)]
pub struct SearchQuestion {
    /// Words, "phrases", AND OR NOT, ( ); empty: all.
    pub q: String,
    /// Filters.
    pub filters: Filters,
    /// Order of the hits.
    pub sort: Sort,
    /// Hits of one page, 1 to 1 000.
    pub limit: usize,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// One page of hits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchView {
    /// All hits, not only this page's.
    pub total: u64,
    /// This page.
    pub hits: Vec<HitView>,
    /// Counts over all hits, by value, most frequent first.
    #[schema(value_type = Object)]
    pub facets: Option<Facets>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// One hit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HitView {
    /// `event_id` of the text event.
    pub record_id: String,
    /// Relevance; 0 unless sorted by it.
    pub score: f32,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// Stream.
    pub stream: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Causes, the primary first.
    pub causes: Vec<String>,
    /// Department responsible for the primary cause.
    pub department: Option<String>,
    /// 工号.
    pub agent_no: Option<String>,
    /// The part of the masked text that matched, with the matches as character ranges.
    #[schema(value_type = Object)]
    pub snippet: Snippet,
}

/// Searches.
///
/// # Errors
/// An unreadable query (with its place), a foreign cursor, a broken index.
pub async fn search(finder: &Finder, question: SearchQuestion) -> Result<SearchView, QueryError> {
    question.filters.check()?;
    let answer = finder.find(request(question)).await?;
    let hits = answer.hits.into_iter().map(|hit| HitView {
        record_id: hit.record_id,
        score: hit.score,
        occurred_at: hit.occurred_at,
        stream: hit.stream.name(),
        kind: hit.kind.name(),
        causes: hit.causes,
        department: hit.department,
        agent_no: hit.agent_no,
        snippet: hit.snippet,
    });
    Ok(SearchView { total: answer.total, hits: hits.collect(), facets: answer.facets, next: answer.next })
}

pub(crate) fn request(question: SearchQuestion) -> SearchRequest {
    let filters = question.filters;
    SearchRequest {
        query: question.q,
        since: filters.since,
        until: filters.until,
        kinds: filters.kinds,
        causes: filters.causes,
        departments: filters.departments,
        streams: filters.streams,
        agent_no: filters.agent_no,
        sort: question.sort,
        limit: question.limit,
        cursor: question.cursor,
        facets: true,
        ..SearchRequest::default()
    }
}
