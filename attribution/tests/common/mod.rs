//! Events as the flow would seal them, without reading their texts.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod told;
pub mod world;

use std::sync::{Arc, LazyLock};

use tingjian_attribution::Event;
use tingjian_schemas::{
    Body, CallNote, CauseReading, Commendation, Common, Complaint, Fact, FactBody, Head, Kind, LinkKey, Reading,
    Record, Stream, Taxonomy, TextBody, Versions, decode,
};

pub static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(|| Taxonomy::shipped().unwrap());

/// A key that links, as good as a keyed hash for tests.
pub fn key(kind: &str, clear: &str) -> LinkKey {
    LinkKey(xxhash_rust::xxh3::xxh3_128(format!("{kind}:{clear}").as_bytes()).to_be_bytes())
}

/// What a text would be read as.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub kind: Option<Kind>,
    pub causes: Vec<String>,
    pub promised_min: Option<u32>,
    pub actual_min: Option<u32>,
    pub actual_open: Option<bool>,
    pub abuse: bool,
}

/// The sealed form of an event that is sent as `json`.
pub fn sealed(stream: Stream, json: &str, said: &Said) -> Event {
    let event = decode(stream, json.as_bytes()).unwrap_or_else(|rejection| panic!("{rejection:?}: {json}"));
    let head = head(stream, event.common);
    let fact = |body| Event::Fact(Box::new(Fact { head: head.clone(), body }));
    match event.body {
        Body::Complaint(own) => record(head, TextBody::Complaint(Complaint { text: String::new(), ..own }), said),
        Body::Commendation(own) => {
            record(head, TextBody::Commendation(Commendation { text: String::new(), ..own }), said)
        }
        Body::CallNote(own) => record(head, TextBody::CallNote(CallNote { text: String::new(), ..own }), said),
        Body::Promise(body) => fact(FactBody::Promise(body)),
        Body::Delivery(body) => fact(FactBody::Delivery(body)),
        Body::CaseEvent(body) => fact(FactBody::CaseEvent(body)),
        Body::DepartmentRequest(body) => fact(FactBody::DepartmentRequest(body)),
        Body::DepartmentReply(body) => fact(FactBody::DepartmentReply(body)),
        Body::Judgement(body) => fact(FactBody::Judgement(body)),
        Body::Appeal(body) => fact(FactBody::Appeal(body)),
        Body::Correction(body) => fact(FactBody::Correction(body)),
    }
}

fn head(stream: Stream, common: Common) -> Head {
    let customer = common.customer.as_ref().and_then(|c| c.account.as_ref().or(c.phone.as_ref()).or(c.name.as_ref()));
    Head {
        stream,
        event_id: common.event_id,
        occurred_at: common.occurred_at,
        source: common.source,
        channel: common.channel,
        customer_key: customer.map(|clear| key("customer", clear)),
        order_key: common.order_id.as_deref().map(|clear| key("order", clear)),
        case_key: common.case_id.as_deref().map(|clear| key("case", clear)),
        call_id: common.call_id,
        agent_no: common.agent_no,
        department: common.department,
        lane: common.lane,
        unknown_fields: String::new(),
    }
}

fn record(head: Head, body: TextBody, said: &Said) -> Event {
    let cause = |code: &String| CauseReading {
        code: Arc::from(code.as_str()),
        department: TAXONOMY.owner(code).unwrap().clone(),
        score: 1.0,
        evidence: Vec::new(),
    };
    let reading = Reading {
        text: String::new(),
        words: String::new(),
        kind: said.kind.unwrap_or(Kind::Complaint),
        kind_score: 1.0,
        causes: said.causes.iter().map(cause).collect(),
        promised_min: said.promised_min,
        actual_min: said.actual_min,
        actual_open: said.actual_open,
        praised: false,
        abuse: said.abuse,
        abstained: false,
    };
    Event::Record(Box::new(Record { head, body, reading, versions: Versions::default() }))
}
