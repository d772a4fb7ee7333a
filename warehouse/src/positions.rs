//! How far the warehouse has come in each run of source records.

use std::sync::Arc;

use clickhouse::Row;
use serde::Deserialize;
use tingjian_schemas::{Partition, Positions};

use crate::{Warehouse, WarehouseError};

#[derive(Row, Deserialize)]
struct Held {
    source: String,
    number: u32,
    next: u64,
}

impl Warehouse {
    /// Per partition the offset wanted next: everything before it is stored, durably.
    ///
    /// # Errors
    /// What the server says.
    pub async fn positions(&self) -> Result<Positions, WarehouseError> {
        const SQL: &str = include_str!("../statements/positions.sql");
        let held: Vec<Held> = self.fetch_all("reading the positions", SQL, |query| query).await?;
        let partition = |held: &Held| Partition { source: Arc::from(held.source.as_str()), number: held.number };
        Ok(held.iter().map(|held| (partition(held), held.next)).collect())
    }
}
