//! The promise ledger counted, and what was complained about as late.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::Lane;

use super::{MAX_GROUPS, Span};
use crate::{Warehouse, WarehouseError, questions::with_parts};

/// By what promises are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromisesBy {
    /// Who or what made them.
    MadeByKind,
    /// Who answers for them.
    OwnerDepartment,
    /// Lane of the delivery.
    Lane,
}

/// Entries of one group.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct PromiseGroup {
    pub key: String,
    pub kept: u64,
    pub broken: u64,
    pub open: u64,
    pub unknown: u64,
}

#[derive(Row, Deserialize)]
struct Minutes {
    minutes: i64,
}

#[derive(Row, Deserialize)]
struct LaneRow {
    lane_origin: String,
    lane_destination: String,
    lane_carrier: String,
    lane_service: String,
}

impl Warehouse {
    /// The ledger's entries by group, of promises made in the span.
    ///
    /// # Errors
    /// What the server says.
    pub async fn promise_groups(&self, by: PromisesBy, span: Span) -> Result<Vec<PromiseGroup>, WarehouseError> {
        let group = match by {
            PromisesBy::MadeByKind => include_str!("../../questions/answers/by/made_by_kind.sql"),
            PromisesBy::OwnerDepartment => include_str!("../../questions/answers/by/owner_department.sql"),
            PromisesBy::Lane => include_str!("../../questions/answers/by/lane.sql"),
        };
        let sql = with_parts(include_str!("../../questions/answers/promises.sql"), &[("group", group)]);
        self.fetch_all("counting promises", &sql, |query| span.bind(query).param("limit", MAX_GROUPS)).await
    }

    /// Minutes that the deliveries of a lane took which customers complained about as late, started in the span.
    ///
    /// # Errors
    /// What the server says.
    pub async fn late_complaints(
        &self,
        lane: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<i64>, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/answers/late_complaints.sql"), &[crate::questions::DELAYS]);
        let span = Span { since: Some(since), until: Some(until) };
        let rows: Vec<Minutes> =
            self.fetch_all("counting late complaints", &sql, |query| span.bind(query).param("lane", lane)).await?;
        Ok(rows.into_iter().map(|row| row.minutes).collect())
    }

    /// The lane of that name; `None` where no delivery or promise names it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lane_named(&self, name: &str) -> Result<Option<Lane>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/lanes.sql");
        let rows: Vec<LaneRow> = self.fetch_all("looking for a lane", SQL, |query| query.param("lane", name)).await?;
        let given = |part: String| Some(part).filter(|part| !part.is_empty());
        Ok(rows.into_iter().next().map(|row| Lane {
            origin: given(row.lane_origin),
            destination: given(row.lane_destination),
            carrier: given(row.lane_carrier),
            service: given(row.lane_service),
        }))
    }
}
