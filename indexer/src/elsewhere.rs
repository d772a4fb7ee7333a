//! What a query finds, except in some segments: deletes what a commit replaces where the new has the marks of the old.

use std::{collections::HashSet, sync::Arc};

use tantivy::{
    DocId, Score, SegmentReader,
    index::SegmentId,
    query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight},
};

/// A query that finds nothing in the segments `except`.
#[derive(Clone, Debug)]
pub(crate) struct Elsewhere {
    pub(crate) query: Arc<dyn Query>,
    pub(crate) except: Arc<HashSet<SegmentId>>,
}

struct ElsewhereWeight {
    weight: Box<dyn Weight>,
    except: Arc<HashSet<SegmentId>>,
}

impl Query for Elsewhere {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weight = self.query.weight(enable_scoring)?;
        Ok(Box::new(ElsewhereWeight { weight, except: Arc::clone(&self.except) }))
    }
}

impl Weight for ElsewhereWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        match self.except.contains(&reader.segment_id()) {
            true => Ok(Box::new(EmptyScorer)),
            false => self.weight.scorer(reader, boost),
        }
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.weight.explain(reader, doc)
    }
}
