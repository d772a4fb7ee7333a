//! What a slice of the source touches.

use std::collections::BTreeSet;

use clickhouse::{Row, query::Query};
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::{Lane, LinkKey, Partition};

use super::BARE;
use crate::{
    StoredRecord, Warehouse, WarehouseError,
    facts::{CASES as CASE_KEYS, ORDERS as ORDER_KEYS, hex, lane},
    questions::{COLUMNS, stored::StoredRow, with_parts},
};

const ACTION: &str = "finding what new facts touch";
pub(super) const SLICE: (&str, &str) = ("slice", include_str!("../../questions/projection/slice.sql"));
const ORDERS: &str = include_str!("../../questions/projection/orders.sql");
const CASES: &str = include_str!("../../questions/projection/cases.sql");
const STANDING: (&str, &str) = ("standing", include_str!("../../questions/projection/standing_of_slice.sql"));
const CUSTOMERS: &str = include_str!("../../questions/projection/customers.sql");

/// Keys of a longer slice are looked for by reading their columns: asking every granule's filter for every key would take longer.
const MOST_OFFSETS_BY_FILTER: u64 = 20_000;
/// Those filters.
const FILTERS_OF_KEYS: &str = "by_order,by_case,by_customer,by_call";

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
    /// It has moved back, or from nobody knows where: what lies ahead of it is touched as well.
    pub back: bool,
    /// The time it is worked out for.
    pub as_of: Timestamp,
}

/// What is to be worked out again.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Orders, for the ledger.
    pub orders: BTreeSet<LinkKey>,
    /// Cases.
    pub cases: BTreeSet<LinkKey>,
    /// Customers of several contacts, for their chains.
    pub customers: BTreeSet<LinkKey>,
    /// Records, without their texts.
    pub records: Vec<StoredRecord>,
    /// Keys that records had before they were told anew.
    pub left: Vec<LeftKey>,
    /// Where orders had deliveries before they were told anew.
    pub left_trips: Vec<LeftTrip>,
}

/// A key under which a record was stored before it was told anew.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct LeftKey {
    /// The record.
    pub record_id: String,
    /// Milliseconds since 1970.
    pub occurred_at: i64,
}

/// Where an order had a delivery before it was told anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftTrip {
    /// The order.
    pub order: LinkKey,
    /// The lane it went along.
    pub lane: Lane,
    /// Milliseconds since 1970.
    pub started_at: i64,
}

#[derive(Row, Deserialize)]
struct LeftTripRow {
    order: String,
    lane_carrier: String,
    lane_service: String,
    lane_origin: String,
    lane_destination: String,
    started_at: i64,
}

#[derive(Row, Deserialize)]
struct KeyRow {
    key: String,
}

#[derive(Row, Deserialize)]
struct TableRow {
    kept_in: String,
}

#[derive(Row, Deserialize)]
struct CallRow {
    call_id: String,
}

impl Slice {
    /// A question with the condition of a slice.
    pub(super) fn sql(sql: &str) -> String {
        with_parts(sql, &[SLICE])
    }

    /// Binds what the condition of a slice takes.
    pub(super) fn bind(&self, query: Query) -> Query {
        let is_long = self.moved || self.upto.saturating_sub(self.from) > MOST_OFFSETS_BY_FILTER;
        let query = if is_long { query.with_setting("ignore_data_skipping_indices", FILTERS_OF_KEYS) } else { query };
        query
            .param("source", &*self.partition.source)
            .param("number", self.partition.number)
            .param("from", self.from)
            .param("upto", self.upto)
            .param("moved", self.moved)
            .param("back", self.back)
            .param("as_of", self.as_of.as_millisecond())
    }
}

/// Which tables a slice wrote to.
struct Tables(Vec<TableRow>);

impl Tables {
    fn has(&self, names: &[&str]) -> bool {
        self.0.iter().any(|row| names.contains(&row.kept_in.as_str()))
    }
}

impl Warehouse {
    /// What a slice of the source touches. What the slice has nothing of is not asked for: at full intake most slices hold texts
    /// that stand alone, and cost no more than a look.
    ///
    /// # Errors
    /// What the server says.
    pub async fn touched(&self, slice: &Slice) -> Result<Touched, WarehouseError> {
        const STREAMS: &str = include_str!("../../questions/projection/streams.sql");
        let sql = with_parts(STREAMS, &[STANDING, SLICE]);
        let tables = Tables(self.fetch_all(ACTION, &sql, |query| slice.bind(query)).await?);
        let ordered = slice.moved || tables.has(&["promises", "deliveries"]);
        let cased =
            slice.moved || tables.has(&["promises", "case_events", "department_requests", "department_replies"]);
        let (contacted, texts) = (tables.has(&["records", "corrections"]), tables.has(&["records"]));
        let calls = self.calls(texts, slice).await?;
        let orders = self.keys(ordered, &orders(slice, tables.has(&["standing"])), slice, &calls).await?;
        let cases = self.keys(cased, &cases(slice), slice, &calls).await?;
        Ok(Touched {
            customers: self.keys(contacted, CUSTOMERS, slice, &calls).await?,
            records: self.touched_records(slice, &tables, (&orders, &cases), &calls).await?,
            left: self.left_keys(texts, slice).await?,
            left_trips: self.left_trips(tables.has(&["deliveries"]), slice).await?,
            orders,
            cases,
        })
    }

