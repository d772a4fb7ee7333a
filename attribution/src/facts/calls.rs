//! Records of one call: what one of them names, the others are about as well.

use std::collections::BTreeMap;

use super::Contact;

/// Record ids by call, of calls with several records.
pub(super) type Calls = BTreeMap<String, Vec<String>>;

/// Finds the records that share a call, and gives each the customer, order, case and agent that it does not name itself but the
/// others do. Where these disagree nothing is given: a link is never guessed.
pub(super) fn link(contacts: &mut BTreeMap<String, Contact>) -> Calls {
    let mut calls = Calls::new();
    for contact in contacts.values() {
        if let Some(call) = &contact.call_id {
            calls.entry(call.clone()).or_default().push(contact.record_id.clone());
        }
    }
    calls.retain(|_, records| records.len() > 1);
    for records in calls.values() {
        let named: Vec<Contact> = records.iter().filter_map(|id| contacts.get(id)).cloned().collect();
        let (customer, order) = (agreed(&named, |c| c.customer), agreed(&named, |c| c.order));
        let (case, agent) = (agreed(&named, |c| c.case), agreed(&named, |c| c.agent_no.clone()));
        for id in records {
            let Some(contact) = contacts.get_mut(id) else { continue };
            contact.customer = contact.customer.or(customer);
            contact.order = contact.order.or(order);
            contact.case = contact.case.or(case);
            contact.agent_no = contact.agent_no.take().or_else(|| agent.clone());
        }
    }
    calls
}

/// What all that name one name.
fn agreed<T: PartialEq>(contacts: &[Contact], of: impl Fn(&Contact) -> Option<T>) -> Option<T> {
    let mut named = contacts.iter().filter_map(of);
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}
