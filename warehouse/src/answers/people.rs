//! Praise, exonerations, abuse, load, and what quality there is to readings.

use clickhouse::Row;
use serde::Deserialize;

use super::Span;
use crate::{Warehouse, WarehouseError, questions::with_parts};

/// Somebody praised.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct PraisedName {
    /// 工号 or department.
    pub name: String,
    pub records: u64,
    pub example_id: String,
    /// Masked.
    pub example: String,
}

/// Records that moved off agents to whoever answers for the rule.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct MovedTo {
    pub department: String,
    pub records: u64,
    pub agents: u64,
}

/// Sums about people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct PeopleSums {
    pub commendations: u64,
    pub exonerated: u64,
    pub abuse: u64,
    pub agent_days: u64,
    pub days_under: u64,
    pub days_over: u64,
}

/// Cases opened again.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct ReopenedCases {
    /// Who held them when they were called done.
    pub department: String,
    pub cases: u64,
}

/// Records that two people corrected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct DoubleChecks {
    pub checked: u64,
    pub agreed: u64,
}

/// What made some readings.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct ReadingCount {
    pub dictionary: String,
    pub taxonomy: String,
    pub rules: String,
    pub model: String,
    pub records: u64,
}

/// Characters of a good quote.
const GOOD_LENGTH: i32 = 30;

impl Warehouse {
    /// Who was praised in the span, the most praised first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn praised(&self, span: Span, limit: u32) -> Result<Vec<PraisedName>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/praised.sql");
        self.fetch_all("counting praise", SQL, |query| {
            span.bind(query).param("length", GOOD_LENGTH).param("limit", limit)
        })
        .await
    }

    /// Records that moved off agents, by who answers for the rule.
    ///
    /// # Errors
    /// What the server says.
    pub async fn moved_off_agents(&self, span: Span) -> Result<Vec<MovedTo>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/moved.sql");
        self.fetch_all("counting exonerations", SQL, |query| span.bind(query)).await
    }

    /// Sums about people; `band` is what is neither too little nor too much a day.
    ///
    /// # Errors
    /// What the server says.
    pub async fn people_sums(&self, span: Span, zone: &str, band: (u32, u32)) -> Result<PeopleSums, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/people.sql");
        let bind = |query| span.bind(query).param("zone", zone).param("low", band.0).param("high", band.1);
        let rows: Vec<PeopleSums> = self.fetch_all("counting load and abuse", SQL, bind).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// Cases opened again in the span, by who had held them.
    ///
    /// # Errors
    /// What the server says.
    pub async fn reopened_cases(&self, span: Span) -> Result<Vec<ReopenedCases>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/reopened.sql");
        const OF_SPAN: (&str, &str) = ("reopened", include_str!("../../questions/weekly/reopened_of_span.sql"));
        let sql = with_parts(SQL, &[OF_SPAN]);
        self.fetch_all("counting cases opened again", &sql, |query| span.bind(query)).await
    }

    /// Records of the span that two people corrected, each for themselves.
    ///
    /// # Errors
    /// What the server says.
    pub async fn double_checks(&self, span: Span) -> Result<DoubleChecks, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/double_checks.sql");
        let rows: Vec<DoubleChecks> = self.fetch_all("comparing corrections", SQL, |query| span.bind(query)).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// What made the readings of the span's records.
    ///
    /// # Errors
    /// What the server says.
    pub async fn readings(&self, span: Span) -> Result<Vec<ReadingCount>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/readings.sql");
        self.fetch_all("counting versions", SQL, |query| span.bind(query)).await
    }
}
