//! Why an event was refused: one typed reason per way to be wrong, and the dead letter that keeps what was refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One way for an event to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The bytes are not UTF-8.
    InvalidUtf8,
}

/// A refused event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejection {
    /// The way it is wrong.
    pub reason: Reason,
    /// The field that is wrong (`lane.origin`, `praised[2].agent_no`); `None` where it is the whole event.
    pub field: Option<String>,
    /// The event's id where it could be read.
    pub event_id: Option<String>,
}

/// A refused event as it is kept. Its position and time are those of the item that carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Name of the stream it came by.
    pub stream: crate::Stream,
    /// Why.
    pub rejection: Rejection,
    /// The original bytes.
    pub bytes: Vec<u8>,
}
