//! Plain counts: by day, kind and cause, and by stream.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;

use super::{FILTERS, Filters, with_parts};
use crate::{Warehouse, WarehouseError, rows::Table};

/// Records of one day, kind and cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Row, Deserialize)]
pub struct DayCount {
    /// UTC day, `2026-11-22`.
    pub day: String,
    /// Name of the kind.
    pub kind: String,
    /// Code of the cause; empty: none was read. A record with two causes counts under both.
    pub cause: String,
    /// Distinct records.
    pub records: u64,
}

/// Events of one stream.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct StreamCount {
    /// Name of the stream.
    pub stream: String,
    /// Events that count: of each id one.
    pub events: u64,
}

#[derive(Row, Deserialize)]
struct Newest {
    newest: i64,
    unsure: u64,
}

#[derive(Row, Deserialize)]
struct NewestOfAll {
    newest: i64,
}

#[derive(Row, Deserialize)]
pub(super) struct Total {
    pub(super) total: u64,
}

impl Warehouse {
    /// Records by day, kind and cause, in this order.
    ///
    /// # Errors
    /// What the server says.
    pub async fn day_counts(&self, filters: &Filters) -> Result<Vec<DayCount>, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/counts.sql"), &[FILTERS]);
        self.fetch_all("counting records by day", &sql, |query| filters.bind(query)).await
    }

    /// How many records match.
    ///
    /// # Errors
    /// What the server says.
    pub async fn record_count(&self, filters: &Filters) -> Result<u64, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/records_total.sql"), &[FILTERS]);
        let rows: Vec<Total> = self.fetch_all("counting records", &sql, |query| filters.bind(query)).await?;
        Ok(rows.first().map_or(0, |row| row.total))
    }

    /// Events by stream; streams without any may be missing.
    ///
    /// # Errors
    /// What the server says.
    pub async fn stream_counts(&self) -> Result<Vec<StreamCount>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/stream_counts.sql");
        self.fetch_all("counting events by stream", SQL, |query| query).await
    }

    /// Time of the newest event of all streams: the `as_of` of a question that names none.
    ///
    /// # Errors
    /// What the server says.
    pub async fn newest_event_at(&self) -> Result<Option<Timestamp>, WarehouseError> {
        const ACTION: &str = "looking for the newest event";
        const OF_TABLE: &str = include_str!("../../questions/newest_of_table.sql");
        const OF_ALL: &str = include_str!("../../questions/newest_of_all.sql");
        let tables: Vec<String> =
            Table::ALL.iter().map(|table| with_parts(OF_TABLE, &[("table", table.name())])).collect();
        let sql =
            with_parts(include_str!("../../questions/newest.sql"), &[("tables", &tables.join("    UNION ALL\n"))]);
        let rows: Vec<Newest> = self.fetch_all(ACTION, &sql, |query| query).await?;
        let newest = match rows.first() {
            Some(row) if row.unsure > 0 => {
                let rows: Vec<NewestOfAll> = self.fetch_all(ACTION, OF_ALL, |query| query).await?;
                rows.first().map(|row| row.newest)
            }
            row => row.map(|row| row.newest),
        };
        Ok(newest.and_then(|newest| Timestamp::from_millisecond(newest).ok()))
    }
}
