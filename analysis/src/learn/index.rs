//! Where a hash lies among ascending ones, in one look for nearly every hash that is not there.

/// For every beginning of a hash, where those that begin so start, and a filter of how they go on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Index {
    /// The first place whose hash begins so or with more, above a filter of [`BITS`] bits; one more at the end.
    starts: Vec<u32>,
    /// How far a hash is moved for its beginning.
    shift: u32,
}

/// Bits of a filter, of which each hash sets one.
const BITS: u32 = 8;
/// Places are below.
const MOST: usize = 1 << (32 - BITS);

impl Index {
    /// About as many beginnings as hashes. Hashes past [`MOST`] are never found: models have thousands.
    pub fn new(hashes: &[u32]) -> Self {
        let hashes = hashes.get(..MOST - 1).unwrap_or(hashes);
        let size = hashes.len().next_power_of_two().max(2);
        let mut index = Self { starts: vec![0; size + 1], shift: u32::BITS - size.ilog2() };
        let mut filters = vec![0; size + 1];
        for hash in hashes {
            let beginning = index.beginning(*hash);
            index.starts.get_mut(beginning + 1).into_iter().for_each(|n| *n += 1);
            filters.get_mut(beginning).into_iter().for_each(|bits| *bits |= index.bit(*hash));
        }
        let mut sum = 0;
        for (start, filter) in index.starts.iter_mut().zip(filters) {
            sum += *start;
            *start = sum << BITS | filter;
        }
        index
    }

    fn beginning(&self, hash: u32) -> usize {
        (hash >> self.shift) as usize
    }

    /// The filter's bit, from the bits right after the beginning.
    fn bit(&self, hash: u32) -> u32 {
        1 << (hash >> (self.shift - BITS.ilog2()) & (BITS - 1))
    }

    /// Whether the hash may be there.
    #[inline]
    pub fn may_have(&self, hash: u32) -> bool {
        self.starts.get(self.beginning(hash)).is_some_and(|start| start & self.bit(hash) != 0)
    }

    /// Its place.
    #[inline]
    pub fn place(&self, hashes: &[u32], hash: u32) -> Option<u32> {
        let beginning = self.beginning(hash);
        let (from, to) = (*self.starts.get(beginning)? >> BITS, *self.starts.get(beginning + 1)? >> BITS);
        let hashes = hashes.get(from as usize..to as usize)?;
        hashes.iter().position(|h| *h == hash).map(|at| from + at as u32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_is_there_and_nothing_else(
            hashes in proptest::collection::btree_set(any::<u32>(), 0..300),
            others in proptest::collection::vec(any::<u32>(), 0..300),
        ) {
            let hashes: Vec<u32> = hashes.into_iter().collect();
            let index = Index::new(&hashes);
            for hash in hashes.iter().chain(&others) {
                let place = hashes.binary_search(hash).ok().map(|at| at as u32);
                prop_assert_eq!(index.place(&hashes, *hash), place);
                prop_assert!(place.is_none() || index.may_have(*hash));
            }
        }
    }
}
