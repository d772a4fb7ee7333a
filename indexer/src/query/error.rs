//! What can be wrong with a query, said in the user's language and at a place in what they typed.

use std::fmt;

use super::{MAX_QUERY_CHARS, MAX_QUERY_DEPTH, MAX_QUERY_TERMS};

/// A query that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// Character of the query as typed, counted from 0, where the trouble starts.
    pub at: usize,
    /// What the trouble is.
    pub problem: QueryProblem,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryProblem {
    /// A quote without its partner.
    UnclosedQuote,
    /// Quotes with nothing to search for in between.
    EmptyPhrase,
    /// `(` without `)`.
    UnclosedParenthesis,
    /// `)` without `(`.
    StrayParenthesis,
    /// `()`.
    EmptyParentheses,
    /// AND, OR or NOT with nothing after it.
    NothingAfterOperator,
    /// AND or OR with nothing before it.
    NothingBeforeOperator,
    /// Only punctuation.
    NothingToSearch,
    /// More than [`MAX_QUERY_CHARS`] characters.
    TooLong,
    /// More than [`MAX_QUERY_TERMS`] terms.
    TooManyTerms,
    /// Nested deeper than [`MAX_QUERY_DEPTH`].
    TooDeep,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 个字符：", self.at + 1)?;
        match self.problem {
            QueryProblem::UnclosedQuote => f.write_str("引号没有闭合"),
            QueryProblem::EmptyPhrase => f.write_str("引号里没有可检索的文字"),
            QueryProblem::UnclosedParenthesis => f.write_str("左括号没有闭合"),
            QueryProblem::StrayParenthesis => f.write_str("多余的右括号"),
            QueryProblem::EmptyParentheses => f.write_str("括号里没有内容"),
            QueryProblem::NothingAfterOperator => f.write_str("AND、OR、NOT 后面缺少要检索的内容"),
            QueryProblem::NothingBeforeOperator => f.write_str("AND、OR 前面缺少要检索的内容"),
            QueryProblem::NothingToSearch => f.write_str("没有可检索的文字（只有标点或空白）"),
            QueryProblem::TooLong => write!(f, "检索式超过 {MAX_QUERY_CHARS} 个字符"),
            QueryProblem::TooManyTerms => write!(f, "检索词超过 {MAX_QUERY_TERMS} 个"),
            QueryProblem::TooDeep => write!(f, "括号和 NOT 嵌套超过 {MAX_QUERY_DEPTH} 层"),
        }
    }
}

impl std::error::Error for QueryError {}
