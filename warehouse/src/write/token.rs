//! What makes an insert that is sent twice one insert, where tables deduplicate. Pure.

use sha2::{Digest, Sha256};
use tingjian_schemas::Position;

/// Stands where a row is not buried.
const NOT_BURIED: i64 = i64::MIN;

/// Of the rows of one insert: the position and version of each say what is in it, since the item at a position never changes. So
/// the same insert after a lost answer has the same token, and any other insert, also of the same items, another one.
pub(super) struct Token(Sha256);

impl Token {
    /// Of rows of one table.
    pub fn of(table: &str) -> Self {
        Self(Sha256::new_with_prefix(table))
    }

    /// Takes in the next row.
    pub fn add(&mut self, position: &Position, version: u128, buried_at: Option<i64>) {
        self.0.update(position.partition.source.len().to_le_bytes());
        self.0.update(position.partition.source.as_bytes());
        self.0.update(position.partition.number.to_le_bytes());
        self.0.update(position.offset.to_le_bytes());
        self.0.update(version.to_le_bytes());
        self.0.update(buried_at.unwrap_or(NOT_BURIED).to_le_bytes());
    }

    /// As ClickHouse takes it.
    pub fn text(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use tingjian_schemas::Partition;

    use super::*;

    fn token(table: &str, rows: &[(&str, u32, u64, u128, Option<i64>)]) -> String {
        let mut token = Token::of(table);
        for (source, number, offset, version, buried_at) in rows {
            let partition = Partition { source: (*source).into(), number: *number };
            token.add(&Position { partition, offset: *offset }, *version, *buried_at);
        }
        token.text()
    }

    #[test]
    fn the_same_rows_have_the_same_token_and_any_other_rows_another() {
        let rows = [("t", 0, 7, 1, None), ("t", 0, 8, 2, None)];
        assert_eq!(token("records", &rows), token("records", &rows));
        for other in [
            token("promises", &rows),
            token("records", &rows[..1]),
            token("records", &[rows[1], rows[0]]),
            token("records", &[("u", 0, 7, 1, None), rows[1]]),
            token("records", &[("t", 1, 7, 1, None), rows[1]]),
            token("records", &[("t", 0, 9, 1, None), rows[1]]),
            token("records", &[("t", 0, 7, 3, None), rows[1]]),
            token("records", &[("t", 0, 7, 1, Some(0)), rows[1]]),
        ] {
            assert_ne!(other, token("records", &rows));
        }
    }
}
