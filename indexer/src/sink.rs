//! The writing side: batches in, commits that carry the positions they vouch for.
//!
//! **Replacing.** An item whose `maybe_repeat` is false is added as it is. For the others the arrival of the version now
//! held is looked up (first among those written since the last commit, then in the committed index): an equal or later
//! one makes the item stale and it is left out, so an item that comes late from another partition never overrules a
//! newer one; an earlier one is replaced. What is replaced is deleted by id *and* arrival, in the same commit that adds
//! its successor. Nothing is deleted without having been found, because every delete makes a commit slower.
//!
//! **Read again.** An item of a later generation has the arrival of the version it replaces, so arrival cannot tell the two
//! apart: it is deleted everywhere but in the segments that the commit adds. Such a delete goes before the segments, so that none
//! of them can have become part of another one by then; and the item never shares a commit with an earlier version of its record.
//!
//! **Failing.** tantivy's writer is of no use after an I/O error and everything since the last commit is lost with it.
//! So is this sink's memory of it: after any error it refuses to work until [`IndexSink::resume`] has opened a new
//! writer and said from which positions to send again. Nothing can be skipped by carrying on.

use std::{
    collections::{HashMap, HashSet},
    ops::Bound,
    sync::Arc,
};

use tantivy::{
    IndexWriter, Term,
    directory::Directory,
    index::SegmentMeta,
    indexer::IndexWriterOptions,
    query::{BooleanQuery, Query, RangeQuery, TermQuery},
    schema::IndexRecordOption,
};
use tingjian_schemas::{Batch, Entry, Item, Positions, Record};

use crate::{
    IndexError,
    build::{Builders, Patience},
    document::RecordDocument,
    elsewhere::Elsewhere,
    index::{Inner, committed_positions},
    payload::Payload,
};

/// The least memory that tantivy's own writer accepts, bytes. It never uses it: it is sent no documents.
const UNUSED_MEMORY_BYTES: usize = 15_000_000;

/// The one writer of an index. Blocking; its own threads invert and merge.
pub struct IndexSink {
    inner: Arc<Inner>,
    /// `None` after an error, until `resume`.
    writer: Option<Writer>,
    /// Of the last commit.
    committed: Positions,
    /// Of everything written.
    written: Positions,
    /// Ids written since the last commit, with their arrival.
    pending: HashMap<String, u64>,
    /// Those of them that had an earlier version.
    replaced: HashSet<String>,
    /// Those of them that take the place of another reading of the same version.
    read_again: HashSet<String>,
}

/// What writes.
struct Writer {
    /// Makes the segments of the next commit.
    builders: Builders,
    /// Adds them, deletes, merges and commits.
    tantivy: IndexWriter,
    patience: Patience,
}

/// What became of the records of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New.
    pub stored: u64,
    /// Took the place of an earlier version.
    pub replaced: u64,
    /// Left out: this version or a later one is held already.
    pub stale: u64,
    /// Left out: the sink has passed their position already.
    pub skipped: u64,
}

impl IndexSink {
    pub(crate) fn open(inner: Arc<Inner>) -> Result<Self, IndexError> {
        let writer = Writer::open(&inner)?;
        let committed = committed_positions(&inner.folder, &inner.index)?;
        Ok(Self {
            inner,
            writer: Some(writer),
            written: committed.clone(),
            committed,
            pending: HashMap::new(),
            replaced: HashSet::new(),
            read_again: HashSet::new(),
        })
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
        let writer = Writer::open(&self.inner)?;
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
        self.replaced.clear();
        self.read_again.clear();
        self.written = self.committed.clone();
    }

    fn try_write(&mut self, batch: &Batch) -> Result<Written, IndexError> {
        let mut written = Written::default();
        for item in &batch.items {
            let Entry::Record(record) = &item.entry else { continue };
            if item.generation == 0 && self.written.holds(&item.position) {
                written.skipped += 1;
            } else {
                self.take(item, record, &mut written)?;
            }
        }
        self.written.advance_all(&batch.upto);
        Ok(written)
    }

