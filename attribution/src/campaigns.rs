//! 客户先知率: customers who knew of a promotion before the agents did.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{Lane, PromiseMaker};

use crate::{
    Facts,
    facts::{Contact, PromiseFact},
};

/// The promotion a record is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignLink {
    /// The advert's promise id.
    pub promise_id: String,
    /// The record came before the agents were told, or they never were.
    pub knew_first: bool,
}

/// The advert a record is linked to: its order's own, else the one standing on its lane when it was written, else the one
/// standing on its order's lane when the delivery began.
pub fn campaign_of(facts: &Facts, contact: &Contact, as_of: Timestamp) -> Option<CampaignLink> {
    let own = contact.order.and_then(|order| facts.promises_of_order(&order).find(|promise| is_advert(promise)));
    let standing = |lane: &Lane, at| facts.standing(lane, at).into_iter().find(|promise| is_advert(promise));
    let named = || contact.lane.as_ref().and_then(|lane| standing(lane, contact.occurred_at));
    let ordered = || {
        let sent = contact.order.and_then(|order| facts.delivery(&order))?;
        standing(sent.head.lane.as_ref()?, sent.body.started_at)
    };
    let advert = own.or_else(named).or_else(ordered).filter(|advert| advert.body.made_at <= as_of)?;
    let told = advert.body.agents_notified_at;
    Some(CampaignLink {
        promise_id: advert.body.promise_id.clone(),
        knew_first: told.is_none_or(|told| contact.occurred_at < told),
    })
}

fn is_advert(promise: &PromiseFact) -> bool {
    promise.body.made_by_kind == PromiseMaker::Advert
}

/// Records of a promotion, and those from customers who knew first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct FirstToKnow {
    pub records: u64,
    pub knew_first: u64,
}

/// By promise id of the advert.
pub fn first_to_know(facts: &Facts, as_of: Timestamp) -> BTreeMap<String, FirstToKnow> {
    let mut sums: BTreeMap<String, FirstToKnow> = BTreeMap::new();
    for contact in facts.contacts().filter(|contact| contact.occurred_at <= as_of) {
        if let Some(link) = campaign_of(facts, contact, as_of) {
            let sum = sums.entry(link.promise_id).or_default();
            sum.records += 1;
            sum.knew_first += u64::from(link.knew_first);
        }
    }
    sums
}
