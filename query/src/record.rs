//! One record as people may see it: masked, with its causes and their evidence.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{CallNote, Commendation, Head, Lane, Reading, Record, Span, TextBody, Transfer, Versions};
use tingjian_warehouse::{StoredRecord, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// One record.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct RecordAnswer {
    pub record_id: String,
    pub stream: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    pub source: Option<String>,
    pub channel: Option<String>,
    /// Keyed hash: the same customer has the same key.
    pub customer_key: Option<String>,
    /// Keyed hash of the order.
    pub order_key: Option<String>,
    /// Keyed hash of the case.
    pub case_key: Option<String>,
    pub call_id: Option<String>,
    pub agent_no: Option<String>,
    pub department: Option<String>,
    pub lane: Option<LaneView>,
    pub category: Option<String>,
    pub praised_agents: Vec<String>,
    pub praised_departments: Vec<String>,
    pub filed_by: Option<String>,
    pub recording_ref: Option<String>,
    pub skill_group: Option<String>,
    pub queue_wait_s: Option<u32>,
    pub talk_s: Option<u32>,
    pub ivr_presses: Option<u32>,
    pub ivr_path: Vec<String>,
    #[schema(value_type = Vec<Object>)]
    pub transfers: Vec<Transfer>,
    pub questions_repeated: Option<u32>,
    pub resolved: Option<bool>,
    /// Fields the contract does not know, masked.
    #[schema(value_type = Option<Object>)]
    pub unknown_fields: Option<serde_json::Value>,
    /// Normalised and masked; evidence counts its characters.
    pub text: String,
    pub kind: String,
    pub kind_score: f32,
    pub causes: Vec<CauseView>,
    pub promised_min: Option<u32>,
    pub actual_min: Option<u32>,
    pub actual_open: Option<bool>,
    pub praised: bool,
    pub abuse: bool,
    pub abstained: bool,
    pub versions: VersionsView,
}

/// A lane.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct LaneView {
    pub origin: Option<String>,
    pub destination: Option<String>,
    pub carrier: Option<String>,
    pub service: Option<String>,
}

/// One cause with its evidence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CauseView {
    /// Leaf of the taxonomy.
    pub code: String,
    /// Responsible department.
    pub department: String,
    /// 0 to 1.
    pub score: f32,
    /// Where the text says so.
    #[schema(value_type = Vec<Object>)]
    pub evidence: Vec<Span>,
}

/// What made the reading.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct VersionsView {
    pub dictionary: String,
    pub taxonomy: String,
    pub rules: String,
    pub model: Option<String>,
}

/// Reads one record; `None` when there is none of that id.
///
/// # Errors
/// The warehouse is away.
pub async fn record(warehouse: &Warehouse, record_id: &str) -> Result<Option<RecordAnswer>, QueryError> {
    Ok(warehouse.record(record_id).await?.map(RecordAnswer::from))
}

/// Reads records in the order of their ids; ids without a record are left out.
///
/// # Errors
/// The warehouse is away.
pub async fn records(warehouse: &Warehouse, record_ids: &[&str]) -> Result<Vec<RecordAnswer>, QueryError> {
    Ok(warehouse.records(record_ids).await?.into_iter().map(RecordAnswer::from).collect())
}

impl From<StoredRecord> for RecordAnswer {
    fn from(stored: StoredRecord) -> Self {
        let Record { head, body, reading, versions } = stored.record;
        let answer = Self::of_head(head, stored.received_at, reading, versions);
        match body {
            TextBody::Complaint(complaint) => Self { category: complaint.category, ..answer },
            TextBody::Commendation(commendation) => answer.with_commendation(commendation),
            TextBody::CallNote(call) => answer.with_call(call),
        }
    }
}

impl RecordAnswer {
    fn of_head(head: Head, received_at: Timestamp, reading: Reading, versions: Versions) -> Self {
        let causes = reading.causes.iter().map(|cause| CauseView {
            code: cause.code.to_string(),
            department: cause.department.to_string(),
            score: cause.score,
            evidence: cause.evidence.clone(),
        });
        Self {
            record_id: head.event_id,
            stream: head.stream.name().to_owned(),
            occurred_at: head.occurred_at,
            received_at,
            source: head.source,
            channel: head.channel,
            customer_key: head.customer_key.map(|key| key.to_string()),
            order_key: head.order_key.map(|key| key.to_string()),
            case_key: head.case_key.map(|key| key.to_string()),
            call_id: head.call_id,
            agent_no: head.agent_no,
            department: head.department,
            lane: head.lane.map(LaneView::from),
            category: None,
            praised_agents: Vec::new(),
            praised_departments: Vec::new(),
            filed_by: None,
            recording_ref: None,
            skill_group: None,
            queue_wait_s: None,
            talk_s: None,
            ivr_presses: None,
            ivr_path: Vec::new(),
            transfers: Vec::new(),
            questions_repeated: None,
            resolved: None,
            unknown_fields: serde_json::from_str(&head.unknown_fields).ok(),
            causes: causes.collect(),
            text: reading.text,
            kind: reading.kind.name().to_owned(),
            kind_score: reading.kind_score,
            promised_min: reading.promised_min,
            actual_min: reading.actual_min,
            actual_open: reading.actual_open,
            praised: reading.praised,
            abuse: reading.abuse,
            abstained: reading.abstained,
            versions: VersionsView::from(versions),
        }
    }

    fn with_commendation(self, body: Commendation) -> Self {
        Self {
            praised_agents: body.praised.iter().filter_map(|praised| praised.agent_no.clone()).collect(),
            praised_departments: body.praised.into_iter().filter_map(|praised| praised.department).collect(),
            filed_by: body.filed_by,
            recording_ref: body.recording_ref,
            ..self
        }
    }

    fn with_call(self, call: CallNote) -> Self {
        Self {
            skill_group: call.skill_group,
            queue_wait_s: call.queue_wait_s,
            talk_s: call.talk_s,
            ivr_presses: call.ivr_presses,
            ivr_path: call.ivr_path,
            transfers: call.transfers,
            questions_repeated: call.questions_repeated,
            resolved: call.resolved,
            ..self
        }
    }
}

impl From<Lane> for LaneView {
    fn from(lane: Lane) -> Self {
        Self { origin: lane.origin, destination: lane.destination, carrier: lane.carrier, service: lane.service }
    }
}

impl From<Versions> for VersionsView {
    fn from(versions: Versions) -> Self {
        Self {
            dictionary: versions.dictionary.to_string(),
            taxonomy: versions.taxonomy.to_string(),
            rules: versions.rules.to_string(),
            model: Some(versions.model.to_string()).filter(|model| !model.is_empty()),
        }
    }
}
