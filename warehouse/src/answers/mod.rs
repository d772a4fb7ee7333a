//! Questions about promises, lanes, departments, contacts and agents.

mod agents;
mod alerts;
mod attributed;
mod commendations;
mod contacts;
mod corrected;
mod delivery;
mod departments;
mod editions;
mod ledger;
mod menus;
mod over_promises;
mod pages;
mod people;
mod taxonomies;
mod volumes;
mod weekly;

use clickhouse::query::Query;
use jiff::Timestamp;

pub use agents::{AgentCounts, ClearedRecord, PraiseOf};
pub use alerts::AlertNote;
pub use attributed::{AttributedRecord, Narrowed};
pub use commendations::{CommendationFilter, StoredCommendation, Whose};
pub use contacts::{ContactGroup, ContactsBy};
pub use corrected::CorrectedRecord;
pub use delivery::DeliveryNote;
pub use departments::{DepartmentHolds, DepartmentRecords, DepartmentRequestSums, JudgementSums};
pub use editions::{PublishedWeek, StoredEdition};
pub use ledger::{PromiseGroup, PromisesBy};
pub use menus::MenuPlace;
pub use over_promises::OverPromisedLane;
pub use pages::{
    AgentRow, AgreementRow, AppealRow, AskedDepartment, AskedState, BusyLane, Choice, ChosenRecord, ContactChoice,
    ContactTold, DimensionCount, EntryChoice, HeldCase, LedgerEntryRow, Looks, MatrixCell, Part, ReviewRow,
};
pub use people::{DoubleChecks, MovedTo, PeopleSums, PraisedName, ReadingCount, ReopenedCases};
pub use taxonomies::StoredTaxonomy;
pub use volumes::{CauseDepartment, CauseQuote, WeekKind};
pub use weekly::{TERM_WEEKS, WeeklyCell, WeeklyTerm};

use crate::questions::{
    counted::Reach,
    filters::{since_millis, until_millis},
};

/// Groups of one answer at most; further ones are the smallest.
const MAX_GROUPS: u32 = 10_000;

/// From when to when; either end may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Inclusive.
    pub since: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
}

impl Span {
    pub(crate) fn bind(self, query: Query) -> Query {
        query.param("since", since_millis(self.since)).param("until", until_millis(self.until))
    }

    /// The span as it is looked for among what was counted ahead.
    fn reach(self) -> Reach {
        let (since, until) = (since_millis(self.since), until_millis(self.until));
        Reach { since, until, border: since, by_days: true }
    }
}
