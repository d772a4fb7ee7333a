//! Why a question has no answer.

use tingjian_indexer::{IndexError, SearchError};
use tingjian_warehouse::WarehouseError;

use crate::FilterError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The asker's mistake.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The query text, cursor or limit is wrong, or the index is in trouble.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The index is in trouble.
    #[error(transparent)]
    Index(IndexError),
    /// The warehouse is in trouble.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// A blocking task was cancelled: the server is stopping.
    #[error("服务正在停止")]
    Stopping,
}

impl QueryError {
    /// Whether the same question may be answered later.
    pub fn is_recoverable(&self) -> bool {
        match self {
            Self::Warehouse(error) => error.is_recoverable(),
            Self::Stopping => true,
            Self::Index(error) => error.is_recoverable(),
            Self::Filter(_) | Self::Search(_) => false,
        }
    }
}
