//! Stream, kind, causes and departments of a record, in one dictionary-coded column.
//!
//! Few combinations occur, so one small number per record stands for all four: a filter is a table of accepted
//! numbers, facets are one count per number, and a hit needs no stored copy.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tantivy::{SegmentReader, columnar::StrColumn, index::SegmentId};
use tingjian_schemas::{Kind, Record, Stream};

use crate::fields::column;

const PART: char = '\u{1f}';
const LIST: char = '\u{1e}';

/// What a record is counted and filtered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) stream: Stream,
    pub(crate) kind: Kind,
    /// Primary first.
    pub(crate) causes: Vec<Arc<str>>,
    /// Responsible departments, of the primary cause first, each once.
    pub(crate) departments: Vec<Arc<str>>,
}

impl Shape {
    /// The column's value for `record`.
    pub(crate) fn write(record: &Record) -> String {
        let mut out = String::with_capacity(64);
        out.push_str(record.head.stream.name());
        out.push(PART);
        out.push_str(record.reading.kind.name());
        out.push(PART);
        let causes = &record.reading.causes;
        push_list(&mut out, causes.iter().map(|cause| &*cause.code));
        out.push(PART);
        let owners = causes
            .iter()
            .enumerate()
            .filter(|(at, cause)| causes.iter().take(*at).all(|earlier| earlier.department != cause.department));
        push_list(&mut out, owners.map(|(_, cause)| &*cause.department));
        out
    }

    fn read(value: &str) -> Option<Self> {
        let mut parts = value.split(PART);
        Some(Self {
            stream: parts.next()?.parse().ok()?,
            kind: parts.next()?.parse().ok()?,
            causes: read_list(parts.next()?),
            departments: read_list(parts.next()?),
        })
    }
}

fn push_list<'a>(out: &mut String, items: impl Iterator<Item = &'a str>) {
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(LIST);
        }
        out.push_str(item);
    }
}

fn read_list(part: &str) -> Vec<Arc<str>> {
    part.split(LIST).filter(|item| !item.is_empty()).map(Arc::from).collect()
}

/// The shapes of one segment, by their number in its column.
pub(crate) type ShapeTable = Arc<[Shape]>;

/// Shape tables of the segments now searched.
#[derive(Default)]
pub(crate) struct ShapeTables {
    by_segment: Mutex<HashMap<SegmentId, ShapeTable>>,
}

impl ShapeTables {
    /// The table of `segment`, read at its first use.
    pub(crate) fn of(&self, segment: &SegmentReader) -> tantivy::Result<ShapeTable> {
        let id = segment.segment_id();
        if let Some(table) = self.lock().get(&id) {
            return Ok(table.clone());
        }
        let table = read_table(segment)?;
        self.lock().insert(id, table.clone());
        Ok(table)
    }

    /// Forgets the tables of segments that are gone.
    pub(crate) fn keep_only(&self, segments: &[SegmentReader]) {
        let live: std::collections::HashSet<SegmentId> = segments.iter().map(SegmentReader::segment_id).collect();
        self.lock().retain(|id, _| live.contains(id));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SegmentId, ShapeTable>> {
        self.by_segment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The column of shapes of a segment.
pub(crate) fn shape_column(segment: &SegmentReader) -> tantivy::Result<StrColumn> {
    let column = segment.fast_fields().str(column::SHAPE)?;
    column.ok_or_else(|| corrupt("no shapes"))
}

fn read_table(segment: &SegmentReader) -> tantivy::Result<ShapeTable> {
    let column = shape_column(segment)?;
    let dictionary = column.dictionary();
    let mut shapes = Vec::with_capacity(dictionary.num_terms());
    let mut stream = dictionary.stream()?;
    while stream.advance() {
        let value = std::str::from_utf8(stream.key()).ok().and_then(Shape::read);
        shapes.push(value.ok_or_else(|| corrupt("a shape that cannot be read"))?);
    }
    Ok(shapes.into())
}

fn corrupt(what: &str) -> tantivy::TantivyError {
    tantivy::error::DataCorruption::comment_only(what).into()
}
