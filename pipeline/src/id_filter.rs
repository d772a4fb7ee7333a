//! Which ids may have been stored before: a growing Bloom filter, so that a new id costs its sinks no look-up.

use std::sync::{Arc, Mutex, PoisonError};

use fastbloom::BloomFilter;

/// Wrongly "maybe" answers per id asked, per layer: small enough that most batches need no look-up at all.
const FALSE_POSITIVE_RATE: f64 = 1e-5;
/// Ids in the first layer (3 MB); every further layer holds twice as many.
const FIRST_LAYER_IDS: usize = 1 << 20;
/// Fixed, so that a run can be repeated; ids are not chosen by an attacker who could profit from more look-ups.
const SEED: u128 = 0x7469_6e67_6a69_616e;

/// A set of id hashes that may answer "maybe" wrongly and "new" never.
pub struct IdFilter {
    layers: Vec<Layer>,
}

struct Layer {
    filter: BloomFilter,
    room: usize,
    capacity: usize,
}

impl Layer {
    fn new(capacity: usize) -> Self {
        let filter = BloomFilter::with_false_pos(FALSE_POSITIVE_RATE).seed(&SEED).expected_items(capacity);
        Self { filter, room: capacity, capacity }
    }
}

impl IdFilter {
    /// An empty filter.
    pub fn new() -> Self {
        Self { layers: vec![Layer::new(FIRST_LAYER_IDS)] }
    }

    /// Adds an id; `true` if it may have been there already, `false` if it certainly was not.
    pub fn insert(&mut self, scope: &str, id: &str) -> bool {
        let hash = xxhash_rust::xxh3::xxh3_64_with_seed(id.as_bytes(), xxhash_rust::xxh3::xxh3_64(scope.as_bytes()));
        if self.layers.iter().any(|layer| layer.filter.contains(&hash)) {
            return true;
        }
        let capacity = match self.layers.last_mut() {
            Some(layer) if layer.room > 0 => {
                layer.filter.insert(&hash);
                layer.room -= 1;
                return false;
            }
            Some(layer) => layer.capacity * 2,
            None => FIRST_LAYER_IDS,
        };
        let mut layer = Layer::new(capacity);
        layer.filter.insert(&hash);
        layer.room -= 1;
        self.layers.push(layer);
        false
    }
}

impl Default for IdFilter {
    fn default() -> Self {
        Self::new()
    }
}

/// A filter that others may add to while the flow runs: ids that another pipeline stored. Cheap to clone.
#[derive(Clone, Default)]
pub struct SharedFilter(Arc<Mutex<IdFilter>>);

impl SharedFilter {
    /// Works with the filter; everybody else waits meanwhile.
    pub fn with<T>(&self, work: impl FnOnce(&mut IdFilter) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once_and_then_maybe_also_across_layers() {
        let mut filter = IdFilter::new();
        let ids = FIRST_LAYER_IDS * 2;
        let wrong = (0..ids).filter(|i| filter.insert("records", &i.to_string())).count();
        assert!(wrong < ids / 10_000, "{wrong} new ids were taken for repeats");
        assert!((0..ids).step_by(997).all(|i| filter.insert("records", &i.to_string())));
    }

    #[test]
    fn the_same_id_in_another_scope_is_new() {
        let mut filter = IdFilter::new();
        assert!(!filter.insert("promises", "7"));
        assert!(!filter.insert("deliveries", "7"));
        assert!(filter.insert("promises", "7"));
    }
}
