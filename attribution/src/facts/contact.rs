//! A record as attribution needs it.

use jiff::Timestamp;
use tingjian_schemas::{Kind, Lane, LinkKey, Record, Stream, TextBody};

/// A cause read in a text, with the taxonomy's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCause {
    /// Leaf of the taxonomy.
    pub code: String,
    /// Its owner.
    pub department: String,
}

/// What the call-intake system measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct CallMeasures {
    pub queue_wait_s: u32,
    pub talk_s: u32,
    pub ivr_presses: u32,
    pub ivr_path: Vec<String>,
    /// Who handed on to whom, in order.
    pub transfers: Vec<(String, String)>,
    pub questions_repeated: u32,
    pub resolved: Option<bool>,
}

/// A text record: who spoke when about what.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Contact {
    pub record_id: String,
    pub stream: Stream,
    pub occurred_at: Timestamp,
    pub kind: Kind,
    /// As read, primary first.
    pub causes: Vec<NamedCause>,
    pub abstained: bool,
    pub abuse: bool,
    pub promised_min: Option<u32>,
    pub actual_min: Option<u32>,
    pub actual_open: Option<bool>,
    pub agent_no: Option<String>,
    pub customer: Option<LinkKey>,
    pub order: Option<LinkKey>,
    pub case: Option<LinkKey>,
    pub lane: Option<Lane>,
    /// The call it came by.
    pub call_id: Option<String>,
    /// Of a call only.
    pub call: Option<CallMeasures>,
}

impl Contact {
    /// Takes from a record what attribution needs.
    pub fn of(record: &Record) -> Self {
        let (head, reading) = (&record.head, &record.reading);
        let named = |cause: &tingjian_schemas::CauseReading| NamedCause {
            code: cause.code.to_string(),
            department: cause.department.to_string(),
        };
        Self {
            record_id: head.event_id.clone(),
            stream: head.stream,
            occurred_at: head.occurred_at,
            kind: reading.kind,
            causes: reading.causes.iter().map(named).collect(),
            abstained: reading.abstained,
            abuse: reading.abuse,
            promised_min: reading.promised_min,
            actual_min: reading.actual_min,
            actual_open: reading.actual_open,
            agent_no: head.agent_no.clone(),
            customer: head.customer_key,
            order: head.order_key,
            case: head.case_key,
            lane: head.lane.clone(),
            call_id: head.call_id.clone(),
            call: measures(&record.body),
        }
    }

    /// A customer was in touch: a complaint or a call. A commendation filed is no contact.
    pub fn is_contact(&self) -> bool {
        matches!(self.stream, Stream::Complaints | Stream::CallNotes)
    }
}

fn measures(body: &TextBody) -> Option<CallMeasures> {
    let TextBody::CallNote(call) = body else { return None };
    Some(CallMeasures {
        queue_wait_s: call.queue_wait_s.unwrap_or(0),
        talk_s: call.talk_s.unwrap_or(0),
        ivr_presses: call.ivr_presses.unwrap_or(0),
        ivr_path: call.ivr_path.clone(),
        transfers: call.transfers.iter().map(|transfer| (transfer.from.clone(), transfer.to.clone())).collect(),
        questions_repeated: call.questions_repeated.unwrap_or(0),
        resolved: call.resolved,
    })
}
