//! How a text is cut for the index: pure, and the same for texts and for queries.

mod find;
mod grams;
mod lower;
mod script;
mod snippet;
mod units;
mod words;

pub(crate) use find::{Pattern, PatternUnit};
pub(crate) use grams::{Gram, Grams, grams};
pub use snippet::Snippet;
pub(crate) use units::{ADJACENT, UnitKind};
pub(crate) use words::{Words, words};