    async fn touched_records(
        &self,
        slice: &Slice,
        tables: &Tables,
        (orders, cases): (&BTreeSet<LinkKey>, &BTreeSet<LinkKey>),
        calls: &[String],
    ) -> Result<Vec<StoredRecord>, WarehouseError> {
        const RECORDS: &str = include_str!("../../questions/projection/records.sql");
        let ways = [
            (tables.has(&["records"]), include_str!("../../questions/projection/records/own.sql")),
            (!calls.is_empty(), include_str!("../../questions/projection/records/of_calls.sql")),
            (
                tables.has(&["judgements", "appeals", "corrections"]),
                include_str!("../../questions/projection/records/ruled.sql"),
            ),
            (!orders.is_empty(), include_str!("../../questions/projection/records/of_orders.sql")),
            (!cases.is_empty(), include_str!("../../questions/projection/records/of_cases.sql")),
            (tables.has(&["standing"]), include_str!("../../questions/projection/records/under_standing.sql")),
            (tables.has(&["told anew"]), include_str!("../../questions/projection/records/resting.sql")),
            (slice.moved, include_str!("../../questions/projection/records/open.sql")),
        ];
        let ways: Vec<&str> = ways.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, sql)| sql).collect();
        if ways.is_empty() {
            return Ok(Vec::new());
        }
        let touched = ways.join("    UNION ALL\n");
        let parts = [COLUMNS, BARE, ("touched", &touched), ORDER_KEYS, CASE_KEYS, STANDING, SLICE];
        let (sql, orders, cases) = (with_parts(RECORDS, &parts), hex(orders), hex(cases));
        let bind = |query| slice.bind(query).param("calls", calls).param("orders", &orders).param("cases", &cases);
        let rows: Vec<StoredRow> = self.fetch_all(ACTION, &sql, bind).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }

    /// Calls of several records.
    async fn calls(&self, is_asked: bool, slice: &Slice) -> Result<Vec<String>, WarehouseError> {
        const CALLS: &str = include_str!("../../questions/projection/calls.sql");
        if !is_asked {
            return Ok(Vec::new());
        }
        let rows: Vec<CallRow> =
            self.fetch_all(ACTION, &with_parts(CALLS, &[SLICE]), |query| slice.bind(query)).await?;
        Ok(rows.into_iter().map(|row| row.call_id).collect())
    }

    async fn left_keys(&self, is_asked: bool, slice: &Slice) -> Result<Vec<LeftKey>, WarehouseError> {
        const LEFT: &str = include_str!("../../questions/projection/retold_records.sql");
        if !is_asked {
            return Ok(Vec::new());
        }
        self.fetch_all(ACTION, &with_parts(LEFT, &[SLICE]), |query| slice.bind(query)).await
    }

    async fn left_trips(&self, is_asked: bool, slice: &Slice) -> Result<Vec<LeftTrip>, WarehouseError> {
        const LEFT: &str = include_str!("../../questions/projection/retold_trips.sql");
        if !is_asked {
            return Ok(Vec::new());
        }
        let rows: Vec<LeftTripRow> =
            self.fetch_all(ACTION, &with_parts(LEFT, &[SLICE]), |query| slice.bind(query)).await?;
        Ok(rows.into_iter().filter_map(left_trip).collect())
    }

    async fn keys(
        &self,
        is_asked: bool,
        sql: &str,
        slice: &Slice,
        calls: &[String],
    ) -> Result<BTreeSet<LinkKey>, WarehouseError> {
        if !is_asked {
            return Ok(BTreeSet::new());
        }
        let sql = with_parts(sql, &[STANDING, SLICE]);
        let rows: Vec<KeyRow> = self.fetch_all(ACTION, &sql, |query| slice.bind(query).param("calls", calls)).await?;
        Ok(rows.iter().filter_map(|row| row.key.to_lowercase().parse().ok()).collect())
    }
}

/// The question for orders. What is open or lies ahead is asked for only where time has moved: it is looked for in everything stored.
fn orders(slice: &Slice, has_standing: bool) -> String {
    const STANDING_ORDERS: &str = include_str!("../../questions/projection/orders_standing.sql");
    const OPEN: &str = include_str!("../../questions/projection/open_orders.sql");
    const AHEAD: &str = include_str!("../../questions/projection/orders_ahead.sql");
    let parts = [
        ("orders_standing", where_asked(has_standing, STANDING_ORDERS)),
        ("open_orders", where_asked(slice.moved, OPEN)),
        ("orders_ahead", where_asked(slice.back, AHEAD)),
    ];
    format!("SELECT hex(key) AS key FROM ({})", with_parts(ORDERS, &parts))
}

/// The question for cases.
fn cases(slice: &Slice) -> String {
    const OPEN: &str = include_str!("../../questions/projection/open_cases.sql");
    const AHEAD: &str = include_str!("../../questions/projection/cases_ahead.sql");
    let parts = [("open_cases", where_asked(slice.moved, OPEN)), ("cases_ahead", where_asked(slice.back, AHEAD))];
    format!("SELECT hex(key) AS key FROM ({})", with_parts(CASES, &parts))
}

const fn where_asked(is_asked: bool, sql: &str) -> &str {
    if is_asked { sql } else { "" }
}

fn left_trip(row: LeftTripRow) -> Option<LeftTrip> {
    let lane = lane([row.lane_origin, row.lane_destination, row.lane_carrier, row.lane_service]);
    Some(LeftTrip { order: row.order.to_lowercase().parse().ok()?, lane, started_at: row.started_at })
}
