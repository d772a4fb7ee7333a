//! Entries of the promise ledger, one by one.

use clickhouse::{Row, query::Query};
use serde::Deserialize;

use super::{Part, Total, total};
use crate::{Span, Warehouse, WarehouseError, questions::with_parts};

/// Which entries; an empty value filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct EntryChoice {
    pub span: Span,
    pub made_by_kind: String,
    pub owner_department: String,
    pub lane: String,
    /// `kept`, `broken`, `open` or `unknown`.
    pub outcome: String,
}

/// One entry. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct LedgerEntryRow {
    pub promise_id: String,
    pub made_by_kind: String,
    pub owner_department: String,
    pub agent_no: String,
    pub at: i64,
    pub lane: String,
    pub outcome: String,
}

const ACTION: &str = "listing promises";

impl EntryChoice {
    fn bind(&self, query: Query) -> Query {
        let query = self.span.bind(query).param("made_by_kind", &self.made_by_kind);
        let query = query.param("owner_department", &self.owner_department);
        query.param("lane", &self.lane).param("outcome", &self.outcome)
    }
}

fn sql(sql: &str) -> String {
    let chosen = include_str!("../../../questions/pages/entries_chosen.sql");
    with_parts(sql, &[("entries", include_str!("../../../questions/pages/entries.sql")), ("chosen", chosen)])
}

impl Warehouse {
    /// How many entries there are.
    ///
    /// # Errors
    /// What the server says.
    pub async fn entries_total(&self, choice: &EntryChoice) -> Result<u64, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/promise_entries_total.sql"));
        let rows: Vec<Total> = self.fetch_all(ACTION, &sql, |query| choice.bind(query)).await?;
        Ok(total(&rows))
    }

    /// Entries, those made last first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn entries(&self, choice: &EntryChoice, part: Part) -> Result<Vec<LedgerEntryRow>, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/promise_entries.sql"));
        let bind = |query| choice.bind(query).param("limit", part.limit).param("offset", part.offset);
        self.fetch_all(ACTION, &sql, bind).await
    }
}
