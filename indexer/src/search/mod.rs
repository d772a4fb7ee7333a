//! Search: a request in, an answer out, over one snapshot of the index.
//!
//! **Pages.** A cursor names the rank after which to go on, never a number of hits to skip. Walking the pages meets
//! every record that matched throughout and was not replaced meanwhile exactly once, whatever is written in between;
//! records that arrive meanwhile show where their rank puts them, if the walk has not passed it. In order of relevance
//! this holds because scores are computed from the counts of the first page: see [`score`].

mod answer;
mod compile;
mod cursor;
mod facets;
mod filter;
mod gather;
mod rank;
mod request;
mod score;

pub use answer::{FacetCount, Facets, Hit, SearchAnswer};
pub use request::{DEFAULT_LIMIT, MAX_LIMIT, SearchRequest, Sort};

use std::{cmp::Reverse, sync::atomic::AtomicI64};

use tantivy::{
    DocAddress, Searcher, SegmentReader, TantivyDocument,
    query::EnableScoring,
    schema::{Field, Value},
};

use self::{
    compile::Scoring,
    cursor::Cursor,
    filter::Filter,
    gather::{Gather, Gathered},
    rank::Rank,
    score::{Statistics, Weights},
};
use crate::{
    SearchError, Snippet,
    index::{Inner, moment},
    query::{self, Node},
    text::Pattern,
    zones::Zone,
};

/// Answers `request` over what is committed now.
pub(crate) fn search(inner: &Inner, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
    if !(1..=MAX_LIMIT).contains(&request.limit) {
        return Err(SearchError::Limit);
    }
    let node = query::parse(&request.query)?;
    let cursor = request.cursor.as_deref().map(|text| Cursor::read(text, request)).transpose()?;
    let scorings = compile::scorings(&node, &inner.fields);
    let by_score = request.sort == Sort::Relevance;
    let carried = cursor.as_ref().and_then(|cursor| cursor.statistics.clone()).filter(|_| by_score);
    if carried.as_ref().is_some_and(|statistics| !statistics.fits(&scorings)) {
        return Err(SearchError::Cursor);
    }
    let run = Run { inner, request, node, scorings, searcher: inner.reader.searcher() };
    run.answer(cursor.map(|cursor| cursor.after), carried).map_err(|error| SearchError::Index(inner.failed(error)))
}

/// One search under way.
struct Run<'a> {
    inner: &'a Inner,
    request: &'a SearchRequest,
    node: Node,
    scorings: Vec<Scoring>,
    searcher: Searcher,
}

