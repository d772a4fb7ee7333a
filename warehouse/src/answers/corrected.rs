//! Corrections as rows to train on.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::{Warehouse, WarehouseError};

/// A masked text with the labels an analyst gave it.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CorrectedRecord {
    /// Of the record.
    pub id: String,
    pub text: String,
    pub kind: String,
    /// Primary first.
    pub causes: Vec<String>,
}

impl Warehouse {
    /// Every corrected record with its labels, by id.
    ///
    /// # Errors
    /// What the server says.
    pub async fn corrected_records(&self) -> Result<Vec<CorrectedRecord>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/corrected.sql");
        self.fetch_all("reading corrections", SQL, |query| query).await
    }
}
