//! One pass over the records a query finds in one segment: filter, count, and keep the first of the order.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use tantivy::{DocAddress, DocId, SegmentOrdinal, SegmentReader, query::Weight};

use super::{
    facets::ShapeCounts,
    filter::Filter,
    rank::Rank,
    score::{Scorers, Weights},
};
use crate::{
    Sort,
    columns::{Columns, OpenColumns},
    zones::Zone,
};

/// What is gathered, for all segments alike.
pub(crate) struct Gather<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) sort: Sort,
    /// Hits to keep.
    pub(crate) keep: usize,
    /// Hits keep to ranks below this one.
    pub(crate) after: Option<Rank>,
    pub(crate) facets: bool,
    pub(crate) columns: &'a OpenColumns,
    /// Where the order looks at scores.
    pub(crate) weights: Option<&'a Weights>,
    /// The finder finds every record.
    pub(crate) everything: bool,
    /// The time that a record's rank must reach to be among the first: some segment has enough that do.
    pub(crate) bar: AtomicI64,
}

/// What was gathered from one segment.
pub(crate) struct Gathered {
    pub(crate) total: u64,
    pub(crate) first: Vec<(Rank, DocAddress)>,
    /// Where facets were asked for.
    pub(crate) counts: Option<ShapeCounts>,
}

impl Gather<'_> {
    pub(crate) fn segment(
        &self,
        finder: &dyn Weight,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<Gathered> {
        let mut pass = Pass::open(self, ordinal, segment)?;
        if !pass.can_find() {
            return Ok(pass.finish());
        }
        if self.everything {
            pass.take_everything();
        } else {
            finder.for_each_no_score(segment, &mut |docs| pass.take(docs))?;
        }
        Ok(pass.finish())
    }
}

/// The pass over one segment.
struct Pass<'a> {
    gather: &'a Gather<'a>,
    ordinal: SegmentOrdinal,
    segment: &'a SegmentReader,
    columns: Arc<Columns>,
    /// By shape: whether the filter lets it pass. Empty where the filter does not look at shapes.
    accepted: Vec<bool>,
    /// By shape. Empty where facets were not asked for.
    counts: Vec<u64>,
    scorers: Option<Scorers>,
    block: Block,
    total: u64,
    first: BinaryHeap<Reverse<(Rank, DocId)>>,
}

/// Records of one block that are still in, with what was read of them: lists of one length.
#[derive(Default)]
struct Block {
    docs: Vec<DocId>,
    times: Vec<i64>,
    /// Empty where shapes are not looked at.
    shapes: Vec<u64>,
}

impl<'a> Pass<'a> {
    fn open(gather: &'a Gather<'a>, ordinal: SegmentOrdinal, segment: &'a SegmentReader) -> tantivy::Result<Self> {
        let columns = gather.columns.of(segment)?;
        let filter = gather.filter;
        let accepted = match filter.looks_at_shape() {
            true => columns.shapes.iter().map(|shape| filter.accepts_shape(shape)).collect(),
            false => Vec::new(),
        };
        Ok(Self {
            gather,
            ordinal,
            segment,
            accepted,
            counts: if gather.facets { vec![0; columns.shapes.len()] } else { Vec::new() },
            columns,
            scorers: gather.weights.map(|weights| weights.open(segment)).transpose()?,
            block: Block::default(),
            total: 0,
            first: BinaryHeap::with_capacity(gather.keep + 1),
        })
    }

    /// Whether any record of the segment can pass the filter at all.
    fn can_find(&self) -> bool {
        let filter = self.gather.filter;
        let (earliest, latest) = (self.columns.times.min_value(), self.columns.times.max_value());
        filter.until.is_none_or(|until| earliest < until)
            && filter.since.is_none_or(|since| since <= latest)
            && (!filter.looks_at_shape() || self.accepted.contains(&true))
    }

    /// The records of one block that the query finds.
    fn take(&mut self, docs: &[DocId]) {
        if let (Some(first), Some(last)) = (docs.first(), docs.last()) {
            let zone = self.columns.zones.between(*first, *last);
            let mut block = std::mem::take(&mut self.block);
            self.read(&mut block, docs.iter().copied());
            self.filter(&mut block, zone);
            self.total += block.docs.len() as u64;
            self.count(&block);
            if self.may_rank(zone) {
                self.rank(&mut block);
            }
            self.block = block;
        }
    }

    /// All records of the segment, stretch by stretch.
    fn take_everything(&mut self) {
        let columns = self.columns.clone();
        let counted = !self.gather.filter.looks_at_time();
        if counted {
            self.take_counts(&columns.shape_counts(self.segment));
        }
        for (first, end, zone) in columns.zones.iter(self.segment.max_doc()) {
            if !counted && self.gather.filter.may_accept(zone) {
                self.take_stretch(first, end, zone, true);
            } else if counted && self.may_rank(zone) {
                self.take_stretch(first, end, zone, false);
            }
        }
    }

