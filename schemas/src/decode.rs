//! Bytes of one event → a valid event, or the one reason why not.
//!
//! What counts as what, besides the bounds of [`limits`](crate::limits):
//! - `null` is absent. So is a blank optional string, since exports write those for “not known”; only a promise's
//!   `order_id` and `case_id` may not be blank, because without them it would stand for a whole lane.
//! - White space around ids and names is no part of them; texts stay exactly as they were sent.
//! - Ids are strings: a number would have lost its leading zeros already.
//! - `3.0` is a whole number.
//! - Unknown fields are kept, those of known objects under their path (`customer.level`, `transfers[0].reason`).

use serde_json::Map;

use crate::{Body, Event, Rejection, Stream};

mod common;
mod facts;
mod node;
mod parse;
mod path;
mod surrogate;
mod take;
#[cfg(test)]
mod tests;
mod texts;
mod time;

pub(crate) use common::required_common;

/// Reads one event of `stream` from the bytes of one JSON object.
///
/// # Errors
/// The first way in which it is wrong, with the field.
pub fn decode(stream: Stream, bytes: &[u8]) -> Result<Event, Rejection> {
    let mut fields = parse::object(bytes)?;
    let event_id = fields.required("event_id", take::ID).map_err(|wrong| refuse(wrong, None))?;
    event(stream, event_id.clone(), fields).map_err(|wrong| refuse(wrong, Some(event_id)))
}

fn event(stream: Stream, event_id: String, mut fields: node::Fields<'_>) -> Result<Event, take::Wrong> {
    let mut unknown_fields = Map::new();
    let common = common::common(stream, event_id, &mut fields, &mut unknown_fields)?;
    let own = &mut fields;
    let body = match stream {
        Stream::Complaints => Body::Complaint(texts::complaint(own)?),
        Stream::Commendations => Body::Commendation(texts::commendation(own, &mut unknown_fields)?),
        Stream::CallNotes => Body::CallNote(texts::call_note(own, &mut unknown_fields)?),
        Stream::Promises => Body::Promise(facts::promise(own, &common)?),
        Stream::Deliveries => Body::Delivery(facts::delivery(own)?),
        Stream::CaseEvents => Body::CaseEvent(facts::case_event(own)?),
        Stream::DepartmentRequests => Body::DepartmentRequest(facts::department_request(own, &common)?),
        Stream::DepartmentReplies => Body::DepartmentReply(facts::department_reply(own)?),
        Stream::Judgements => Body::Judgement(facts::judgement(own)?),
        Stream::Appeals => Body::Appeal(facts::appeal(own)?),
        Stream::Corrections => Body::Correction(facts::correction(own)?),
    };
    fields.keep_rest("", &mut unknown_fields);
    Ok(Event { stream, common, body, unknown_fields })
}

fn refuse(wrong: take::Wrong, event_id: Option<String>) -> Rejection {
    Rejection { reason: wrong.reason, field: wrong.path.into_field(), detail: wrong.detail, event_id }
}
