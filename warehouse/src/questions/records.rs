//! Records by id and in pages.

use std::collections::HashMap;

use super::{COLUMNS, FILTERS, Filters, StoredRecord, stored::StoredRow, with_parts};
use crate::{Warehouse, WarehouseError};

/// Where a page ended: the next one begins after it. Stable while writing goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCursor {
    /// Milliseconds since 1970 of the last one.
    pub time: i64,
    /// Id of the last one.
    pub id: String,
}

/// A page of records.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordPage {
    /// By time, then id.
    pub records: Vec<StoredRecord>,
    /// Where to go on; `None`: that was all.
    pub next: Option<PageCursor>,
}

impl Warehouse {
    /// One record; `None` where there is none of that id.
    ///
    /// # Errors
    /// What the server says.
    pub async fn record(&self, record_id: &str) -> Result<Option<StoredRecord>, WarehouseError> {
        Ok(self.records(&[record_id]).await?.pop())
    }

    /// Records in the order of `record_ids`; ids without a record are left out.
    ///
    /// # Errors
    /// What the server says.
    pub async fn records(&self, record_ids: &[&str]) -> Result<Vec<StoredRecord>, WarehouseError> {
        let records = self.records_by_id(record_ids).await?;
        let mut by_id: HashMap<String, StoredRecord> =
            records.into_iter().map(|stored| (stored.record.head.event_id.clone(), stored)).collect();
        Ok(record_ids.iter().filter_map(|id| by_id.remove(*id)).collect())
    }

    /// At most `limit` records that match, by time and id, after the page that ended at `after`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn record_page(
        &self,
        filters: &Filters,
        after: Option<&PageCursor>,
        limit: u32,
    ) -> Result<RecordPage, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/records_page.sql"), &[COLUMNS, FILTERS]);
        let rows: Vec<StoredRow> = self
            .fetch_all("reading records", &sql, |query| {
                let query = filters.bind(query).param("limit", limit);
                match after {
                    Some(after) => query.param("since", after.time).param("after_id", &after.id),
                    None => query.param("after_id", ""),
                }
            })
            .await?;
        let is_full = u32::try_from(rows.len()).is_ok_and(|count| count >= limit);
        let next = rows.last().filter(|_| is_full).map(StoredRow::cursor);
        let records = rows.into_iter().map(StoredRow::into_record).collect::<Result<_, _>>()?;
        Ok(RecordPage { records, next })
    }
}
