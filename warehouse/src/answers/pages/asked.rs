//! Requests to departments, one by one.

use clickhouse::{Row, query::Query};
use serde::Deserialize;

use super::{Part, Total, total};
use crate::{Span, Warehouse, WarehouseError, questions::with_parts};

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedState {
    /// All.
    Any,
    /// Answered late, or open and past due.
    Late,
    /// Not answered.
    Open,
    /// Not answered and past due.
    Overdue,
}

/// One request. Times in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct AskedDepartment {
    pub request_id: String,
    pub work_order: String,
    pub department: String,
    pub node: String,
    pub asked: i64,
    pub due: i64,
    pub replied: Option<i64>,
    pub late_min: i64,
    pub is_open: bool,
}

const ACTION: &str = "listing requests";

fn sql(sql: &str) -> String {
    with_parts(sql, &[("requests", include_str!("../../../questions/pages/requests.sql"))])
}

fn bind(query: Query, department: &str, state: AskedState, span: Span) -> Query {
    let state = match state {
        AskedState::Any => "",
        AskedState::Late => "late",
        AskedState::Open => "open",
        AskedState::Overdue => "overdue",
    };
    span.bind(query).param("department", department).param("state", state)
}

impl Warehouse {
    /// How many requests; an empty department: any.
    ///
    /// # Errors
    /// What the server says.
    pub async fn asked_total(&self, department: &str, state: AskedState, span: Span) -> Result<u64, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/requests_total.sql"));
        let rows: Vec<Total> = self.fetch_all(ACTION, &sql, |query| bind(query, department, state, span)).await?;
        Ok(total(&rows))
    }

    /// The requests: open ones first, those asked longest ago first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn asked(
        &self,
        department: &str,
        state: AskedState,
        span: Span,
        part: Part,
    ) -> Result<Vec<AskedDepartment>, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/requests_page.sql"));
        let bind = |query| bind(query, department, state, span).param("limit", part.limit).param("offset", part.offset);
        self.fetch_all(ACTION, &sql, bind).await
    }
}
