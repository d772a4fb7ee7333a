//! The eleven events as a sender writes them, after validation.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CaseStep, Kind, PromiseMaker, Stream, Verdict, limits};

/// One valid event of any stream, with what the contract does not know kept aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The stream it came by.
    pub stream: Stream,
    /// Fields every stream has.
    pub common: Common,
    /// The stream's own fields.
    pub body: Body,
    /// Fields the contract does not know: never an error, kept and counted. Those of a known object stand under their
    /// path: what is led by `customer.` says who the customer is as much as `customer` itself.
    pub unknown_fields: serde_json::Map<String, serde_json::Value>,
}

/// Fields every event has or may have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Common {
    /// Idempotency key, 1 to 64 bytes.
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub event_id: String,
    /// When it happened (RFC 3339 with offset).
    pub occurred_at: Timestamp,
    /// System it came from.
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Channel the customer used.
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Who the customer is; never stored in the clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Order number; never stored in the clear.
    #[schemars(length(max = limits::ID_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Case (work order) number.
    #[schemars(length(max = limits::ID_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
    /// Call number.
    #[schemars(length(max = limits::ID_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// 工号.
    #[schemars(length(max = limits::ID_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_no: Option<String>,
    /// Department.
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Delivery lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
}

/// Who the customer is, as far as the sender knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Customer {
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A delivery lane: at least one of its parts is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("anyOf" = [
    { "required": ["origin"], "properties": { "origin": { "type": "string", "minLength": 1 } } },
    { "required": ["destination"], "properties": { "destination": { "type": "string", "minLength": 1 } } },
    { "required": ["carrier"], "properties": { "carrier": { "type": "string", "minLength": 1 } } },
    { "required": ["service"], "properties": { "service": { "type": "string", "minLength": 1 } } }
]))]
#[allow(missing_docs)]
pub struct Lane {
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// The own fields of each stream.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Body {
    Complaint(Complaint),
    Commendation(Commendation),
    CallNote(CallNote),
    Promise(Promise),
    Delivery(Delivery),
    CaseEvent(CaseEvent),
    DepartmentRequest(DepartmentRequest),
    DepartmentReply(DepartmentReply),
    Judgement(Judgement),
    Appeal(Appeal),
    Correction(Correction),
}

/// 投诉.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Complaint {
    #[schemars(length(min = 1, max = limits::TEXT_BYTES))]
    pub text: String,
    /// The sender's own category.
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// 表扬.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Commendation {
    #[schemars(length(min = 1, max = limits::TEXT_BYTES))]
    pub text: String,
    /// Who is praised; at least one.
    #[schemars(length(min = 1, max = limits::LIST_ITEMS))]
    pub praised: Vec<Praised>,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filed_by: Option<String>,
    #[schemars(length(max = limits::REFERENCE_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_ref: Option<String>,
}

/// One who is praised: an agent, a department, or an agent of a department.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("anyOf" = [
    { "required": ["agent_no"], "properties": { "agent_no": { "type": "string", "minLength": 1 } } },
    { "required": ["department"], "properties": { "department": { "type": "string", "minLength": 1 } } }
]))]
#[allow(missing_docs)]
pub struct Praised {
    #[schemars(length(max = limits::ID_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_no: Option<String>,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

/// 通话小结.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct CallNote {
    #[schemars(length(min = 1, max = limits::TEXT_BYTES))]
    pub text: String,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill_group: Option<String>,
    /// Seconds in the queue.
    #[schemars(range(max = limits::CALL_S))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_wait_s: Option<u32>,
    /// Seconds of talk.
    #[schemars(range(max = limits::CALL_S))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk_s: Option<u32>,
    /// Key presses in the phone menu.
    #[schemars(range(max = limits::COUNT))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ivr_presses: Option<u32>,
    /// Menu nodes in the order they were visited.
    #[schemars(length(max = limits::LIST_ITEMS), inner(length(min = 1, max = limits::NAME_BYTES)))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ivr_path: Vec<String>,
    #[schemars(length(max = limits::LIST_ITEMS))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<Transfer>,
    #[schemars(range(max = limits::COUNT))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub questions_repeated: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<bool>,
}

/// One transfer of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Transfer {
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub from: String,
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub to: String,
    pub at: Timestamp,
}

/// A promise. Linked by the common `order_id` or `case_id`; with neither it is a standing promise for the common `lane`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Promise {
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub promise_id: String,
    pub made_by_kind: PromiseMaker,
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub owner_department: String,
    pub made_at: Timestamp,
    /// One of `due_at` and `promised_min` is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Minutes.
    #[schemars(range(max = limits::PROMISE_MIN))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised_min: Option<u32>,
    /// End of a standing promise, exclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    #[schemars(length(max = limits::TEXT_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When the agents were told; absent: not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agents_notified_at: Option<Timestamp>,
}

/// What happened to an order. `order_id`, `lane` and `department` of the common part are required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Delivery {
    pub started_at: Timestamp,
    /// Absent while open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
}

/// A step in the life of a case. The common `case_id` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct CaseEvent {
    pub kind: CaseStep,
    /// Who holds the clock from here on: a department, or `customer`.
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub holder: String,
    #[schemars(length(max = limits::TEXT_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A department was asked. The common `case_id` is required here; asked at `occurred_at`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct DepartmentRequest {
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub request_id: String,
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub to_department: String,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Default: an hour after the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    #[schemars(length(max = limits::TEXT_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A department answered at `occurred_at`. The common `department` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct DepartmentReply {
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub request_id: String,
    #[schemars(length(max = limits::NAME_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    #[schemars(length(max = limits::TEXT_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// 判责. The common `department` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Judgement {
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub record_id: String,
    pub verdict: Verdict,
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub judge: String,
    #[schemars(length(min = 1, max = limits::TEXT_BYTES))]
    pub reason: String,
    /// The appeal it answers.
    #[schemars(length(max = limits::ID_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal_id: Option<String>,
}

/// 申诉. The common `department` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Appeal {
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub appeal_id: String,
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub record_id: String,
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub filed_by: String,
    #[schemars(length(min = 1, max = limits::TEXT_BYTES))]
    pub reason: String,
}

/// An analyst's correction of a label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Correction {
    #[schemars(length(min = 1, max = limits::ID_BYTES))]
    pub record_id: String,
    #[schemars(length(min = 1, max = limits::NAME_BYTES))]
    pub by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[schemars(length(max = limits::CAUSES), inner(length(min = 1, max = limits::ID_BYTES)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causes: Option<Vec<String>>,
    #[schemars(length(max = limits::TEXT_BYTES))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
