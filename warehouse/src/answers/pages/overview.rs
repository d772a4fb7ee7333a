//! Everything the first page counts of one span, in one scan.

use clickhouse::Row;
use serde::Deserialize;

use crate::{Span, Warehouse, WarehouseError};

/// Distinct records under one value of one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct DimensionCount {
    /// `all`, `kind`, `basis`, `abstained`, `cause`, or `department_` with a basis.
    pub dimension: String,
    /// Its value.
    pub key: String,
    /// Distinct records.
    pub records: u64,
}

impl Warehouse {
    /// Distinct records of the span by kind, basis, cause, and department and basis.
    ///
    /// # Errors
    /// What the server says.
    pub async fn dimension_counts(&self, span: Span) -> Result<Vec<DimensionCount>, WarehouseError> {
        const SQL: &str = include_str!("../../../questions/pages/overview.sql");
        let reading = self.reading(span.reach()).await?;
        let bind = |query| reading.bind(span.bind(query));
        self.fetch_all("counting records of a week", &reading.sql(SQL), bind).await
    }
}
