//! Which version of an event counts. Pure.

use super::{Group, Put, Written, plan::Candidate};

/// A stored row that counts now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Live {
    /// Milliseconds since 1970; with the id it is the key.
    pub occurred_at: i64,
    pub content_hash: u64,
    pub version: u128,
}

/// What to write for one id.
pub(super) struct Decision<'b> {
    /// What became of the group's items.
    pub written: Written,
    /// The version that is to be stored.
    store: Option<Candidate<'b>>,
    /// Times of the live rows of other versions, whose places it takes.
    left: Vec<i64>,
    /// Keys to void, and whose row and version voids them.
    bury: Vec<i64>,
    by: Candidate<'b>,
    winner_version: u128,
}

impl<'b> Decision<'b> {
    /// The rows to insert.
    pub fn puts(&self) -> impl Iterator<Item = Put<'b>> {
        let (item, version) = (self.by.item, self.winner_version);
        let store = self.store.map(|new| Put { item: new.item, version: new.version, buried_at: None });
        let bury = self.bury.iter().map(move |at| Put { item, version, buried_at: Some(*at) });
        store.into_iter().chain(bury)
    }

    /// The version that is to be stored.
    pub fn store(&self) -> Option<Candidate<'b>> {
        self.store
    }

    /// Times of the live rows whose places it takes.
    pub fn left(&self) -> impl Iterator<Item = i64> {
        self.left.iter().copied()
    }
}

/// Takes the items of a group one by one in the order of their versions, as if each had come in a batch of its own: so the
/// outcome does not depend on how the source was cut into batches.
pub(super) fn decide<'b>(group: &Group<'b>, live: &[Live]) -> Decision<'b> {
    let mut current = live.iter().copied().max_by_key(|row| row.version);
    let mut store = None;
    let mut written = Written::default();
    for new in group.candidates() {
        let row = Live { occurred_at: new.occurred_at, content_hash: new.item.content_hash, version: new.version };
        match current {
            Some(held) if held.version == row.version => written.stored += 1,
            Some(held) if held.content_hash == row.content_hash => {
                written.duplicates += 1;
                continue;
            }
            Some(held) => {
                written.replaced += 1;
                if held.version > row.version {
                    continue;
                }
            }
            None => written.stored += 1,
        }
        current = Some(row);
        store = Some(new);
    }
    bury_others(group, live, current, store, written)
}

/// Every live row under another key than the winner's is voided: there is more than one after a crash between two months.
fn bury_others<'b>(
    group: &Group<'b>,
    live: &[Live],
    winner: Option<Live>,
    store: Option<Candidate<'b>>,
    written: Written,
) -> Decision<'b> {
    let is_other = |row: &&Live| winner.is_some_and(|winner| winner.occurred_at != row.occurred_at);
    let bury = live.iter().filter(is_other).map(|row| row.occurred_at).collect();
    let left = live.iter().filter(|row| store.is_some_and(|new| new.version != row.version)).map(|row| row.occurred_at);
    let left = left.collect();
    let by = store.unwrap_or(group.first);
    Decision { written, store, left, bury, by, winner_version: winner.map_or(by.version, |winner| winner.version) }
}
