//! [`Node`] → tantivy queries: one that finds, and those that score what was found.

use std::ops::Bound;

use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query, RegexPhraseQuery,
        TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use crate::{
    fields::Fields,
    query::Node,
    text::{Pattern, UnitKind},
};

/// Grams that may begin with one character; there are far fewer that do.
const MAX_EXPANSIONS: u32 = 30_000;

/// The query that finds what `node` means.
pub(crate) fn finder(node: &Node, fields: &Fields) -> Box<dyn Query> {
    match node {
        Node::All => Box::new(AllQuery),
        Node::Term(pattern) => Grams::of(pattern, fields.text).finder(),
        Node::And(nodes) => conjunction(nodes, fields),
        Node::Or(nodes) => {
            Box::new(BooleanQuery::new(nodes.iter().map(|node| (Occur::Should, finder(node, fields))).collect()))
        }
        Node::Not(_) => conjunction(std::slice::from_ref(node), fields),
    }
}

fn conjunction(nodes: &[Node], fields: &Fields) -> Box<dyn Query> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = nodes
        .iter()
        .map(|node| match node {
            Node::Not(excluded) => (Occur::MustNot, finder(excluded, fields)),
            other => (Occur::Must, finder(other, fields)),
        })
        .collect();
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    Box::new(BooleanQuery::new(clauses))
}

/// A query that scores records, and the terms whose statistics its score depends on.
pub(crate) struct Scoring {
    pub(crate) query: Box<dyn Query>,
    pub(crate) terms: Vec<Term>,
}

/// What scores the records that `node` finds; a record's score is the sum of those that find it.
pub(crate) fn scorings(node: &Node, fields: &Fields) -> Vec<Scoring> {
    let patterns = node.positive_patterns();
    patterns
        .iter()
        .flat_map(|pattern| [Grams::of(pattern, fields.text).scoring(), word_scoring(pattern, fields.words)])
        .flatten()
        .collect()
}

/// Lifts records in which the whole pattern is one word.
fn word_scoring(pattern: &Pattern, field: Field) -> Option<Scoring> {
    let adjacent = pattern.units().iter().zip(0u32..).all(|(unit, at)| unit.offset == at * crate::text::ADJACENT);
    if !adjacent || pattern.units().len() < 2 {
        return None;
    }
    let word: String = pattern.units().iter().map(|unit| unit.text.as_str()).collect();
    let term = Term::from_field_text(field, &word);
    Some(Scoring { query: Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)), terms: vec![term] })
}

/// The grams that stand for a pattern: together and at these distances they stand in exactly the texts that have it.
struct Grams {
    field: Field,
    /// Distance from the pattern's start, gram.
    exact: Vec<(usize, Term)>,
    /// A last ideograph that no pair covers: any gram that begins with it will do.
    prefix: Option<(usize, String)>,
}

impl Grams {
    /// Pairs that cover the pattern with as few grams as possible.
    fn of(pattern: &Pattern, field: Field) -> Self {
        let mut grams = Self { field, exact: Vec::new(), prefix: None };
        let units = pattern.units();
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            let run = units.iter().skip(at).zip(0u32..).take_while(|(next, nth)| {
                next.kind == UnitKind::Ideograph && next.offset == unit.offset + nth * crate::text::ADJACENT
            });
            let length = run.count();
            if length == 0 {
                grams.push(unit.offset, &unit.text);
                at += 1;
            } else {
                let run = units.get(at..at + length).unwrap_or_default();
                grams.cover(run, at + length == units.len());
                at += length;
            }
        }
        grams
    }

    fn cover(&mut self, run: &[crate::text::PatternUnit], is_last: bool) {
        match run {
            [single] if is_last => self.prefix = Some((single.offset as usize, single.text.clone())),
            // Followed by something else in the text as in the pattern: it ends its run, and stands alone as a gram.
            [single] => self.push(single.offset, &single.text),
            _ => {
                for pair in run.chunks_exact(2) {
                    self.push_pair(pair);
                }
                if run.len() % 2 == 1 {
                    self.push_pair(run.get(run.len() - 2..).unwrap_or_default());
                }
            }
        }
    }

    fn push_pair(&mut self, pair: &[crate::text::PatternUnit]) {
        if let [first, second] = pair {
            self.push(first.offset, &format!("{}{}", first.text, second.text));
        }
    }

    fn push(&mut self, offset: u32, gram: &str) {
        self.exact.push((offset as usize, Term::from_field_text(self.field, gram)));
    }

    fn finder(mut self) -> Box<dyn Query> {
        match (self.exact.len(), self.prefix.take()) {
            (0, None) => Box::new(EmptyQuery),
            (0, Some((_, prefix))) => prefix_query(self.field, &prefix),
            (_, Some(prefix)) => open_query(self.field, self.exact, prefix),
            (_, None) => exact_query(self.exact, IndexRecordOption::Basic),
        }
    }

    /// By the grams alone: how often the last character of an open end stands where is not worth its cost.
    fn scoring(self) -> Option<Scoring> {
        if self.exact.is_empty() {
            return None;
        }
        let terms = self.exact.iter().map(|(_, term)| term.clone()).collect();
        Some(Scoring { query: exact_query(self.exact, IndexRecordOption::WithFreqs), terms })
    }
}

fn exact_query(mut grams: Vec<(usize, Term)>, option: IndexRecordOption) -> Box<dyn Query> {
    match grams.pop() {
        None => Box::new(EmptyQuery),
        Some((_, only)) if grams.is_empty() => Box::new(TermQuery::new(only, option)),
        Some(last) => {
            grams.push(last);
            Box::new(PhraseQuery::new_with_offset(grams))
        }
    }
}

/// Grams at their distances and then any gram that begins with the prefix. (tantivy's `PhrasePrefixQuery` knows no other
/// distance than 1.) Grams hold letters, digits, symbols and ideographs: nothing that means anything in a pattern.
fn open_query(field: Field, exact: Vec<(usize, Term)>, prefix: (usize, String)) -> Box<dyn Query> {
    let mut patterns: Vec<(usize, String)> = exact
        .into_iter()
        .map(|(offset, gram)| (offset, gram.value().as_str().unwrap_or_default().to_owned()))
        .collect();
    patterns.push((prefix.0, format!("{}.*", prefix.1)));
    let mut query = RegexPhraseQuery::new_with_offset(field, patterns);
    query.set_max_expansions(MAX_EXPANSIONS);
    Box::new(query)
}

fn prefix_query(field: Field, prefix: &str) -> Box<dyn Query> {
    let next = prefix.chars().last().and_then(|c| (c..).nth(1));
    let upper = match next {
        Some(next) => Bound::Excluded(Term::from_field_text(field, next.encode_utf8(&mut [0; 4]))),
        None => Bound::Unbounded,
    };
    Box::new(InvertedIndexRangeQuery::new(Bound::Included(Term::from_field_text(field, prefix)), upper))
}
