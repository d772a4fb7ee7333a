//! Weekly counts of causes and terms, for what is surprising among them.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;

use super::Span;
use crate::{Warehouse, WarehouseError};

/// A cause, or a cause on a lane, in one week.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct WeeklyCell {
    /// `cause:CODE` or `cause_lane:CODE LANE`.
    pub cell: String,
    /// 0: the week that ends where the span ends.
    pub weeks_ago: u32,
    /// Distinct records.
    pub records: u64,
    /// Some of their ids.
    pub examples: Vec<String>,
}

/// Weeks in which terms are counted, the one asked about among them.
pub const TERM_WEEKS: i64 = 13;

/// A run of characters and how many records of each week hold it.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct WeeklyTerm {
    /// Two or four Chinese characters.
    pub term: String,
    /// By weeks ago, from the week asked about on.
    pub counts: Vec<u64>,
    /// Some of this week's records.
    pub examples: Vec<String>,
    /// Terms of the span, also those that are not told.
    pub terms: u64,
}

impl Warehouse {
    /// Counts of the terms that at least `support` records of the last week hold, in one of `one_of` records; weeks end where
    /// the span ends.
    ///
    /// # Errors
    /// What the server says.
    pub async fn weekly_terms(
        &self,
        since: Timestamp,
        until: Timestamp,
        one_of: u64,
        support: u64,
    ) -> Result<Vec<WeeklyTerm>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/weekly_terms.sql");
        let span = Span { since: Some(since), until: Some(until) };
        let bind = |query| span.bind(query).param("one_of", one_of).param("support", support);
        self.fetch_all("counting terms by week", SQL, bind).await
    }

    /// Counts by cell and week; weeks end where the span ends.
    ///
    /// # Errors
    /// What the server says.
    pub async fn weekly_cells(&self, since: Timestamp, until: Timestamp) -> Result<Vec<WeeklyCell>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/weekly_cells.sql");
        let span = Span { since: Some(since), until: Some(until) };
        self.fetch_all("counting causes by week", SQL, |query| span.bind(query)).await
    }
}
