//! Agents, appeals and lanes as lists.

use clickhouse::Row;
use serde::Deserialize;

use crate::{
    Span, Warehouse, WarehouseError,
    questions::{DELAYS, with_parts},
};

/// An agent's contacts and commendations.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct AgentRow {
    pub agent: String,
    pub contacts: u64,
    pub commendations: u64,
}

/// An appeal and what answered it. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct AppealRow {
    pub appeal_id: String,
    pub record_id: String,
    pub at: i64,
    pub department: String,
    pub filed_by: String,
    pub reason: String,
    /// Of the judgement that answered it; empty: none yet.
    pub verdict: String,
    pub judged_department: String,
}

/// A lane with its deliveries and what was complained about as late.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct LaneRow {
    pub lane: String,
    pub deliveries: u64,
    pub late_complaints: u64,
}

impl Warehouse {
    /// Agents seen in the span, those praised most first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn agents(&self, span: Span, limit: u32) -> Result<Vec<AgentRow>, WarehouseError> {
        const SQL: &str = include_str!("../../../questions/pages/agents.sql");
        self.fetch_all("listing agents", SQL, |query| span.bind(query).param("limit", limit)).await
    }

    /// Appeals of a department (empty: any), the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn appeals_of(&self, department: &str, span: Span, limit: u32) -> Result<Vec<AppealRow>, WarehouseError> {
        const SQL: &str = include_str!("../../../questions/pages/appeals.sql");
        let bind = |query| span.bind(query).param("department", department).param("limit", limit);
        self.fetch_all("listing appeals", SQL, bind).await
    }

    /// Lanes of deliveries begun in the span, those most complained about first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn busy_lanes(&self, span: Span, limit: u32) -> Result<Vec<LaneRow>, WarehouseError> {
        let sql = with_parts(include_str!("../../../questions/pages/lanes.sql"), &[DELAYS]);
        self.fetch_all("listing lanes", &sql, |query| span.bind(query).param("limit", limit)).await
    }
}
