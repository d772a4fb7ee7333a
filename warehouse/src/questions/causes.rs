//! How many records by cause, department, week, lane or agent.

use clickhouse::{Row, query::Query};
use jiff::Timestamp;
use serde::Deserialize;

use super::selection::{Selection, with_filters};
use crate::{Warehouse, WarehouseError};

/// By what records are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CausesCut {
    /// Leaf of the taxonomy; a record counts once under each of its causes.
    Cause,
    /// Responsible department; a record counts once under each.
    Department,
    /// ISO week in the organisation's zone, such as `2026-W47`.
    Week,
    /// Lane.
    Lane,
    /// 工号.
    Agent,
}

impl CausesCut {
    const fn keys(self) -> &'static str {
        match self {
            Self::Cause => include_str!("../../questions/keys/cause.sql"),
            Self::Department => include_str!("../../questions/keys/department.sql"),
            Self::Week => include_str!("../../questions/keys/week.sql"),
            Self::Lane => include_str!("../../questions/keys/lane.sql"),
            Self::Agent => include_str!("../../questions/keys/agent.sql"),
        }
    }
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct GroupRow {
    /// Cause, department, week, lane or agent.
    pub key: String,
    /// Distinct records in the span.
    pub records: u64,
    /// Distinct records in the span before.
    pub records_before: u64,
}

/// The whole behind the groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Deserialize)]
pub struct TotalsRow {
    /// Distinct records in the span.
    pub records: u64,
    /// Distinct records in the span before.
    pub records_before: u64,
    /// Of `records`, those too unsure to be counted under a cause.
    pub abstained: u64,
    /// Of `records`, those with a cause.
    pub with_cause: u64,
}

#[derive(Row, Deserialize)]
struct NewestRow {
    newest: i64,
}

impl Warehouse {
    /// Groups of a selection, the largest first, with their counts in the span from `before_since` to `selection.since`
    /// (`None`: there is no span before). `zone` is an IANA name.
    ///
    /// # Errors
    /// What the server says.
    pub async fn causes(
        &self,
        cut: CausesCut,
        selection: &Selection,
        before_since: Option<Timestamp>,
        zone: &str,
        limit: u32,
    ) -> Result<Vec<GroupRow>, WarehouseError> {
        let sql = with_filters(include_str!("../../questions/causes.sql")).replace("{{keys}}", cut.keys());
        let bind = |query: Query| {
            let query = selection.bind(query, from_ms(selection, before_since));
            let query = query.param("since", selection.since_ms()).param("limit", limit);
            // A server refuses parameters that the statement does not use.
            if cut == CausesCut::Week { query.param("zone", zone) } else { query }
        };
        self.fetch_all("counting causes", &sql, bind).await
    }

    /// The whole behind the groups of the same selection.
    ///
    /// # Errors
    /// What the server says.
    pub async fn totals(
        &self,
        selection: &Selection,
        before_since: Option<Timestamp>,
    ) -> Result<TotalsRow, WarehouseError> {
        let sql = with_filters(include_str!("../../questions/totals.sql"));
        let bind = |query: Query| {
            selection.bind(query, from_ms(selection, before_since)).param("since", selection.since_ms())
        };
        let rows: Vec<TotalsRow> = self.fetch_all("counting records", &sql, bind).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// Time of the newest record; `None` while there is none.
    ///
    /// # Errors
    /// What the server says.
    pub async fn newest(&self) -> Result<Option<Timestamp>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/newest.sql");
        let rows: Vec<NewestRow> = self.fetch_all("finding the newest record", SQL, |query| query).await?;
        let newest = rows.first().map(|row| row.newest).filter(|newest| *newest > 0);
        Ok(newest.and_then(|newest| Timestamp::from_millisecond(newest).ok()))
    }
}

fn from_ms(selection: &Selection, before_since: Option<Timestamp>) -> i64 {
    before_since.map_or_else(|| selection.since_ms(), Timestamp::as_millisecond)
}
