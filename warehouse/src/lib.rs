//! The warehouse: ClickHouse as the system of record, embedded or a cluster, through one client.
//!
//! What it promises:
//! - every record and fact counts once at every moment, through replays, replacements and crashes (`write`);
//! - what [`Warehouse::positions`] says is stored survives a power cut (`migrations/0001_records.sql`);
//! - an error says whether trying again may help ([`WarehouseError::is_recoverable`]).
//!
//! What it never does: read a text, decide a cause, or know where records come from.

mod answers;
mod backup;
mod block;
mod config;
mod error;
mod facts;
mod ids;
mod known;
mod links;
mod migrate;
mod positions;
mod projection;
mod questions;
mod rows;
mod supervisor;
mod tide;
mod transport;
mod warehouse;
mod write;

pub use answers::{
    AgentCounts, AgentRow, AgreementRow, AlertNote, AppealRow, AskedDepartment, AskedState, AttributedRecord, BusyLane,
    CauseDepartment, CauseQuote, Choice, ChosenRecord, ClearedRecord, CommendationFilter, ContactChoice, ContactGroup,
    ContactTold, ContactsBy, CorrectedRecord, DeliveryNote, DepartmentHolds, DepartmentRecords, DepartmentRequestSums,
    DimensionCount, DoubleChecks, EntryChoice, HeldCase, JudgementSums, LedgerEntryRow, Looks, MatrixCell, MenuPlace,
    MovedTo, Narrowed, OverPromisedLane, Part, PeopleSums, PraiseOf, PraisedName, PromiseGroup, PromisesBy,
    PublishedWeek, ReadingCount, ReopenedCases, ReviewRow, Span, StoredCommendation, StoredEdition, StoredTaxonomy,
    TERM_WEEKS, WeekKind, WeeklyCell, WeeklyTerm, Whose,
};
pub use backup::BackupState;
pub use config::{Credentials, Endpoint, Timeouts, Tls, WarehouseConfig};
pub use error::WarehouseError;
pub use facts::{FactKeys, LaneTrip, Moment, TripsTold, Width};
pub use ids::IdScope;
pub use migrate::{MigrationError, migration_statements};
pub use projection::{
    AttributionRow, CaseTimesRow, ContactPlaceRow, LaneChange, LanePast, LaneTripRow, LeftKey, LeftTrip, Measured,
    Projected, PromiseEntriesRow, Slice, Touched, UncountedDay,
};
pub use questions::{
    Basis, CauseGroup, CausesAnswer, CausesBy, CausesQuestion, DayCount, DeadLetterCount, DeadLetterFilter,
    DeadLetterPage, DeadLetterReplay, Filters, PageCursor, RecordPage, StoredDeadLetter, StoredRecord, StreamCount,
    TableSize, TextCounts, TextHit, TextOrder, TextSearch,
};
pub use rows::dead_letter_id;
pub use supervisor::{EngineCommand, EngineState, EngineSupervisor, SupervisorError};
pub use warehouse::Warehouse;
pub use write::Written;
