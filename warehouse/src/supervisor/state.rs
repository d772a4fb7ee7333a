//! What the engine does, as others see it.

use std::fmt;

use jiff::Timestamp;

use crate::Endpoint;

/// What the embedded engine does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineState {
    /// Its first start is under way.
    Starting,
    /// It answers.
    Ready {
        /// Where, and with which token. Another one after every start.
        endpoint: Endpoint,
        /// Its process id.
        pid: u32,
    },
    /// It ended, or did not start, and is started again.
    Down {
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: String,
    },
    /// It cannot run until somebody changes something. It is not started again.
    Failed {
        /// What is wrong and what to do.
        reason: String,
    },
    /// It was stopped in order.
    Stopped,
}

impl EngineState {
    pub(super) fn down(reason: String) -> Self {
        Self::Down { since: Timestamp::now(), reason }
    }
}

impl fmt::Display for EngineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting => f.write_str("starting"),
            Self::Ready { pid, .. } => write!(f, "ready (pid {pid})"),
            Self::Down { since, reason } => write!(f, "down since {since:.0}: {reason}"),
            Self::Failed { reason } => write!(f, "cannot run: {reason}"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}