    /// All records of the segment, of which it is known how many there are.
    fn take_counts(&mut self, counts: &[u64]) {
        let mut accepted = self.accepted.iter();
        let passing = counts.iter().map(|count| if *accepted.next().unwrap_or(&true) { *count } else { 0 });
        let passing: Vec<u64> = passing.collect();
        self.total = passing.iter().sum();
        if self.gather.facets {
            self.counts = passing;
        }
    }

    fn take_stretch(&mut self, first: DocId, end: DocId, zone: Zone, counting: bool) {
        let mut block = std::mem::take(&mut self.block);
        self.read(&mut block, first..end);
        self.filter(&mut block, zone);
        if counting {
            self.total += block.docs.len() as u64;
            self.count(&block);
        }
        if self.may_rank(zone) {
            self.rank(&mut block);
        }
        self.block = block;
    }

    /// Starts a block with those of `docs` that are not deleted.
    fn read(&self, block: &mut Block, docs: impl Iterator<Item = DocId>) {
        block.docs.clear();
        match self.segment.alive_bitset() {
            Some(alive) => block.docs.extend(docs.filter(|doc| alive.is_alive(*doc))),
            None => block.docs.extend(docs),
        }
    }

    /// Leaves in `block`, whose times lie within `zone`, what passes the filter.
    fn filter(&self, block: &mut Block, zone: Zone) {
        let filter = self.gather.filter;
        if self.gather.facets || filter.looks_at_shape() {
            block.shapes.resize(block.docs.len(), 0);
            self.columns.shape_numbers.get_vals(&block.docs, &mut block.shapes);
        }
        if filter.looks_at_shape() {
            keep(&mut block.docs, &block.shapes, |shape| self.accepts(*shape));
            block.shapes.retain(|shape| self.accepts(*shape));
        }
        if !filter.accepts_all_of(zone) {
            self.read_times(block);
            keep(&mut block.docs, &block.times, |millis| filter.accepts_time(*millis));
            keep(&mut block.shapes, &block.times, |millis| filter.accepts_time(*millis));
        }
    }

    fn read_times(&self, block: &mut Block) {
        block.times.resize(block.docs.len(), 0);
        self.columns.times.get_vals(&block.docs, &mut block.times);
    }

    /// Whether a record with a time within `zone` may be among the first.
    fn may_rank(&self, zone: Zone) -> bool {
        let (last, first) = Rank::bounds(self.gather.sort, zone);
        let by_score = self.gather.sort == Sort::Relevance;
        let behind = self.gather.after.is_none_or(|after| last <= after.time);
        by_score || (behind && first >= self.gather.bar.load(Relaxed))
    }

    fn accepts(&self, shape: u64) -> bool {
        usize::try_from(shape).ok().and_then(|number| self.accepted.get(number)).copied().unwrap_or(false)
    }

    fn count(&mut self, block: &Block) {
        if self.gather.facets {
            for number in &block.shapes {
                if let Some(count) = usize::try_from(*number).ok().and_then(|number| self.counts.get_mut(number)) {
                    *count += 1;
                }
            }
        }
    }

    fn rank(&mut self, block: &mut Block) {
        self.read_times(block);
        for (doc, millis) in block.docs.iter().zip(&block.times) {
            let score = self.scorers.as_mut().map_or(0.0, |scorers| scorers.score(*doc));
            let (score, time) = Rank::without_hash(self.gather.sort, score, *millis);
            let full = self.first.len() >= self.gather.keep;
            let worst = self.first.peek().filter(|_| full).map(|Reverse((rank, _))| *rank);
            if worst.is_some_and(|worst| (score, time) < (worst.score, worst.time)) {
                continue;
            }
            let rank = Rank { score, time, id_hash: self.columns.id_hashes.get_val(*doc) };
            if self.gather.after.is_some_and(|after| rank >= after) || worst.is_some_and(|worst| rank < worst) {
                continue;
            }
            if full {
                self.first.pop();
            }
            self.first.push(Reverse((rank, *doc)));
        }
        self.raise_bar();
    }

    /// Tells the other segments' passes what the last of this one's is, once there are enough.
    fn raise_bar(&self) {
        if let Some(Reverse((worst, _))) = self.first.peek().filter(|_| self.first.len() >= self.gather.keep) {
            self.gather.bar.fetch_max(worst.time, Relaxed);
        }
    }

    fn finish(self) -> Gathered {
        let address = |doc| DocAddress::new(self.ordinal, doc);
        Gathered {
            total: self.total,
            first: self.first.into_iter().map(|Reverse((rank, doc))| (rank, address(doc))).collect(),
            counts: self.gather.facets.then_some(ShapeCounts { columns: self.columns, counts: self.counts }),
        }
    }
}

/// Leaves in `list` the elements whose partner in `by` is wanted.
fn keep<T, U>(list: &mut Vec<T>, by: &[U], wanted: impl Fn(&U) -> bool) {
    let mut by = by.iter();
    list.retain(|_| by.next().is_none_or(&wanted));
}
