//! The writing side: batches in, commits that carry the positions they vouch for.
//!
//! **Replacing.** An item whose `maybe_repeat` is false is added as it is. For the others the arrival of the version now
//! held is looked up (first among those written since the last commit, then in the committed index): a later one held
//! makes the item stale and it is left out, so an item that comes late from another partition never overrules a newer
//! one; an earlier or equal one is deleted and replaced. Nothing is deleted without having been found, because every
//! pending delete makes a commit slower.
//!
//! **Failing.** tantivy's writer is of no use after an I/O error and everything since the last commit is lost with it.
//! So is this sink's memory of it: after any error it refuses to work until [`IndexSink::resume`] has opened a new
//! writer and said from which positions to send again. Nothing can be skipped by carrying on.

use std::{collections::HashMap, sync::Arc};

use tantivy::{
    IndexWriter, Term,
    directory::Directory,
    indexer::{IndexWriterOptions, UserOperation},
};
use tingjian_schemas::{Batch, Entry, Item, Positions, Record};

use crate::{
    IndexError,
    document::RecordDocument,
    index::{Inner, committed_positions},
    payload::Payload,
};

/// Documents handed to a writer thread at once. tantivy queues up to 10 000 such groups, so this bounds its memory.
const GROUP: usize = 8;
/// The least memory tantivy accepts per thread, bytes.
const LEAST_MEMORY_BYTES: usize = 15_000_000;

/// The one writer of an index. Blocking; its own threads invert and merge.
pub struct IndexSink {
    inner: Arc<Inner>,
    /// `None` after an error, until `resume`.
    writer: Option<IndexWriter<RecordDocument>>,
    /// Of the last commit.
    committed: Positions,
    /// Of everything written.
    written: Positions,
    /// Ids written since the last commit, with their arrival.
    pending: HashMap<String, u64>,
}

/// What became of the records of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New.
    pub stored: u64,
    /// Took the place of an earlier version, or of themselves.
    pub replaced: u64,
    /// Left out: a later version is held already.
    pub stale: u64,
    /// Left out: the sink has passed their position already.
    pub skipped: u64,
}

impl IndexSink {
    pub(crate) fn open(inner: Arc<Inner>) -> Result<Self, IndexError> {
        let writer = open_writer(&inner)?;
        let committed = committed_positions(&inner.folder, &inner.index)?;
        Ok(Self { inner, writer: Some(writer), written: committed.clone(), committed, pending: HashMap::new() })
    }

    /// How far the last commit has come: what is durable.
    pub fn positions(&self) -> &Positions {
        &self.committed
    }

    /// Records written since the last commit.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Takes the records of a batch; facts and dead letters are none of its business. Nothing is durable or visible
    /// before [`IndexSink::commit`].
    ///
    /// # Errors
    /// Everything since the last commit is gone: call [`IndexSink::resume`].
    pub fn write(&mut self, batch: &Batch) -> Result<Written, IndexError> {
        let result = self.try_write(batch);
        self.give_up_on_error(result)
    }

    /// Makes everything written durable and visible, together with the positions: what it held before, advanced to
    /// `upto`. Returns when both hold.
    ///
    /// # Errors
    /// Everything since the last commit is gone: call [`IndexSink::resume`].
    pub fn commit(&mut self, upto: &Positions) -> Result<(), IndexError> {
        let result = self.try_commit(upto);
        self.give_up_on_error(result)
    }

    /// After an error: opens a new writer and says from where to send again. May be called at any time; drops what was
    /// written since the last commit.
    ///
    /// # Errors
    /// Still no use (a disk still full is recoverable): call it again later.
    pub fn resume(&mut self) -> Result<Positions, IndexError> {
        self.give_up();
        let writer = open_writer(&self.inner)?;
        self.inner.reload()?;
        // From the disk: a commit may have got there and failed only afterwards.
        self.committed = committed_positions(&self.inner.folder, &self.inner.index)?;
        self.inner.set_positions(self.committed.clone());
        self.written = self.committed.clone();
        self.writer = Some(writer);
        Ok(self.committed.clone())
    }

