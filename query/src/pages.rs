//! All records of a selection, oldest first, page by page: what exports are made of.

use tingjian_indexer::{SearchRequest, Sort};
use tingjian_warehouse::{PageCursor, Warehouse};

use crate::{Filters, Finder, QueryError, RecordAnswer, SearchQuestion, search::request};

/// Records read from the warehouse at a time.
const PAGE_ROWS: u32 = 5_000;
/// Hits read at a time: the most a search gives.
const PAGE_HITS: usize = 1_000;

/// The records that fit the filters and, where there is one, the query.
pub struct RecordPages {
    warehouse: Warehouse,
    finder: Finder,
    q: String,
    filters: Filters,
    after: After,
}

enum After {
    Nothing,
    Record(PageCursor),
    Hit(String),
    Everything,
}

impl RecordPages {
    /// Begins at the oldest record. An empty `q` takes all that fit the filters, from the warehouse alone.
    pub fn new(warehouse: Warehouse, finder: Finder, q: String, filters: Filters) -> Self {
        Self { warehouse, finder, q: q.trim().to_owned(), filters, after: After::Nothing }
    }

    /// How many records there are.
    ///
    /// # Errors
    /// An unreadable query, wrong filters, a store in trouble.
    pub async fn total(&self) -> Result<u64, QueryError> {
        self.filters.check()?;
        if self.q.is_empty() {
            return Ok(self.warehouse.record_count(&self.filters.for_warehouse()).await?);
        }
        let request = SearchRequest { limit: 1, ..self.request(None) };
        Ok(self.finder.find(request).await?.total)
    }

    /// The next page; `None` after the last. A record that is in the index and not yet in the warehouse is left out.
    ///
    /// # Errors
    /// As [`RecordPages::total`].
    pub async fn next(&mut self) -> Result<Option<Vec<RecordAnswer>>, QueryError> {
        let after = match &self.after {
            After::Everything => return Ok(None),
            After::Hit(cursor) => Some(cursor.clone()),
            _ => None,
        };
        let records = if self.q.is_empty() { self.warehouse_page().await? } else { self.index_page(after).await? };
        Ok(Some(records))
    }

    async fn warehouse_page(&mut self) -> Result<Vec<RecordAnswer>, QueryError> {
        let after = match &self.after {
            After::Record(cursor) => Some(cursor),
            _ => None,
        };
        let page = self.warehouse.record_page(&self.filters.for_warehouse(), after, PAGE_ROWS).await?;
        self.after = page.next.map_or(After::Everything, After::Record);
        Ok(page.records.into_iter().map(RecordAnswer::from).collect())
    }

    async fn index_page(&mut self, after: Option<String>) -> Result<Vec<RecordAnswer>, QueryError> {
        let answer = self.finder.find(self.request(after)).await?;
        self.after = answer.next.map_or(After::Everything, After::Hit);
        let ids: Vec<&str> = answer.hits.iter().map(|hit| hit.record_id.as_str()).collect();
        let records = self.warehouse.records(&ids).await?;
        Ok(records.into_iter().map(RecordAnswer::from).collect())
    }

    fn request(&self, cursor: Option<String>) -> SearchRequest {
        let filters = self.filters.clone();
        let question = SearchQuestion { q: self.q.clone(), filters, sort: Sort::Oldest, limit: PAGE_HITS, cursor };
        SearchRequest { facets: false, ..request(question) }
    }
}
