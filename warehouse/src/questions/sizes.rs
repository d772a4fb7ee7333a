//! How much is stored.

use clickhouse::Row;
use serde::Deserialize;
use tingjian_schemas::Stream;

use crate::{Warehouse, WarehouseError, rows::Table};

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct TableSizeRow {
    /// Its name.
    pub name: String,
    /// Rows, replaced ones that are not merged away yet included.
    pub rows: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

#[derive(Row, Deserialize)]
struct FactsRow {
    facts: u64,
}

impl Warehouse {
    /// Every table with its rows and bytes.
    ///
    /// # Errors
    /// What the server says.
    pub async fn table_sizes(&self) -> Result<Vec<TableSizeRow>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/table_sizes.sql");
        self.fetch_all("measuring tables", SQL, |query| query).await
    }

    /// Facts (or records, for a text stream: of all three) stored of a stream, each id once.
    ///
    /// # Errors
    /// What the server says.
    pub async fn fact_count(&self, stream: Stream) -> Result<u64, WarehouseError> {
        const SQL: &str = include_str!("../../questions/fact_counts.sql");
        let table = Table::of(stream).name();
        let rows: Vec<FactsRow> = self.fetch_all("counting facts", SQL, |query| query.param("table", table)).await?;
        Ok(rows.first().map_or(0, |row| row.facts))
    }
}
