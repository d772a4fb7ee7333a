//! The tables that hold events, and where a row came from.

use jiff::Timestamp;
use tingjian_schemas::{FactBody, Item, Position, Stream};

/// A table that holds events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Table {
    Records,
    Promises,
    Deliveries,
    CaseEvents,
    DepartmentRequests,
    DepartmentReplies,
    Judgements,
    Appeals,
    Corrections,
}

impl Table {
    /// Every table.
    pub(crate) const ALL: [Self; 9] = [
        Self::Records,
        Self::Promises,
        Self::Deliveries,
        Self::CaseEvents,
        Self::DepartmentRequests,
        Self::DepartmentReplies,
        Self::Judgements,
        Self::Appeals,
        Self::Corrections,
    ];

    /// Its name in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Promises => "promises",
            Self::Deliveries => "deliveries",
            Self::CaseEvents => "case_events",
            Self::DepartmentRequests => "department_requests",
            Self::DepartmentReplies => "department_replies",
            Self::Judgements => "judgements",
            Self::Appeals => "appeals",
            Self::Corrections => "corrections",
        }
    }

    /// Its column that holds the event's id.
    pub(crate) const fn id_column(self) -> &'static str {
        match self {
            Self::Records => "record_id",
            _ => "event_id",
        }
    }

    /// Its number in `links`; never another one.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Records => 1,
            Self::Promises => 2,
            Self::Deliveries => 3,
            Self::CaseEvents => 4,
            Self::DepartmentRequests => 5,
            Self::DepartmentReplies => 6,
            Self::Judgements => 7,
            Self::Appeals => 8,
            Self::Corrections => 9,
        }
    }

    /// Where events of `stream` go.
    pub(crate) const fn of(stream: Stream) -> Self {
        match stream {
            Stream::Complaints | Stream::Commendations | Stream::CallNotes => Self::Records,
            Stream::Promises => Self::Promises,
            Stream::Deliveries => Self::Deliveries,
            Stream::CaseEvents => Self::CaseEvents,
            Stream::DepartmentRequests => Self::DepartmentRequests,
            Stream::DepartmentReplies => Self::DepartmentReplies,
            Stream::Judgements => Self::Judgements,
            Stream::Appeals => Self::Appeals,
            Stream::Corrections => Self::Corrections,
        }
    }

    /// Where a fact goes. By its body, which decides the row's type; its stream agrees.
    pub(crate) const fn of_fact(body: &FactBody) -> Self {
        match body {
            FactBody::Promise(_) => Self::Promises,
            FactBody::Delivery(_) => Self::Deliveries,
            FactBody::CaseEvent(_) => Self::CaseEvents,
            FactBody::DepartmentRequest(_) => Self::DepartmentRequests,
            FactBody::DepartmentReply(_) => Self::DepartmentReplies,
            FactBody::Judgement(_) => Self::Judgements,
            FactBody::Appeal(_) => Self::Appeals,
            FactBody::Correction(_) => Self::Corrections,
        }
    }
}

/// Where a row came from and which version of its event it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub position: &'a Position,
    pub received_at: Timestamp,
    pub content_hash: u64,
    pub version: u128,
}

impl<'a> Origin<'a> {
    pub(crate) fn new(item: &'a Item, version: u128) -> Self {
        Self { position: &item.position, received_at: item.received_at, content_hash: item.content_hash, version }
    }
}
