//! What can go wrong with the journal, and whether waiting may help.

use std::path::PathBuf;

/// A journal failure.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// No space left: nothing was accepted; the same records may be sent again once there is space.
    #[error("磁盘已满，日志无法写入 {path}：请清理空间后重试 (the journal's disk is full)")]
    DiskFull {
        /// The journal file.
        path: PathBuf,
    },
    /// The folder or file may not be written.
    #[error("日志文件不可写 {path}：请检查目录权限或只读挂载 (the journal is not writable)")]
    NotWritable {
        /// The journal file.
        path: PathBuf,
    },
    /// Another process holds the journal.
    #[error("日志 {path} 正被另一个进程使用：同一数据目录只能启动一个服务 (the journal is held by another process)")]
    Held {
        /// The journal file.
        path: PathBuf,
    },
    /// Bytes read back are not those that were written.
    #[error("日志 {path} 在位置 {offset} 处已损坏：{detail} (the journal is corrupt)")]
    Corrupt {
        /// The journal file.
        path: PathBuf,
        /// First record of the bad block.
        offset: u64,
        /// What was found.
        detail: String,
    },
    /// The file was made by another version.
    #[error("日志 {path} 的格式版本为 {found}，本程序只认识 {known} (unknown journal version)")]
    Version {
        /// The journal file.
        path: PathBuf,
        /// Version in the file.
        found: i64,
        /// Version of this program.
        known: i64,
    },
    /// More is waiting to be stored than the journal may hold.
    #[error("待处理数据已达上限 {limit} 条：下游尚未恢复，请稍后重试 (the backlog is full)")]
    BacklogFull {
        /// Records that may wait.
        limit: u64,
    },
    /// The journal is closing.
    #[error("服务正在停止，请稍后重试 (the journal is closing)")]
    Closed,
    /// Anything else SQLite reports.
    #[error("日志 {path} 读写失败：{source} (journal I/O)")]
    Io {
        /// The journal file.
        path: PathBuf,
        /// SQLite's report.
        source: rusqlite::Error,
    },
}

impl JournalError {
    /// Whether the same call may succeed later without anybody changing the installation.
    pub fn is_recoverable(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::BacklogFull { .. } | Self::Io { .. })
    }

    /// Sorts a SQLite error by what it means for us.
    pub(super) fn sort(path: &std::path::Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, PermissionDenied,
            ReadOnly,
        };
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(DiskFull) => Self::DiskFull { path },
            Some(ReadOnly | CannotOpen | PermissionDenied) => Self::NotWritable { path },
            Some(DatabaseBusy | DatabaseLocked) => Self::Held { path },
            Some(DatabaseCorrupt | NotADatabase) => Self::Corrupt { path, offset: 0, detail: source.to_string() },
            _ => Self::Io { path, source },
        }
    }
}
