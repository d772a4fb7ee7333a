//! Texts of which few are different: each once, and for every value its place.

use std::collections::HashMap;

use super::put_text;

/// Values of a `LowCardinality(String)` column.
#[derive(Default)]
pub(super) struct Dictionary {
    places: HashMap<Box<str>, u32>,
    keys: Vec<u8>,
    values: Vec<u32>,
    /// The value before, which the next one very often repeats.
    last: String,
}

/// What a place takes, and ClickHouse's number for it.
const BYTES_1: u64 = 0;
const BYTES_2: u64 = 1;
const BYTES_4: u64 = 2;
/// The keys come with the block, and there is no other dictionary.
const KEYS_HERE: u64 = 1 << 9 | 1 << 10;
/// Version of the layout: the prefix of the column.
pub(super) const VERSION: u64 = 1;

impl Dictionary {
    pub fn push(&mut self, text: &str) {
        let place = match self.values.last() {
            Some(place) if self.last == text => *place,
            _ => self.find(text),
        };
        self.values.push(place);
    }

    fn find(&mut self, text: &str) -> u32 {
        self.last.clear();
        self.last.push_str(text);
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.places.len() as u32;
        self.places.insert(text.into(), place);
        put_text(&mut self.keys, text.as_bytes());
        place
    }

    /// Forgets the values.
    pub fn clear(&mut self) {
        self.places.clear();
        self.keys.clear();
        self.values.clear();
    }

    /// Bytes it takes, at most.
    pub fn size(&self) -> usize {
        self.keys.len() + 4 * self.values.len() + 24
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        // An array column of empty arrays only has no values, and then nothing at all is expected.
        if self.values.is_empty() {
            return;
        }
        let width = match self.places.len() {
            0..=0x100 => BYTES_1,
            0x101..=0x1_0000 => BYTES_2,
            _ => BYTES_4,
        };
        out.extend_from_slice(&(width | KEYS_HERE).to_le_bytes());
        out.extend_from_slice(&(self.places.len() as u64).to_le_bytes());
        out.extend_from_slice(&self.keys);
        out.extend_from_slice(&(self.values.len() as u64).to_le_bytes());
        match width {
            BYTES_1 => out.extend(self.values.iter().map(|place| *place as u8)),
            BYTES_2 => out.extend(self.values.iter().flat_map(|place| (*place as u16).to_le_bytes())),
            _ => out.extend(self.values.iter().flat_map(|place| place.to_le_bytes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_as_wide_as_they_need_to_be() {
        for (different, width) in [(1, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)] {
            let mut dictionary = Dictionary::default();
            (0..different).for_each(|i| dictionary.push(&i.to_string()));
            dictionary.push("0");
            let mut out = Vec::new();
            dictionary.write(&mut out);
            let values = (different + 1) * width;
            assert_eq!(out.len(), 24 + dictionary.keys.len() + values, "{different}");
            assert_eq!(out[out.len() - width..], vec![0; width], "the last value is the first key");
        }
    }
}
