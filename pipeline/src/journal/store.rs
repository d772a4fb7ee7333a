//! The journal's SQLite file: blocks appended, read in order and trimmed. Knows nothing of threads.

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use tingjian_schemas::{Partition, Position};

use super::{JournalError, block, block::Incoming};
use crate::source::RawRecord;

const FORMAT_VERSION: i64 = 1;
/// How long a statement waits for the other connection's checkpoint.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// A block is closed once it holds this many bytes.
const BLOCK_BYTES: usize = 1 << 20;
/// WAL pages between checkpoints (4 KiB each): 16 MiB.
const CHECKPOINT_PAGES: u32 = 4_096;

/// Where the journal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Offset the next record will get.
    pub next_offset: u64,
    /// Arrival the last record got, microseconds.
    pub last_arrival: u64,
}

/// One connection to the journal file.
pub struct Store {
    path: PathBuf,
    connection: Connection,
    partition: Partition,
}

impl Store {
    /// Opens or creates the file, readable by its owner only. `new_id` names it if it is new.
    ///
    /// # Errors
    /// Not writable, corrupt, of another version.
    pub fn open(path: &Path, new_id: &str) -> Result<Self, JournalError> {
        let sorted = |e| JournalError::sort(path, e);
        OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::StorageFull => JournalError::DiskFull { path: path.to_owned() },
            _ => JournalError::NotWritable { path: path.to_owned() },
        })?;
        let connection = Connection::open(path).map_err(sorted)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(sorted)?;
        // FULL: a commit returns only after the log is synced, which is what 202 promises.
        for (name, value) in [("auto_vacuum", "INCREMENTAL"), ("journal_mode", "WAL"), ("synchronous", "FULL")] {
            connection.pragma_update(None, name, value).map_err(sorted)?;
        }
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(sorted)?;
        connection.execute_batch(include_str!("schema.sql")).map_err(sorted)?;
        let journal_id = identity(&connection, path, new_id)?;
        let partition = Partition { source: Arc::from(format!("journal:{journal_id}")), number: 0 };
        Ok(Self { path: path.to_owned(), connection, partition })
    }

    /// The partition under which sinks keep their positions.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The journal file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the journal ends.
    ///
    /// # Errors
    /// SQLite's.
    pub fn end(&self) -> Result<End, JournalError> {
        let row = self
            .connection
            .query_row(
                "SELECT first_offset + records, first_arrival + records - 1 FROM blocks ORDER BY first_offset DESC LIMIT 1",
                [],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
            )
            .optional()
            .map_err(|e| JournalError::sort(&self.path, e))?;
        let (next, arrival) = row.unwrap_or((0, 0));
        Ok(End { next_offset: next.cast_unsigned(), last_arrival: arrival.cast_unsigned() })
    }

    /// Appends all records in one synced transaction, in blocks of about `BLOCK_BYTES`; returns the new end.
    ///
    /// # Errors
    /// Nothing was appended then.
    pub fn append<'r>(
        &mut self,
        end: End,
        now: Timestamp,
        records: impl Iterator<Item = &'r Incoming>,
    ) -> Result<End, JournalError> {
        let written = append_blocks(&mut self.connection, end, now, records);
        written.map_err(|e| JournalError::sort(&self.path, e))
    }

    /// Records from `offset` on, in order, whole blocks: at least one block where there is one, then until a bound is met.
    ///
    /// # Errors
    /// SQLite's; a corrupt block.
    pub fn read(&self, offset: u64, max_records: usize, max_bytes: usize) -> Result<Vec<RawRecord>, JournalError> {
        let sorted = |e| JournalError::sort(&self.path, e);
        let mut statement = self.connection.prepare_cached(include_str!("read.sql")).map_err(sorted)?;
        let mut rows = statement.query([offset.cast_signed()]).map_err(sorted)?;
        let (mut records, mut bytes_read) = (Vec::new(), 0);
        while records.len() < max_records && bytes_read < max_bytes {
            let Some(row) = rows.next().map_err(sorted)? else { break };
            let found = StoredBlock::from_row(row).map_err(sorted)?;
            bytes_read += found.bytes.len();
            self.unpack(found, offset, &mut records)?;
        }
        Ok(records)
    }

    fn unpack(&self, found: StoredBlock, from: u64, records: &mut Vec<RawRecord>) -> Result<(), JournalError> {
        let corrupt =
            |detail: String| JournalError::Corrupt { path: self.path.clone(), offset: found.first_offset, detail };
        let incoming = block::read(found.bytes, found.checksum).map_err(|e| corrupt(e.to_string()))?;
        if incoming.len() as u64 != found.records {
            return Err(corrupt(format!("{} records instead of {}", incoming.len(), found.records)));
        }
        let received_at = Timestamp::from_millisecond(found.received_at_ms).map_err(|e| corrupt(e.to_string()))?;
        for (index, record) in (0_u64..).zip(incoming) {
            let offset = found.first_offset + index;
            if offset >= from {
                let position = Position { partition: self.partition.clone(), offset };
                let arrival = found.first_arrival + index;
                records.push(RawRecord { stream: record.stream, position, arrival, received_at, bytes: record.bytes });
            }
        }
        Ok(())
    }

    /// Deletes blocks that lie wholly before `offset` and were received before `received_before`, at most `max_blocks`
    /// of them, but never the last block: it carries the numbering on. Returns how many went.
    ///
    /// # Errors
    /// SQLite's.
    pub fn trim(&self, offset: u64, received_before: Timestamp, max_blocks: u32) -> Result<usize, JournalError> {
        let sorted = |e| JournalError::sort(&self.path, e);
        let deleted = self
            .connection
            .execute(
                include_str!("trim.sql"),
                params![offset.cast_signed(), received_before.as_millisecond(), max_blocks],
            )
            .map_err(sorted)?;
        self.connection.execute_batch("PRAGMA incremental_vacuum(4096)").map_err(sorted)?;
        Ok(deleted)
    }
}

