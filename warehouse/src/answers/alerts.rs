//! Alerts between reports.

use clickhouse::Row;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Warehouse, WarehouseError};

/// Something noted of an alert. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AlertNote {
    pub subject: String,
    pub at: i64,
    pub alert_id: String,
    /// `raised`, `acknowledged` or `resolved`.
    pub what: String,
    pub noted_by: String,
    pub title: String,
    pub detail: String,
    /// Path of the page behind it.
    pub link: String,
}

/// Notes of one answer at most.
const NOTES: u32 = 2_000;

impl Warehouse {
    /// What was noted of alerts, the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn alert_notes(&self) -> Result<Vec<AlertNote>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/alerts/notes.sql");
        self.fetch_all("reading alerts", SQL, |query| query.param("limit", NOTES)).await
    }

    /// Adds a note.
    ///
    /// # Errors
    /// What the server says.
    pub async fn note_alert(&self, note: &AlertNote) -> Result<(), WarehouseError> {
        self.insert_rows("alert_notes", [note]).await
    }

    /// Dead letters that came since a moment.
    ///
    /// # Errors
    /// What the server says.
    pub async fn dead_letters_since(&self, since: Timestamp) -> Result<u64, WarehouseError> {
        const SQL: &str = include_str!("../../questions/alerts/dead_letters.sql");
        let since = since.as_millisecond();
        let found: Vec<u64> = self.fetch_all("counting dead letters", SQL, |query| query.param("since", since)).await?;
        Ok(found.first().copied().unwrap_or_default())
    }
}
