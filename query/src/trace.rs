//! What is known of why a record came to be. Facts are joined by a later version; what only they could tell is `null`.

use serde::Serialize;
use tingjian_warehouse::Warehouse;
use utoipa::ToSchema;

use crate::{QueryError, RecordAnswer, VersionsView, record};

/// Seconds a key press, a transfer and a repeated question cost a customer (`FACTS`: effort).
const PRESS_S: f64 = 3.0;
const TRANSFER_S: f64 = 60.0;
const REPEAT_S: f64 = 30.0;

/// The trace of one record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TraceAnswer {
    /// The record.
    pub record: RecordAnswer,
    /// How late, as far as the text says.
    pub decomposition: Option<Decomposition>,
    /// Who is responsible, the primary cause first.
    pub responsible: Vec<Responsible>,
    /// `not_responsible` where the text's own times show that the promise was kept; otherwise `pending` without facts.
    pub verdict: &'static str,
    /// What it cost the customer, where the call was measured.
    pub effort: Option<Effort>,
    /// What made the reading.
    pub versions: VersionsView,
}

/// Lateness in minutes; late = over-promise + overrun, both unknown without a capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decomposition {
    /// `text`.
    pub basis: &'static str,
    /// Actual less promised, signed.
    pub late_min: i64,
    /// Share of who promised.
    pub overpromise_min: Option<i64>,
    /// Share of who delivered.
    pub overrun_min: Option<i64>,
}

/// One responsible department.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Responsible {
    /// Department.
    pub department: String,
    /// Cause.
    pub cause: String,
    /// Its share, minutes.
    pub minutes: Option<i64>,
    /// Why it is named.
    pub reason: String,
}

/// The customer's own effort, minutes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct Effort {
    pub wait_min: f64,
    pub talk_min: f64,
    pub press_min: f64,
    pub transfer_min: f64,
    pub repeat_min: f64,
    pub total_min: f64,
}

/// Traces one record; `None` when there is none of that id.
///
/// # Errors
/// The warehouse is away.
pub async fn trace(warehouse: &Warehouse, record_id: &str) -> Result<Option<TraceAnswer>, QueryError> {
    Ok(record(warehouse, record_id).await?.map(|record| {
        let decomposition = decomposition(&record);
        let kept = decomposition.as_ref().is_some_and(|d| d.late_min <= 0) && record.actual_open == Some(false);
        TraceAnswer {
            verdict: if kept { "not_responsible" } else { "pending" },
            responsible: responsible(&record),
            effort: effort(&record),
            versions: record.versions.clone(),
            decomposition,
            record,
        }
    }))
}

fn decomposition(record: &RecordAnswer) -> Option<Decomposition> {
    let late_min = i64::from(record.actual_min?) - i64::from(record.promised_min?);
    Some(Decomposition { basis: "text", late_min, overpromise_min: None, overrun_min: None })
}

fn responsible(record: &RecordAnswer) -> Vec<Responsible> {
    let named = record.causes.iter().map(|cause| Responsible {
        department: cause.department.clone(),
        cause: cause.code.clone(),
        minutes: None,
        reason: "根因分类中的责任部门，依据原文".into(),
    });
    named.collect()
}

fn effort(record: &RecordAnswer) -> Option<Effort> {
    let measured = record.queue_wait_s.is_some() || record.talk_s.is_some() || record.ivr_presses.is_some();
    if !measured && record.transfers.is_empty() {
        return None;
    }
    let minutes = |count: Option<u32>, seconds: f64| f64::from(count.unwrap_or(0)) * seconds / 60.0;
    let wait_min = minutes(record.queue_wait_s, 1.0);
    let talk_min = minutes(record.talk_s, 1.0);
    let press_min = minutes(record.ivr_presses, PRESS_S);
    let transfer_min = record.transfers.len() as f64 * TRANSFER_S / 60.0;
    let repeat_min = minutes(record.questions_repeated, REPEAT_S);
    let total_min = wait_min + talk_min + press_min + transfer_min + repeat_min;
    Some(Effort { wait_min, talk_min, press_min, transfer_min, repeat_min, total_min })
}
