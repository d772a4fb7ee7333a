//! Counts that are held against the index.

use clickhouse::Row;
use serde::Deserialize;

use super::selection::{Selection, with_filters};
use crate::{Warehouse, WarehouseError};

/// Records of one day, kind and primary cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Row, Deserialize)]
pub struct DayRow {
    /// `2026-11-16`, in UTC.
    pub day: String,
    /// Kind.
    pub kind: String,
    /// Primary cause; empty: none.
    pub cause: String,
    /// Distinct records.
    pub records: u64,
}

impl Warehouse {
    /// Records by day, kind and primary cause, in that order.
    ///
    /// # Errors
    /// What the server says.
    pub async fn daily(&self, selection: &Selection) -> Result<Vec<DayRow>, WarehouseError> {
        let sql = with_filters(include_str!("../../questions/daily.sql"));
        self.fetch_all("counting by day", &sql, |query| selection.bind(query, selection.since_ms())).await
    }
}
