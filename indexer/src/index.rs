//! An index folder, open: what it holds, how far it has come, and the door to writing and searching it.

use std::{
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use tantivy::{
    IndexReader, ReloadPolicy, SegmentReader, TantivyError,
    query::{EnableScoring, Query, TermQuery},
    schema::{IndexRecordOption, Term},
};
use tingjian_schemas::{Kind, Positions, Stream};

use crate::{
    IndexError, IndexOptions, IndexSink, SearchAnswer, SearchError, SearchRequest,
    columns::{OpenColumns, corrupt},
    fields::{self, Fields},
    folder::Folder,
    payload::{Payload, PayloadError},
    search,
};

/// An open index. Cheap to clone; all clones see the same data.
#[derive(Clone)]
pub struct Index {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) folder: PathBuf,
    pub(crate) options: IndexOptions,
    pub(crate) fields: Fields,
    pub(crate) index: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) columns: OpenColumns,
    positions: RwLock<Positions>,
}

impl Index {
    /// Opens the index in `folder`, which is created where it does not exist. Searching works at once; see
    /// [`Index::writer`] for writing. Blocks on file I/O.
    ///
    /// # Errors
    /// `Corrupt` or `OtherVersion`: it has to be rebuilt. `Io`: the folder cannot be read or made.
    pub fn open(folder: &Path, options: &IndexOptions) -> Result<Self, IndexError> {
        fs::create_dir_all(folder).map_err(|error| IndexError::io(folder, error))?;
        let failed = |error| IndexError::from_tantivy(folder, error);
        let (schema, fields) = fields::schema();
        let mut index = open_or_create(folder, schema)?;
        fields::register(index.tokenizers());
        index.set_multithread_executor(options.search_threads.max(1)).map_err(failed)?;
        let positions = committed_positions(folder, &index)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(failed)?;
        let inner = Inner {
            folder: folder.to_owned(),
            options: options.clone(),
            fields,
            index,
            reader,
            columns: OpenColumns::default(),
            positions: RwLock::new(positions),
        };
        inner.open_columns()?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How far in the source the last commit has come: everything before is in the index and durable.
    pub fn positions(&self) -> Positions {
        self.inner.positions()
    }

    /// The one writer of this index.
    ///
    /// # Errors
    /// `Locked` while another writer lives, in this process or another one. A killed process leaves no lock behind.
    pub fn writer(&self) -> Result<IndexSink, IndexError> {
        IndexSink::open(self.inner.clone())
    }

    /// Answers a search over what is committed. Blocks; takes CPU.
    ///
    /// # Errors
    /// The request is wrong, or the index failed: see [`SearchError::is_callers_fault`].
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        search::search(&self.inner, request)
    }

    /// Records in the index, as committed.
    pub fn document_count(&self) -> u64 {
        self.inner.reader.searcher().num_docs()
    }

    /// Segments the index is made of, as committed.
    pub fn segment_count(&self) -> usize {
        self.inner.reader.searcher().segment_readers().len()
    }

    /// Bytes of all files in the folder.
    ///
    /// # Errors
    /// `Io`.
    pub fn size_bytes(&self) -> Result<u64, IndexError> {
        let sizes = || -> io::Result<u64> {
            let mut sum = 0;
            for entry in fs::read_dir(&self.inner.folder)? {
                sum += match entry?.metadata() {
                    Ok(metadata) => metadata.len(),
                    Err(gone) if gone.kind() == io::ErrorKind::NotFound => 0, // merged away meanwhile
                    Err(error) => return Err(error),
                };
            }
            Ok(sum)
        };
        sizes().map_err(|error| IndexError::io(&self.inner.folder, error))
    }

