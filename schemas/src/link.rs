//! Keys that link the contacts of one customer, order or case without storing who or which it is.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The first 128 bits of a keyed hash (HMAC-SHA-256); written as 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkKey(pub [u8; 16]);

impl fmt::Display for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkKey({self})")
    }
}

/// Not 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link key is 32 hexadecimal digits")]
pub struct LinkKeyError;

impl FromStr for LinkKey {
    type Err = LinkKeyError;

    fn from_str(text: &str) -> Result<Self, LinkKeyError> {
        let hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| hex).ok_or(LinkKeyError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl Serialize for LinkKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LinkKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for LinkKey {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("LinkKey")
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::LinkKey;

    #[test]
    fn a_key_is_32_hexadecimal_digits_both_ways() {
        let key = LinkKey([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(key.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(key.to_string().parse(), Ok(key));
        for wrong in ["", "00", "g00102030405060708090a0b0c0d0eff", "+00102030405060708090a0b0c0d0eff"] {
            assert!(wrong.parse::<LinkKey>().is_err(), "{wrong}");
        }
    }
}
