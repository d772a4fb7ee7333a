//! Causes by department and week.

use clickhouse::Row;
use serde::Deserialize;

use crate::{
    Filters, Warehouse, WarehouseError,
    answers::MAX_GROUPS,
    questions::{FILTERS, Hours, attributed, with_parts},
};

/// Distinct records of a cause in a week.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct MatrixCell {
    /// Leaf of the taxonomy.
    pub cause: String,
    /// Department that answers for the record; empty: whatever department, each record once.
    pub department: String,
    /// ISO week.
    pub week: String,
    /// Distinct records.
    pub records: u64,
}

impl Warehouse {
    /// Distinct records by cause and week, and by cause, department and week.
    ///
    /// # Errors
    /// What the server says.
    pub async fn matrix(&self, filters: &Filters, zone: &str) -> Result<Vec<MatrixCell>, WarehouseError> {
        const SQL: &str = include_str!("../../../questions/pages/matrix.sql");
        let sql = with_parts(SQL, &[("attributed", &attributed(Hours::All)), FILTERS]);
        let bind = |query| filters.bind(query).param("zone", zone).param("limit", MAX_GROUPS);
        self.fetch_all("counting causes by department and week", &sql, bind).await
    }
}
