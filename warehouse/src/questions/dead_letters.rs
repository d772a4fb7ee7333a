//! What could not be read, with why.

use clickhouse::Row;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Warehouse, WarehouseError};

/// One dead letter as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeadLetter {
    /// Its id, which says where it stood.
    pub dead_letter_id: String,
    /// When the source took it.
    pub received_at: Timestamp,
    /// Stream.
    pub stream: String,
    /// Stable name of the reason.
    pub reason: String,
    /// The wrong field; empty: the whole event.
    pub field: String,
    /// Its event's id; empty: could not be read.
    pub event_id: String,
    /// The original bytes, not masked.
    pub bytes: Vec<u8>,
    /// Source.
    pub partition_source: String,
    /// Partition number.
    pub partition_number: u32,
    /// Offset.
    pub partition_offset: u64,
    /// When it was last replayed.
    pub replayed_at: Option<Timestamp>,
    /// Whether that replay was accepted.
    pub accepted: Option<bool>,
}

/// Dead letters of one stream and reason.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct DeadLetterCountRow {
    /// Stream.
    pub stream: String,
    /// Stable name of the reason.
    pub reason: String,
    /// How many.
    pub letters: u64,
}

/// A place in the list, newest first: what follows the letter at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterPlace {
    /// Time of the last letter seen.
    pub received_at: Timestamp,
    /// Its id.
    pub dead_letter_id: String,
}

#[derive(Row, Deserialize)]
struct LetterRow<'a> {
    dead_letter_id: &'a str,
    received_at: i64,
    stream: &'a str,
    reason: &'a str,
    field: &'a str,
    event_id: &'a str,
    #[serde(borrow)]
    bytes: &'a [u8],
    partition_source: &'a str,
    partition_number: u32,
    partition_offset: u64,
    replayed_at: Option<i64>,
    accepted: Option<bool>,
}

#[derive(Row, Serialize)]
struct ReplayRow<'a> {
    dead_letter_id: &'a str,
    replayed_at: i64,
    accepted: bool,
    reason: &'a str,
}

/// Later than any letter.
const FAR_MS: i64 = 4_133_980_800_000;

fn stored(row: &LetterRow<'_>) -> StoredDeadLetter {
    let time = |ms| Timestamp::from_millisecond(ms).unwrap_or_default();
    StoredDeadLetter {
        dead_letter_id: row.dead_letter_id.to_owned(),
        received_at: time(row.received_at),
        stream: row.stream.to_owned(),
        reason: row.reason.to_owned(),
        field: row.field.to_owned(),
        event_id: row.event_id.to_owned(),
        bytes: row.bytes.to_vec(),
        partition_source: row.partition_source.to_owned(),
        partition_number: row.partition_number,
        partition_offset: row.partition_offset,
        replayed_at: row.replayed_at.map(time),
        accepted: row.accepted,
    }
}

impl Warehouse {
    /// Dead letters, newest first: those of `reasons` (empty: all) that follow `after`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn dead_letters(
        &self,
        reasons: &[String],
        after: Option<&DeadLetterPlace>,
        limit: u32,
    ) -> Result<Vec<StoredDeadLetter>, WarehouseError> {
        self.letters(&[], reasons, after, limit).await
    }

    /// One dead letter.
    ///
    /// # Errors
    /// What the server says.
    pub async fn dead_letter(&self, id: &str) -> Result<Option<StoredDeadLetter>, WarehouseError> {
        Ok(self.letters(&[id.to_owned()], &[], None, 1).await?.pop())
    }

    async fn letters(
        &self,
        ids: &[String],
        reasons: &[String],
        after: Option<&DeadLetterPlace>,
        limit: u32,
    ) -> Result<Vec<StoredDeadLetter>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/dead_letters.sql");
        let mut letters = Vec::new();
        let bind = |query: clickhouse::query::Query| {
            query
                .param("ids", ids)
                .param("reasons", reasons)
                .param("before", after.map_or(FAR_MS, |place| place.received_at.as_millisecond()))
                .param("before_id", after.map_or("", |place| &place.dead_letter_id))
                .param("limit", limit)
        };
        self.for_each::<LetterRow<'_>>("listing dead letters", SQL, bind, |row| letters.push(stored(&row))).await?;
        Ok(letters)
    }

    /// How many dead letters by stream and reason (of `reasons`; empty: all).
    ///
    /// # Errors
    /// What the server says.
    pub async fn dead_letter_counts(&self, reasons: &[String]) -> Result<Vec<DeadLetterCountRow>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/dead_letter_counts.sql");
        self.fetch_all("counting dead letters", SQL, |query| query.param("reasons", reasons)).await
    }

    /// Writes down that a dead letter was tried again: accepted into the source, or refused for `reason`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn record_replay(&self, id: &str, at: Timestamp, refused: Option<&str>) -> Result<(), WarehouseError> {
        let row = ReplayRow {
            dead_letter_id: id,
            replayed_at: at.as_millisecond(),
            accepted: refused.is_none(),
            reason: refused.unwrap_or_default(),
        };
        self.insert_rows::<ReplayRow<'_>>("dead_letter_replays", [row]).await
    }
}
