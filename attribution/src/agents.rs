//! How much falls to one agent.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::Facts;

/// Contacts a day that are neither too few nor too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct LoadBand {
    pub low: u32,
    pub high: u32,
}

impl Default for LoadBand {
    fn default() -> Self {
        Self { low: 65, high: 90 }
    }
}

/// One agent's day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct AgentDay {
    pub contacts: u32,
    /// Records in which somebody insults.
    pub abuse: u32,
}

/// Contacts and abuse per agent and day of the organisation's zone.
pub fn loads(facts: &Facts, zone: &TimeZone, as_of: Timestamp) -> BTreeMap<(String, Date), AgentDay> {
    let mut days: BTreeMap<(String, Date), AgentDay> = BTreeMap::new();
    for contact in facts.contacts().filter(|contact| contact.is_contact() && contact.occurred_at <= as_of) {
        let Some(agent) = &contact.agent_no else { continue };
        let day = contact.occurred_at.to_zoned(zone.clone()).date();
        let sum = days.entry((agent.clone(), day)).or_default();
        sum.contacts += 1;
        sum.abuse += u32::from(contact.abuse);
    }
    days
}
