//! What can go wrong, and whether waiting helps: decided here, where tantivy's and the system's errors come in.

use std::{io, path::PathBuf, sync::Arc};

use tantivy::{
    TantivyError,
    directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
};

use crate::query::QueryError;

/// Writing or opening failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IndexError {
    /// The file system refused: disk full, no permission, I/O error. Recoverable: nothing committed is lost.
    #[error("检索索引 {folder}：{source}")]
    Io {
        /// The index's folder.
        folder: PathBuf,
        /// What the file system said.
        source: Arc<io::Error>,
    },
    /// A thread of the writer died, usually of an I/O error it could not hand on. Recoverable.
    #[error("检索索引 {folder} 的写入线程中断：{detail}")]
    WriterDied {
        /// The index's folder.
        folder: PathBuf,
        /// As far as it is known.
        detail: String,
    },
    /// An earlier write failed and [`crate::IndexSink::resume`] has not been called since. Recoverable by calling it.
    #[error("检索索引 {folder} 的写入已中断，需要从上次提交处恢复")]
    Interrupted {
        /// The index's folder.
        folder: PathBuf,
    },
    /// Another process, or another sink of this one, writes to it. Fatal.
    #[error("检索索引 {folder} 正被另一个进程写入")]
    Locked {
        /// The index's folder.
        folder: PathBuf,
    },
    /// Its files are damaged or missing. Fatal.
    #[error("检索索引 {folder} 已损坏：{detail}。运行 `tingjian-server rebuild-index` 重建")]
    Corrupt {
        /// The index's folder.
        folder: PathBuf,
        /// Which file, and how.
        detail: String,
    },
    /// Another version of this program wrote it. Fatal.
    #[error("检索索引 {folder} 由另一版本写成：{detail}。运行 `tingjian-server rebuild-index` 重建")]
    OtherVersion {
        /// The index's folder.
        folder: PathBuf,
        /// What differs.
        detail: String,
    },
    /// A mistake in this program. Fatal.
    #[error("检索索引 {folder} 内部错误：{detail}")]
    Internal {
        /// The index's folder.
        folder: PathBuf,
        /// What tantivy said.
        detail: String,
    },
}

impl IndexError {
    /// Whether trying again later can succeed without anybody's help but that of who fills or frees the disk.
    pub fn is_recoverable(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::WriterDied { .. } | Self::Interrupted { .. })
    }

    pub(crate) fn io(folder: &std::path::Path, source: io::Error) -> Self {
        Self::from_io(folder, Arc::new(source))
    }

    fn from_io(folder: &std::path::Path, source: Arc<io::Error>) -> Self {
        let folder = folder.to_owned();
        match source.kind() {
            // A file that is shorter than it says or has another form than it should.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                Self::Corrupt { folder, detail: source.to_string() }
            }
            _ => Self::Io { folder, source },
        }
    }

    /// Gives one of tantivy's errors its kind.
    pub(crate) fn from_tantivy(folder: &std::path::Path, error: TantivyError) -> Self {
        let owned = folder.to_owned();
        match error {
            TantivyError::IoError(source)
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: source, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: source, .. })
            | TantivyError::OpenDirectoryError(
                OpenDirectoryError::IoError { io_error: source, .. }
                | OpenDirectoryError::FailedToCreateTempDir(source),
            )
            | TantivyError::LockFailure(LockError::IoError(source), _) => Self::from_io(folder, source),
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::Locked { folder: owned },
            TantivyError::ErrorInThread(detail) | TantivyError::SystemError(detail) => {
                Self::WriterDied { folder: owned, detail }
            }
            TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(path)) => {
                Self::Corrupt { folder: owned, detail: format!("缺少文件 {}", path.display()) }
            }
            TantivyError::DataCorruption(detail) => Self::Corrupt { folder: owned, detail: format!("{detail:?}") },
            TantivyError::IncompatibleIndex(detail)
            | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(detail)) => {
                Self::OtherVersion { folder: owned, detail: format!("{detail:?}") }
            }
            other => Self::Internal { folder: owned, detail: other.to_string() },
        }
    }
}

/// A search that was not answered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SearchError {
    /// The query cannot be understood.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The cursor is none, or belongs to another search.
    #[error("翻页标记无效或属于另一次检索")]
    Cursor,
    /// `limit` is 0 or too large.
    #[error("limit 须在 1 到 {max} 之间", max = crate::MAX_LIMIT)]
    Limit,
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl SearchError {
    /// Whether the request was wrong (HTTP 400) rather than the index (500).
    pub fn is_callers_fault(&self) -> bool {
        !matches!(self, Self::Index(_))
    }
}
