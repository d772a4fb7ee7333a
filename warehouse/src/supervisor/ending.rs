//! Why a life of the engine ended, and whether another try may help.

use std::{fmt, io, process::ExitStatus, time::Duration};

/// Exit codes of the engine.
const USAGE: i32 = 2;
const FOLDER_HELD: i32 = 3;
const NO_LIBRARY: i32 = 5;

/// Why a life of the engine ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// It could not be started.
    NotSpawned { program: String, error: io::Error },
    /// No random token could be made.
    NoToken(getrandom::Error),
    /// It started and said nothing in time; it was killed.
    Silent(Duration),
    /// It ended by itself or by a signal.
    Exited { status: ExitStatus, last_words: String },
    /// Its end could not be observed.
    Lost(io::Error),
}

impl Ending {
    /// Starting again is no use.
    pub fn is_final(&self) -> bool {
        match self {
            Self::NotSpawned { error, .. } => {
                matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied)
            }
            Self::Exited { status, .. } => matches!(status.code(), Some(USAGE | NO_LIBRARY)),
            Self::NoToken(_) | Self::Silent(_) | Self::Lost(_) => false,
        }
    }

    /// Another process has the data folder.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Exited { status, .. } if status.code() == Some(FOLDER_HELD))
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSpawned { program, error } => write!(f, "{program} cannot be started: {error}"),
            Self::NoToken(error) => write!(f, "no random numbers for its token: {error}"),
            Self::Silent(within) => write!(f, "it was not ready within {} s and was killed", within.as_secs()),
            Self::Exited { status, last_words } if last_words.is_empty() => write!(f, "it ended ({status})"),
            Self::Exited { status, last_words } => write!(f, "it ended ({status}): {last_words}"),
            Self::Lost(error) => write!(f, "its end could not be observed: {error}"),
        }
    }
}
