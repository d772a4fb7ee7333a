//! What is answered.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{Kind, Stream};

use crate::Snippet;

/// The answer to a search.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SearchAnswer {
    /// Records found, on all pages: exact.
    pub total: u64,
    /// This page.
    pub hits: Vec<Hit>,
    /// Where they were asked for: counts over all records found.
    pub facets: Option<Facets>,
    /// Cursor of the next page; none on the last one.
    pub next: Option<String>,
}

/// One record found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// Its id.
    pub record_id: String,
    /// BM25 of the query's terms; 0 where the query has none. Comparable within one answer only.
    pub score: f32,
    /// When it happened, to the millisecond.
    pub occurred_at: Timestamp,
    /// The stream it came by.
    pub stream: Stream,
    /// 诉求类型.
    pub kind: Kind,
    /// Causes, the primary first.
    pub causes: Vec<String>,
    /// Responsible for the primary cause.
    pub department: Option<String>,
    /// 工号 of its agent, else of the first agent it praises.
    pub agent_no: Option<String>,
    /// The part of its masked text that shows why it was found.
    pub snippet: Snippet,
}

/// Counts over all records found, each list by falling count, at most 50 long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// By 诉求类型.
    pub kinds: Vec<FacetCount>,
    /// By cause; a record counts under each of its causes.
    pub causes: Vec<FacetCount>,
    /// By responsible department; a record counts under each of its departments.
    pub departments: Vec<FacetCount>,
    /// By stream.
    pub streams: Vec<FacetCount>,
}

/// How many records have `key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// The value's public name.
    pub key: String,
    /// Distinct records.
    pub count: u64,
}
