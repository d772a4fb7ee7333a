//! Whole hours and days counted ahead, so that a question about weeks reads few rows however many records there are.
//!
//! An hour is touched when a record or an attribution of it is written; the mark is made after the writing and before the slice is
//! noted as projected. A count holds as long as its version is greater than the mark's: whoever counts takes the version first.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use super::touched::Slice;
use crate::{
    Warehouse, WarehouseError,
    questions::{Hours, attributed},
};

const ACTION: &str = "counting hours ahead";
/// Seconds.
pub(crate) const HOUR_S: i64 = 3_600;
/// Seconds.
pub(crate) const DAY_S: i64 = 24 * HOUR_S;

#[derive(Row, Deserialize)]
struct HourRow {
    hour: u32,
}

#[derive(Serialize)]
struct TouchedRow {
    begins_s: u32,
    version: u64,
}

/// A day with hours that are to be counted.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct UncountedDay {
    /// Its beginning, seconds since 1970.
    pub day: u32,
    /// Beginnings of the hours.
    pub hours: Vec<u32>,
}

impl Warehouse {
    /// Hours in which a slice wrote records or left them, seconds since 1970.
    ///
    /// # Errors
    /// What the server says.
    pub async fn hours_of(&self, slice: &Slice) -> Result<Vec<u32>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/hours_of_slice.sql");
        let rows: Vec<HourRow> = self.fetch_all(ACTION, &Slice::sql(SQL), |query| slice.bind(query)).await?;
        Ok(rows.into_iter().map(|row| row.hour).collect())
    }

    /// Marks hours as touched at `version`; after everything is written that touches them.
    ///
    /// # Errors
    /// What the server says.
    pub async fn touch_hours(&self, hours: impl IntoIterator<Item = u32>, version: u64) -> Result<(), WarehouseError> {
        self.insert_rows("touched_hours", hours.into_iter().map(|begins_s| TouchedRow { begins_s, version })).await
    }

    /// Days with hours that are to be counted and were touched before `before`, the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn uncounted_days(&self, before: u64, days: u32) -> Result<Vec<UncountedDay>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/uncounted.sql");
        self.fetch_all(ACTION, SQL, |query| query.param("before", before).param("days", days)).await
    }

    /// Counts hours of some days anew, and then the days; `version` was taken before the days were asked for.
    ///
    /// # Errors
    /// What the server says.
    pub async fn count_days(&self, days: &[UncountedDay], version: u64) -> Result<(), WarehouseError> {
        const HOURS: &str = include_str!("../../statements/count_hours.sql");
        const DAYS: &str = include_str!("../../statements/count_days.sql");
        let hours: Vec<i64> = days.iter().flat_map(|day| &day.hours).map(|hour| i64::from(*hour)).collect();
        let (Some(first), Some(last)) = (hours.iter().min(), hours.iter().max()) else { return Ok(()) };
        let sql = HOURS.replace("{{attributed}}", attributed(Hours::Some).trim_end());
        let (since, until) = (first * 1000, (last + HOUR_S) * 1000);
        self.execute_with(ACTION, &sql, |query| {
            let query = query.param("since", since).param("until", until);
            query.param("hours", &hours).param("version", version)
        })
        .await?;
        let days: Vec<i64> = days.iter().map(|day| i64::from(day.day)).collect();
        self.execute_with(ACTION, DAYS, |query| query.param("days", &days).param("version", version)).await
    }
}
