//! Repeat chains and first-contact resolution, told from the contacts as they come, by the definitions of `FACTS`.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::clock::{DAY, HOUR, Seconds};

/// Longest gap inside a chain.
const REACH: i64 = 7 * DAY;
/// Windows of first-contact resolution, in hours.
pub(crate) const WINDOWS: [i64; 4] = [24, 48, 72, 168];

/// What links a customer's contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Matter {
    /// The same order, by its story.
    Order(u64),
    /// No order, and the same group of causes.
    Group(&'static str),
}

/// A contact: its story and number.
pub(crate) type ContactId = (u64, u8);

/// A contact that may yet be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    pub(crate) id: ContactId,
    pub(crate) at: Seconds,
    pub(crate) chain: ContactId,
    pub(crate) place: u32,
    pub(crate) next_after: Option<i64>,
    link: Option<(u64, Matter)>,
}

/// First-contact resolution within a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fcr {
    /// Hours of the window.
    pub hours: i64,
    /// Contacts older than the window.
    pub contacts: u64,
    /// Those of them not followed within it.
    pub resolved: u64,
}

/// Contacts of the last seven days and what they belong to.
#[derive(Default)]
pub(crate) struct Chains {
    recent: VecDeque<Linked>,
    /// How many have left `recent`.
    gone: u64,
    /// Where the last contact of a matter stands, counted from the first contact of all.
    last: HashMap<(u64, Matter), u64>,
}

impl Chains {
    /// Adds a contact; gives what it belongs to. Times never go back.
    pub(crate) fn add(&mut self, id: ContactId, at: Seconds, customer: u64, matter: Option<Matter>) -> Linked {
        let link = matter.map(|matter| (customer, matter));
        let before = link.and_then(|link| self.last.get(&link)).and_then(|count| count.checked_sub(self.gone));
        let before = before.and_then(|place| self.recent.get_mut(place as usize)).filter(|c| at - c.at <= REACH);
        let (chain, place) = before.map_or((id, 1), |contact| {
            contact.next_after = Some(at - contact.at);
            (contact.chain, contact.place + 1)
        });
        let linked = Linked { id, at, chain, place, next_after: None, link };
        if let Some(link) = link {
            self.last.insert(link, self.gone + self.recent.len() as u64);
        }
        self.recent.push_back(linked);
        linked
    }

    /// The oldest contact that nothing after `now` can follow any more.
    pub(crate) fn settle(&mut self, now: Seconds) -> Option<Linked> {
        if now - self.recent.front()?.at <= REACH {
            return None;
        }
        let oldest = self.recent.pop_front()?;
        if let Some(link) = oldest.link
            && self.last.get(&link) == Some(&self.gone)
        {
            self.last.remove(&link);
        }
        self.gone += 1;
        Some(oldest)
    }
}

/// Counts a contact in every window it is older than, as of `as_of`.
pub(crate) fn count(fcr: &mut [Fcr; 4], contact: &Linked, as_of: Seconds) {
    for (window, hours) in fcr.iter_mut().zip(WINDOWS) {
        window.hours = hours;
        let reach = hours * HOUR;
        if as_of - contact.at > reach {
            window.contacts += 1;
            window.resolved += u64::from(contact.next_after.is_none_or(|gap| gap > reach));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_by_hand() {
        let mut chains = Chains::default();
        let order = Some(Matter::Order(1));
        let first = chains.add((1, 0), 0, 9, order);
        let second = chains.add((1, 1), 7 * DAY, 9, order);
        assert_eq!((first.chain, second.chain, second.place), ((1, 0), (1, 0), 2), "exactly seven days: one chain");
        assert_eq!(chains.add((1, 2), 14 * DAY + 1, 9, order).chain, (1, 2), "a second more: another");
        assert_eq!(chains.add((2, 0), 14 * DAY + 1, 9, Some(Matter::Order(2))).chain, (2, 0), "another order");
        assert_eq!(chains.add((3, 0), 14 * DAY + 2, 9, Some(Matter::Group("people"))).chain, (3, 0), "no order");
        assert_eq!(chains.add((3, 1), 14 * DAY + 3, 9, Some(Matter::Group("people"))).chain, (3, 0), "same group");
        assert_eq!(chains.add((4, 0), 14 * DAY + 3, 8, Some(Matter::Group("people"))).chain, (4, 0), "somebody else");
        assert_eq!(chains.add((5, 0), 14 * DAY + 3, 8, None).chain, (5, 0), "nothing to link by");
        let settled = chains.settle(7 * DAY + 1).unwrap();
        assert_eq!((settled.id, settled.next_after), ((1, 0), Some(7 * DAY)));
        assert!(chains.settle(7 * DAY + 1).is_none());
        let mut fcr = [Fcr::default(); 4];
        count(&mut fcr, &settled, 7 * DAY);
        assert_eq!(fcr.map(|w| (w.contacts, w.resolved)), [(1, 1), (1, 1), (1, 1), (0, 0)]);
        count(&mut fcr, &settled, 8 * DAY);
        assert_eq!(fcr[3], Fcr { hours: 168, contacts: 1, resolved: 0 });
    }
}
