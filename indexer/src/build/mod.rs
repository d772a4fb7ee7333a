//! Records → tantivy segments, faster than tantivy's own writer makes them.
//!
//! tantivy inverts through one hash table, which misses the cache at every gram: 25 µs of CPU per record of 51
//! characters. Here grams are appended to a list of numbers that is sorted once per segment, and tantivy's public
//! serializers write the very files its own writer would: everything after that (merging, searching, deleting,
//! committing) is tantivy's. That both ways give the same segment is tested. `MEASUREMENTS.md` has the figures.

mod builders;
mod grams;
mod numbers;
mod patience;
mod segment;
mod terms;
#[cfg(test)]
mod tests;

pub(crate) use builders::Builders;
pub(crate) use patience::Patience;
