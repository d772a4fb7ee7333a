//! What events said of their links before they were told anew: kept, so that attribution works out again what they no longer
//! speak about.

use std::collections::HashMap;

use clickhouse::Row;
use serde::{Deserialize, Serialize};
use tingjian_schemas::Position;

use super::decide::Decision;
use crate::{Warehouse, WarehouseError, projection::key, questions::with_parts, rows::Table};

/// Keys asked for by one request.
const KEYS_PER_REQUEST: usize = 5_000;

/// A live row whose place another takes.
pub(super) struct Leaving<'b> {
    pub id: &'b str,
    /// Milliseconds since 1970; with the id it is the key.
    pub occurred_at: i64,
    /// Of the event that takes its place.
    pub by: &'b Position,
}

#[derive(Row, Deserialize)]
struct LeavingRow {
    event_id: String,
    occurred_at: i64,
    #[serde(deserialize_with = "key::deserialize")]
    customer_key: [u8; 16],
    #[serde(deserialize_with = "key::deserialize")]
    order_key: [u8; 16],
    #[serde(deserialize_with = "key::deserialize")]
    case_key: [u8; 16],
    call_id: String,
    about: String,
    lane_origin: String,
    lane_destination: String,
    lane_carrier: String,
    lane_service: String,
    began: Option<i64>,
    valid_until: Option<i64>,
}

#[derive(Serialize)]
struct RetoldRow<'a> {
    kept_in: &'static str,
    event_id: &'a str,
    occurred_at: i64,
    #[serde(serialize_with = "key::serialize")]
    customer_key: [u8; 16],
    #[serde(serialize_with = "key::serialize")]
    order_key: [u8; 16],
    #[serde(serialize_with = "key::serialize")]
    case_key: [u8; 16],
    call_id: &'a str,
    about: &'a str,
    lane_origin: &'a str,
    lane_destination: &'a str,
    lane_carrier: &'a str,
    lane_service: &'a str,
    began: Option<i64>,
    valid_until: Option<i64>,
    partition_source: &'a str,
    partition_number: u32,
    partition_offset: u64,
}

/// The columns in which a table keeps what its event is about, and from when to when it holds.
const fn parts(table: Table) -> [(&'static str, &'static str); 3] {
    const NOTHING: &str = "NULL::Nullable(DateTime64(3))";
    let (about, began, valid_until) = match table {
        Table::Records | Table::CaseEvents | Table::DepartmentRequests => ("''", NOTHING, NOTHING),
        Table::Promises => ("''", "toNullable(t.made_at)", "t.valid_until"),
        Table::Deliveries => ("''", "toNullable(t.started_at)", NOTHING),
        Table::DepartmentReplies => ("t.request_id", NOTHING, NOTHING),
        Table::Judgements | Table::Appeals | Table::Corrections => ("t.record_id", NOTHING, NOTHING),
    };
    [("about", about), ("began", began), ("valid_until", valid_until)]
}

impl<'b> Decision<'b> {
    /// The live rows whose places the winner takes.
    pub(super) fn leaving(&self, id: &'b str) -> impl Iterator<Item = Leaving<'b>> {
        let by = self.store().map(|new| &new.item.position);
        by.into_iter().flat_map(move |by| self.left().map(move |occurred_at| Leaving { id, occurred_at, by }))
    }
}

impl Warehouse {
    /// Keeps what the leaving rows of a table say. Before the rows that take their places are written: after a crash in between
    /// it is kept again, or is there already.
    pub(super) async fn keep_retold(&self, table: Table, leaving: &[Leaving<'_>]) -> Result<(), WarehouseError> {
        const SQL: &str = include_str!("../../statements/retold.sql");
        let sql = with_parts(SQL, &parts(table));
        for chunk in leaving.chunks(KEYS_PER_REQUEST) {
            let times: Vec<i64> = chunk.iter().map(|row| row.occurred_at).collect();
            let ids: Vec<&str> = chunk.iter().map(|row| row.id).collect();
            let found: Vec<LeavingRow> = self
                .fetch_all("reading what is told anew", &sql, |query| {
                    let query = query.param("table", table.name()).param("id", table.id_column());
                    query.param("ids", ids).param("times", times)
                })
                .await?;
            let by: HashMap<&str, &Position> = chunk.iter().map(|row| (row.id, row.by)).collect();
            let rows = found.iter().filter_map(|row| Some(retold(table, row, by.get(row.event_id.as_str())?)));
            self.insert_rows("retold", rows).await?;
        }
        Ok(())
    }
}

fn retold<'a>(table: Table, row: &'a LeavingRow, by: &'a Position) -> RetoldRow<'a> {
    RetoldRow {
        kept_in: table.name(),
        event_id: &row.event_id,
        occurred_at: row.occurred_at,
        customer_key: row.customer_key,
        order_key: row.order_key,
        case_key: row.case_key,
        call_id: &row.call_id,
        about: &row.about,
        lane_origin: &row.lane_origin,
        lane_destination: &row.lane_destination,
        lane_carrier: &row.lane_carrier,
        lane_service: &row.lane_service,
        began: row.began,
        valid_until: row.valid_until,
        partition_source: &by.partition.source,
        partition_number: by.partition.number,
        partition_offset: by.offset,
    }
}
