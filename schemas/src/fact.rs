//! A fact: an event that is not a text to understand but something that happened.

use serde::{Deserialize, Serialize};

use crate::{Appeal, CaseEvent, Correction, Delivery, DepartmentReply, DepartmentRequest, Head, Judgement, Promise};

/// A sealed fact. Free texts in `body` are masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Common part.
    pub head: Head,
    /// The stream's own part.
    pub body: FactBody,
}

/// The own part of each fact stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
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
