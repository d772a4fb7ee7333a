//! Counts per shape → counts per kind, cause, department and stream.

use std::{cmp::Reverse, sync::Arc};

use tingjian_schemas::{Kind, Stream};

use crate::{
    FacetCount, Facets,
    columns::Columns,
    shape::{Names, Shape},
};

/// Longest list of counts.
const MAX_VALUES: usize = 50;

/// Records per shape of one segment.
pub(crate) struct ShapeCounts {
    pub(crate) columns: Arc<Columns>,
    pub(crate) counts: Vec<u64>,
}

/// Adds up the counts of all segments.
pub(crate) fn facets(counted: &[ShapeCounts], names: &Names) -> Facets {
    let mut tally = Tally {
        kinds: vec![0; Kind::ALL.len()],
        causes: vec![0; names.causes.names.len()],
        departments: vec![0; names.departments.names.len()],
        streams: vec![0; Stream::ALL.len()],
    };
    for segment in counted {
        for (shape, count) in segment.columns.shapes.iter().zip(&segment.counts).filter(|(_, count)| **count > 0) {
            tally.add(shape, *count);
        }
    }
    Facets {
        kinds: list(Kind::ALL.iter().map(|kind| kind.name()), &tally.kinds),
        causes: list(names.causes.names.iter().map(|name| &**name), &tally.causes),
        departments: list(names.departments.names.iter().map(|name| &**name), &tally.departments),
        streams: list(Stream::ALL.iter().map(|stream| stream.name()), &tally.streams),
    }
}

struct Tally {
    kinds: Vec<u64>,
    causes: Vec<u64>,
    departments: Vec<u64>,
    streams: Vec<u64>,
}

impl Tally {
    fn add(&mut self, shape: &Shape, count: u64) {
        add(&mut self.kinds, shape.kind as usize, count);
        add(&mut self.streams, shape.stream as usize, count);
        shape.cause_numbers.iter().for_each(|number| add(&mut self.causes, *number, count));
        shape.department_numbers.iter().for_each(|number| add(&mut self.departments, *number, count));
    }
}

fn add(counts: &mut [u64], at: usize, count: u64) {
    if let Some(place) = counts.get_mut(at) {
        *place += count;
    }
}

fn list<'a>(keys: impl Iterator<Item = &'a str>, counts: &[u64]) -> Vec<FacetCount> {
    let mut list: Vec<FacetCount> = keys
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(key, count)| FacetCount { key: key.to_owned(), count: *count })
        .collect();
    list.sort_unstable_by(|a, b| (Reverse(a.count), &a.key).cmp(&(Reverse(b.count), &b.key)));
    list.truncate(MAX_VALUES);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_streams_number_as_they_are_listed() {
        assert!(Kind::ALL.iter().zip(0..).all(|(kind, at)| *kind as usize == at));
        assert!(Stream::ALL.iter().zip(0..).all(|(stream, at)| *stream as usize == at));
    }
}