impl Run<'_> {
    fn answer(&self, after: Option<Rank>, carried: Option<Statistics>) -> tantivy::Result<SearchAnswer> {
        let statistics = match carried {
            Some(statistics) => statistics,
            None => Statistics::of(&self.searcher, &self.scorings, self.inner.fields.text)?,
        };
        let weights = Weights::of(&self.searcher, &self.scorings, &statistics)?;
        let gathered = self.gather(after, &weights)?;
        let total = gathered.iter().map(|part| part.total).sum();
        let (mut first, mut counted) = (Vec::new(), Vec::new());
        for part in gathered {
            first.extend(part.first);
            counted.extend(part.counts);
        }
        let facets = self.request.facets.then(|| facets::facets(&counted, &self.inner.columns.names()));
        first.sort_unstable_by_key(|(rank, _)| Reverse(*rank));
        let next = self.next(&first, statistics);
        first.truncate(self.request.limit);
        Ok(SearchAnswer { total, hits: self.hits(&first, &weights)?, facets, next })
    }

    fn gather(&self, after: Option<Rank>, weights: &Weights) -> tantivy::Result<Vec<Gathered>> {
        let filter = Filter::of(self.request);
        let finder = filter.narrow(compile::finder(&self.node, &self.inner.fields), &self.inner.fields);
        let finder = finder.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let gather = Gather {
            filter: &filter,
            sort: self.request.sort,
            keep: self.request.limit + 1,
            after,
            facets: self.request.facets,
            columns: &self.inner.columns,
            weights: Some(weights).filter(|_| self.request.sort == Sort::Relevance),
            everything: self.node == Node::All && !filter.narrows(),
            bar: AtomicI64::new(i64::MIN),
        };
        let segments = self.in_order()?;
        let one = |(at, segment)| gather.segment(finder.as_ref(), at, segment);
        self.inner.index.search_executor().map(one, segments.into_iter())
    }

    /// The segments, those first that are likely to have the first hits: after them little is left to look at.
    fn in_order(&self) -> tantivy::Result<Vec<(u32, &SegmentReader)>> {
        let mut segments = Vec::new();
        for (segment, at) in self.searcher.segment_readers().iter().zip(0u32..) {
            let times = &self.inner.columns.of(segment)?.times;
            let zone = Zone { earliest: times.min_value(), latest: times.max_value() };
            segments.push((Reverse(Rank::bounds(self.request.sort, zone).1), at, segment));
        }
        segments.sort_unstable_by_key(|(first, at, _)| (*first, *at));
        Ok(segments.into_iter().map(|(_, at, segment)| (at, segment)).collect())
    }

    /// The cursor of the next page: `first` has one hit more than the page where there is one.
    fn next(&self, first: &[(Rank, DocAddress)], statistics: Statistics) -> Option<String> {
        first.get(self.request.limit)?;
        let (after, _) = first.get(self.request.limit - 1)?;
        let by_score = self.request.sort == Sort::Relevance;
        let cursor = Cursor { after: *after, statistics: Some(statistics).filter(|_| by_score) };
        Some(cursor.write(self.request))
    }

    fn hits(&self, first: &[(Rank, DocAddress)], weights: &Weights) -> tantivy::Result<Vec<Hit>> {
        let scores = self.scores(first, weights)?;
        let patterns = self.node.positive_patterns();
        first.iter().zip(scores).map(|((rank, at), score)| self.hit(*rank, *at, score, &patterns)).collect()
    }

    /// The score of each hit, whatever the order.
    fn scores(&self, first: &[(Rank, DocAddress)], weights: &Weights) -> tantivy::Result<Vec<f32>> {
        let mut by_place: Vec<(DocAddress, usize)> = first.iter().zip(0..).map(|((_, at), nth)| (*at, nth)).collect();
        by_place.sort_unstable();
        let mut scores = vec![0.0; first.len()];
        for hits in by_place.chunk_by(|(a, _), (b, _)| a.segment_ord == b.segment_ord) {
            let Some((at, _)) = hits.first() else { continue };
            let mut scorers = weights.open(self.searcher.segment_reader(at.segment_ord))?;
            for (at, nth) in hits {
                if let Some(score) = scores.get_mut(*nth) {
                    *score = scorers.score(at.doc_id);
                }
            }
        }
        Ok(scores)
    }

    fn hit(&self, rank: Rank, at: DocAddress, score: f32, patterns: &[Pattern]) -> tantivy::Result<Hit> {
        let fields = &self.inner.fields;
        let stored: TantivyDocument = self.searcher.doc(at)?;
        let segment = self.searcher.segment_reader(at.segment_ord);
        let columns = self.inner.columns.of(segment)?;
        let shape = columns.shape(at.doc_id)?;
        let agent_no = stored.get_first(fields.agent_no).and_then(|value| value.as_str());
        Ok(Hit {
            record_id: stored_text(&stored, fields.record_id).to_owned(),
            score,
            occurred_at: moment(rank.millis(self.request.sort))?,
            stream: shape.stream,
            kind: shape.kind,
            causes: shape.causes.iter().map(|cause| cause.to_string()).collect(),
            department: shape.departments.first().map(|department| department.to_string()),
            agent_no: agent_no.map(str::to_owned),
            snippet: Snippet::of(stored_text(&stored, fields.text), patterns),
        })
    }
}

/// The stored text of `field`; empty where there is none.
pub(crate) fn stored_text(stored: &TantivyDocument, field: Field) -> &str {
    stored.get_first(field).and_then(|value| value.as_str()).unwrap_or_default()
}
