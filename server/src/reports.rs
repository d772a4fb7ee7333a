//! Weekly reports: asked for, published, verified, amended, objected to.

mod gather;
mod keep;
mod verify;

use tingjian_query::QueryError;
use tingjian_report::{EditionError, Week};

pub use keep::{Form, amend, current, object, publish};
pub use verify::{Verification, verify};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A question could not be answered.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A document cannot be read or kept.
    #[error(transparent)]
    Edition(#[from] EditionError),
    /// What was known could not be worked out.
    #[error(transparent)]
    Projector(#[from] tingjian_pipeline::ProjectorError),
    /// A question of the appendix could not be answered.
    #[error(transparent)]
    Question(#[from] crate::questions::AnswerError),
    /// Not published.
    #[error("{0} 的周报还没有发布")]
    Unpublished(Week),
    /// Data are missing.
    #[error("{week} 的数据不完整，不予发布：{reasons}；确要发布，请加 --partial（接口：partial=true）")]
    Incomplete {
        /// Which week.
        week: Week,
        /// What is missing.
        reasons: String,
    },
}

impl From<tingjian_warehouse::WarehouseError> for ReportError {
    fn from(error: tingjian_warehouse::WarehouseError) -> Self {
        Self::Query(error.into())
    }
}
