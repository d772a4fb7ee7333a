//! Scores that do not depend on how the index happens to be cut into segments, nor on what is written meanwhile.
//!
//! A record's score is a sum of BM25 scores, always added in the same order, from the counts of records and terms at
//! the time of the first page; the cursor carries those counts to the next pages. So a record has the same score on
//! every page, and walking the pages in order of relevance meets every record once.

use tantivy::{
    DocId, DocSet, Searcher, SegmentReader, Term,
    query::{Bm25StatisticsProvider, EnableScoring, Scorer, Weight},
    schema::Field,
};

use super::compile::Scoring;

/// Counts that BM25 is computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    /// Records.
    pub(crate) docs: u64,
    /// Grams in all texts.
    pub(crate) tokens: u64,
    /// Records that contain each term of the scorings, in their order.
    pub(crate) doc_freqs: Vec<u64>,
}

impl Statistics {
    /// The counts of now.
    pub(crate) fn of(searcher: &Searcher, scorings: &[Scoring], text: Field) -> tantivy::Result<Self> {
        let terms = scorings.iter().flat_map(|scoring| &scoring.terms);
        Ok(Self {
            docs: searcher.total_num_docs()?,
            tokens: searcher.total_num_tokens(text)?,
            doc_freqs: terms.map(|term| searcher.doc_freq(term)).collect::<tantivy::Result<_>>()?,
        })
    }

    /// Whether they can be the counts for `scorings`: tantivy panics on counts that contradict each other.
    pub(crate) fn fits(&self, scorings: &[Scoring]) -> bool {
        let terms: usize = scorings.iter().map(|scoring| scoring.terms.len()).sum();
        self.doc_freqs.len() == terms && self.doc_freqs.iter().all(|freq| *freq <= self.docs)
    }
}

/// The statistics with the terms they belong to.
struct Frozen<'a> {
    statistics: &'a Statistics,
    terms: Vec<&'a Term>,
}

impl Bm25StatisticsProvider for Frozen<'_> {
    fn total_num_tokens(&self, _field: Field) -> tantivy::Result<u64> {
        Ok(self.statistics.tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.statistics.docs)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let mut known = self.terms.iter().zip(&self.statistics.doc_freqs);
        Ok(known.find(|(known, _)| **known == term).map_or(0, |(_, freq)| *freq))
    }
}

/// Weights of all scorings.
pub(crate) struct Weights(Vec<Box<dyn Weight>>);

impl Weights {
    pub(crate) fn of(searcher: &Searcher, scorings: &[Scoring], statistics: &Statistics) -> tantivy::Result<Self> {
        let frozen = Frozen { statistics, terms: scorings.iter().flat_map(|scoring| &scoring.terms).collect() };
        let enabled = EnableScoring::enabled_from_statistics_provider(&frozen, searcher);
        Ok(Self(scorings.iter().map(|scoring| scoring.query.weight(enabled)).collect::<tantivy::Result<_>>()?))
    }

    /// Scores records of one segment.
    pub(crate) fn open(&self, segment: &SegmentReader) -> tantivy::Result<Scorers> {
        Ok(Scorers(self.0.iter().map(|weight| weight.scorer(segment, 1.0)).collect::<tantivy::Result<_>>()?))
    }
}

/// Scores records of one segment, in rising order of their numbers.
pub(crate) struct Scorers(Vec<Box<dyn Scorer>>);

impl Scorers {
    pub(crate) fn score(&mut self, doc: DocId) -> f32 {
        let mut sum = 0.0;
        for scorer in &mut self.0 {
            if scorer.doc() < doc {
                scorer.seek(doc);
            }
            if scorer.doc() == doc {
                sum += scorer.score();
            }
        }
        sum
    }
}
