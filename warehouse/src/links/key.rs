//! Keys of links, as ClickHouse makes them too (`0013_links.sql`).

use tingjian_schemas::LinkKey;
use xxhash_rust::xxh3::xxh3_64;

/// Of an order, a case or a customer: `reinterpretAsUInt64`.
pub(crate) fn of_key(key: &LinkKey) -> u64 {
    key.0.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// Of a call, a record, a request or an event: `xxh3`.
pub(crate) fn of_id(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SELECT reinterpretAsUInt64(toFixedString(unhex('2DA647B2…'), 16)), xxh3('abc')`.
    #[test]
    fn keys_are_those_of_clickhouse() {
        assert_eq!(of_key(&"2DA647B23B7AD083997E64E630C6D5DE".parse().unwrap()), 9_498_226_010_937_075_245);
        assert_eq!(of_id("abc"), 8_696_274_497_037_089_104);
    }
}
