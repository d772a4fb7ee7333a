//! The promise ledger counted, and what another promise would have done.

use std::str::FromStr;

use serde::Serialize;
use tingjian_attribution::{Facts, LedgerSums, WhatIf};
use tingjian_schemas::Taxonomy;
use tingjian_warehouse::{PromiseGroup, Span, Warehouse, Width};
use utoipa::ToSchema;

use crate::{QueryError, load};

/// By what to group promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromisesBy(tingjian_warehouse::PromisesBy);

impl PromisesBy {
    /// Names of all cuts.
    pub const NAMES: [&str; 3] = ["made_by_kind", "owner_department", "lane"];
    /// By who or what made them.
    pub const MADE_BY_KIND: Self = Self(tingjian_warehouse::PromisesBy::MadeByKind);
}

impl FromStr for PromisesBy {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        use tingjian_warehouse::PromisesBy::{Lane, MadeByKind, OwnerDepartment};
        Ok(Self(match name {
            "made_by_kind" => MadeByKind,
            "owner_department" => OwnerDepartment,
            "lane" => Lane,
            _ => return Err(()),
        }))
    }
}

/// The ledger by group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PromisesAnswer {
    /// The groups, the largest first.
    pub groups: Vec<PromiseGroupView>,
    /// Cursor of the next groups; `null`: these were all.
    pub next: Option<String>,
}

/// Promises of one group. kept_rate = kept / (kept + broken), with its 95 % Wilson interval.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct PromiseGroupView {
    pub key: String,
    pub promises: u64,
    pub kept: u64,
    pub broken: u64,
    pub open: u64,
    pub unknown: u64,
    /// `null`: neither kept nor broken ones.
    pub kept_rate: Option<f64>,
    pub low: f64,
    pub high: f64,
}

/// Counts the ledger's entries of promises made in the span.
///
/// # Errors
/// The warehouse is away.
pub async fn promises(warehouse: &Warehouse, by: PromisesBy, span: Span) -> Result<PromisesAnswer, QueryError> {
    let groups = warehouse.promise_groups(by.0, span).await?;
    Ok(PromisesAnswer { groups: groups.into_iter().map(group).collect(), next: None })
}

fn group(found: PromiseGroup) -> PromiseGroupView {
    let sums = LedgerSums { kept: found.kept, broken: found.broken, open: found.open, unknown: found.unknown };
    let kept = sums.kept_rate();
    PromiseGroupView {
        key: found.key,
        promises: found.kept + found.broken + found.open + found.unknown,
        kept: found.kept,
        broken: found.broken,
        open: found.open,
        unknown: found.unknown,
        kept_rate: kept.rate,
        low: kept.interval.low,
        high: kept.interval.high,
    }
}

/// What another promise would have done for a lane, over the 28 days before the newest event.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WhatIfAnswer {
    /// `origin→destination/carrier/service`.
    pub lane: String,
    /// Deliveries of those days.
    pub deliveries: u32,
    /// What is promised today, minutes.
    pub promise_min: Option<i64>,
    /// Share of deliveries that today's promise covers.
    pub kept_at_promise: Option<f64>,
    /// The smallest promise that would be kept at the wanted share, minutes; `null`: none.
    pub suggested_min: Option<u32>,
    /// Complaints about a delay of one of these deliveries.
    pub late_complaints: u64,
    /// Those of them that the suggested promise would have kept.
    pub avoided: u64,
    /// Minutes and the share done by then (Kaplan–Meier).
    #[schema(value_type = Vec<Vec<f64>>)]
    pub curve: Vec<(u32, f64)>,
}

/// What if the lane promised what it keeps at `share`; `None` where nothing names the lane.
///
/// # Errors
/// The warehouse is away.
pub async fn what_if(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    lane: &str,
    share: f64,
) -> Result<Option<WhatIfAnswer>, QueryError> {
    let (named, moment) = tokio::try_join!(warehouse.lane_named(lane), warehouse.moment())?;
    let (Some(lane), Some(as_of)) = (named, moment.newest) else { return Ok(None) };
    let since = load::window_start(as_of);
    let (cohorts, late) =
        tokio::try_join!(load::lane_cohorts(warehouse, &lane, Width::Lane, as_of, &moment.told), async {
            Ok(warehouse.late_complaints(&lane, since, as_of).await?)
        },)?;
    let events: Vec<_> =
        moment.standing.into_iter().map(|fact| tingjian_attribution::Event::Fact(Box::new(fact))).collect();
    let facts = Facts::of(&events, taxonomy);
    Ok(Some(WhatIf::of(&facts, &lane, &cohorts, &late, share, as_of).into()))
}

impl From<WhatIf> for WhatIfAnswer {
    fn from(found: WhatIf) -> Self {
        Self {
            lane: found.lane,
            deliveries: found.deliveries,
            promise_min: found.promise_min,
            kept_at_promise: found.kept_at_promise,
            suggested_min: found.suggested_min,
            late_complaints: found.late_complaints,
            avoided: found.avoided,
            curve: found.curve,
        }
    }
}
