//! The columns of a segment, opened once: opening takes longer than most searches.

use std::{
    collections::{HashMap, HashSet},
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tantivy::{
    DocId, Opstamp, SegmentReader, TantivyError,
    columnar::{Cardinality, Column, ColumnValues, StrColumn},
    error::DataCorruption,
    index::SegmentId,
};

use crate::{
    fields::column,
    shape::{Names, Shape},
    zones::{STRETCH, Zones},
};

/// Records per shape, as of a set of deletes.
type Counted = (Option<Opstamp>, Arc<[u64]>);

/// What every record of a segment has one value of. Deleting changes none of it.
pub(crate) struct Columns {
    /// Milliseconds since 1970.
    pub(crate) times: Arc<dyn ColumnValues<i64>>,
    pub(crate) arrivals: Arc<dyn ColumnValues<u64>>,
    pub(crate) id_hashes: Arc<dyn ColumnValues<u64>>,
    /// Index into `shapes`.
    pub(crate) shape_numbers: Arc<dyn ColumnValues<u64>>,
    /// The shapes that occur.
    pub(crate) shapes: Vec<Shape>,
    /// Bounds of `times`.
    pub(crate) zones: Zones,
    /// Records per shape, and which deletes that takes into account.
    counted: Mutex<Option<Counted>>,
}

impl Columns {
    fn open(segment: &SegmentReader, names: &mut Names) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let shapes = columns.str(column::SHAPE)?.ok_or_else(|| corrupt("no column of shapes"))?;
        let times = full(columns.i64(column::OCCURRED_AT)?)?;
        Ok(Self {
            arrivals: full(columns.u64(column::ARRIVAL)?)?,
            id_hashes: full(columns.u64(column::ID_HASH)?)?,
            shape_numbers: full(shapes.ords().clone())?,
            shapes: read_shapes(&shapes, names)?,
            zones: Zones::of(&*times),
            times,
            counted: Mutex::default(),
        })
    }

    /// How many records of the segment have each shape. Counted when it is first wanted and after deletes.
    pub(crate) fn shape_counts(&self, segment: &SegmentReader) -> Arc<[u64]> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        match &*counted {
            Some((opstamp, counts)) if *opstamp == segment.delete_opstamp() => counts.clone(),
            _ => {
                let counts = self.count_shapes(segment);
                *counted = Some((segment.delete_opstamp(), counts.clone()));
                counts
            }
        }
    }

    fn count_shapes(&self, segment: &SegmentReader) -> Arc<[u64]> {
        let mut counts = vec![0; self.shapes.len()];
        let mut numbers = vec![0; STRETCH as usize];
        for (first, end, _) in self.zones.iter(segment.max_doc()) {
            let numbers = numbers.get_mut(..(end - first) as usize).unwrap_or_default();
            self.shape_numbers.get_range(u64::from(first), numbers);
            for (doc, number) in (first..end).zip(&*numbers) {
                if let Some(count) = usize::try_from(*number).ok().and_then(|number| counts.get_mut(number)) {
                    *count += u64::from(!segment.is_deleted(doc));
                }
            }
        }
        counts.into()
    }

    /// The shape of record `doc`.
    pub(crate) fn shape(&self, doc: DocId) -> tantivy::Result<&Shape> {
        let number = usize::try_from(self.shape_numbers.get_val(doc)).ok();
        number.and_then(|number| self.shapes.get(number)).ok_or_else(|| corrupt("a record without shape"))
    }
}

/// The values of a column in which every record has exactly one.
fn full<T: PartialOrd + Copy + Debug + Send + Sync + 'static>(
    column: Column<T>,
) -> tantivy::Result<Arc<dyn ColumnValues<T>>> {
    if column.get_cardinality() == Cardinality::Full {
        Ok(column.values)
    } else {
        Err(corrupt("a column with missing values"))
    }
}

fn read_shapes(column: &StrColumn, names: &mut Names) -> tantivy::Result<Vec<Shape>> {
    let dictionary = column.dictionary();
    let mut shapes = Vec::with_capacity(dictionary.num_terms());
    let mut stream = dictionary.stream()?;
    while stream.advance() {
        let shape = std::str::from_utf8(stream.key()).ok().and_then(|value| Shape::read(value, names));
        shapes.push(shape.ok_or_else(|| corrupt("a shape that cannot be read"))?);
    }
    Ok(shapes)
}

/// The columns of the segments now searched.
#[derive(Default)]
pub(crate) struct OpenColumns {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    by_segment: HashMap<SegmentId, Arc<Columns>>,
    names: Names,
}

impl OpenColumns {
    /// The columns of `segment`, opened at their first use.
    pub(crate) fn of(&self, segment: &SegmentReader) -> tantivy::Result<Arc<Columns>> {
        let mut state = self.lock();
        let id = segment.segment_id();
        if let Some(columns) = state.by_segment.get(&id) {
            return Ok(columns.clone());
        }
        let columns = Arc::new(Columns::open(segment, &mut state.names)?);
        state.by_segment.insert(id, columns.clone());
        Ok(columns)
    }

    /// Opens those of `segments` and forgets all others.
    pub(crate) fn follow(&self, segments: &[SegmentReader]) -> tantivy::Result<()> {
        for segment in segments {
            self.of(segment)?;
        }
        let live: HashSet<SegmentId> = segments.iter().map(SegmentReader::segment_id).collect();
        self.lock().by_segment.retain(|id, _| live.contains(id));
        Ok(())
    }

    /// The causes and departments that shapes are numbered by: all that any open segment has.
    pub(crate) fn names(&self) -> Names {
        self.lock().names.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn corrupt(what: &str) -> TantivyError {
    DataCorruption::comment_only(what).into()
}
