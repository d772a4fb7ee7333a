//! An event as it is sent: one flat object, the form that [`decode`](crate::decode) reads.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{Body, Common, Event};

#[derive(Serialize)]
struct Wire<'a, B> {
    #[serde(flatten)]
    common: &'a Common,
    #[serde(flatten)]
    own: &'a B,
    #[serde(flatten)]
    unknown_fields: &'a Map<String, Value>,
}

/// Flat, as the contract has it; `stream` is not part of it, as the topic or path says it.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.body {
            Body::Complaint(own) => self.with(own).serialize(serializer),
            Body::Commendation(own) => self.with(own).serialize(serializer),
            Body::CallNote(own) => self.with(own).serialize(serializer),
            Body::Promise(own) => self.with(own).serialize(serializer),
            Body::Delivery(own) => self.with(own).serialize(serializer),
            Body::CaseEvent(own) => self.with(own).serialize(serializer),
            Body::DepartmentRequest(own) => self.with(own).serialize(serializer),
            Body::DepartmentReply(own) => self.with(own).serialize(serializer),
            Body::Judgement(own) => self.with(own).serialize(serializer),
            Body::Appeal(own) => self.with(own).serialize(serializer),
            Body::Correction(own) => self.with(own).serialize(serializer),
        }
    }
}

impl Event {
    fn with<'a, B>(&'a self, own: &'a B) -> Wire<'a, B> {
        Wire { common: &self.common, own, unknown_fields: &self.unknown_fields }
    }
}
