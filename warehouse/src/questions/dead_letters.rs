//! Events that could not be read.

use std::sync::Arc;

use clickhouse::{Row, query::Query};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tingjian_schemas::{Partition, Position, Reason, Stream};

use super::{PageCursor, bytes::Bytes, filters::LATEST};
use crate::{Warehouse, WarehouseError};

/// Which dead letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadLetterFilter {
    /// Streams they came by; empty: all.
    pub streams: Vec<Stream>,
    /// Why they were refused.
    pub reason: Option<Reason>,
    /// Only those that no replay has brought in.
    pub only_open: bool,
}

/// A page of dead letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterPage {
    /// How many match in all.
    pub total: u64,
    /// The newest first.
    pub letters: Vec<StoredDeadLetter>,
    /// Where to go on; `None`: that was all.
    pub next: Option<PageCursor>,
}

/// A dead letter without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeadLetter {
    /// Where it stood, as an id: `journal-0badcafe-0-123`.
    pub dead_letter_id: String,
    /// When the source took it.
    pub received_at: Timestamp,
    /// Name of the stream it came by.
    pub stream: String,
    /// Name of the reason.
    pub reason: String,
    /// The field that is wrong; `None`: the whole event.
    pub field: Option<String>,
    /// Bound, expected type or place.
    pub detail: Option<String>,
    /// The event's id where it could be read.
    pub event_id: Option<String>,
    /// Where it stood in the source.
    pub position: Position,
    /// Length of the original bytes.
    pub size: u64,
    /// How often it was tried again.
    pub tries: u64,
    /// The last try.
    pub last_try: Option<DeadLetterReplay>,
}

/// A try to read a dead letter again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterReplay {
    /// When.
    pub replayed_at: Timestamp,
    /// Why it was refused again; `None`: it was accepted.
    pub refused: Option<String>,
}

/// Dead letters of one stream and reason.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct DeadLetterCount {
    /// Name of the stream.
    pub stream: String,
    /// Name of the reason.
    pub reason: String,
    /// How many.
    pub letters: u64,
}

#[derive(Row, Deserialize)]
struct LetterRow {
    dead_letter_id: String,
    received_at: i64,
    stream: String,
    reason: String,
    field: String,
    detail: String,
    event_id: String,
    size: u64,
    partition_source: String,
    partition_number: u32,
    partition_offset: u64,
    tries: u64,
    last_at: i64,
    last_accepted: bool,
    last_reason: String,
}

#[derive(Row, Deserialize)]
struct Total {
    total: u64,
}

#[derive(Row, Deserialize)]
struct BytesRow {
    stream: String,
    bytes: Bytes,
}

#[derive(Serialize)]
struct ReplayRow<'a> {
    dead_letter_id: &'a str,
    replayed_at: i64,
    accepted: bool,
    reason: &'a str,
}

impl DeadLetterFilter {
    fn bind(&self, query: Query) -> Query {
        let streams: Vec<&str> = self.streams.iter().map(|stream| stream.name()).collect();
        let query = query.param("streams", streams).param("reason", self.reason.map_or("", Reason::name));
        query.param("only_open", u8::from(self.only_open))
    }
}

impl Warehouse {
    /// At most `limit` dead letters that match, after the page that ended at `after`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn dead_letters(
        &self,
        filter: &DeadLetterFilter,
        after: Option<&PageCursor>,
        limit: u32,
    ) -> Result<DeadLetterPage, WarehouseError> {
        const SQL: &str = include_str!("../../questions/dead_letters.sql");
        const TOTAL: &str = include_str!("../../questions/dead_letters_total.sql");
        let (time, id) = after.map_or((LATEST, ""), |after| (after.time, after.id.as_str()));
        let totals: Vec<Total> = self.fetch_all("counting dead letters", TOTAL, |query| filter.bind(query)).await?;
        let rows: Vec<LetterRow> = self
            .fetch_all("listing dead letters", SQL, |query| {
                filter.bind(query).param("after", time).param("after_id", id).param("limit", limit)
            })
            .await?;
        let is_full = u32::try_from(rows.len()).is_ok_and(|count| count >= limit);
        let next = rows.last().filter(|_| is_full).map(LetterRow::cursor);
        let letters = rows.into_iter().map(LetterRow::into_letter).collect::<Result<_, _>>()?;
        Ok(DeadLetterPage { total: totals.first().map_or(0, |row| row.total), letters, next })
    }

    /// The name of the stream and the original bytes of a dead letter; `None` where there is none of that id.
    ///
    /// # Errors
    /// What the server says.
    pub async fn dead_letter(&self, dead_letter_id: &str) -> Result<Option<(String, Vec<u8>)>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/dead_letter.sql");
        let bind = |query: Query| query.param("id", dead_letter_id);
        let mut rows: Vec<BytesRow> = self.fetch_all("reading a dead letter", SQL, bind).await?;
        Ok(rows.pop().map(|row| (row.stream, row.bytes.0)))
    }

    /// Dead letters by stream and reason, the most first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn dead_letter_counts(&self) -> Result<Vec<DeadLetterCount>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/dead_letter_counts.sql");
        self.fetch_all("counting dead letters", SQL, |query| query).await
    }

    /// Notes that a dead letter was tried again.
    ///
    /// # Errors
    /// What the server says.
    pub async fn note_replay(&self, dead_letter_id: &str, replay: &DeadLetterReplay) -> Result<(), WarehouseError> {
        let row = ReplayRow {
            dead_letter_id,
            replayed_at: replay.replayed_at.as_millisecond(),
            accepted: replay.refused.is_none(),
            reason: replay.refused.as_deref().unwrap_or_default(),
        };
        self.insert_rows("dead_letter_replays", [row]).await
    }
}

impl LetterRow {
    fn cursor(&self) -> PageCursor {
        PageCursor { time: self.received_at, id: self.dead_letter_id.clone() }
    }

    fn into_letter(self) -> Result<StoredDeadLetter, WarehouseError> {
        let corrupt =
            |error: jiff::Error| WarehouseError::Corrupt { id: self.dead_letter_id.clone(), what: error.to_string() };
        let received_at = Timestamp::from_millisecond(self.received_at).map_err(corrupt)?;
        let replayed_at = Timestamp::from_millisecond(self.last_at).map_err(corrupt)?;
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let last_try = DeadLetterReplay { replayed_at, refused: (!self.last_accepted).then_some(self.last_reason) };
        let partition = Partition { source: Arc::from(self.partition_source.as_str()), number: self.partition_number };
        Ok(StoredDeadLetter {
            dead_letter_id: self.dead_letter_id,
            received_at,
            stream: self.stream,
            reason: self.reason,
            field: given(self.field),
            detail: given(self.detail),
            event_id: given(self.event_id),
            position: Position { partition, offset: self.partition_offset },
            size: self.size,
            tries: self.tries,
            last_try: (self.tries > 0).then_some(last_try),
        })
    }
}
