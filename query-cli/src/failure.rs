//! How a command ends, and with which exit status.

use std::io;

use tingjian_sheets::SheetsError;

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

pub use tingjian_sheets::io_words;

impl From<SheetsError> for Failure {
    fn from(error: SheetsError) -> Self {
        match error {
            SheetsError::Output(error) => Self::Output(error),
            other => Self::Usage(other.to_string()),
        }
    }
}
