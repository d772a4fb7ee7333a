//! Complaints that a promise shorter than the lane's capability caused.

use serde::Serialize;
use tingjian_warehouse::{OverPromisedLane, Span, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// Complaints with an over-promise share, in all and by lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct OverPromisesAnswer {
    pub records: u64,
    /// The lane with most first.
    pub lanes: Vec<OverPromisedLaneView>,
}

/// Those of one lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverPromisedLaneView {
    /// `origin→destination/carrier/service`.
    pub lane: String,
    /// Distinct records.
    pub records: u64,
    /// Who answers for most of them.
    pub owner: String,
    /// For how many.
    pub owner_records: u64,
    /// Median of what these customers were promised, minutes.
    pub promised_min: i64,
    /// Median of what the lane could do, minutes.
    pub capability_min: i64,
}

/// Counts the complaints of a span that an over-promise caused.
///
/// # Errors
/// The warehouse is away.
pub async fn over_promises(warehouse: &Warehouse, span: Span) -> Result<OverPromisesAnswer, QueryError> {
    let lanes = warehouse.over_promised_lanes(span).await?;
    let records = lanes.iter().map(|lane| lane.records).sum();
    Ok(OverPromisesAnswer { records, lanes: lanes.into_iter().map(view).collect() })
}

fn view(found: OverPromisedLane) -> OverPromisedLaneView {
    // Equal counts: the first by name, as which they come.
    let owners = found.owners.iter().zip(&found.owner_records);
    let most = owners.min_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let (owner, owner_records) = most.map_or((String::new(), 0), |(name, records)| (name.clone(), *records));
    OverPromisedLaneView {
        lane: found.lane,
        records: found.records,
        owner,
        owner_records,
        promised_min: found.promised_min,
        capability_min: found.capability_min,
    }
}
