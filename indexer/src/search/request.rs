//! What can be asked.

use jiff::Timestamp;
use tingjian_schemas::{Kind, Stream};

/// Hits per page where the request does not say.
pub const DEFAULT_LIMIT: usize = 20;
/// Most hits per page.
pub const MAX_LIMIT: usize = 1_000;

/// A search. Within one filter any value will do; all filters together must hold; an empty filter holds always.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// Words, "phrases", AND OR NOT, ( ); empty finds all.
    pub query: String,
    /// First moment, inclusive (to the millisecond).
    pub since: Option<Timestamp>,
    /// Last moment, exclusive (to the millisecond).
    pub until: Option<Timestamp>,
    /// 诉求类型.
    pub kinds: Vec<Kind>,
    /// Causes (`fulfil.lost`) or whole groups of them (`fulfil`); any cause of a record counts, not only the primary.
    pub causes: Vec<String>,
    /// Responsible departments: the owners of the causes read.
    pub departments: Vec<String>,
    /// Streams.
    pub streams: Vec<Stream>,
    /// 工号 of the record's agent, or of an agent it praises.
    pub agent_no: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// Order of the hits.
    pub sort: Sort,
    /// Hits per page, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// The `next` of the page before; everything else must be as it was then.
    pub cursor: Option<String>,
    /// Whether to count the hits by kind, cause, department and stream.
    pub facets: bool,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            query: String::new(),
            since: None,
            until: None,
            kinds: Vec::new(),
            causes: Vec::new(),
            departments: Vec::new(),
            streams: Vec::new(),
            agent_no: None,
            channel: None,
            sort: Sort::Newest,
            limit: DEFAULT_LIMIT,
            cursor: None,
            facets: false,
        }
    }
}

/// Order of the hits. Ties of time are broken by a hash of the record id, so every order is total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Latest `occurred_at` first.
    #[default]
    Newest,
    /// Earliest `occurred_at` first.
    Oldest,
    /// Highest score first; equal scores: newest first.
    Relevance,
}
