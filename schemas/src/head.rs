//! What every stored record and fact has in common, with nothing in it that says who the customer is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Lane, LinkKey, Stream};

/// The common part of an event, sealed: customer, order and case are linked by keyed hash only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Which stream it came by.
    pub stream: Stream,
    /// The sender's idempotency key; a text event's is its `record_id`.
    pub event_id: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// System it came from.
    pub source: Option<String>,
    /// Channel the customer used.
    pub channel: Option<String>,
    /// The customer (first known of account, phone, name).
    pub customer_key: Option<LinkKey>,
    /// The order.
    pub order_key: Option<LinkKey>,
    /// The case (work order).
    pub case_key: Option<LinkKey>,
    /// The call.
    pub call_id: Option<String>,
    /// 工号 of the agent.
    pub agent_no: Option<String>,
    /// Department named by the sender.
    pub department: Option<String>,
    /// Delivery lane.
    pub lane: Option<Lane>,
    /// Fields the contract does not know, as one JSON object with strings masked; empty where there were none.
    pub unknown_fields: String,
}
