//! The truth beside the events: what a product that understands everything would say, from the generator's own knowledge.
//!
//! Definitions are those of `FACTS`; where these leave a choice, the generator avoids the case or says so in a field.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tingjian_schemas::{Kind, PromiseMaker, Stream, Verdict};

use crate::{capability::Capability, centre::LaneName};

/// One line of truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Truth {
    /// About a text record.
    Record(Box<RecordTruth>),
    /// About a case.
    Case(Box<CaseTruth>),
    /// About an entry of the promise ledger.
    Ledger(Box<LedgerTruth>),
    /// About a contact and the one after it.
    Contact(Box<ContactTruth>),
}

impl Truth {
    /// Name of the file such lines go to, without extension.
    pub fn file(&self) -> &'static str {
        match self {
            Self::Record(_) => "records",
            Self::Case(_) => "cases",
            Self::Ledger(_) => "ledger",
            Self::Contact(_) => "contacts",
        }
    }
}

/// The truth about one text record, as of the newest event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordTruth {
    /// The text event's id.
    pub record_id: String,
    /// Its stream.
    pub stream: Stream,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What the customer wants.
    pub kind: Kind,
    /// Causes voiced in the text, primary first.
    pub causes: Vec<String>,
    /// A person or staff group is praised.
    pub praised: bool,
    /// A person is insulted.
    pub abuse: bool,
    /// What the text itself states.
    pub said: SaidTruth,
    /// Numbers and addresses in the text, in the clear: none of them may survive masking.
    pub pii: Vec<String>,
    /// 工号 named by the event.
    pub agent_no: Option<String>,
    /// The order it names, in the clear.
    pub order_id: Option<String>,
    /// The case it names, in the clear.
    pub case_id: Option<String>,
    /// Lane of the order.
    pub lane: Option<LaneName>,
    /// The promise p comes from.
    pub promise: Option<PromiseTruth>,
    /// The delivery of the order it names.
    pub delivery: Option<DeliveryTruth>,
    /// Capability of the lane as of T; only where there is a delivery.
    pub capability: Option<Capability>,
    /// The decomposition; only where there is a delivery and a promise.
    pub delay: Option<DelayTruth>,
    /// Who is responsible before any judgement, larger share first; empty where it is pending or nobody.
    pub responsible: Vec<Responsible>,
    /// What that rests on.
    pub basis: Basis,
    /// Verdict of the facts on a delay; `None` for causes that no delivery decides.
    pub verdict: Option<Verdict>,
    /// The agent whose quoted rule was at fault.
    pub exonerated: Option<Exoneration>,
    /// The agent who promised less time than the rule, where that cost some of the delay.
    pub misquoted_by: Option<String>,
    /// Judgements on it, in order of time.
    pub judgements: Vec<JudgementTruth>,
    /// Responsible department after all: the last judgement's, else the first of `responsible`.
    pub department: Option<String>,
    /// The facts suffice and no definition is stretched: a product must agree on `department`, `responsible` and `delay`.
    pub complete: bool,
    /// Chain it belongs to: record id of its first contact. `None` for commendations filed, which are no contacts.
    pub chain_id: Option<String>,
    /// Effort of this contact; only of calls.
    pub effort: Option<EffortTruth>,
    /// The campaign it is about.
    pub promotion: Option<PromotionTruth>,
}

/// Durations a text states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SaidTruth {
    pub promised_min: Option<u32>,
    pub actual_min: Option<u32>,
    pub actual_open: Option<bool>,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseTruth {
    /// Its id.
    pub promise_id: String,
    /// Who made it.
    pub made_by_kind: PromiseMaker,
    /// Who answers for it.
    pub owner_department: String,
    /// When.
    pub made_at: Timestamp,
    /// Minutes from the delivery's start.
    pub promised_min: u32,
    /// Stands for the lane rather than for this order.
    pub standing: bool,
    /// The agent who made it.
    pub agent_no: Option<String>,
}

/// A delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DeliveryTruth {
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub actual_min: u32,
    pub open: bool,
}

/// `late = overpromise + overrun`, signed; the shares are the parts somebody answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DelayTruth {
    pub late_min: i64,
    pub overpromise_min: Option<i64>,
    pub overrun_min: Option<i64>,
    pub overpromise_share_min: Option<u32>,
    pub overrun_share_min: Option<u32>,
}

/// Somebody responsible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Responsible {
    pub department: String,
    pub cause: String,
    /// Share of a delay; `None` where no delivery decides.
    pub minutes: Option<u32>,
}

/// What an attribution rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Basis {
    Facts,
    Text,
    Pending,
}

/// An agent who only quoted the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Exoneration {
    pub agent_no: String,
    /// Promise id of the standing rule.
    pub rule: String,
    pub moved_to: String,
}

/// A judgement given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct JudgementTruth {
    pub judge: String,
    pub department: String,
    pub verdict: Verdict,
    /// Answers an appeal and decides otherwise than the judgement appealed.
    pub overturns: bool,
}

/// Effort of one call, in seconds by the default rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct EffortTruth {
    pub wait_s: u32,
    pub talk_s: u32,
    pub press_s: u32,
    pub transfer_s: u32,
    pub repeat_s: u32,
    pub total_s: u32,
}

/// A campaign a record is linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotionTruth {
    /// The advert's promise id.
    pub promise_id: String,
    /// The campaign's name.
    pub campaign: String,
    /// Linked by the lane the record names and its time; else only by its order's lane and the order's time.
    pub by_lane_and_time: bool,
    /// The customer knew before the agents.
    pub knew_first: bool,
}

/// The truth about one case, as of the newest event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CaseTruth {
    pub case_id: String,
    /// Intervals in order of time; they sum to `elapsed_min`.
    pub holds: Vec<HoldTruth>,
    pub elapsed_min: u32,
    pub requests: Vec<RequestTruth>,
}

/// An interval of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct HoldTruth {
    pub holder: String,
    pub from: Timestamp,
    pub to: Timestamp,
    pub minutes: u32,
    pub open: bool,
}

/// A department asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RequestTruth {
    pub request_id: String,
    pub to_department: String,
    pub asked_at: Timestamp,
    pub due_at: Timestamp,
    /// First answer of the asked department.
    pub replied_at: Option<Timestamp>,
    pub late_min: u32,
    pub open: bool,
}

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Outcome {
    Kept,
    Broken,
    Open,
    Unknown,
}

/// An entry of the promise ledger, as of the newest event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerTruth {
    /// The promise.
    pub promise_id: String,
    /// Who made it.
    pub made_by_kind: PromiseMaker,
    /// Who answers for it.
    pub owner_department: String,
    /// Order of the delivery it is measured by, in the clear.
    pub order_id: Option<String>,
    /// Case of a callback, in the clear.
    pub case_id: Option<String>,
    /// Lane of the delivery or of a standing promise.
    pub lane: Option<LaneName>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A contact and the next of its chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactTruth {
    /// The text event's id.
    pub record_id: String,
    /// When.
    pub occurred_at: Timestamp,
    /// Record id of the chain's first contact.
    pub chain_id: String,
    /// 1 for the first.
    pub place: u32,
    /// Seconds until the next contact of the chain; `None` where none followed within seven days (or yet).
    pub next_after_s: Option<u32>,
}
