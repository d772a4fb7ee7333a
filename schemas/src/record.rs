//! A record: a text event, sealed and understood.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CallNote, Commendation, Complaint, Head, Reading, Versions};

/// What the warehouse and the index store of a text event. Its `record_id` is `head.event_id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// Common part.
    pub head: Head,
    /// The stream's own part; its `text` is empty here, the masked text is `reading.text`.
    pub body: TextBody,
    /// What analysis understood.
    pub reading: Reading,
    /// What made the reading.
    pub versions: Versions,
}

/// The own part of each text stream. Tagged in JSON: a commendation without its tag could be read as a complaint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum TextBody {
    Complaint(Complaint),
    Commendation(Commendation),
    CallNote(CallNote),
}
