//! An event with nothing left in it that says who the customer is.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tingjian_schemas::{Body, Common, Customer, Event, Fact, FactBody, Head, LinkKey, Record, Stream, TextBody};

use crate::{Analyser, Context, mask::mask, normalise::normalise};

/// What a key links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// The contacts of one customer.
    Customer,
    /// Everything about one order.
    Order,
    /// Everything about one case.
    Case,
}

impl LinkKind {
    /// Keeps the hashes of equal values of different kinds apart.
    const fn domain(self) -> &'static [u8] {
        match self {
            Self::Customer => b"customer\0",
            Self::Order => b"order\0",
            Self::Case => b"case\0",
        }
    }
}

/// A sealed event: a record to understand and search, or a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Sealed {
    /// A text event.
    Record(Box<Record>),
    /// Any other.
    Fact(Box<Fact>),
}

/// Masks texts and replaces customer, order and case by keyed hashes.
pub struct Sealer {
    keyed: Hmac<Sha256>,
}

impl Sealer {
    /// With the installation's secret: other secret, other keys.
    pub fn new(secret: &[u8]) -> Self {
        // HMAC hashes a key of any length down to its block; hashing it here keeps this constructor from failing.
        let digest = <Sha256 as sha2::Digest>::digest(secret);
        Self { keyed: Hmac::<Sha256>::new(&pad(&digest)) }
    }

    /// The key of `clear`, which is brought into one form first.
    pub fn key(&self, kind: LinkKind, clear: &str) -> LinkKey {
        let mut mac = self.keyed.clone();
        mac.update(kind.domain());
        mac.update(normalise(clear).trim().as_bytes());
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        LinkKey(key)
    }

    /// Seals an event, and has its text read where it has one.
    pub fn seal(&self, analyser: &Analyser, event: Event) -> Sealed {
        let Event { stream, common, body, unknown_fields } = event;
        let context = Context { occurred_at: Some(common.occurred_at) };
        let head = self.head(stream, common, unknown_fields);
        let (text, body) = match body {
            Body::Complaint(mut b) => (std::mem::take(&mut b.text), TextBody::Complaint(b)),
            Body::Commendation(mut b) => (std::mem::take(&mut b.text), TextBody::Commendation(b)),
            Body::CallNote(mut b) => (std::mem::take(&mut b.text), TextBody::CallNote(b)),
            Body::Promise(b) => return fact(head, FactBody::Promise(b)),
            Body::Delivery(b) => return fact(head, FactBody::Delivery(b)),
            Body::CaseEvent(b) => return fact(head, FactBody::CaseEvent(b)),
            Body::DepartmentRequest(b) => return fact(head, FactBody::DepartmentRequest(b)),
            Body::DepartmentReply(b) => return fact(head, FactBody::DepartmentReply(b)),
            Body::Judgement(b) => return fact(head, FactBody::Judgement(b)),
            Body::Appeal(b) => return fact(head, FactBody::Appeal(b)),
            Body::Correction(b) => return fact(head, FactBody::Correction(b)),
        };
        let reading = analyser.read(&text, &context);
        Sealed::Record(Box::new(Record { head, body, reading, versions: analyser.versions().clone() }))
    }

    fn head(&self, stream: Stream, common: Common, unknown: serde_json::Map<String, Value>) -> Head {
        let customer = common.customer.unwrap_or_default();
        let Customer { phone, account, name } = customer;
        Head {
            stream,
            event_id: common.event_id,
            occurred_at: common.occurred_at,
            source: common.source,
            channel: common.channel,
            customer_key: account.or(phone).or(name).map(|c| self.key(LinkKind::Customer, &c)),
            order_key: common.order_id.map(|c| self.key(LinkKind::Order, &c)),
            case_key: common.case_id.map(|c| self.key(LinkKind::Case, &c)),
            call_id: common.call_id,
            agent_no: common.agent_no,
            department: common.department,
            lane: common.lane,
            unknown_fields: if unknown.is_empty() {
                String::new()
            } else {
                mask(&Value::Object(unknown).to_string()).into_owned()
            },
        }
    }
}

fn fact(head: Head, body: FactBody) -> Sealed {
    Sealed::Fact(Box::new(Fact { head, body }))
}

fn pad(digest: &[u8]) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
    for (to, from) in key.iter_mut().zip(digest) {
        *to = *from;
    }
    key
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(..)")
    }
}
