//! Masks every string of an event, each by what it is: text, name or reference.

use serde_json::{Map, Value};
use tingjian_schemas::{
    Appeal, Body, CallNote, CaseEvent, Commendation, Complaint, Correction, Delivery, DepartmentReply,
    DepartmentRequest, FactBody, Judgement, Lane, Praised, Promise, TextBody, Transfer,
};

use super::known::Known;
use crate::{
    mask::{Token, mask},
    normalise,
};

/// A body with its strings masked.
#[allow(clippy::large_enum_variant)] // Lives for one call.
pub(super) enum Clean {
    /// The text to read, and the rest.
    Text(String, TextBody),
    Fact(FactBody),
}

pub(super) struct Cleaner {
    known: Known,
}

impl Cleaner {
    pub(super) fn new(known: Known) -> Self {
        Self { known }
    }

    /// A text: normalised, masked.
    fn text(&self, text: &str) -> String {
        let normal = normalise(text);
        let masked = mask(&normal);
        if self.known.is_empty() {
            return masked.into_owned();
        }
        let sealed = self.known.mask(&masked);
        mask(&normalise(&sealed)).into_owned()
    }

    fn texts(&self, text: Option<String>) -> Option<String> {
        text.map(|text| self.text(&text))
    }

    /// A name of something: as it was written, unless something in it had to be masked.
    fn name(&self, name: String) -> String {
        let masked = self.text(&name);
        if masked == normalise(&name) { name } else { masked }
    }

    pub(super) fn names(&self, name: Option<String>) -> Option<String> {
        name.map(|name| self.name(name))
    }

    /// An address of something kept elsewhere: its numbers stay, or it leads nowhere; a person in it does not.
    fn reference(&self, reference: String) -> String {
        let masked = self.text(&reference);
        let person = [Token::Mobile, Token::Identity, Token::Mail].iter().any(|token| masked.contains(token.text()));
        if person { masked } else { self.known.mask(&reference).into_owned() }
    }

    pub(super) fn lane(&self, lane: Lane) -> Lane {
        Lane {
            origin: self.names(lane.origin),
            destination: self.names(lane.destination),
            carrier: self.names(lane.carrier),
            service: self.names(lane.service),
        }
    }

    /// One JSON object with all strings masked, empty where there is nothing.
    pub(super) fn unknown(&self, fields: Map<String, Value>) -> String {
        if fields.is_empty() { String::new() } else { self.value(Value::Object(fields)).to_string() }
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.name(text)),
            Value::Number(number) => {
                let written = number.to_string();
                let masked = self.text(&written);
                if masked == written { Value::Number(number) } else { Value::String(masked) }
            }
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.value(item)).collect()),
            Value::Object(fields) => {
                Value::Object(fields.into_iter().map(|(name, value)| (self.name(name), self.value(value))).collect())
            }
            plain @ (Value::Null | Value::Bool(_)) => plain,
        }
    }

    pub(super) fn body(&self, body: Body) -> Clean {
        match body {
            Body::Complaint(body) => self.complaint(body),
            Body::Commendation(body) => self.commendation(body),
            Body::CallNote(body) => self.call_note(body),
            Body::Promise(body) => Clean::Fact(FactBody::Promise(self.promise(body))),
            Body::Delivery(Delivery { started_at, finished_at }) => {
                Clean::Fact(FactBody::Delivery(Delivery { started_at, finished_at }))
            }
            Body::CaseEvent(CaseEvent { kind, holder, text }) => {
                Clean::Fact(FactBody::CaseEvent(CaseEvent { kind, holder: self.name(holder), text: self.texts(text) }))
            }
            Body::DepartmentRequest(body) => Clean::Fact(FactBody::DepartmentRequest(self.request(body))),
            Body::DepartmentReply(body) => Clean::Fact(FactBody::DepartmentReply(self.reply(body))),
            Body::Judgement(body) => Clean::Fact(FactBody::Judgement(self.judgement(body))),
            Body::Appeal(body) => Clean::Fact(FactBody::Appeal(self.appeal(body))),
            Body::Correction(body) => Clean::Fact(FactBody::Correction(self.correction(body))),
        }
    }

    fn complaint(&self, body: Complaint) -> Clean {
        let Complaint { text, category } = body;
        let rest = Complaint { text: String::new(), category: self.names(category) };
        Clean::Text(self.text(&text), TextBody::Complaint(rest))
    }

    fn commendation(&self, body: Commendation) -> Clean {
        let Commendation { text, praised, filed_by, recording_ref } = body;
        let praise = |p: Praised| Praised { agent_no: p.agent_no, department: self.names(p.department) };
        let rest = Commendation {
            text: String::new(),
            praised: praised.into_iter().map(praise).collect(),
            filed_by: self.names(filed_by),
            recording_ref: recording_ref.map(|r| self.reference(r)),
        };
        Clean::Text(self.text(&text), TextBody::Commendation(rest))
    }

    fn call_note(&self, body: CallNote) -> Clean {
        let text = self.text(&body.text);
        let transfer = |t: Transfer| Transfer { from: self.name(t.from), to: self.name(t.to), at: t.at };
        let rest = CallNote {
            text: String::new(),
            skill_group: self.names(body.skill_group),
            queue_wait_s: body.queue_wait_s,
            talk_s: body.talk_s,
            ivr_presses: body.ivr_presses,
            ivr_path: body.ivr_path.into_iter().map(|node| self.name(node)).collect(),
            transfers: body.transfers.into_iter().map(transfer).collect(),
            questions_repeated: body.questions_repeated,
            resolved: body.resolved,
        };
        Clean::Text(text, TextBody::CallNote(rest))
    }

    fn promise(&self, body: Promise) -> Promise {
        Promise { owner_department: self.name(body.owner_department), text: self.texts(body.text), ..body }
    }

    fn request(&self, body: DepartmentRequest) -> DepartmentRequest {
        DepartmentRequest {
            to_department: self.name(body.to_department),
            node: self.names(body.node),
            text: self.texts(body.text),
            ..body
        }
    }

    fn reply(&self, body: DepartmentReply) -> DepartmentReply {
        DepartmentReply { outcome: self.names(body.outcome), text: self.texts(body.text), ..body }
    }

    fn judgement(&self, body: Judgement) -> Judgement {
        Judgement { judge: self.name(body.judge), reason: self.text(&body.reason), ..body }
    }

    fn appeal(&self, body: Appeal) -> Appeal {
        Appeal { filed_by: self.name(body.filed_by), reason: self.text(&body.reason), ..body }
    }

    fn correction(&self, body: Correction) -> Correction {
        Correction { by: self.name(body.by), note: self.texts(body.note), ..body }
    }
}
