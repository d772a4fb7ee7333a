//! From a clean text to kind, causes, praise and abuse, each with the words that say so.

pub mod clauses;
mod decide;
mod explain;
mod insults;
mod learnt;
pub mod lexicon;
mod pattern;
pub mod rules;

pub use decide::{Decision, MAX_CAUSES, Parsed, Scored, Understander};
pub use explain::{ClauseView, Explanation, LabelView, RuleView};

/// A mistake in a rule or lexicon file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum RuleError {
    #[error("{file}: {reason}")]
    File { file: String, reason: String },
    #[error("{place}: the label {label:?} is neither a cause of the taxonomy nor kind.*, praised or abuse")]
    UnknownLabel { place: String, label: String },
    #[error("{place}: no concept is named {name:?}")]
    UnknownConcept { place: String, name: String },
    #[error("{place}: cannot read the pattern {pattern:?}: {reason}")]
    Pattern { place: String, pattern: String, reason: String },
    #[error("{file}: the word {word:?} stands for too many concepts")]
    TooManyMeanings { file: String, word: String },
    #[error("the lexicon has too many concepts and literals")]
    TooManyTerms,
    #[error("the lexicon lacks the concept {0:?}, which clauses are split by")]
    MissingConcept(String),
}
