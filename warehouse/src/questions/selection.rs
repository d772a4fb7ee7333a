//! The filters of every question, bound the same way everywhere.

use clickhouse::query::Query;
use jiff::Timestamp;
use tingjian_schemas::{Kind, Stream};

/// Which records a question is about. Values within one filter: any; filters together: all; empty: no filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Inclusive.
    pub since: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Leaves or groups of the taxonomy.
    pub causes: Vec<String>,
    /// Responsible departments.
    pub departments: Vec<String>,
    /// 工号.
    pub agent_no: Option<String>,
    /// Streams.
    pub streams: Vec<Stream>,
}

/// Before the first year an event may have (`schemas::limits`), milliseconds: 1999-01-01.
const EARLIEST_MS: i64 = 915_148_800_000;
/// After the last one: 2101-01-01.
const LATEST_MS: i64 = 4_133_980_800_000;

/// `sql` with `{{filters}}` filled in.
pub(super) fn with_filters(sql: &str) -> String {
    sql.replace("{{filters}}", include_str!("../../questions/filters.sql").trim())
}

impl Selection {
    pub(super) fn since_ms(&self) -> i64 {
        self.since.map_or(EARLIEST_MS, Timestamp::as_millisecond)
    }

    /// Binds the filters, reading from `from` on: `since`, or earlier where the span before is asked for too.
    pub(super) fn bind(&self, query: Query, from_ms: i64) -> Query {
        query
            .param("from", from_ms)
            .param("until", self.until.map_or(LATEST_MS, Timestamp::as_millisecond))
            .param("kinds", self.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>())
            .param("causes", &self.causes)
            .param("departments", &self.departments)
            .param("agent_no", self.agent_no.as_deref().unwrap_or_default())
            .param("streams", self.streams.iter().map(|stream| stream.name()).collect::<Vec<_>>())
    }
}
