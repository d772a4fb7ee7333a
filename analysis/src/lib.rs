//! Understanding Chinese feedback: pure functions from a text to its reading. No I/O, no clock, no async.

mod analyser;
mod clean;
pub mod learn;
mod mask;
mod normalise;
mod seal;
mod segment;
pub mod times;
mod trie;
pub mod understand;

pub use analyser::{Analyser, AnalyserError, Context, ModelChoice, Options, Prepared};
pub use clean::readable;
pub use mask::mask;
pub use normalise::normalise;
pub use seal::{LinkKind, Sealed, Sealer};
pub use segment::{DictionaryError, Segmenter};