    fn give_up_on_error<T>(&mut self, result: Result<T, IndexError>) -> Result<T, IndexError> {
        if result.is_err() {
            self.give_up();
        }
        result
    }

    fn give_up(&mut self) {
        self.writer = None;
        self.pending.clear();
        self.written = self.committed.clone();
    }

    fn try_write(&mut self, batch: &Batch) -> Result<Written, IndexError> {
        let mut written = Written::default();
        let mut group = Vec::with_capacity(GROUP + 1);
        for item in &batch.items {
            let Entry::Record(record) = &item.entry else { continue };
            if self.written.holds(&item.position) {
                written.skipped += 1;
                continue;
            }
            self.take(item, record, &mut group, &mut written)?;
            if group.len() >= GROUP {
                self.send(&mut group)?;
            }
        }
        self.send(&mut group)?;
        self.written.advance_all(&batch.upto);
        Ok(written)
    }

    fn take(
        &mut self,
        item: &Item,
        record: &Record,
        group: &mut Vec<UserOperation<RecordDocument>>,
        written: &mut Written,
    ) -> Result<(), IndexError> {
        let record_id = &record.head.event_id;
        match if item.maybe_repeat { self.held_arrival(record_id)? } else { None } {
            Some(held) if held > item.arrival => {
                written.stale += 1;
                return Ok(());
            }
            Some(_) => {
                written.replaced += 1;
                group.push(UserOperation::Delete(Term::from_field_text(self.inner.fields.record_id, record_id)));
            }
            None => written.stored += 1,
        }
        group.push(UserOperation::Add(RecordDocument::new(self.inner.fields, record, item.arrival)));
        self.pending.insert(record_id.clone(), item.arrival);
        Ok(())
    }

    fn held_arrival(&self, record_id: &str) -> Result<Option<u64>, IndexError> {
        match self.pending.get(record_id) {
            Some(arrival) => Ok(Some(*arrival)),
            None => self.inner.committed_arrival(record_id).map_err(|error| self.inner.failed(error)),
        }
    }

    fn send(&self, group: &mut Vec<UserOperation<RecordDocument>>) -> Result<(), IndexError> {
        let writer = self.writer.as_ref().ok_or_else(|| self.interrupted())?;
        if !group.is_empty() {
            writer.run(std::mem::take(group)).map_err(|error| self.inner.failed(error))?;
        }
        Ok(())
    }

    fn try_commit(&mut self, upto: &Positions) -> Result<(), IndexError> {
        let inner = self.inner.clone();
        let failed = |error| inner.failed(error);
        let mut positions = self.committed.clone();
        positions.advance_all(upto);
        let payload = Payload::write(&positions)
            .map_err(|error| IndexError::Internal { folder: inner.folder.clone(), detail: error.to_string() })?;
        let interrupted = self.interrupted();
        let writer = self.writer.as_mut().ok_or(interrupted)?;
        if self.pending.is_empty() && positions == self.committed {
            return Ok(());
        }
        let mut prepared = writer.prepare_commit().map_err(failed)?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(failed)?;
        // tantivy renames `meta.json` into place without syncing the folder afterwards.
        inner.index.directory().sync_directory().map_err(|error| IndexError::io(&inner.folder, error))?;
        inner.reload()?;
        inner.set_positions(positions.clone());
        self.written.advance_all(&positions);
        self.committed = positions;
        self.pending.clear();
        Ok(())
    }

    fn interrupted(&self) -> IndexError {
        IndexError::Interrupted { folder: self.inner.folder.clone() }
    }
}

fn open_writer(inner: &Inner) -> Result<IndexWriter<RecordDocument>, IndexError> {
    let threads = inner.options.writer_threads.max(1);
    let options = IndexWriterOptions::builder()
        .num_worker_threads(threads)
        .memory_budget_per_thread((inner.options.writer_memory_bytes / threads).max(LEAST_MEMORY_BYTES))
        .num_merge_threads(inner.options.merge_threads.max(1))
        .build();
    inner.index.writer_with_options(options).map_err(|error| inner.failed(error))
}
