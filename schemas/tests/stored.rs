//! Records and facts come back from JSON as they were, whichever stream they are of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{fs, sync::Arc};

use serde_json::Value;
use tingjian_schemas::{
    Body, CauseReading, Event, Fact, FactBody, Head, Kind, LinkKey, Reading, Record, Span, Stream, TextBody, Versions,
    decode, json_schema,
};

fn examples(stream: Stream) -> Vec<Event> {
    let path = format!("{}/examples/{stream}.json", env!("CARGO_MANIFEST_DIR"));
    let events: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).expect("examples")).expect("a list");
    events.iter().map(|e| decode(stream, e.to_string().as_bytes()).expect("valid")).collect()
}

fn head(event: &Event) -> Head {
    let common = event.common.clone();
    Head {
        stream: event.stream,
        event_id: common.event_id,
        occurred_at: common.occurred_at,
        source: common.source,
        channel: common.channel,
        customer_key: common.customer.map(|_| LinkKey([7; 16])),
        order_key: common.order_id.map(|_| LinkKey([9; 16])),
        case_key: None,
        call_id: common.call_id,
        agent_no: common.agent_no,
        department: common.department,
        lane: common.lane,
        unknown_fields: String::new(),
    }
}

fn reading() -> Reading {
    Reading {
        text: "等了两天".into(),
        words: "等\u{1f}了\u{1f}两天".into(),
        kind: Kind::Complaint,
        kind_score: 0.9,
        causes: vec![CauseReading {
            code: Arc::from("fulfil.transit_delay"),
            department: Arc::from("物流"),
            score: 0.75,
            evidence: vec![Span { start: 0, end: 4 }],
        }],
        promised_min: None,
        actual_min: Some(2880),
        actual_open: Some(false),
        praised: false,
        abuse: false,
        abstained: false,
    }
}

fn check_round_trip<T>(value: &T) -> Value
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let json = serde_json::to_value(value).expect("serialise");
    assert_eq!(&serde_json::from_value::<T>(json.clone()).expect("deserialise"), value, "{json}");
    assert!(!json.to_string().contains(":null"), "what is absent is left out: {json}");
    json
}

#[test]
fn every_body_comes_back_as_its_own_stream() {
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("record.json", json_schema::record_schema()).expect("a resource");
    let schema = compiler.compile("record.json", &mut schemas).expect("a valid schema");
    for event in Stream::ALL.into_iter().flat_map(examples) {
        let head = head(&event);
        let text = |mut own: TextBody| {
            match &mut own {
                TextBody::Complaint(own) => own.text.clear(),
                TextBody::Commendation(own) => own.text.clear(),
                TextBody::CallNote(own) => own.text.clear(),
            }
            let record = Record { head: head.clone(), body: own, reading: reading(), versions: Versions::default() };
            let json = check_round_trip(&record);
            schemas.validate(&json, schema).expect("a record fits its schema");
        };
        let fact = |own| {
            check_round_trip(&Fact { head: head.clone(), body: own });
        };
        match event.body {
            Body::Complaint(own) => text(TextBody::Complaint(own)),
            Body::Commendation(own) => text(TextBody::Commendation(own)),
            Body::CallNote(own) => text(TextBody::CallNote(own)),
            Body::Promise(own) => fact(FactBody::Promise(own)),
            Body::Delivery(own) => fact(FactBody::Delivery(own)),
            Body::CaseEvent(own) => fact(FactBody::CaseEvent(own)),
            Body::DepartmentRequest(own) => fact(FactBody::DepartmentRequest(own)),
            Body::DepartmentReply(own) => fact(FactBody::DepartmentReply(own)),
            Body::Judgement(own) => fact(FactBody::Judgement(own)),
            Body::Appeal(own) => fact(FactBody::Appeal(own)),
            Body::Correction(own) => fact(FactBody::Correction(own)),
        }
    }
}

#[test]
fn an_event_is_sent_as_it_is_read() {
    for event in Stream::ALL.into_iter().flat_map(examples) {
        let sent = serde_json::to_vec(&event).expect("serialise");
        assert_eq!(decode(event.stream, &sent).expect("valid"), event);
    }
}
