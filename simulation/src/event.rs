//! The eleven events as JSON, field by field as the contract names them.

use serde::Serialize;
use tingjian_schemas::{CaseStep, Kind, PromiseMaker, Verdict};

use crate::{centre::LaneName, clock::Stamp};

/// Every event says that nobody ever said it.
pub(crate) const SOURCE: &str = "synthetic";

#[derive(Serialize)]
pub(crate) struct Customer {
    pub(crate) phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// What every event has or may have.
#[derive(Serialize)]
pub(crate) struct Head<'a> {
    pub(crate) event_id: String,
    pub(crate) occurred_at: Stamp,
    pub(crate) source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer: Option<Customer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) order_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) case_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lane: Option<&'a LaneName>,
}

/// A common part and a stream's own.
#[derive(Serialize)]
pub(crate) struct Event<'a, B> {
    #[serde(flatten)]
    pub(crate) head: Head<'a>,
    #[serde(flatten)]
    pub(crate) body: B,
}

#[derive(Serialize)]
pub(crate) struct Complaint<'a> {
    pub(crate) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct Praised<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct Commendation<'a> {
    pub(crate) text: &'a str,
    pub(crate) praised: [Praised<'a>; 1],
    pub(crate) filed_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recording_ref: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Transfer<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) at: Stamp,
}

#[derive(Serialize)]
pub(crate) struct CallNote<'a> {
    pub(crate) text: &'a str,
    pub(crate) skill_group: &'a str,
    pub(crate) queue_wait_s: u32,
    pub(crate) talk_s: u32,
    pub(crate) ivr_presses: u32,
    pub(crate) ivr_path: &'a [String],
    pub(crate) transfers: Vec<Transfer<'a>>,
    pub(crate) questions_repeated: u32,
    pub(crate) resolved: bool,
}

#[derive(Serialize)]
pub(crate) struct Promise {
    pub(crate) promise_id: String,
    pub(crate) made_by_kind: PromiseMaker,
    pub(crate) owner_department: &'static str,
    pub(crate) made_at: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) promised_min: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agents_notified_at: Option<Stamp>,
}

#[derive(Serialize)]
pub(crate) struct Delivery {
    pub(crate) started_at: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finished_at: Option<Stamp>,
}

#[derive(Serialize)]
pub(crate) struct CaseEvent {
    pub(crate) kind: CaseStep,
    pub(crate) holder: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct DepartmentRequest {
    pub(crate) request_id: String,
    pub(crate) to_department: &'static str,
    pub(crate) node: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<Stamp>,
    pub(crate) text: String,
}

#[derive(Serialize)]
pub(crate) struct DepartmentReply {
    pub(crate) request_id: String,
    pub(crate) outcome: &'static str,
    pub(crate) text: String,
}

#[derive(Serialize)]
pub(crate) struct Judgement {
    pub(crate) record_id: String,
    pub(crate) verdict: Verdict,
    pub(crate) judge: &'static str,
    pub(crate) reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) appeal_id: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Appeal {
    pub(crate) appeal_id: String,
    pub(crate) record_id: String,
    pub(crate) filed_by: String,
    pub(crate) reason: String,
}

#[derive(Serialize)]
pub(crate) struct Correction {
    pub(crate) record_id: String,
    pub(crate) by: &'static str,
    pub(crate) kind: Kind,
    pub(crate) causes: Vec<&'static str>,
    pub(crate) note: String,
}
