//! The records behind a count of causes.

use clickhouse::Row;
use serde::Deserialize;

use super::Span;
use crate::{
    Filters, StoredRecord, Warehouse, WarehouseError,
    questions::{COLUMNS, FILTERS, Hours, attributed, stored::StoredRow, with_parts},
};

/// Which of the records that [`Filters`] choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// `abstained`, `pending`, or empty: all.
    pub unsure: String,
    /// Only those with an over-promise share.
    pub over_promised: bool,
    /// Over-promised on this lane; empty: any.
    pub over_lane: String,
}

/// One record as `causes` counts it. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct AttributedRecord {
    pub record_id: String,
    pub at: i64,
    pub kind: String,
    pub causes: Vec<String>,
    pub departments: Vec<String>,
    pub basis: String,
}

#[derive(Row, Deserialize)]
struct Total {
    records: u64,
}

fn sql(question: &str) -> String {
    let unsure = include_str!("../../questions/weekly/unsure.sql");
    with_parts(question, &[("attributed", &attributed(Hours::All)), FILTERS, ("unsure", unsure)])
}

impl Narrowed {
    fn bind(&self, query: clickhouse::query::Query) -> clickhouse::query::Query {
        let query = query.param("unsure", &self.unsure).param("over_promised", self.over_promised);
        query.param("over_lane", &self.over_lane)
    }
}

impl Warehouse {
    /// How many records match.
    ///
    /// # Errors
    /// What the server says.
    pub async fn attributed_total(&self, filters: &Filters, narrowed: &Narrowed) -> Result<u64, WarehouseError> {
        let sql = sql(include_str!("../../questions/weekly/attributed_total.sql"));
        let bind = |query| narrowed.bind(filters.bind(query));
        let rows: Vec<Total> = self.fetch_all("counting records", &sql, bind).await?;
        Ok(rows.first().map_or(0, |row| row.records))
    }

    /// Some of them, the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn attributed_page(
        &self,
        filters: &Filters,
        narrowed: &Narrowed,
        limit: u32,
        offset: u64,
    ) -> Result<Vec<AttributedRecord>, WarehouseError> {
        let sql = sql(include_str!("../../questions/weekly/attributed_page.sql"));
        self.fetch_all("listing records", &sql, |query| {
            narrowed.bind(filters.bind(query)).param("limit", limit).param("offset", offset)
        })
        .await
    }

    /// Records of the span that may be linked to a promotion standing on one of these carriers and services.
    ///
    /// # Errors
    /// What the server says.
    pub async fn campaign_records(
        &self,
        span: Span,
        families: &[String],
        limit: u32,
    ) -> Result<Vec<StoredRecord>, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/weekly/campaign_records.sql"), &[COLUMNS]);
        let bind = |query| span.bind(query).param("families", families).param("limit", limit);
        let rows: Vec<StoredRow> = self.fetch_all("looking for promotions", &sql, bind).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }
}
