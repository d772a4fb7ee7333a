//! A fact: an event that is not a text to understand but something that happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Appeal, CaseEvent, Correction, Delivery, DepartmentReply, DepartmentRequest, Head, Judgement, Promise};

/// A sealed fact. Free texts in `body` are masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// Common part.
    pub head: Head,
    /// The stream's own part.
    pub body: FactBody,
}

/// The own part of each fact stream. Tagged in JSON, since the parts of two streams may have the same fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum FactBody {
    Promise(Promise),
    Delivery(Delivery),
    CaseEvent(CaseEvent),
    DepartmentRequest(DepartmentRequest),
    DepartmentReply(DepartmentReply),
    Judgement(Judgement),
    Appeal(Appeal),
    Correction(Correction),
}
