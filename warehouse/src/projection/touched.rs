//! What a slice of the source touches.

use std::collections::BTreeSet;

use clickhouse::{Row, query::Query};
use serde::Deserialize;
use tingjian_schemas::{LinkKey, Partition};

use crate::{
    StoredRecord, Warehouse, WarehouseError,
    facts::{CASES, ORDERS, TEXTLESS, hex},
    questions::{stored::StoredRow, with_parts},
};

const SLICE: (&str, &str) = ("slice", include_str!("../../questions/projection/slice.sql"));

/// A run of source records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Of which source.
    pub partition: Partition,
    /// First offset.
    pub from: u64,
    /// One past the last offset.
    pub upto: u64,
    /// Time has moved: what is open is touched as well.
    pub moved: bool,
}

/// What is to be worked out again.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Orders, for the ledger.
    pub orders: BTreeSet<LinkKey>,
    /// Cases.
    pub cases: BTreeSet<LinkKey>,
    /// Records, without their texts.
    pub records: Vec<StoredRecord>,
}

#[derive(Row, Deserialize)]
struct KeyRow {
    key: String,
}

impl Slice {
    fn bind(&self, query: Query) -> Query {
        query
            .param("source", &*self.partition.source)
            .param("number", self.partition.number)
            .param("from", self.from)
            .param("upto", self.upto)
            .param("moved", self.moved)
    }
}

impl Warehouse {
    /// What a slice of the source touches.
    ///
    /// # Errors
    /// What the server says.
    pub async fn touched(&self, slice: &Slice) -> Result<Touched, WarehouseError> {
        const ACTION: &str = "finding what new facts touch";
        let orders = self.keys(include_str!("../../questions/projection/touched_orders.sql"), slice).await?;
        let cases = self.keys(include_str!("../../questions/projection/touched_cases.sql"), slice).await?;
        let parts = [SLICE, ORDERS, CASES, TEXTLESS];
        let sql = with_parts(include_str!("../../questions/projection/touched_records.sql"), &parts);
        let rows: Vec<StoredRow> = self
            .fetch_all(ACTION, &sql, |query| {
                slice.bind(query).param("orders", hex(&orders)).param("cases", hex(&cases))
            })
            .await?;
        let records = rows.into_iter().map(StoredRow::into_record).collect::<Result<_, _>>()?;
        Ok(Touched { orders, cases, records })
    }

    async fn keys(&self, sql: &str, slice: &Slice) -> Result<BTreeSet<LinkKey>, WarehouseError> {
        let sql = with_parts(sql, &[SLICE]);
        let rows: Vec<KeyRow> = self.fetch_all("finding what new facts touch", &sql, |query| slice.bind(query)).await?;
        Ok(rows.iter().filter_map(|row| row.key.to_lowercase().parse().ok()).collect())
    }
}
