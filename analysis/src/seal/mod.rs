//! An event with nothing left in it that says who the customer is.

mod cleaner;
mod known;

use std::{borrow::Cow, fmt};

use cleaner::Cleaner;
use hmac::{Hmac, KeyInit, Mac};
use known::Known;
use sha2::{Digest, Sha256};
use tingjian_schemas::{Common, Customer, Event, Fact, FactBody, Head, LinkKey, Record, Stream};

use crate::{Analyser, Context, normalise};

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
    /// Keeps the keys of equal values of different kinds apart.
    const fn domain(self) -> &'static [u8] {
        match self {
            Self::Customer => b"customer\0",
            Self::Order => b"order\0",
            Self::Case => b"case\0",
        }
    }
}

/// A sealed event: a record to store, search and count, or a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Sealed {
    /// A text event.
    Record(Box<Record>),
    /// Any other.
    Fact(Box<Fact>),
}

/// Masks texts and replaces customer, order and case by keyed hashes.
///
/// - **Keys**: HMAC-SHA-256 under the installation's secret, cut to 128 bits. The customer's is made of the account, else
///   the phone, else the name. One value gives one key however it is written: telephone numbers count by their digits
///   without +86, other values in the normalised form of texts, in lower case, without white space.
/// - **Texts** and all other strings are masked; what the event itself says of the customer (phone, account, name, order,
///   case) is taken out of them wherever it stands, with any spaces or hyphens in it, also in unknown fields and in
///   numbers there. Values of one Chinese character or of less than four letters and digits are too common for that.
/// - **Kept as they are**: the sender's own ids (event, call, promise, request, appeal, record) and 工号, which link events
///   to each other and staff to their work. They must not be made of a customer's data.
///
/// Sealing a sealed text again changes nothing.
pub struct Sealer {
    keyed: Hmac<Sha256>,
}

impl Sealer {
    /// With the installation's secret: another secret, other keys.
    pub fn new(secret: &[u8]) -> Self {
        // Hashed first: then a secret of any length is a key of one length, and nothing can fail.
        let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
        for (to, from) in key.iter_mut().zip(Sha256::digest(secret)) {
            *to = from;
        }
        Self { keyed: Hmac::new(&key) }
    }

    /// The key of `clear`, which is brought into one form first.
    pub fn key(&self, kind: LinkKind, clear: &str) -> LinkKey {
        let mut mac = self.keyed.clone();
        mac.update(kind.domain());
        mac.update(one_form(clear).as_bytes());
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        LinkKey(key)
    }

    /// Seals an event, and has its text read where it has one.
    pub fn seal(&self, analyser: &Analyser, event: Event) -> Sealed {
        let Event { stream, common, body, unknown_fields } = event;
        let cleaner = Cleaner::new(Known::of(&common));
        let context = Context { occurred_at: Some(common.occurred_at) };
        let head = self.head(&cleaner, stream, common, unknown_fields);
        let (text, body) = match cleaner.body(body) {
            cleaner::Clean::Text(text, body) => (text, body),
            cleaner::Clean::Fact(body) => return fact(head, body),
        };
        let reading = analyser.read(&text, &context);
        Sealed::Record(Box::new(Record { head, body, reading, versions: analyser.versions().clone() }))
    }

    fn head(
        &self,
        cleaner: &Cleaner,
        stream: Stream,
        common: Common,
        unknown: serde_json::Map<String, serde_json::Value>,
    ) -> Head {
        let Customer { phone, account, name } = common.customer.unwrap_or_default();
        let said = |value: &Option<String>| value.as_deref().is_some_and(|v| !v.trim().is_empty());
        let customer = [account, phone, name].into_iter().find(said).flatten();
        let key = |kind, clear: Option<String>| clear.map(|clear| self.key(kind, &clear));
        Head {
            stream,
            event_id: common.event_id,
            occurred_at: common.occurred_at,
            source: cleaner.names(common.source),
            channel: cleaner.names(common.channel),
            customer_key: key(LinkKind::Customer, customer),
            order_key: key(LinkKind::Order, common.order_id),
            case_key: key(LinkKind::Case, common.case_id),
            call_id: common.call_id,
            agent_no: common.agent_no,
            department: cleaner.names(common.department),
            lane: common.lane.map(|lane| cleaner.lane(lane)),
            unknown_fields: cleaner.unknown(unknown),
        }
    }
}

fn fact(head: Head, body: FactBody) -> Sealed {
    Sealed::Fact(Box::new(Fact { head, body }))
}

/// One form for every way to write a phone number, an account, an order.
fn one_form(clear: &str) -> Cow<'_, str> {
    let text = normalise(clear);
    match phone_digits(&text) {
        Some(digits) => Cow::Owned(digits),
        None => Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()),
    }
}

/// The digits of a telephone number without country code, where `text` is nothing else.
fn phone_digits(text: &str) -> Option<String> {
    let written =
        text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')' | '（' | '）' | '.'));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_mobile = |n: &&str| n.len() == 11 && n.starts_with('1');
    let home = ["0086", "86", "0"].iter().filter_map(|code| digits.strip_prefix(code)).find(is_mobile);
    (written && digits.len() >= 5).then(|| home.unwrap_or(&digits).to_owned())
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(..)")
    }
}
