//! Complaints that a promise shorter than the lane's capability caused.

use clickhouse::Row;
use serde::Deserialize;

use super::Span;
use crate::{Warehouse, WarehouseError};

/// Those of one lane.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct OverPromisedLane {
    pub lane: String,
    pub records: u64,
    /// Median of what these customers were promised.
    pub promised_min: i64,
    /// Median of what the lane could do.
    pub capability_min: i64,
    /// Who answers for how many, in the order of names.
    pub owners: Vec<String>,
    pub owner_records: Vec<u64>,
}

impl Warehouse {
    /// Complaints with an over-promise share by lane, the lane with most first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn over_promised_lanes(&self, span: Span) -> Result<Vec<OverPromisedLane>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/over_promises.sql");
        self.fetch_all("counting over-promises", SQL, |query| span.bind(query)).await
    }
}
