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

const NEWEST: &str = "looking for the newest event";

#[derive(Row, Deserialize)]
struct Latest {
    name: String,
    latest: i64,
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

    /// Time of the newest event of all streams, as the tables say.
    pub(crate) async fn look_for_newest(&self) -> Result<Option<Timestamp>, WarehouseError> {
        const TABLES: &str = include_str!("../../questions/latest.sql");
        const LATEST: &str = include_str!("../../questions/latest_of_table.sql");
        const STANDS: &str = include_str!("../../questions/latest_stands.sql");
        let rows: Vec<Latest> = self.fetch_all(NEWEST, &of_tables(TABLES, LATEST), |query| query).await?;
        let Some(found) = rows.first() else { return Ok(None) };
        let Some(table) = Table::ALL.iter().find(|table| table.name() == found.name) else { return Ok(None) };
        let sql = with_parts(STANDS, &[("table", table.name())]);
        let standing: Vec<Total> = self.fetch_all(NEWEST, &sql, |query| query.param("latest", found.latest)).await?;
        if standing.first().is_some_and(|rows| rows.total > 0) {
            return Ok(Timestamp::from_millisecond(found.latest).ok());
        }
        self.newest_but_moved().await
    }

    /// The same where the newest row was told anew for another time.
    async fn newest_but_moved(&self) -> Result<Option<Timestamp>, WarehouseError> {
        const OF_TABLE: &str = include_str!("../../questions/newest_of_table.sql");
        const OF_ALL: &str = include_str!("../../questions/newest_of_all.sql");
        const TABLES: &str = include_str!("../../questions/newest.sql");
        let rows: Vec<Newest> = self.fetch_all(NEWEST, &of_tables(TABLES, OF_TABLE), |query| query).await?;
        let newest = match rows.first() {
            Some(row) if row.unsure > 0 => {
                let rows: Vec<NewestOfAll> = self.fetch_all(NEWEST, OF_ALL, |query| query).await?;
                rows.first().map(|row| row.newest)
            }
            row => row.map(|row| row.newest),
        };
        Ok(newest.and_then(|newest| Timestamp::from_millisecond(newest).ok()))
    }
}

/// `sql` with what `one` asks of every table.
fn of_tables(sql: &str, one: &str) -> String {
    let tables: Vec<String> = Table::ALL.iter().map(|table| with_parts(one, &[("table", table.name())])).collect();
    with_parts(sql, &[("tables", &tables.join("    UNION ALL\n"))])
}
