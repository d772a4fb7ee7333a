//! What the tables take on disk.

use clickhouse::Row;
use serde::Deserialize;

use crate::{Warehouse, WarehouseError};

/// One table on the server that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct TableSize {
    /// Name.
    pub table: String,
    /// Rows, replaced ones included until they are merged away.
    pub rows: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Parts; many of them mean that merges do not keep up.
    pub parts: u64,
}

impl Warehouse {
    /// What every table takes.
    ///
    /// # Errors
    /// What the server says.
    pub async fn table_sizes(&self) -> Result<Vec<TableSize>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/table_sizes.sql");
        self.fetch_all("measuring the tables", SQL, |query| query).await
    }
}
