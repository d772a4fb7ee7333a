//! How a command ends, and with which exit status.

use std::io;

use crate::client::ClientError;

/// A command that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it: exit status 0.
    Done,
    /// Nothing was found, or some rows were rejected: exit status 1.
    Incomplete,
}

impl Outcome {
    /// `Done` where something was found.
    pub fn found(anything: bool) -> Self {
        if anything { Self::Done } else { Self::Incomplete }
    }
}

/// A command that could not run to its end. The text is what the user reads.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Wrong arguments, or a local file that cannot be read or written.
    #[error("错误：{0}")]
    Usage(String),
    /// The server is unreachable, refused, or answered what it should not.
    #[error("{0}")]
    Server(#[from] ClientError),
    /// Standard output or an output file could not be written.
    #[error("错误：输出写不出去：{}", io_words(.0))]
    Output(#[from] io::Error),
}

impl Failure {
    /// A wrong-usage failure.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// The exit status of the contract.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Output(_) => 2,
            // A request that is wrong in itself (bad query, bad filter) is the caller's to mend.
            Self::Server(error) if matches!(error.status(), Some(400 | 422)) => 2,
            Self::Server(_) => 3,
        }
    }

    /// The reader of our output went away (`tingjian … | head`): no failure at all.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
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
