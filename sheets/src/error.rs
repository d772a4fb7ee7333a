//! Why a file cannot be used. The text is what the user reads.

use std::{io, path::Path};

/// Why.
#[derive(Debug, thiserror::Error)]
pub enum SheetsError {
    /// The file, or what was said about it, is wrong.
    #[error("{0}")]
    Usage(String),
    /// Something about the file must be said, which is done otherwise on the command line than on the page.
    #[error("{command}")]
    Unsaid {
        /// How, on the command line.
        command: String,
        /// How, on the page.
        page: String,
    },
    /// It cannot be written.
    #[error("输出写不出去：{}", io_words(.0))]
    Output(#[from] io::Error),
}

impl SheetsError {
    /// Something that its user can mend.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// What is wrong, the same at both doors, and what to do about it at each.
    pub fn unsaid(what: &str, command: &str, page: &str) -> Self {
        Self::Unsaid { command: format!("{what}{command}"), page: format!("{what}{page}") }
    }

    /// What to tell somebody who sent the file over the page or the interface.
    pub fn on_page(&self) -> String {
        match self {
            Self::Unsaid { page, .. } => page.clone(),
            other => other.to_string(),
        }
    }
}

/// A file that could not be used.
pub fn local(what: &str, path: &Path, error: &io::Error) -> SheetsError {
    SheetsError::Usage(format!("{what} {}：{}", path.display(), io_words(error)))
}

/// The common I/O errors in Chinese; the system's own words for the others.
pub fn io_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "文件或文件夹不存在".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        io::ErrorKind::IsADirectory => "这是文件夹，不是文件".to_owned(),
        io::ErrorKind::StorageFull => "磁盘已满".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "文件系统只读".to_owned(),
        io::ErrorKind::UnexpectedEof => "文件不完整（中途截断）".to_owned(),
        _ => error.to_string(),
    }
}
