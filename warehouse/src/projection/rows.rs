//! The rows of what was worked out, as they are written and read back.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// A row of `attributions`. Times are milliseconds since 1970; what is unknown is null or empty.
#[derive(Clone, Debug, Default, PartialEq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AttributionRow {
    pub record_id: String,
    pub occurred_at: i64,
    pub stream: String,
    pub kind: String,
    pub causes: Vec<String>,
    pub agent_no: String,
    #[serde(with = "super::key")]
    pub order_key: [u8; 16],
    #[serde(with = "super::key")]
    pub case_key: [u8; 16],
    pub lane_origin: String,
    pub lane_destination: String,
    pub lane_carrier: String,
    pub lane_service: String,
    pub basis: String,
    pub verdict: String,
    #[serde(rename = "responsible.department")]
    pub responsible_department: Vec<String>,
    #[serde(rename = "responsible.cause")]
    pub responsible_cause: Vec<String>,
    #[serde(rename = "responsible.minutes")]
    pub responsible_minutes: Vec<Option<i64>>,
    #[serde(rename = "responsible.reason")]
    pub responsible_reason: Vec<String>,
    pub unjudged_basis: String,
    pub unjudged_verdict: String,
    #[serde(rename = "unjudged.department")]
    pub unjudged_department: Vec<String>,
    #[serde(rename = "unjudged.cause")]
    pub unjudged_cause: Vec<String>,
    #[serde(rename = "unjudged.minutes")]
    pub unjudged_minutes: Vec<Option<i64>>,
    #[serde(rename = "unjudged.reason")]
    pub unjudged_reason: Vec<String>,
    pub promise_id: String,
    pub made_by_kind: String,
    pub promise_owner: String,
    pub measured_at: Option<i64>,
    pub started_at: Option<i64>,
    pub promised_min: Option<i64>,
    pub actual_min: Option<i64>,
    pub actual_open: bool,
    pub capability_min: Option<u32>,
    pub capability_level: String,
    pub late_min: Option<i64>,
    pub overpromise_min: Option<i64>,
    pub overrun_min: Option<i64>,
    #[serde(rename = "exonerated.agent_no")]
    pub exonerated_agent_no: Vec<String>,
    #[serde(rename = "exonerated.rule")]
    pub exonerated_rule: Vec<String>,
    #[serde(rename = "exonerated.moved_to")]
    pub exonerated_moved_to: Vec<String>,
    pub misquoted_by: String,
    pub evidence: Vec<String>,
    pub moves: bool,
    pub version: u64,
    pub is_deleted: u8,
}

/// A row of `promise_entries`.
#[derive(Clone, Debug, Default, PartialEq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PromiseEntriesRow {
    pub unit: String,
    #[serde(with = "super::key")]
    pub unit_key: [u8; 16],
    #[serde(rename = "entries.promise_id")]
    pub promise_id: Vec<String>,
    #[serde(rename = "entries.made_by_kind")]
    pub made_by_kind: Vec<String>,
    #[serde(rename = "entries.owner_department")]
    pub owner_department: Vec<String>,
    #[serde(rename = "entries.agent_no")]
    pub agent_no: Vec<String>,
    #[serde(rename = "entries.made_at")]
    pub made_at: Vec<i64>,
    #[serde(rename = "entries.lane")]
    pub lane: Vec<String>,
    #[serde(rename = "entries.outcome")]
    pub outcome: Vec<String>,
    pub moves: bool,
    pub version: u64,
    pub is_deleted: u8,
}

/// A row of `case_times`.
#[derive(Clone, Debug, Default, PartialEq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CaseTimesRow {
    #[serde(with = "super::key")]
    pub case_key: [u8; 16],
    pub opened_at: Option<i64>,
    pub elapsed_min: i64,
    pub open: bool,
    pub reopened: u32,
    pub follow_ups: u32,
    #[serde(rename = "holds.holder")]
    pub hold_holder: Vec<String>,
    #[serde(rename = "holds.from")]
    pub hold_from: Vec<i64>,
    #[serde(rename = "holds.to")]
    pub hold_to: Vec<i64>,
    #[serde(rename = "holds.minutes")]
    pub hold_minutes: Vec<i64>,
    #[serde(rename = "holds.open")]
    pub hold_open: Vec<bool>,
    #[serde(rename = "requests.request_id")]
    pub request_id: Vec<String>,
    #[serde(rename = "requests.to_department")]
    pub request_to: Vec<String>,
    #[serde(rename = "requests.node")]
    pub request_node: Vec<String>,
    #[serde(rename = "requests.asked_at")]
    pub request_asked_at: Vec<i64>,
    #[serde(rename = "requests.due_at")]
    pub request_due_at: Vec<i64>,
    #[serde(rename = "requests.replied_at")]
    pub request_replied_at: Vec<Option<i64>>,
    #[serde(rename = "requests.late_min")]
    pub request_late_min: Vec<i64>,
    #[serde(rename = "requests.open")]
    pub request_open: Vec<bool>,
    pub moves: bool,
    pub version: u64,
    pub is_deleted: u8,
}

/// A row of `contact_places`.
#[derive(Clone, Debug, Default, PartialEq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ContactPlaceRow {
    pub record_id: String,
    pub occurred_at: i64,
    #[serde(with = "super::key")]
    pub customer_key: [u8; 16],
    pub chain_id: String,
    pub place: u32,
    pub next_after_ms: Option<i64>,
    pub version: u64,
    pub is_deleted: u8,
}

/// A row of `lane_trips`.
#[derive(Clone, Debug, Default, PartialEq, Row, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LaneTripRow {
    pub lane_carrier: String,
    pub lane_service: String,
    pub lane_origin: String,
    pub lane_destination: String,
    pub started_at: i64,
    #[serde(with = "super::key")]
    pub order_key: [u8; 16],
    pub finished_at: Option<i64>,
    pub version: u64,
    pub is_deleted: u8,
}

impl AttributionRow {
    /// Nothing is told of this record at this time any more.
    pub fn voided(record_id: &str, occurred_at: i64, version: u64) -> Self {
        Self { record_id: record_id.to_owned(), occurred_at, version, is_deleted: 1, ..Self::default() }
    }
}

impl ContactPlaceRow {
    /// This contact is in no chain at this time any more.
    pub fn voided(record_id: &str, occurred_at: i64, version: u64) -> Self {
        Self { record_id: record_id.to_owned(), occurred_at, version, is_deleted: 1, ..Self::default() }
    }
}
