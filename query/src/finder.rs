//! Who answers searches: the index of this process, or ClickHouse over its own text index. The query language and what it finds are
//! the same; the order by relevance is each one's own.

use jiff::Timestamp;
use tingjian_indexer::{
    FacetCount, Facets, Hit, Index, MAX_LIMIT, ReadQuery, SearchAnswer, SearchError, SearchRequest, Sort,
};
use tingjian_schemas::{Kind, Stream, TextBody};
use tingjian_warehouse::{
    Filters as StoredFilters, StoredRecord, TextCounts, TextHit, TextOrder, TextSearch, Warehouse,
};

use crate::{QueryError, mark};

/// Longest list of counts, as the index's.
const MAX_FACETS: usize = 50;

/// Who answers searches.
#[derive(Clone)]
pub enum Finder {
    /// The index.
    Index(Index),
    /// ClickHouse.
    Warehouse(Warehouse),
}

impl Finder {
    /// How many records can be found.
    ///
    /// # Errors
    /// A store in trouble.
    pub async fn document_count(&self) -> Result<u64, QueryError> {
        match self {
            Self::Index(index) => Ok(index.document_count()),
            Self::Warehouse(warehouse) => Ok(warehouse.record_count(&StoredFilters::default()).await?),
        }
    }

    /// Bytes on disk of the index; 0 where it is part of a table.
    ///
    /// # Errors
    /// The index's folder cannot be read.
    pub async fn size_bytes(&self) -> Result<u64, QueryError> {
        let Self::Index(index) = self else { return Ok(0) };
        let index = index.clone();
        let bytes = tokio::task::spawn_blocking(move || index.size_bytes()).await.map_err(|_| QueryError::Stopping)?;
        bytes.map_err(QueryError::Index)
    }

    /// Answers a search.
    pub(crate) async fn find(&self, request: SearchRequest) -> Result<SearchAnswer, QueryError> {
        match self {
            Self::Index(index) => {
                let index = index.clone();
                let found = tokio::task::spawn_blocking(move || index.search(&request)).await;
                Ok(found.map_err(|_| QueryError::Stopping)??)
            }
            Self::Warehouse(warehouse) => ask(warehouse, &request).await,
        }
    }
}

async fn ask(warehouse: &Warehouse, request: &SearchRequest) -> Result<SearchAnswer, QueryError> {
    let limit = u32::try_from(request.limit).ok().filter(|limit| (1..=MAX_LIMIT as u32).contains(limit));
    let limit = limit.ok_or(SearchError::Limit)?;
    let read = ReadQuery::new(&request.query).map_err(SearchError::Query)?;
    let after = request.cursor.as_deref().map(|text| mark::read(text, request)).transpose()?;
    let (search, literals) = (text_search(request, &read), read.positive_literals());
    let order = match request.sort {
        Sort::Newest => TextOrder::Newest,
        Sort::Oldest => TextOrder::Oldest,
        Sort::Relevance => TextOrder::Relevance(&literals),
    };
    // One more than a page: whether there is a next one.
    let (mut found, counts) = tokio::try_join!(
        warehouse.text_hits(&search, order, after.as_ref(), limit + 1),
        warehouse.text_counts(&search)
    )?;
    let has_more = found.len() > request.limit;
    found.truncate(request.limit);
    let next = found.last().filter(|_| has_more).map(|last| mark::write(last, request));
    let ids: Vec<&str> = found.iter().map(|hit| hit.record_id.as_str()).collect();
    let records = warehouse.records(&ids).await?;
    let hits = records.into_iter().map(|stored| hit(stored, &found, &read)).collect();
    let facets = request.facets.then(|| facets(&counts));
    Ok(SearchAnswer { total: counts.total, hits, facets, next })
}

fn text_search(request: &SearchRequest, read: &ReadQuery) -> TextSearch {
    let filters = StoredFilters {
        since: request.since,
        until: request.until,
        streams: request.streams.clone(),
        kinds: request.kinds.clone(),
        causes: request.causes.clone(),
        departments: request.departments.clone(),
        channel: request.channel.clone(),
        ..StoredFilters::default()
    };
    TextSearch { sought: read.sought(), filters, agent_no: request.agent_no.clone() }
}

fn hit(stored: StoredRecord, found: &[TextHit], read: &ReadQuery) -> Hit {
    let record = stored.record;
    let score = found.iter().find(|hit| hit.record_id == record.head.event_id).map_or(0, |hit| hit.score);
    let praised = match &record.body {
        TextBody::Commendation(body) => body.praised.iter().find_map(|praised| praised.agent_no.clone()),
        TextBody::Complaint(_) | TextBody::CallNote(_) => None,
    };
    Hit {
        score: f32::from_bits(score),
        occurred_at: Timestamp::from_millisecond(record.head.occurred_at.as_millisecond())
            .unwrap_or(record.head.occurred_at),
        stream: record.head.stream,
        kind: record.reading.kind,
        causes: record.reading.causes.iter().map(|cause| cause.code.to_string()).collect(),
        department: record.reading.causes.first().map(|cause| cause.department.to_string()),
        agent_no: record.head.agent_no.or(praised),
        snippet: read.snippet(&record.reading.text),
        record_id: record.head.event_id,
    }
}

fn facets(counts: &TextCounts) -> Facets {
    Facets {
        kinds: list(&counts.kinds, |name| name.parse::<Kind>().is_ok()),
        causes: list(&counts.causes, |_| true),
        departments: list(&counts.departments, |_| true),
        streams: list(&counts.streams, |name| name.parse::<Stream>().is_ok()),
    }
}

fn list(counts: &[(String, u64)], is_known: impl Fn(&str) -> bool) -> Vec<FacetCount> {
    let known = counts.iter().filter(|(key, _)| is_known(key));
    let mut list: Vec<_> = known.map(|(key, count)| FacetCount { key: key.clone(), count: *count }).collect();
    list.sort_unstable_by(|a, b| (b.count, &a.key).cmp(&(a.count, &b.key)));
    list.truncate(MAX_FACETS);
    list
}