fn append_blocks<'r>(
    connection: &mut Connection,
    mut end: End,
    now: Timestamp,
    records: impl Iterator<Item = &'r Incoming>,
) -> rusqlite::Result<End> {
    let transaction = connection.transaction()?;
    let mut bytes = Vec::new();
    let mut count = 0_u64;
    for record in records {
        block::push(&mut bytes, record);
        count += 1;
        if bytes.len() >= BLOCK_BYTES {
            end = append_block(&transaction, end, now, &bytes, count)?;
            bytes.clear();
            count = 0;
        }
    }
    if count > 0 {
        end = append_block(&transaction, end, now, &bytes, count)?;
    }
    transaction.commit()?;
    Ok(end)
}

fn append_block(connection: &Connection, end: End, now: Timestamp, bytes: &[u8], count: u64) -> rusqlite::Result<End> {
    let first_arrival = now.as_microsecond().cast_unsigned().max(end.last_arrival + 1);
    connection.prepare_cached("INSERT INTO blocks VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        end.next_offset.cast_signed(),
        count.cast_signed(),
        first_arrival.cast_signed(),
        now.as_millisecond(),
        block::checksum(bytes),
        bytes
    ])?;
    Ok(End { next_offset: end.next_offset + count, last_arrival: first_arrival + count - 1 })
}

struct StoredBlock {
    first_offset: u64,
    records: u64,
    first_arrival: u64,
    received_at_ms: i64,
    checksum: i64,
    bytes: Vec<u8>,
}

impl StoredBlock {
    fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            first_offset: row.get::<_, i64>(0)?.cast_unsigned(),
            records: row.get::<_, i64>(1)?.cast_unsigned(),
            first_arrival: row.get::<_, i64>(2)?.cast_unsigned(),
            received_at_ms: row.get(3)?,
            checksum: row.get(4)?,
            bytes: row.get(5)?,
        })
    }
}

fn identity(connection: &Connection, path: &Path, new_id: &str) -> Result<String, JournalError> {
    let sorted = |e| JournalError::sort(path, e);
    connection
        .execute("INSERT OR IGNORE INTO identity VALUES (1, ?1, ?2)", params![new_id, FORMAT_VERSION])
        .map_err(sorted)?;
    let (id, found): (String, i64) = connection
        .query_row("SELECT journal_id, version FROM identity", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(sorted)?;
    if found == FORMAT_VERSION {
        Ok(id)
    } else {
        Err(JournalError::Version { path: path.to_owned(), found, known: FORMAT_VERSION })
    }
}
