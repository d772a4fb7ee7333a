//! The links that an event makes.

use serde::Serialize;
use tingjian_schemas::{Entry, Fact, FactBody, Head, Item, LinkKey, Record, Stream};

use super::{of_id, of_key};
use crate::rows::Table;

/// From a key to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LinkRow {
    pub key: u64,
    pub kept_in: u8,
    /// Milliseconds since 1970.
    pub occurred_at: i64,
    /// Hash of the event's id.
    pub event: u64,
}

impl LinkRow {
    /// All links of an item.
    pub(crate) fn of(item: &Item) -> impl Iterator<Item = Self> {
        let found = match &item.entry {
            Entry::Record(record) => Some((Table::Records, &record.head, of_record(record))),
            Entry::Fact(fact) => Some((Table::of_fact(&fact.body), &fact.head, of_fact(fact))),
            Entry::Dead(_) => None,
        };
        found.into_iter().flat_map(|(table, head, keys)| {
            let (kept_in, occurred_at) = (table.number(), head.occurred_at.as_millisecond());
            let event = of_id(&head.event_id);
            keys.into_iter().flatten().map(move |key| Self { key, kept_in, occurred_at, event })
        })
    }
}

type Keys = [Option<u64>; 5];

fn of_record(record: &Record) -> Keys {
    let head = &record.head;
    // Only contacts make chains.
    let is_contact = matches!(head.stream, Stream::Complaints | Stream::CallNotes);
    [
        Some(of_id(&head.event_id)),
        key(&head.customer_key).filter(|_| is_contact),
        key(&head.order_key),
        key(&head.case_key),
        head.call_id.as_deref().map(of_id),
    ]
}

fn of_fact(fact: &Fact) -> Keys {
    let Head { order_key, case_key, .. } = &fact.head;
    let (first, second) = match &fact.body {
        FactBody::Promise(_) => (key(order_key), key(case_key)),
        FactBody::Delivery(_) => (key(order_key), None),
        FactBody::CaseEvent(_) | FactBody::DepartmentRequest(_) => (key(case_key), None),
        FactBody::DepartmentReply(reply) => (Some(of_id(&reply.request_id)), None),
        FactBody::Judgement(judgement) => (Some(of_id(&judgement.record_id)), None),
        FactBody::Appeal(appeal) => (Some(of_id(&appeal.record_id)), None),
        FactBody::Correction(correction) => (Some(of_id(&correction.record_id)), None),
    };
    [first, second, None, None, None]
}

fn key(key: &Option<LinkKey>) -> Option<u64> {
    key.as_ref().map(of_key)
}