    fn take(&mut self, item: &Item, record: &Record, written: &mut Written) -> Result<(), IndexError> {
        let record_id = &record.head.event_id;
        if item.generation > 0 && self.pending.contains_key(record_id) {
            // Vouches for nothing new: what is sent again after a crash is found here.
            self.try_commit(&Positions::default())?;
        }
        match if item.maybe_repeat || item.generation > 0 { self.held_arrival(record_id)? } else { None } {
            Some(held) if held == item.arrival && item.generation > 0 => {
                written.replaced += 1;
                self.read_again.insert(record_id.clone());
            }
            Some(held) if held >= item.arrival => {
                written.stale += 1;
                return Ok(());
            }
            Some(_) => {
                written.replaced += 1;
                self.replaced.insert(record_id.clone());
            }
            None => written.stored += 1,
        }
        self.pending.insert(record_id.clone(), item.arrival);
        let document = RecordDocument::new(self.inner.fields, record, item.arrival);
        let interrupted = self.interrupted();
        let writer = self.writer.as_mut().ok_or(interrupted)?;
        writer.builders.add(document).map_err(|error| self.inner.failed(error))
    }

    fn held_arrival(&self, record_id: &str) -> Result<Option<u64>, IndexError> {
        match self.pending.get(record_id) {
            Some(arrival) => Ok(Some(*arrival)),
            None => self.inner.committed_arrival(record_id).map_err(|error| self.inner.failed(error)),
        }
    }

    fn try_commit(&mut self, upto: &Positions) -> Result<(), IndexError> {
        let inner = self.inner.clone();
        let mut positions = self.committed.clone();
        positions.advance_all(upto);
        if self.writer.is_some() && self.pending.is_empty() && positions == self.committed {
            return Ok(());
        }
        let payload = Payload::write(&positions)
            .map_err(|error| IndexError::Internal { folder: inner.folder.clone(), detail: error.to_string() })?;
        let of = |ids: &HashSet<String>, limit: fn(u64) -> Bound<u64>| -> Vec<_> {
            ids.iter().filter_map(|id| Some(self.versions(id, limit(*self.pending.get(id)?)))).collect()
        };
        let earlier = of(&self.replaced, Bound::Excluded);
        let read_before = of(&self.read_again, Bound::Included);
        let interrupted = self.interrupted();
        let writer = self.writer.as_mut().ok_or(interrupted)?;
        writer.patience.commit(self.pending.len());
        writer.commit(read_before, earlier, &payload).map_err(|error| inner.failed(error))?;
        // tantivy renames `meta.json` into place without syncing the folder afterwards.
        inner.index.directory().sync_directory().map_err(|error| IndexError::io(&inner.folder, error))?;
        inner.reload()?;
        inner.set_positions(positions.clone());
        self.written.advance_all(&positions);
        self.committed = positions;
        self.pending.clear();
        self.replaced.clear();
        self.read_again.clear();
        Ok(())
    }

    /// The versions of a record that arrived up to `until`.
    fn versions(&self, record_id: &str, until: Bound<u64>) -> Box<dyn Query> {
        let fields = &self.inner.fields;
        let record = TermQuery::new(Term::from_field_text(fields.record_id, record_id), IndexRecordOption::Basic);
        let until = until.map(|arrival| Term::from_field_u64(fields.arrival, arrival));
        let versions = RangeQuery::new(Bound::Unbounded, until);
        Box::new(BooleanQuery::intersection(vec![Box::new(record), Box::new(versions)]))
    }

    fn interrupted(&self) -> IndexError {
        IndexError::Interrupted { folder: self.inner.folder.clone() }
    }
}

impl Writer {
    fn open(inner: &Inner) -> Result<Self, IndexError> {
        let options = &inner.options;
        let unused = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(UNUSED_MEMORY_BYTES)
            .num_merge_threads(options.merge_threads.max(1))
            .build();
        let tantivy = inner.index.writer_with_options(unused).map_err(|error| inner.failed(error))?;
        let patience = Patience::default();
        tantivy.set_merge_policy(patience.policy());
        let builders =
            Builders::new(inner.index.clone(), inner.fields, options.writer_threads, options.writer_memory_bytes);
        Ok(Self { builders, tantivy, patience })
    }

    /// Commits the segments built, without the `earlier` versions of what is in them; what was `read_before` goes first.
    fn commit(
        &mut self,
        read_before: Vec<Box<dyn Query>>,
        earlier: Vec<Box<dyn Query>>,
        payload: &str,
    ) -> tantivy::Result<()> {
        let segments = self.builders.finish()?;
        let except = Arc::new(segments.iter().map(SegmentMeta::id).collect());
        for query in read_before {
            let query = Elsewhere { query: Arc::from(query), except: Arc::clone(&except) };
            self.tantivy.delete_query(Box::new(query))?;
        }
        for segment in segments {
            self.tantivy.add_segment(segment)?;
        }
        for query in earlier {
            self.tantivy.delete_query(query)?;
        }
        let mut prepared = self.tantivy.prepare_commit()?;
        prepared.set_payload(payload);
        prepared.commit()?;
        Ok(())
    }
}
