//! The search index of records: a tantivy index that finds every run of two or more Chinese characters of a text,
//! whatever the dictionary, filters and counts by what analysis understood, and remembers atomically with its data how
//! far in the source it has come.
//!
//! It never sees a text that is not normalised and masked, never decides what a text means, and never talks to a
//! network. How it was chosen and what it costs: `MEASUREMENTS.md` in this folder.

mod build;
mod columns;
mod document;
mod elsewhere;
mod error;
mod fields;
mod folder;
mod index;
mod options;
mod payload;
mod query;
mod search;
mod shape;
mod sink;
mod text;
mod zones;

pub use error::{IndexError, SearchError};
pub use index::{Index, IndexedRecord};
pub use options::IndexOptions;
pub use query::{MAX_QUERY_CHARS, MAX_QUERY_DEPTH, MAX_QUERY_TERMS, QueryError, QueryProblem, ReadQuery};
pub use search::{DEFAULT_LIMIT, FacetCount, Facets, Hit, MAX_LIMIT, SearchAnswer, SearchRequest, Sort};
pub use sink::{IndexSink, Written};
pub use text::Snippet;
