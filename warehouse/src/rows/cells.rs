//! Values as ClickHouse's columns take them.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use tingjian_schemas::{Lane, LinkKey};

/// Milliseconds since 1970: `DateTime64(3)`.
pub(crate) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// `Nullable(DateTime64(3))`.
pub(crate) fn millis_or_null(time: Option<Timestamp>) -> Option<i64> {
    time.map(millis)
}

/// No text is the empty text: a validated event has no empty ones.
pub(crate) fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

/// Any bytes: a `FixedString`, or a `String` that need not be UTF-8.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a>(pub &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// No key is sixteen zeros, which no keyed hash ever is in practice (1 in 2^128).
pub(crate) fn key(key: &Option<LinkKey>) -> Bytes<'_> {
    Bytes(key.as_ref().map_or(&[0; 16], |key| &key.0))
}

/// One part of a lane.
pub(crate) fn part(lane: &Option<Lane>, part: impl Fn(&Lane) -> &Option<String>) -> &str {
    lane.as_ref().and_then(|lane| part(lane).as_deref()).unwrap_or_default()
}

/// An `Array` column made of one value of each item, without collecting them.
pub(crate) struct Each<'a, T, V> {
    items: &'a [T],
    of: fn(&'a T) -> V,
}

impl<'a, T, V> Each<'a, T, V> {
    pub(crate) fn new(items: &'a [T], of: fn(&'a T) -> V) -> Self {
        Self { items, of }
    }
}

// Not derived: that would ask for `T: Copy`, though only a reference is copied.
impl<T, V> Clone for Each<'_, T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V> Copy for Each<'_, T, V> {}

impl<T, V: Default> Default for Each<'_, T, V> {
    fn default() -> Self {
        Self { items: &[], of: |_| V::default() }
    }
}

impl<T, V: Serialize> Serialize for Each<'_, T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.items.iter().map(self.of))
    }
}
