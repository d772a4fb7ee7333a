//! What was sent to whom.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::{Warehouse, WarehouseError};

/// A claim or an outcome. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DeliveryNote {
    /// What and where.
    pub key: String,
    pub at: i64,
    /// Of a claim; empty: an outcome.
    pub claimant: String,
    /// `claimed`, `sent` or `failed`.
    pub what: String,
    pub detail: String,
}

/// Notes of one answer at most.
const NOTES: u32 = 1_000;

impl Warehouse {
    /// Notes of one delivery, the newest first; of all where `key` is empty.
    ///
    /// # Errors
    /// What the server says.
    pub async fn delivery_notes(&self, key: &str) -> Result<Vec<DeliveryNote>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/delivery_notes.sql");
        self.fetch_all("reading the delivery log", SQL, |query| query.param("key", key).param("limit", NOTES)).await
    }

    /// Adds a note.
    ///
    /// # Errors
    /// What the server says.
    pub async fn note_delivery(&self, note: &DeliveryNote) -> Result<(), WarehouseError> {
        self.insert_rows("delivery_notes", [note]).await
    }
}
