//! Seeded randomness: integer arithmetic only, so that the same seed gives the same draws on every machine.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// A source of draws for one purpose (an hour's arrivals, one text), independent of every other.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The draws of purpose `purpose`, number `number`, under `seed`.
    pub(crate) fn new(seed: u64, purpose: u64, number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(mix(seed ^ mix(purpose)));
        rng.set_stream(number);
        Self(rng)
    }

    /// Uniform in `0..bound`; 0 where `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Uniform in `0..bound` for bounds beyond 32 bits.
    pub(crate) fn below_wide(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// Uniform in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.saturating_sub(low).saturating_add(1).clamp(1, i64::from(u32::MAX));
        low + i64::from(self.below(width as u32))
    }

    /// True in `per_mille` of 1000 draws.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `items`; `None` only where there are none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u32) as usize)
    }

    /// One of `items`, or the default of their type where there are none.
    pub(crate) fn pick_copy<T: Copy + Default>(&mut self, items: &[T]) -> T {
        self.pick(items).copied().unwrap_or_default()
    }

    /// The number of an item drawn by weight; 0 where all weigh nothing.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total = weights.clone().fold(0u32, u32::saturating_add);
        let mut left = self.below(total);
        for (number, weight) in weights.enumerate() {
            if left < weight {
                return number;
            }
            left -= weight;
        }
        0
    }
}

/// Scrambles a number so that neighbours are unrelated (SplitMix64's finaliser).
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
