//! Typed questions and typed answers over warehouse and index, shared by the HTTP API, the pages and the reports.
//!
//! Never serves HTTP, never writes, and never answers from anything but warehouse and index.

mod causes;
mod dead_letters;
mod error;
mod filters;
mod interval;
mod pages;
mod record;
mod search;
mod status;
mod trace;

pub use causes::{Basis, CausesAnswer, CausesBy, CausesQuestion, Group, causes};
pub use dead_letters::{DeadLetterItem, DeadLettersAnswer, ReasonCount, dead_letters};
pub use error::QueryError;
pub use filters::{FilterError, Filters};
pub use interval::{Interval, wilson};
pub use pages::RecordPages;
pub use record::{CauseView, LaneView, RecordAnswer, VersionsView, record};
pub use search::{HitView, SearchQuestion, SearchView, search};
pub use status::{IndexView, StoredAnswer, TableView, stored};
pub use trace::{Decomposition, Effort, Responsible, TraceAnswer, trace};
