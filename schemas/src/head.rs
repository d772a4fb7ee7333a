//! What every stored record and fact has in common, with nothing in it that says who the customer is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Lane, LinkKey, Stream};

/// The common part of an event, sealed: customer, order and case are linked by keyed hash only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// Which stream it came by.
    pub stream: Stream,
    /// The sender's idempotency key; a text event's is its `record_id`.
    pub event_id: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// System it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Channel the customer used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The customer (first known of account, phone, name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_key: Option<LinkKey>,
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_key: Option<LinkKey>,
    /// The case (work order).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_key: Option<LinkKey>,
    /// The call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// 工号 of the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_no: Option<String>,
    /// Department named by the sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Delivery lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// Fields the contract does not know, as one JSON object with strings masked; empty where there were none.
    pub unknown_fields: String,
}
