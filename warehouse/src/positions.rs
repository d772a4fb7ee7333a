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

    /// Forgets how far it has come in a source, on purpose: reading begins at its start again. What is stored stays, and counts
    /// once whatever is read again.
    ///
    /// # Errors
    /// What the server says.
    pub async fn forget_positions(&self, source: &str) -> Result<(), WarehouseError> {
        // A mutation takes no bound parameters.
        let quoted = format!("'{}'", source.replace('\\', "\\\\").replace('\'', "\\'"));
        let sql = include_str!("../statements/forget_positions.sql")
            .replace("{on_cluster}", &self.on_cluster())
            .replace("{source}", &quoted);
        self.execute("forgetting positions", &sql).await
    }
}
