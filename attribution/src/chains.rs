//! Repeat contact: chains of one customer about one matter, and whether the first contact was enough. Records of one call are one
//! visit: none of them follows another.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tingjian_schemas::LinkKey;

use crate::{Facts, facts::Contact, rulings::corrected};

/// Longest gap inside a chain.
const REACH: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Windows of first-contact resolution, hours.
pub const WINDOWS_H: [i64; 4] = [24, 48, 72, 168];

/// What links a customer's contacts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    /// The same order.
    Order(LinkKey),
    /// No order, and the same group of primary causes.
    Group(String),
}

/// A contact's place in its chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactPlace {
    /// The contact.
    pub record_id: String,
    /// When.
    pub occurred_at: Timestamp,
    /// Record id of the chain's first contact.
    pub chain_id: String,
    /// 1 for the first.
    pub place: u32,
    /// Milliseconds until the next contact of the chain by another call; `None` where none followed (yet).
    pub next_after_ms: Option<i64>,
}

/// One chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// Record id of its first contact.
    pub chain_id: String,
    /// Its contacts in order of time.
    pub contacts: Vec<ContactPlace>,
}

/// Every chain as of a time, in the order of their first contacts.
pub fn chains(facts: &Facts, as_of: Timestamp) -> Vec<Chain> {
    let mut matters: BTreeMap<(LinkKey, Matter), Vec<&Contact>> = BTreeMap::new();
    let mut alone: Vec<Vec<&Contact>> = Vec::new();
    for contact in facts.contacts().filter(|contact| contact.is_contact() && contact.occurred_at <= as_of) {
        match contact.customer.zip(matter(facts, contact, as_of)) {
            Some(link) => matters.entry(link).or_default().push(contact),
            None => alone.push(vec![contact]),
        }
    }
    let mut found: Vec<Chain> = matters.into_values().chain(alone).flat_map(split).collect();
    found.sort_by(|a, b| key(a).cmp(&key(b)));
    found
}

fn key(chain: &Chain) -> (Option<Timestamp>, &str) {
    (chain.contacts.first().map(|contact| contact.occurred_at), &chain.chain_id)
}

/// What a contact is about: its order, else the group of its primary cause.
fn matter(facts: &Facts, contact: &Contact, as_of: Timestamp) -> Option<Matter> {
    if let Some(order) = contact.order {
        return Some(Matter::Order(order));
    }
    let (_, causes) = corrected(facts, contact, as_of);
    let code = causes.into_iter().next()?.code;
    Some(Matter::Group(code.split('.').next().unwrap_or(&code).to_owned()))
}

/// Cuts the contacts of one matter where a gap is longer than a chain reaches.
fn split(mut contacts: Vec<&Contact>) -> Vec<Chain> {
    contacts.sort_by(|a, b| (a.occurred_at, &a.record_id).cmp(&(b.occurred_at, &b.record_id)));
    contacts.chunk_by(|a, b| b.occurred_at.duration_since(a.occurred_at) <= REACH).map(chain).collect()
}

fn chain(contacts: &[&Contact]) -> Chain {
    let chain_id = contacts.first().map(|contact| contact.record_id.clone()).unwrap_or_default();
    let same_call = |a: &Contact, b: &Contact| a.call_id.is_some() && a.call_id == b.call_id;
    let after =
        |place: u32, of: &Contact| contacts.iter().skip(place as usize).find(|next| !same_call(of, next)).copied();
    let gap = |from: &Contact, to: &Contact| to.occurred_at.as_millisecond() - from.occurred_at.as_millisecond();
    let places = (1..).zip(contacts).map(|(place, contact)| ContactPlace {
        record_id: contact.record_id.clone(),
        occurred_at: contact.occurred_at,
        chain_id: chain_id.clone(),
        place,
        next_after_ms: after(place, contact).map(|next| gap(contact, next)),
    });
    Chain { contacts: places.collect(), chain_id }
}

/// First-contact resolution within a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fcr {
    /// Hours of the window.
    pub hours: i64,
    /// Contacts older than the window.
    pub contacts: u64,
    /// Those of them followed by none within it.
    pub resolved: u64,
}

/// First-contact resolution at four windows, side by side.
pub fn fcr<'a>(contacts: impl IntoIterator<Item = &'a ContactPlace>, as_of: Timestamp) -> [Fcr; 4] {
    let mut windows = WINDOWS_H.map(|hours| Fcr { hours, ..Fcr::default() });
    for contact in contacts {
        for window in &mut windows {
            let reach = window.hours * 3_600_000;
            if as_of.as_millisecond() - contact.occurred_at.as_millisecond() > reach {
                window.contacts += 1;
                window.resolved += u64::from(contact.next_after_ms.is_none_or(|gap| gap > reach));
            }
        }
    }
    windows
}
