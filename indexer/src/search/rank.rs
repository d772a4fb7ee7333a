//! The place of a record in an order.

use crate::{Sort, zones::Zone};

/// Sorts records: the greater comes first. Two records never have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// Bits of the score, which order as scores do because none is negative; 0 where the order does not look at it.
    pub(crate) score: u32,
    /// Milliseconds; negated where the oldest comes first.
    pub(crate) time: i64,
    /// Of the record id.
    pub(crate) id_hash: u64,
}

impl Rank {
    /// The part of a rank that is known before the hash.
    pub(crate) fn without_hash(sort: Sort, score: f32, millis: i64) -> (u32, i64) {
        match sort {
            Sort::Newest => (0, millis),
            Sort::Oldest => (0, millis.saturating_neg()),
            Sort::Relevance => (score.max(0.0).to_bits(), millis),
        }
    }

    /// The times of `zone` as ranks have them: the last of the order, and the first.
    pub(crate) fn bounds(sort: Sort, zone: Zone) -> (i64, i64) {
        match sort {
            Sort::Oldest => (zone.latest.saturating_neg(), zone.earliest.saturating_neg()),
            Sort::Newest | Sort::Relevance => (zone.earliest, zone.latest),
        }
    }

    /// The record's time.
    pub(crate) fn millis(self, sort: Sort) -> i64 {
        if sort == Sort::Oldest { self.time.saturating_neg() } else { self.time }
    }
}
