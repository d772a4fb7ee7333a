//! A query, as a store that knows no grams can answer it: literals that a text contains, and where these do not say everything, a
//! regular expression (RE2). Finds what the index finds, in texts normalised as ours are.

use std::fmt::Write;

use tingjian_schemas::{Sought, SoughtTerm};

use super::{Node, QueryError, parse};
use crate::text::{ADJACENT, Pattern, PatternUnit, Snippet, UnitKind};

/// Characters that are written without spaces between words: the units of [`UnitKind::Ideograph`].
const IDEOGRAPHS: &str = r"\x{3005}-\x{3007}\x{3021}-\x{3029}\x{303b}\x{3041}-\x{3096}\x{30a1}-\x{30fa}\x{30fc}\x{3105}-\x{312f}\x{31a0}-\x{31bf}\x{31f0}-\x{31ff}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{ac00}-\x{d7a3}\x{f900}-\x{faff}\x{20000}-\x{323af}";
/// Pictographs: tokens of one character.
const SYMBOLS: &str = r"\x{2600}-\x{27bf}\x{2b00}-\x{2bff}\x{1f000}-\x{1faff}";

/// A query that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadQuery {
    node: Node,
}

impl ReadQuery {
    /// Reads a query as typed.
    ///
    /// # Errors
    /// The first thing that cannot be understood, and where.
    pub fn new(query: &str) -> Result<Self, QueryError> {
        Ok(Self { node: parse(query)? })
    }

    /// What it seeks.
    pub fn sought(&self) -> Sought {
        sought(&self.node)
    }

    /// The terms that a found text may contain because of the query: what its relevance depends on.
    pub fn positive_literals(&self) -> Vec<String> {
        self.node.positive_patterns().iter().flat_map(literals).collect()
    }

    /// The part of a text that shows why it was found.
    pub fn snippet(&self, text: &str) -> Snippet {
        Snippet::of(text, &self.node.positive_patterns())
    }
}

fn sought(node: &Node) -> Sought {
    match node {
        Node::All => Sought::Anything,
        Node::Term(pattern) => {
            Sought::Term(SoughtTerm { literals: literals(pattern), expression: expression(pattern) })
        }
        Node::And(nodes) => Sought::All(nodes.iter().map(sought).collect()),
        Node::Or(nodes) => Sought::Any(nodes.iter().map(sought).collect()),
        Node::Not(node) => Sought::Not(Box::new(sought(node))),
    }
}

/// Runs of units with nothing between them.
fn literals(pattern: &Pattern) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut wanted = None;
    for unit in pattern.units() {
        match runs.last_mut().filter(|_| wanted == Some(unit.offset)) {
            Some(run) => run.push_str(&unit.text),
            None => runs.push(unit.text.clone()),
        }
        wanted = Some(unit.offset + ADJACENT);
    }
    runs
}

/// `None` where one run of ideographs is all there is.
fn expression(pattern: &Pattern) -> Option<String> {
    let units = pattern.units();
    let (first, last) = (units.first()?, units.last()?);
    let is_one_run = literals(pattern).len() == 1;
    if is_one_run && border(first).is_none() && border(last).is_none() {
        return None;
    }
    let mut out = String::new();
    if let Some(class) = border(first) {
        let _ = write!(out, "(?:^|[^{class}]|[{IDEOGRAPHS}])");
    }
    let mut wanted = first.offset;
    for unit in units {
        if unit.offset != wanted {
            // A separator: what is part of no unit.
            let _ = write!(out, r"[^\pL\pM\pN{IDEOGRAPHS}{SYMBOLS}]+");
        }
        escape(&unit.text, &mut out);
        wanted = unit.offset + ADJACENT;
    }
    if let Some(class) = border(last) {
        let _ = write!(out, "(?:[^{class}]|[{IDEOGRAPHS}]|$)");
    }
    Some(out)
}

/// What a unit's run is made of, so that more of it beside the unit means another run; `None` where no neighbour changes a unit.
fn border(unit: &PatternUnit) -> Option<&'static str> {
    let c = unit.text.chars().next().filter(|_| unit.kind == UnitKind::Token)?;
    if c.is_numeric() {
        Some(r"\pN")
    } else if c.is_alphabetic() {
        Some(r"\pL\pM")
    } else {
        None
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        let _ = write!(out, r"\x{{{:x}}}", u32::from(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected_literals: &[&str], has_expression: bool) {
        match ReadQuery::new(query).unwrap().sought() {
            Sought::Term(term) => {
                assert_eq!(term.literals, expected_literals, "{query}");
                assert_eq!(term.expression.is_some(), has_expression, "{query}: {term:?}");
            }
            other => panic!("{query}: {other:?}"),
        }
    }

    #[test]
    fn terms_become_literals_and_where_needed_an_expression() {
        check("太慢", &["太慢"], false);
        check("慢", &["慢"], false);
        check("\"快、好\"", &["快", "好"], true);
        check("IPHONE15坏", &["iphone15坏"], true);
        check("👍", &["👍"], false);
        check("40分钟", &["40分钟"], true);
    }

    #[test]
    fn operators_keep_their_shape() {
        let read = ReadQuery::new("太慢 AND NOT (退款 OR 退货)").unwrap();
        let Sought::All(parts) = read.sought() else { panic!("{read:?}") };
        assert!(matches!(&parts[..], [Sought::Term(_), Sought::Not(_)]), "{parts:?}");
        assert_eq!(read.positive_literals(), ["太慢"]);
        assert_eq!(ReadQuery::new("  ").unwrap().sought(), Sought::Anything);
        assert!(ReadQuery::new("(太慢").is_err());
    }
}
