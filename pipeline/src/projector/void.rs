//! Rows of what is no longer told: a fact told anew may leave nothing to say.

use std::collections::{BTreeMap, HashMap, HashSet};

use tingjian_attribution::Facts;
use tingjian_schemas::LinkKey;
use tingjian_warehouse::{AttributionRow, ContactPlaceRow, Projected};

use super::load::Loaded;

/// Voids attributions of records touched that have none any more, and places of contacts that are in no chain any more.
pub(super) fn untold(loaded: &Loaded, projected: &mut Projected, version: u64) {
    let facts = &loaded.facts;
    let kept: HashMap<&str, i64> =
        projected.attributions.iter().map(|row| (row.record_id.as_str(), row.occurred_at)).collect();
    let now = |id: &str| facts.contact(id).map(|contact| contact.occurred_at.as_millisecond());
    let untold: Vec<(String, i64)> = loaded
        .records
        .iter()
        .filter(|id| !kept.contains_key(id.as_str()))
        .filter_map(|id| Some((id.clone(), now(id)?)))
        .collect();
    let left = loaded.left.iter().filter(|key| now(&key.record_id) != Some(key.occurred_at));
    let left: Vec<(String, i64)> = left.map(|key| (key.record_id.clone(), key.occurred_at)).collect();
    // Others never had a place.
    let moved: HashSet<&str> = loaded.left.iter().map(|key| key.record_id.as_str()).collect();
    let of_nobody = loaded.records.iter().filter_map(|id| facts.contact(id));
    let of_nobody = of_nobody.filter(|contact| contact.call_id.is_some() || moved.contains(contact.record_id.as_str()));
    let of_nobody = of_nobody.filter(|contact| contact.customer.is_none() || !contact.is_contact());
    let of_nobody = of_nobody.map(|contact| (contact.record_id.clone(), contact.occurred_at.as_millisecond()));
    let placeless: Vec<(String, i64)> = of_nobody.chain(lone(loaded)).chain(left.iter().cloned()).collect();
    let attributions = untold.iter().chain(&left).map(|(id, at)| AttributionRow::voided(id, *at, version));
    projected.attributions.extend(attributions);
    projected.places.extend(placeless.iter().map(|(id, at)| ContactPlaceRow::voided(id, *at, version)));
}

/// Contacts of each customer touched, where there is only one of them: it follows none and none follows it.
fn lone(loaded: &Loaded) -> impl Iterator<Item = (String, i64)> {
    let counts = contacts(&loaded.facts);
    let alone = loaded.facts.contacts().filter(move |contact| {
        let customer = contact.customer.filter(|customer| contact.is_contact() && loaded.customers.contains(customer));
        customer.is_some_and(|customer| counts.get(&customer) == Some(&1))
    });
    alone.map(|contact| (contact.record_id.clone(), contact.occurred_at.as_millisecond()))
}

/// How many contacts each customer has.
pub(super) fn contacts(facts: &Facts) -> BTreeMap<LinkKey, usize> {
    let mut counts = BTreeMap::new();
    for customer in facts.contacts().filter(|contact| contact.is_contact()).filter_map(|contact| contact.customer) {
        *counts.entry(customer).or_default() += 1;
    }
    counts
}
