//! What a search seeks in a text: how the query language is told to a store that has its own ways to find it.

/// What a text must be to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Any text.
    Anything,
    /// A text with a term in it.
    Term(SoughtTerm),
    /// All of these.
    All(Vec<Sought>),
    /// At least one of these.
    Any(Vec<Sought>),
    /// Not this.
    Not(Box<Sought>),
}

/// A term: all literals stand in the text (in lower case), and the expression matches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoughtTerm {
    /// Runs without a separator, in lower case; at least one.
    pub literals: Vec<String>,
    /// Where the literals alone would find too much: the order, the borders of words and numbers.
    pub expression: Option<String>,
}
