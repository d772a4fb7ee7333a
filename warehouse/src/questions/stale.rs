//! Records to read again: those whose reading other versions made.

use clickhouse::query::Query;
use tingjian_schemas::Versions;

use super::{
    COLUMNS, PageCursor, RecordPage, StoredRecord, counts::Total, filters::EARLIEST, stored::StoredRow, with_parts,
};
use crate::{Span, Warehouse, WarehouseError};

const STALE: (&str, &str) = ("stale", include_str!("../../questions/stale.sql"));

fn bind(query: Query, versions: &Versions) -> Query {
    query
        .param("dictionary", &*versions.dictionary)
        .param("taxonomy", &*versions.taxonomy)
        .param("rules", &*versions.rules)
        .param("model", &*versions.model)
}

impl Warehouse {
    /// How many records were read by other versions than these.
    ///
    /// # Errors
    /// What the server says.
    pub async fn stale_count(&self, versions: &Versions) -> Result<u64, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/stale_total.sql"), &[STALE]);
        let rows: Vec<Total> =
            self.fetch_all("counting records to read again", &sql, |query| bind(query, versions)).await?;
        Ok(rows.first().map_or(0, |row| row.total))
    }

    /// At most `limit` records that were read by other versions than these, by time and id, after the page that ended at `after`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn stale_page(
        &self,
        versions: &Versions,
        after: Option<&PageCursor>,
        limit: u32,
    ) -> Result<RecordPage, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/stale_page.sql"), &[COLUMNS, STALE]);
        let rows: Vec<StoredRow> = self
            .fetch_all("reading records to read again", &sql, |query| {
                let (since, id) = after.map_or((EARLIEST, ""), |after| (after.time, after.id.as_str()));
                bind(query, versions).param("since", since).param("after_id", id).param("limit", limit)
            })
            .await?;
        let next = rows.last().map(StoredRow::cursor);
        Ok(RecordPage { records: rows.into_iter().map(StoredRow::into_record).collect::<Result<_, _>>()?, next })
    }

    /// At most `limit` records of a span, drawn by the hash of their ids: the same ones again while it holds the same.
    ///
    /// # Errors
    /// What the server says.
    pub async fn sample(&self, span: Span, limit: u32) -> Result<Vec<StoredRecord>, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/sample.sql"), &[COLUMNS]);
        let rows: Vec<StoredRow> =
            self.fetch_all("drawing records", &sql, |query| span.bind(query).param("limit", limit)).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }
}
