//! Terms and the numbers they are given as they come.

use std::{cmp::Ordering, collections::HashMap};

/// Bytes of a term that is held without an allocation of its own.
const SHORT_BYTES: usize = 16;
/// Rough size of a short term in its table.
const SHORT_ENTRY_BYTES: usize = 48;
/// Rough size of a long term in its table, besides its bytes.
const LONG_ENTRY_BYTES: usize = 64;

/// A table of terms.
#[derive(Default)]
pub(super) struct TermNumbers {
    /// Terms of up to 16 bytes, as numbers that order as the terms do: most words, looked up without a cache miss for
    /// their bytes.
    short: HashMap<u128, u32>,
    long: HashMap<Box<str>, u32>,
    count: u32,
    long_bytes: usize,
}

impl TermNumbers {
    /// The number of `term`, which has no zero bytes.
    #[inline]
    pub(super) fn number(&mut self, term: &str) -> u32 {
        let next = self.count;
        let number = match packed(term) {
            Some(key) => *self.short.entry(key).or_insert(next),
            None => self.long_number(term),
        };
        self.count += u32::from(number == next);
        number
    }

    fn long_number(&mut self, term: &str) -> u32 {
        if let Some(number) = self.long.get(term) {
            return *number;
        }
        self.long.insert(term.into(), self.count);
        self.long_bytes += term.len() + LONG_ENTRY_BYTES;
        self.count
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.short.capacity() * SHORT_ENTRY_BYTES + self.long_bytes
    }

    /// All terms in their order, and by number the rank of each.
    pub(super) fn ranked(self) -> (Vec<Ranked>, Vec<u32>) {
        let mut terms: Vec<(Ranked, u32)> = Vec::with_capacity(self.count as usize);
        let mut short: Vec<(u128, u32)> = self.short.into_iter().collect();
        short.sort_unstable();
        let mut long: Vec<(Box<str>, u32)> = self.long.into_iter().collect();
        long.sort_unstable();
        let mut long = long.into_iter().peekable();
        for (key, number) in short {
            let term = Ranked::Short(key);
            while let Some((earlier, number)) = long.next_if(|(long, _)| term.cmp_bytes(long.as_bytes()).is_gt()) {
                terms.push((Ranked::Long(earlier), number));
            }
            terms.push((term, number));
        }
        terms.extend(long.map(|(term, number)| (Ranked::Long(term), number)));
        let mut ranks = vec![0; terms.len()];
        for ((_, number), rank) in terms.iter().zip(0..) {
            if let Some(place) = ranks.get_mut(*number as usize) {
                *place = rank;
            }
        }
        (terms.into_iter().map(|(term, _)| term).collect(), ranks)
    }
}

/// A term in the list of all.
pub(super) enum Ranked {
    Short(u128),
    Long(Box<str>),
}

impl Ranked {
    /// Hands the term's bytes to `take`.
    pub(super) fn with_bytes<T>(&self, take: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::Short(key) => {
                let bytes = key.to_be_bytes();
                let length = SHORT_BYTES - key.trailing_zeros() as usize / 8;
                take(bytes.get(..length).unwrap_or_default())
            }
            Self::Long(term) => take(term.as_bytes()),
        }
    }

    /// How the term stands to one with these bytes.
    pub(super) fn cmp_bytes(&self, other: &[u8]) -> Ordering {
        self.with_bytes(|bytes| bytes.cmp(other))
    }
}

/// The bytes of a short term as a number that orders as they do.
#[inline]
fn packed(term: &str) -> Option<u128> {
    let mut bytes = [0; SHORT_BYTES];
    bytes.get_mut(..term.len())?.copy_from_slice(term.as_bytes());
    Some(u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn terms_get_one_number_each_and_come_back_in_order(terms in prop::collection::vec("[ab慢快]{1,12}", 0..60)) {
            let mut numbers = TermNumbers::default();
            let given: Vec<u32> = terms.iter().map(|term| numbers.number(term)).collect();
            let (ranked, ranks) = numbers.ranked();
            let listed: Vec<Vec<u8>> = ranked.iter().map(|term| term.with_bytes(<[u8]>::to_vec)).collect();
            let mut expected: Vec<Vec<u8>> = terms.iter().map(|term| term.as_bytes().to_vec()).collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(&listed, &expected);
            for (term, number) in terms.iter().zip(given) {
                prop_assert_eq!(&listed[ranks[number as usize] as usize], term.as_bytes());
            }
        }
    }
}
