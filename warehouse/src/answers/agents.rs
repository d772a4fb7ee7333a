//! One agent's own record.

use clickhouse::Row;
use serde::Deserialize;

use super::Span;
use crate::{Warehouse, WarehouseError};

/// Records an agent is named by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct AgentCounts {
    pub records: u64,
    pub misquoted: u64,
    pub exonerated: u64,
}

/// A record that moved off an agent. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct ClearedRecord {
    pub record_id: String,
    pub occurred_at: i64,
    pub rule: String,
    pub moved_to: String,
    pub overpromise_min: Option<i64>,
}

/// A commendation. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct PraiseOf {
    pub record_id: String,
    pub occurred_at: i64,
    pub text: String,
}

const ACTION: &str = "looking at an agent";

impl Warehouse {
    /// What facts say of one agent's promises.
    ///
    /// # Errors
    /// What the server says.
    pub async fn agent_counts(&self, agent_no: &str, span: Span) -> Result<AgentCounts, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/agent_records.sql");
        let rows: Vec<AgentCounts> =
            self.fetch_all(ACTION, SQL, |query| span.bind(query).param("agent_no", agent_no)).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// What moved off one agent's record, the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn agent_cleared(
        &self,
        agent_no: &str,
        span: Span,
        limit: u32,
    ) -> Result<Vec<ClearedRecord>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/agent_cleared.sql");
        self.fetch_all(ACTION, SQL, |query| span.bind(query).param("agent_no", agent_no).param("limit", limit)).await
    }

    /// Commendations of one agent, the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn agent_praise(&self, agent_no: &str, span: Span, limit: u32) -> Result<Vec<PraiseOf>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/agent_praise.sql");
        self.fetch_all(ACTION, SQL, |query| span.bind(query).param("agent_no", agent_no).param("limit", limit)).await
    }
}
