//! The query language: words, "phrases", AND OR NOT, ( ). Pure; what a query means is said in [`Node`].

mod error;
mod lexer;
mod parser;
mod sought;

pub use error::{QueryError, QueryProblem};
pub(crate) use parser::parse;
pub use sought::ReadQuery;

use crate::text::Pattern;

/// Longest query in characters.
pub const MAX_QUERY_CHARS: usize = 1_000;
/// Most terms in one query.
pub const MAX_QUERY_TERMS: usize = 64;
/// Deepest nesting of parentheses and NOT.
pub const MAX_QUERY_DEPTH: usize = 16;

/// A query, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Every record.
    All,
    /// Records whose text contains the pattern.
    Term(Pattern),
    /// Records that all of these find.
    And(Vec<Node>),
    /// Records that any of these finds.
    Or(Vec<Node>),
    /// Records that this does not find.
    Not(Box<Node>),
}

impl Node {
    /// The patterns that a found record may contain because of the query: those under no NOT.
    pub(crate) fn positive_patterns(&self) -> Vec<Pattern> {
        match self {
            Self::All | Self::Not(_) => Vec::new(),
            Self::Term(pattern) => vec![pattern.clone()],
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().flat_map(Self::positive_patterns).collect(),
        }
    }
}
