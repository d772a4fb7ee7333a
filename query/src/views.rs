//! Facts and what was worked out of them, as people see them. Times are RFC 3339, durations whole minutes.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_attribution::{
    Ask, Basis, Capability, Contradiction, DeliverySeen, Effort as Seconds, Exoneration, Hold, Layer, PromiseSeen,
    Reason,
};
use tingjian_schemas::LinkKey;
use utoipa::ToSchema;

/// The promise p comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct PromiseView {
    pub promise_id: String,
    pub made_by_kind: String,
    pub owner_department: String,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Minutes from the delivery's start.
    pub promised_min: Option<i64>,
    /// For the lane rather than for this order.
    pub standing: bool,
    pub agent_no: Option<String>,
}

impl From<PromiseSeen> for PromiseView {
    fn from(seen: PromiseSeen) -> Self {
        Self {
            promise_id: seen.promise_id,
            made_by_kind: seen.made_by_kind.name().to_owned(),
            owner_department: seen.owner_department,
            made_at: seen.made_at,
            due_at: seen.due_at,
            promised_min: seen.promised_min,
            standing: seen.standing,
            agent_no: seen.agent_no,
        }
    }
}

/// The delivery.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct DeliveryView {
    pub order_key: Option<String>,
    pub department: String,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// While open, so far.
    pub actual_min: i64,
    pub open: bool,
}

impl DeliveryView {
    pub(crate) fn of(seen: DeliverySeen, order: Option<LinkKey>) -> Self {
        Self {
            order_key: order.map(|key| key.to_string()),
            department: seen.department,
            started_at: seen.started_at,
            finished_at: seen.finished_at,
            actual_min: seen.actual_min,
            open: seen.open,
        }
    }
}

/// What the lane could do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CapabilityView {
    /// Nine of ten deliveries took at most this long; `null`: unknown.
    pub p90_min: Option<u32>,
    /// `lane`, `origin_carrier_service` or `carrier_service`; `null`: too few deliveries.
    pub level: Option<String>,
    /// Deliveries it rests on.
    pub deliveries: u32,
    /// The time it is seen from.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

impl From<Capability> for CapabilityView {
    fn from(seen: Capability) -> Self {
        let level = seen.level.map(|level| level.name().to_owned());
        Self { p90_min: seen.p90_min, level, deliveries: seen.deliveries, as_of: seen.as_of }
    }
}

/// Lateness in minutes; late = over-promise + overrun, signed; both unknown without a capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decomposition {
    /// `facts` or `text`.
    pub basis: &'static str,
    /// Actual less promised.
    pub late_min: i64,
    /// Capability less promised.
    pub overpromise_min: Option<i64>,
    /// Actual less capability.
    pub overrun_min: Option<i64>,
}

/// One responsible department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Responsible {
    /// Department.
    pub department: String,
    /// Cause.
    pub cause: String,
    /// Its share of a delay.
    pub minutes: Option<i64>,
    /// Why it is named.
    pub reason: String,
}

/// What judgement, facts or text say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct LayerView {
    /// `judgement`, `facts`, `text` or `pending`.
    pub basis: &'static str,
    pub verdict: String,
    pub responsible: Vec<Responsible>,
}

impl From<Layer> for LayerView {
    fn from(layer: Layer) -> Self {
        let shares = layer.responsible.into_iter().map(|share| Responsible {
            reason: reason(share.reason, share.minutes).to_owned(),
            department: share.department,
            cause: share.cause,
            minutes: share.minutes,
        });
        Self { basis: layer.basis.name(), verdict: layer.verdict.name().to_owned(), responsible: shares.collect() }
    }
}

fn reason(reason: Reason, minutes: Option<i64>) -> &'static str {
    match reason {
        Reason::Overpromise => "承诺的时间短于该线路实际能做到的时间，由作出承诺的部门负责",
        Reason::RuleQuoted => "坐席只是照规定答复，责任归规定的制定部门",
        Reason::Misquote => "坐席承诺的时间短于规定",
        Reason::Overrun if minutes.is_some() => "实际用时超过承诺与线路能力，由履约部门负责",
        Reason::Overrun => "实际用时超过承诺",
        Reason::CallbackMissed => "到约定时间没有回电",
        Reason::RequestLate => "被协查部门超过时限未答复",
        Reason::TextOwner => "根因分类中的责任部门，依据原文",
        Reason::Judged => "判责结论",
    }
}

/// An agent who only quoted the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ExoneratedView {
    pub agent_no: String,
    /// Promise id of the rule.
    pub rule: String,
    pub moved_to: String,
}

impl From<Exoneration> for ExoneratedView {
    fn from(found: Exoneration) -> Self {
        Self { agent_no: found.agent_no, rule: found.rule, moved_to: found.moved_to }
    }
}

/// An interval of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct HoldView {
    /// Department, or `customer`.
    pub holder: String,
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    pub minutes: i64,
    pub open: bool,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        Self { holder: hold.holder, from: hold.from, to: hold.to, minutes: hold.minutes, open: hold.open }
    }
}

/// A department asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct RequestView {
    pub request_id: String,
    pub to_department: String,
    pub node: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub replied_at: Option<Timestamp>,
    pub late_min: i64,
    pub open: bool,
    /// Departments that answered instead; their answers stop no clock.
    pub answered_by_others: Vec<String>,
}

impl From<Ask> for RequestView {
    fn from(ask: Ask) -> Self {
        Self {
            request_id: ask.request_id,
            to_department: ask.to_department,
            node: ask.node,
            asked_at: ask.asked_at,
            due_at: ask.due_at,
            replied_at: ask.replied_at,
            late_min: ask.late_min,
            open: ask.open,
            answered_by_others: ask.answered_by_others,
        }
    }
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

impl From<Seconds> for Effort {
    fn from(seconds: Seconds) -> Self {
        let minutes = |seconds: u64| seconds as f64 / 60.0;
        Self {
            wait_min: minutes(seconds.wait_s),
            talk_min: minutes(seconds.talk_s),
            press_min: minutes(seconds.press_s),
            transfer_min: minutes(seconds.transfer_s),
            repeat_min: minutes(seconds.repeat_s),
            total_min: minutes(seconds.total_s()),
        }
    }
}

/// Events that cannot all be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ContradictionView {
    pub kind: &'static str,
    /// Ids of the events it is between.
    pub events: Vec<String>,
}

impl From<Contradiction> for ContradictionView {
    fn from(found: Contradiction) -> Self {
        Self { kind: found.kind, events: found.events }
    }
}

/// The name of a basis.
pub(crate) fn basis_name(basis: Basis) -> &'static str {
    basis.name()
}
