//! Rows gathered into what one request carries.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    ops::Range,
    sync::atomic::Ordering,
};

use tingjian_sheets::{Progress, Refused, Rows, Shaper};

use crate::failure::Failure;

/// A batch is closed before it grows beyond this (one row may).
const BATCH_BYTES: usize = 4 << 20;
/// How many ids are remembered to warn of repeats: 8 bytes each.
const REMEMBERED_IDS: usize = 4_000_000;

/// What one request carries, and the rows that are not worth sending.
#[derive(Debug, Default)]
pub struct Batch {
    /// Rows of the file in it, sent or not.
    pub rows: u64,
    /// Rows that only this side can know are wrong.
    pub unsent: Vec<Refused>,
    /// How far the file was read when it was closed.
    pub upto: u64,
    body: Vec<u8>,
    ends: Vec<usize>,
    lines: Vec<u64>,
}

impl Batch {
    /// How many rows are sent.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The sent rows `range` as NDJSON.
    pub fn body(&self, range: &Range<usize>) -> &[u8] {
        let end_of = |row: usize| row.checked_sub(1).and_then(|r| self.ends.get(r)).copied().unwrap_or(0);
        self.body.get(end_of(range.start)..end_of(range.end)).unwrap_or_default()
    }

    /// The line of the file on which a sent row stands.
    pub fn line(&self, row: usize) -> Option<u64> {
        self.lines.get(row).copied()
    }

    /// Adds a row to be sent.
    pub fn push(&mut self, line: u64, event: &[u8]) {
        self.body.extend_from_slice(event);
        self.body.push(b'\n');
        self.ends.push(self.body.len());
        self.lines.push(line);
    }
}

/// Cuts the rows of a file into batches.
pub struct Cutter<'a> {
    rows: Box<dyn Rows>,
    shaper: &'a Shaper,
    progress: Progress,
    repeats: Repeats,
}

impl<'a> Cutter<'a> {
    /// Over `rows`, without the first `skip` of them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(mut rows: Box<dyn Rows>, skip: u64, shaper: &'a Shaper, progress: Progress) -> Result<Self, Failure> {
        for _ in 0..skip {
            rows.next()?;
        }
        Ok(Self { rows, shaper, progress, repeats: Repeats::default() })
    }

    /// The next at most `limit` rows; `None` at the end.
    ///
    /// # Errors
    /// The file cannot be read on.
    pub fn next(&mut self, limit: u64) -> Result<Option<Batch>, Failure> {
        let mut batch = Batch::default();
        while batch.rows < limit && batch.body.len() < BATCH_BYTES {
            let Some(row) = self.rows.next()? else { break };
            let line = row.line;
            batch.rows += 1;
            match self.shaper.event(row) {
                Ok(event) => {
                    self.repeats.note(event.id.as_deref());
                    batch.push(line, &event.bytes);
                }
                Err(refused) => batch.unsent.push(refused),
            }
        }
        batch.upto = self.progress.load(Ordering::Relaxed);
        Ok((batch.rows > 0).then_some(batch))
    }

    /// How many rows had the id of a row before them. Later rows replace earlier ones, which is seldom meant.
    pub fn repeated_ids(&self) -> u64 {
        self.repeats.count
    }
}

#[derive(Default)]
struct Repeats {
    seen: HashSet<u64>,
    keys: RandomState,
    count: u64,
}

impl Repeats {
    fn note(&mut self, id: Option<&str>) {
        let Some(id) = id else { return };
        let hash = self.keys.hash_one(id);
        if self.seen.len() < REMEMBERED_IDS {
            self.count += u64::from(!self.seen.insert(hash));
        } else {
            self.count += u64::from(self.seen.contains(&hash));
        }
    }
}
