//! A key as sixteen bytes, both ways: written as a run of bytes, read as an array.

use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(key: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(key)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
    <[u8; 16]>::deserialize(deserializer)
}
