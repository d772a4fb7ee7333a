//! The eleven streams an organisation sends, and their public names.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One kind of event stream. The public names are the HTTP path segment and the Kafka topic of `CONTRACT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// 投诉: a text by or about a dissatisfied customer.
    Complaints,
    /// 表扬: a text that praises an agent or a department.
    Commendations,
    /// 通话小结: an agent's note of a call, with what the call-intake system measured.
    CallNotes,
    /// A promise made to a customer, or a standing one for a lane.
    Promises,
    /// What really happened to an order.
    Deliveries,
    /// Steps in the life of a case.
    CaseEvents,
    /// A department was asked.
    DepartmentRequests,
    /// A department answered.
    DepartmentReplies,
    /// 判责: a verdict on a record.
    Judgements,
    /// 申诉: a department disputes a judgement.
    Appeals,
    /// An analyst's correction of a label.
    Corrections,
}

impl Stream {
    /// Every stream, in the order of `CONTRACT`.
    pub const ALL: [Self; 11] = [
        Self::Complaints,
        Self::Commendations,
        Self::CallNotes,
        Self::Promises,
        Self::Deliveries,
        Self::CaseEvents,
        Self::DepartmentRequests,
        Self::DepartmentReplies,
        Self::Judgements,
        Self::Appeals,
        Self::Corrections,
    ];

    /// The name in HTTP paths, on the command line and in stored rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complaints => "complaints",
            Self::Commendations => "commendations",
            Self::CallNotes => "call-notes",
            Self::Promises => "promises",
            Self::Deliveries => "deliveries",
            Self::CaseEvents => "case-events",
            Self::DepartmentRequests => "department-requests",
            Self::DepartmentReplies => "department-replies",
            Self::Judgements => "judgements",
            Self::Appeals => "appeals",
            Self::Corrections => "corrections",
        }
    }

    /// The Kafka topic.
    pub const fn topic(self) -> &'static str {
        match self {
            Self::Complaints => "tingjian.complaints",
            Self::Commendations => "tingjian.commendations",
            Self::CallNotes => "tingjian.call-notes",
            Self::Promises => "tingjian.promises",
            Self::Deliveries => "tingjian.deliveries",
            Self::CaseEvents => "tingjian.case-events",
            Self::DepartmentRequests => "tingjian.department-requests",
            Self::DepartmentReplies => "tingjian.department-replies",
            Self::Judgements => "tingjian.judgements",
            Self::Appeals => "tingjian.appeals",
            Self::Corrections => "tingjian.corrections",
        }
    }

    /// Whether its events carry a text that is understood and searched (they become records); the others are facts.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Complaints | Self::Commendations | Self::CallNotes)
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of the eleven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown stream {name:?}; known: {known}", known = Stream::ALL.map(Stream::name).join(", "))]
pub struct UnknownStream {
    /// What was asked for.
    pub name: String,
}

impl FromStr for Stream {
    type Err = UnknownStream;

    fn from_str(name: &str) -> Result<Self, UnknownStream> {
        Self::ALL.into_iter().find(|s| s.name() == name).ok_or_else(|| UnknownStream { name: name.to_owned() })
    }
}