    /// Calls `each` for every record of the last commit, in no particular order, and says how many there were. For
    /// checks against the warehouse; reads the whole index.
    ///
    /// # Errors
    /// The index failed.
    pub fn for_each_record(&self, mut each: impl FnMut(IndexedRecord<'_>)) -> Result<u64, IndexError> {
        let searcher = self.inner.reader.searcher();
        let mut count = 0;
        for segment in searcher.segment_readers() {
            count += self.each_of_segment(segment, &mut each).map_err(|error| self.inner.failed(error))?;
        }
        Ok(count)
    }

    fn each_of_segment(
        &self,
        segment: &SegmentReader,
        each: &mut impl FnMut(IndexedRecord<'_>),
    ) -> tantivy::Result<u64> {
        let store = segment.get_store_reader(STORE_CACHE_BLOCKS)?;
        let columns = self.inner.columns.of(segment)?;
        let mut count = 0;
        for doc in segment.doc_ids_alive() {
            let stored: tantivy::TantivyDocument = store.get(doc)?;
            let shape = columns.shape(doc)?;
            each(IndexedRecord {
                record_id: search::stored_text(&stored, self.inner.fields.record_id),
                occurred_at: moment(columns.times.get_val(doc))?,
                arrival: columns.arrivals.get_val(doc),
                stream: shape.stream,
                kind: shape.kind,
                causes: &shape.causes,
                departments: &shape.departments,
            });
            count += 1;
        }
        Ok(count)
    }

    /// Reads every file of the last commit and compares its checksum. Returns the damaged ones.
    ///
    /// # Errors
    /// A file cannot be read at all.
    pub fn verify(&self) -> Result<Vec<PathBuf>, IndexError> {
        let damaged = self.inner.index.validate_checksum().map_err(|error| self.inner.failed(error))?;
        Ok(damaged.into_iter().collect())
    }
}

/// Blocks of stored texts kept unpacked while all of them are read in turn.
const STORE_CACHE_BLOCKS: usize = 2;

/// One record as the index holds it.
#[derive(Clone, Copy, Debug)]
pub struct IndexedRecord<'a> {
    /// Its id.
    pub record_id: &'a str,
    /// When it happened, to the millisecond.
    pub occurred_at: Timestamp,
    /// The arrival of the version that counts.
    pub arrival: u64,
    /// The stream it came by.
    pub stream: Stream,
    /// 诉求类型.
    pub kind: Kind,
    /// Causes, the primary first.
    pub causes: &'a [Arc<str>],
    /// Responsible departments, of the primary cause first, each once.
    pub departments: &'a [Arc<str>],
}

impl Inner {
    pub(crate) fn positions(&self) -> Positions {
        self.positions.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_positions(&self, positions: Positions) {
        *self.positions.write().unwrap_or_else(PoisonError::into_inner) = positions;
    }

    pub(crate) fn failed(&self, error: TantivyError) -> IndexError {
        IndexError::from_tantivy(&self.folder, error)
    }

    /// Opens the columns of all segments. The library trusts what it reads from a column's header and panics where that
    /// is damaged.
    fn open_columns(&self) -> Result<(), IndexError> {
        let searcher = self.reader.searcher();
        let opened = catch_unwind(AssertUnwindSafe(|| self.columns.follow(searcher.segment_readers())));
        opened.unwrap_or_else(|_| Err(corrupt("a damaged column"))).map_err(|error| self.failed(error))
    }

    /// Makes the last commit visible to searches.
    pub(crate) fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload().map_err(|error| self.failed(error))?;
        self.columns.follow(self.reader.searcher().segment_readers()).map_err(|error| self.failed(error))
    }

    /// The arrival of the version of `record_id` that was committed last.
    pub(crate) fn committed_arrival(&self, record_id: &str) -> tantivy::Result<Option<u64>> {
        let term = Term::from_field_text(self.fields.record_id, record_id);
        let searcher = self.reader.searcher();
        let weight =
            TermQuery::new(term, IndexRecordOption::Basic).weight(EnableScoring::disabled_from_searcher(&searcher))?;
        let mut arrival = None;
        for segment in searcher.segment_readers() {
            let columns = self.columns.of(segment)?;
            weight.for_each_no_score(segment, &mut |docs| {
                let alive = docs.iter().filter(|doc| !segment.is_deleted(**doc));
                arrival = arrival.max(alive.map(|doc| columns.arrivals.get_val(*doc)).max());
            })?;
        }
        Ok(arrival)
    }
}

fn open_or_create(folder: &Path, schema: tantivy::schema::Schema) -> Result<tantivy::Index, IndexError> {
    let failed = |error| IndexError::from_tantivy(folder, error);
    let directory = Folder::open(folder).map_err(|error| failed(error.into()))?;
    if !tantivy::Index::exists(&directory).map_err(|error| failed(error.into()))? {
        refuse_orphans(folder)?;
        return {
            // Stored texts are packed by the thread that builds the segment: there are no more cores than threads.
            let settings = tantivy::IndexSettings {
                docstore_compress_dedicated_thread: false,
                ..tantivy::IndexSettings::default()
            };
            tantivy::Index::create(directory, schema, settings).map_err(failed)
        };
    }
    let index = tantivy::Index::open(directory).map_err(failed)?;
    if index.schema() == schema {
        Ok(index)
    } else {
        Err(IndexError::OtherVersion { folder: folder.to_owned(), detail: "字段定义不同".to_owned() })
    }
}

/// Segments without the list of segments: starting empty beside them would hide that an index was lost.
fn refuse_orphans(folder: &Path) -> Result<(), IndexError> {
    let entries = fs::read_dir(folder).map_err(|error| IndexError::io(folder, error))?;
    let orphan = entries.flatten().find(|entry| entry.path().extension().is_some_and(|ext| ext == "store"));
    match orphan {
        Some(_) => Err(IndexError::Corrupt { folder: folder.to_owned(), detail: "缺少文件 meta.json".to_owned() }),
        None => Ok(()),
    }
}

/// The positions of the last commit on disk.
pub(crate) fn committed_positions(folder: &Path, index: &tantivy::Index) -> Result<Positions, IndexError> {
    let meta = index.load_metas().map_err(|error| IndexError::from_tantivy(folder, error))?;
    let folder = folder.to_owned();
    Payload::read(meta.payload.as_deref()).map_err(|error| match error {
        PayloadError::Unreadable(detail) => IndexError::Corrupt { folder, detail: format!("meta.json: {detail}") },
        PayloadError::OtherFormat(format) => IndexError::OtherVersion { folder, detail: format!("格式 {format}") },
    })
}

/// The time that so many milliseconds stand for.
pub(crate) fn moment(millis: i64) -> tantivy::Result<Timestamp> {
    Timestamp::from_millisecond(millis).map_err(|_| corrupt("a time out of range"))
}
