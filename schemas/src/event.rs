//! The eleven events as a sender writes them, after validation.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Kind, Stream};

/// One valid event of any stream, with what the contract does not know kept aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The stream it came by.
    pub stream: Stream,
    /// Fields every stream has.
    pub common: Common,
    /// The stream's own fields.
    pub body: Body,
    /// Fields the contract does not know: never an error, kept and counted.
    pub unknown_fields: serde_json::Map<String, serde_json::Value>,
}

/// Fields every event has or may have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Common {
    /// Idempotency key, 1 to 64 bytes.
    pub event_id: String,
    /// When it happened (RFC 3339 with offset).
    pub occurred_at: Timestamp,
    /// System it came from.
    pub source: Option<String>,
    /// Channel the customer used.
    pub channel: Option<String>,
    /// Who the customer is; never stored in the clear.
    pub customer: Option<Customer>,
    /// Order number; never stored in the clear.
    pub order_id: Option<String>,
    /// Case (work order) number.
    pub case_id: Option<String>,
    /// Call number.
    pub call_id: Option<String>,
    /// 工号.
    pub agent_no: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Delivery lane.
    pub lane: Option<Lane>,
}

/// Who the customer is, as far as the sender knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Customer {
    pub phone: Option<String>,
    pub account: Option<String>,
    pub name: Option<String>,
}

/// A delivery lane: at least one of its parts is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Lane {
    pub origin: Option<String>,
    pub destination: Option<String>,
    pub carrier: Option<String>,
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
    pub text: String,
    /// The sender's own category.
    pub category: Option<String>,
}

/// 表扬.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Commendation {
    pub text: String,
    /// Who is praised; at least one.
    pub praised: Vec<Praised>,
    pub filed_by: Option<String>,
    pub recording_ref: Option<String>,
}

/// One who is praised: an agent, a department, or an agent of a department.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Praised {
    pub agent_no: Option<String>,
    pub department: Option<String>,
}

/// 通话小结.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct CallNote {
    pub text: String,
    pub skill_group: Option<String>,
    /// Seconds in the queue.
    pub queue_wait_s: Option<u32>,
    /// Seconds of talk.
    pub talk_s: Option<u32>,
    /// Key presses in the phone menu.
    pub ivr_presses: Option<u32>,
    /// Menu nodes in the order they were visited.
    pub ivr_path: Vec<String>,
    pub transfers: Vec<Transfer>,
    pub questions_repeated: Option<u32>,
    pub resolved: Option<bool>,
}

/// One transfer of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Transfer {
    pub from: String,
    pub to: String,
    pub at: Timestamp,
}

/// Who or what made a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum PromiseMaker {
    Advert,
    Page,
    InternalStandard,
    Agent,
    Callback,
}

/// A promise. Linked by the common `order_id` or `case_id`; with neither it is a standing promise for the common `lane`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Promise {
    pub promise_id: String,
    pub made_by_kind: PromiseMaker,
    pub owner_department: String,
    pub made_at: Timestamp,
    /// One of `due_at` and `promised_min` is there.
    pub due_at: Option<Timestamp>,
    /// Minutes.
    pub promised_min: Option<u32>,
    /// End of a standing promise, exclusive.
    pub valid_until: Option<Timestamp>,
    pub text: Option<String>,
    /// When the agents were told; absent: not yet.
    pub agents_notified_at: Option<Timestamp>,
}

/// What happened to an order. `order_id`, `lane` and `department` of the common part are required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Delivery {
    pub started_at: Timestamp,
    /// Absent while open.
    pub finished_at: Option<Timestamp>,
}

/// A step in the life of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum CaseStep {
    Opened,
    Assigned,
    WaitingCustomer,
    Resumed,
    FollowUp,
    Resolved,
    Reopened,
    Closed,
}

/// A step in the life of a case. The common `case_id` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct CaseEvent {
    pub kind: CaseStep,
    /// Who holds the clock from here on: a department, or `customer`.
    pub holder: String,
    pub text: Option<String>,
}

/// A department was asked. The common `case_id` is required here; asked at `occurred_at`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct DepartmentRequest {
    pub request_id: String,
    pub to_department: String,
    pub node: Option<String>,
    /// Default: an hour after the request.
    pub due_at: Option<Timestamp>,
    pub text: Option<String>,
}

/// A department answered at `occurred_at`. The common `department` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct DepartmentReply {
    pub request_id: String,
    pub outcome: Option<String>,
    pub text: Option<String>,
}

/// 判责的结论.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Verdict {
    Responsible,
    Partly,
    NotResponsible,
    ForceMajeure,
    Pending,
}

/// 判责. The common `department` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Judgement {
    pub record_id: String,
    pub verdict: Verdict,
    pub judge: String,
    pub reason: String,
    /// The appeal it answers.
    pub appeal_id: Option<String>,
}

/// 申诉. The common `department` is required here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Appeal {
    pub appeal_id: String,
    pub record_id: String,
    pub filed_by: String,
    pub reason: String,
}

/// An analyst's correction of a label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Correction {
    pub record_id: String,
    pub by: String,
    pub kind: Option<Kind>,
    pub causes: Option<Vec<String>>,
    pub note: Option<String>,
}
