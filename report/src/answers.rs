//! What the stores answered for a week: everything [`compose`](crate::compose) works from.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    Asked, Basis, Campaign, Contacts, Department, Emerging, MenuNode, OverPromise, People, Quality, Quote, Versions,
    Week,
};

/// Everything asked about a week, before any rule chooses among it.
#[derive(Clone, Debug)]
pub struct WeekAnswers {
    /// Which week.
    pub week: Week,
    /// The organisation's zone.
    pub zone: TimeZone,
    /// Its IANA name.
    pub zone_name: String,
    /// Time of the newest event; `None`: there is none.
    pub as_of: Option<Timestamp>,
    /// Address under which people reach the server; empty: links stay relative.
    pub base_url: String,
    /// Records of the source that are not stored or not worked out yet; `None`: unknown.
    pub lag_records: Option<u64>,
    /// The week itself and the eight before it, oldest first; weeks before the first record are left out.
    pub weeks: Vec<WeekCounts>,
    /// On what the week's attributions rest.
    pub basis: Basis,
    /// Complaints of the week, and of the week before.
    pub complaints: [u64; 2],
    /// Complaints by cause of the week.
    pub causes: Vec<CauseCount>,
    /// Complaints by cause of the week before.
    pub causes_before: Vec<CauseCount>,
    /// Complaints by cause and responsible department.
    pub pairs: Vec<PairCount>,
    /// One quote per cause.
    pub quotes: BTreeMap<String, Quote>,
    /// Complaints with an over-promise share by lane, with the owner of most of them; what-if filled for those asked.
    pub lanes: Vec<OverPromise>,
    /// Complaints with an over-promise share: this week, the week before.
    pub over_promised: [u64; 2],
    /// The same by lane, of the week before.
    pub lanes_before: Vec<LaneCount>,
    /// Departments; the first answers for most records.
    pub departments: Vec<Department>,
    /// Contacts of the week.
    pub contacts: Contacts,
    /// Contacts of the week before.
    pub contacts_before: Contacts,
    /// Where calls ended in the phone menu, the costliest first.
    pub menus: Vec<MenuNode>,
    /// What is surprising.
    pub emerging: Emerging,
    /// Promotions that records of the week are linked to.
    pub campaigns: Vec<Campaign>,
    /// Praise, exonerations, abuse, load.
    pub people: People,
    /// How good the data are.
    pub quality: Quality,
    /// What made the readings.
    pub versions: Versions,
    /// What the report of the week before said, where it was published.
    pub said: Option<crate::Said>,
    /// Questions that people had put into the report.
    pub asked: Vec<Asked>,
}

/// Records of one week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekCounts {
    /// `2026-W47`.
    pub week: String,
    /// Records by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Too unsure to be counted under a cause.
    pub abstained: u64,
    /// Responsibility undecided.
    pub pending: u64,
}

impl WeekCounts {
    /// Records of all kinds.
    pub fn total(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// Records of one kind.
    pub fn of(&self, kind: &str) -> u64 {
        self.kinds.get(kind).copied().unwrap_or(0)
    }
}

/// Complaints under a cause.
#[derive(Clone, Debug, PartialEq)]
pub struct CauseCount {
    /// Leaf of the taxonomy.
    pub code: String,
    /// Distinct records.
    pub records: u64,
    /// Of all complaints.
    pub share: f64,
    /// Lower 95 % bound of the share.
    pub low: f64,
    /// Upper 95 % bound of the share.
    pub high: f64,
}

/// Complaints under a cause that a department answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairCount {
    /// Leaf of the taxonomy.
    pub code: String,
    /// Department.
    pub department: String,
    /// Distinct records.
    pub records: u64,
}

/// Complaints on a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneCount {
    /// Lane.
    pub lane: String,
    /// Distinct records.
    pub records: u64,
}
