//! Counts per shape → counts per kind, cause, department and stream.

use std::{cmp::Reverse, collections::HashMap};

use crate::{
    FacetCount, Facets,
    shape::{Shape, ShapeTable},
};

/// Longest list of counts.
const MAX_VALUES: usize = 50;

/// Adds up the counts of all segments.
pub(crate) fn facets(counted: &[(ShapeTable, Vec<u64>)]) -> Facets {
    Facets {
        kinds: by(counted, |shape, add| add(shape.kind.name())),
        causes: by(counted, |shape, add| shape.causes.iter().for_each(|cause| add(cause))),
        departments: by(counted, |shape, add| shape.departments.iter().for_each(|department| add(department))),
        streams: by(counted, |shape, add| add(shape.stream.name())),
    }
}

fn by<'a>(
    counted: &'a [(ShapeTable, Vec<u64>)],
    keys_of: impl Fn(&'a Shape, &mut dyn FnMut(&'a str)),
) -> Vec<FacetCount> {
    let mut sums: HashMap<&str, u64> = HashMap::new();
    for (table, counts) in counted {
        for (shape, count) in table.iter().zip(counts).filter(|(_, count)| **count > 0) {
            keys_of(shape, &mut |key| *sums.entry(key).or_default() += count);
        }
    }
    let mut list: Vec<_> = sums.into_iter().map(|(key, count)| FacetCount { key: key.to_owned(), count }).collect();
    list.sort_by(|a, b| (Reverse(a.count), &a.key).cmp(&(Reverse(b.count), &b.key)));
    list.truncate(MAX_VALUES);
    list
}
