//! Whole records.

use clickhouse::Row;
use serde::Deserialize;

use super::selection::{Selection, with_filters};
use crate::{Warehouse, WarehouseError};

/// A record as it is stored. Empty strings and all-zero keys: unknown. Times: milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct StoredRecord {
    pub record_id: String,
    pub stream: String,
    pub occurred_at: i64,
    pub received_at: i64,
    pub source: String,
    pub channel: String,
    pub customer_key: [u8; 16],
    pub order_key: [u8; 16],
    pub case_key: [u8; 16],
    pub call_id: String,
    pub agent_no: String,
    pub department: String,
    pub lane_origin: String,
    pub lane_destination: String,
    pub lane_carrier: String,
    pub lane_service: String,
    pub unknown_fields: String,
    pub category: String,
    pub praised_agent_nos: Vec<String>,
    pub praised_departments: Vec<String>,
    pub filed_by: String,
    pub recording_ref: String,
    pub skill_group: String,
    pub queue_wait_s: Option<u32>,
    pub talk_s: Option<u32>,
    pub ivr_presses: Option<u32>,
    pub ivr_path: Vec<String>,
    pub transfers_from: Vec<String>,
    pub transfers_to: Vec<String>,
    pub transfers_at: Vec<i64>,
    pub questions_repeated: Option<u32>,
    pub resolved: Option<bool>,
    pub text: String,
    pub kind: String,
    pub kind_score: f32,
    pub cause_codes: Vec<String>,
    pub cause_departments: Vec<String>,
    pub cause_scores: Vec<f32>,
    pub cause_starts: Vec<Vec<u32>>,
    pub cause_ends: Vec<Vec<u32>>,
    pub promised_min: Option<u32>,
    pub actual_min: Option<u32>,
    pub actual_open: Option<bool>,
    pub praise: bool,
    pub abuse: bool,
    pub abstained: bool,
    pub dictionary_version: String,
    pub taxonomy_version: String,
    pub rules_version: String,
    pub model_version: String,
}

impl Warehouse {
    /// One record.
    ///
    /// # Errors
    /// What the server says.
    pub async fn record(&self, record_id: &str) -> Result<Option<StoredRecord>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/record.sql");
        let ids = [record_id];
        let mut records = self.fetch_all("reading a record", SQL, |query| query.param("ids", ids)).await?;
        Ok(records.pop())
    }

    /// Gives every record of a selection to `take`, oldest first, as they come; the answer is how many.
    ///
    /// # Errors
    /// What the server says; records given before it are right.
    pub async fn for_each_record(
        &self,
        selection: &Selection,
        take: impl FnMut(StoredRecord),
    ) -> Result<u64, WarehouseError> {
        let sql = with_filters(include_str!("../../questions/export.sql"));
        let bind = |query| selection.bind(query, selection.since_ms());
        self.for_each::<StoredRecord>("exporting records", &sql, bind, take).await
    }
}
