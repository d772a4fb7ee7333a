//! How much is stored.

use std::collections::BTreeMap;

use serde::Serialize;
use tingjian_schemas::Stream;
use tingjian_warehouse::{Filters, Warehouse};
use utoipa::ToSchema;

use crate::{Finder, QueryError};

/// What is stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoredAnswer {
    /// Distinct records.
    pub records: u64,
    /// Distinct events by stream.
    pub streams: BTreeMap<String, u64>,
    /// Dead letters.
    pub dead_letters: u64,
    /// Tables.
    pub tables: Vec<TableView>,
    /// The index.
    pub index: IndexView,
}

/// One table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableView {
    /// Name.
    pub name: String,
    /// Rows, replaced ones that are not merged away yet included.
    pub rows: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

/// What can be searched.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndexView {
    /// Records in it.
    pub documents: u64,
    /// Bytes on disk; 0 where ClickHouse answers searches: it is part of a table.
    pub bytes: u64,
}

/// Counts what is stored.
///
/// # Errors
/// Warehouse or index in trouble.
pub async fn stored(warehouse: &Warehouse, finder: &Finder) -> Result<StoredAnswer, QueryError> {
    let mut streams: BTreeMap<String, u64> = BTreeMap::new();
    for stream in Stream::ALL {
        streams.insert(stream.name().to_owned(), 0);
    }
    streams.extend(warehouse.stream_counts().await?.into_iter().map(|count| (count.stream, count.events)));
    let sizes = warehouse.table_sizes().await?;
    Ok(StoredAnswer {
        records: warehouse.record_count(&Filters::default()).await?,
        streams,
        dead_letters: warehouse.dead_letter_counts().await?.iter().map(|count| count.letters).sum(),
        tables: sizes.into_iter().map(|t| TableView { name: t.table, rows: t.rows, bytes: t.bytes }).collect(),
        index: IndexView { documents: finder.document_count().await?, bytes: finder.size_bytes().await? },
    })
}
