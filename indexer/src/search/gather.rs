//! One pass over the records a query finds in one segment: filter, count, and keep the first of the order.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use tantivy::{
    DocAddress, DocId, SegmentOrdinal, SegmentReader,
    columnar::{Cardinality, Column, ColumnValues},
    query::Weight,
};

use super::{
    filter::Filter,
    rank::Rank,
    score::{Scorers, Weights},
};
use crate::{
    Sort,
    fields::column,
    shape::{ShapeTable, ShapeTables, shape_column},
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
    pub(crate) shapes: &'a ShapeTables,
    /// Where the order looks at scores.
    pub(crate) weights: Option<&'a Weights>,
}

/// What was gathered from one segment.
pub(crate) struct Gathered {
    pub(crate) total: u64,
    pub(crate) first: Vec<(Rank, DocAddress)>,
    /// Records per shape, where facets were asked for.
    pub(crate) counts: Option<(ShapeTable, Vec<u64>)>,
}

impl Gather<'_> {
    pub(crate) fn segment(
        &self,
        finder: &dyn Weight,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<Gathered> {
        let mut pass = Pass::open(self, ordinal, segment)?;
        if pass.can_find() {
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
    times: Arc<dyn ColumnValues<i64>>,
    id_hashes: Arc<dyn ColumnValues<u64>>,
    /// Where shapes are filtered or counted by.
    shapes: Option<Shapes>,
    scorers: Option<Scorers>,
    block: Block,
    total: u64,
    first: BinaryHeap<Reverse<(Rank, DocId)>>,
}

struct Shapes {
    table: ShapeTable,
    numbers: Arc<dyn ColumnValues<u64>>,
    /// By shape.
    accepted: Vec<bool>,
    /// By shape.
    counts: Vec<u64>,
}

/// Records of one block that are still in, with what was read of them: three lists of one length.
#[derive(Default)]
struct Block {
    docs: Vec<DocId>,
    times: Vec<i64>,
    /// Empty where shapes are not looked at.
    shapes: Vec<u64>,
}

impl<'a> Pass<'a> {
    fn open(gather: &'a Gather<'a>, ordinal: SegmentOrdinal, segment: &'a SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let shapes =
            if gather.facets || gather.filter.looks_at_shape() { Some(Shapes::open(gather, segment)?) } else { None };
        Ok(Self {
            gather,
            ordinal,
            segment,
            times: values(columns.i64(column::OCCURRED_AT)?, 0),
            id_hashes: values(columns.u64(column::ID_HASH)?, 0),
            shapes,
            scorers: gather.weights.map(|weights| weights.open(segment)).transpose()?,
            block: Block::default(),
            total: 0,
            first: BinaryHeap::with_capacity(gather.keep + 1),
        })
    }

    /// Whether any record of the segment can pass the filter at all.
    fn can_find(&self) -> bool {
        let filter = self.gather.filter;
        let (earliest, latest) = (self.times.min_value(), self.times.max_value());
        filter.until.is_none_or(|until| earliest < until)
            && filter.since.is_none_or(|since| since <= latest)
            && self.shapes.as_ref().is_none_or(|shapes| shapes.accepted.contains(&true))
    }

    fn take(&mut self, docs: &[DocId]) {
        let mut block = std::mem::take(&mut self.block);
        block.docs.clear();
        match self.segment.alive_bitset() {
            Some(alive) => block.docs.extend(docs.iter().filter(|doc| alive.is_alive(**doc))),
            None => block.docs.extend_from_slice(docs),
        }
        self.filter(&mut block);
        self.total += block.docs.len() as u64;
        self.count(&block);
        self.rank(&block);
        self.block = block;
    }

    fn filter(&self, block: &mut Block) {
        let filter = self.gather.filter;
        if let Some(shapes) = &self.shapes {
            block.shapes.resize(block.docs.len(), 0);
            shapes.numbers.get_vals(&block.docs, &mut block.shapes);
            if filter.looks_at_shape() {
                keep(&mut block.docs, &block.shapes, |number| shapes.accepts(*number));
                block.shapes.retain(|number| shapes.accepts(*number));
            }
        }
        block.times.resize(block.docs.len(), 0);
        self.times.get_vals(&block.docs, &mut block.times);
        if filter.looks_at_time() {
            keep(&mut block.docs, &block.times, |millis| filter.accepts_time(*millis));
            keep(&mut block.shapes, &block.times, |millis| filter.accepts_time(*millis));
            block.times.retain(|millis| filter.accepts_time(*millis));
        }
    }

    fn count(&mut self, block: &Block) {
        if let Some(shapes) = self.shapes.as_mut().filter(|_| self.gather.facets) {
            for number in &block.shapes {
                if let Some(count) = usize::try_from(*number).ok().and_then(|number| shapes.counts.get_mut(number)) {
                    *count += 1;
                }
            }
        }
    }

    fn rank(&mut self, block: &Block) {
        for (doc, millis) in block.docs.iter().zip(&block.times) {
            let score = self.scorers.as_mut().map_or(0.0, |scorers| scorers.score(*doc));
            let (score, time) = Rank::without_hash(self.gather.sort, score, *millis);
            let full = self.first.len() >= self.gather.keep;
            let worst = self.first.peek().filter(|_| full).map(|Reverse((rank, _))| *rank);
            if worst.is_some_and(|worst| (score, time) < (worst.score, worst.time)) {
                continue;
            }
            let rank = Rank { score, time, id_hash: self.id_hashes.get_val(*doc) };
            if self.gather.after.is_some_and(|after| rank >= after) || worst.is_some_and(|worst| rank < worst) {
                continue;
            }
            if full {
                self.first.pop();
            }
            self.first.push(Reverse((rank, *doc)));
        }
    }

    fn finish(self) -> Gathered {
        let address = |doc| DocAddress::new(self.ordinal, doc);
        Gathered {
            total: self.total,
            first: self.first.into_iter().map(|Reverse((rank, doc))| (rank, address(doc))).collect(),
            counts: self.shapes.filter(|_| self.gather.facets).map(|shapes| (shapes.table, shapes.counts)),
        }
    }
}

impl Shapes {
    fn open(gather: &Gather<'_>, segment: &SegmentReader) -> tantivy::Result<Self> {
        let table = gather.shapes.of(segment)?;
        let numbers = values(shape_column(segment)?.ords().clone(), u64::MAX);
        let accepted = table.iter().map(|shape| gather.filter.accepts_shape(shape)).collect();
        Ok(Self { counts: vec![0; table.len()], table, numbers, accepted })
    }

    #[inline]
    fn accepts(&self, number: u64) -> bool {
        usize::try_from(number).ok().and_then(|number| self.accepted.get(number)).copied().unwrap_or(false)
    }
}

/// Leaves in `list` the elements whose partner in `by` is wanted.
fn keep<T, U>(list: &mut Vec<T>, by: &[U], wanted: impl Fn(&U) -> bool) {
    let mut by = by.iter();
    list.retain(|_| by.next().is_none_or(&wanted));
}

/// The values of a column in which every record has one; `missing` would stand where it had none.
fn values<T: PartialOrd + Copy + std::fmt::Debug + Default + Send + Sync + 'static>(
    column: Column<T>,
    missing: T,
) -> Arc<dyn ColumnValues<T>> {
    if column.get_cardinality() == Cardinality::Full { column.values } else { column.first_or_default_col(missing) }
}
