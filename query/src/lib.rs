//! Typed questions and typed answers over warehouse and index, shared by the HTTP API, the pages and the reports.
//!
//! Never serves HTTP, never writes, and never answers from anything but warehouse and index.

mod error;
mod filters;
mod interval;
mod search;

pub use error::QueryError;
pub use filters::{FilterError, Filters};
pub use interval::{Interval, wilson};
pub use search::{HitView, SearchQuestion, SearchView, search};
