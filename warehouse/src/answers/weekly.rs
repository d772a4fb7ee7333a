//! Weekly counts of causes, for what is surprising among them.

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

impl Warehouse {
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
