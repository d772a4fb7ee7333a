//! What lanes did, as records are measured by it: since when it changed, and what was measured since.
//!
//! A delivery that is told when it ends has been under way all the time: it changes what its lane could do for everything that was
//! measured since it began. So what one run of the source touches by its lanes is not what it says but what lies behind it, and grows
//! with all that is stored. It is looked for apart, and for many runs at once.

use std::collections::BTreeSet;

use clickhouse::{Row, query::Query};
use serde::{Deserialize, Serialize};
use tingjian_schemas::{Lane, Partition, Positions};

use super::{BARE, ProjectedRow, Slice, touched::SLICE};
use crate::{
    StoredRecord, Warehouse, WarehouseError,
    facts::lane,
    questions::{COLUMNS, stored::StoredRow, with_parts},
};

const ACTION: &str = "reading what records were measured by";
/// Of a longer run the orders are not told apart: it is taken to have changed every lane since the beginning.
const LONG_RUN: u64 = 2_000_000;
/// Times that ClickHouse knows: 1900 to 2299, milliseconds since 1970.
const TIMES: (i64, i64) = (-2_208_988_800_000, 10_413_791_999_999);

/// Since when a lane did something else than was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneChange {
    /// The lane.
    pub lane: Lane,
    /// Milliseconds since 1970.
    pub began: i64,
}

/// What a lane did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanePast {
    /// The lane.
    pub lane: Lane,
    /// When its deliveries began, milliseconds since 1970.
    pub started: Vec<i64>,
    /// When they ended, in the same order; the far end of time while they are under way.
    pub finished: Vec<i64>,
}

/// What a record was measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The record.
    pub record_id: String,
    /// With the id its key, milliseconds since 1970.
    pub occurred_at: i64,
    /// The lane.
    pub lane: Lane,
    /// The time it was seen from, milliseconds since 1970.
    pub at: i64,
    /// What it could do then.
    pub capability_min: Option<u32>,
    /// On what that rests; empty: on nothing.
    pub level: String,
}

#[derive(Row, Deserialize)]
struct ChangeRow {
    origin: String,
    destination: String,
    carrier: String,
    service: String,
    began: i64,
}

#[derive(Row, Deserialize)]
struct PastRow {
    origin: String,
    destination: String,
    carrier: String,
    service: String,
    started: Vec<i64>,
    finished: Vec<i64>,
}

#[derive(Row, Deserialize)]
struct MeasuredRow {
    record_id: String,
    occurred: i64,
    origin: String,
    destination: String,
    carrier: String,
    service: String,
    measured: i64,
    capability_min: Option<u32>,
    level: String,
}

#[derive(Serialize)]
struct NewMeasuredRow<'a> {
    source: &'a str,
    number: u32,
    next: u64,
    version: u64,
}

impl Warehouse {
    /// How far what lanes did is seen by the records that are measured by it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lanes_measured(&self) -> Result<Positions, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/measured_upto.sql");
        let rows: Vec<ProjectedRow> = self.fetch_all("reading how far lanes are measured", SQL, |query| query).await?;
        let partition = |row: &ProjectedRow| Partition { source: row.source.as_str().into(), number: row.number };
        Ok(rows.iter().map(|row| (partition(row), row.next)).collect())
    }

    /// Notes how far it is seen; after everything measured by it is written.
    ///
    /// # Errors
    /// What the server says.
    pub async fn note_lanes_measured(&self, upto: &Positions, version: u64) -> Result<(), WarehouseError> {
        let row = |(partition, next)| {
            let partition: &Partition = partition;
            NewMeasuredRow { source: &partition.source, number: partition.number, next, version }
        };
        self.insert_rows("lanes_measured", upto.iter().map(row)).await
    }

    /// Which lanes did something else than was known before a run of the source, and since when.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lane_changes(&self, run: &Slice) -> Result<Vec<LaneChange>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/lane_changes.sql");
        const OF_ORDERS: &str = include_str!("../../questions/projection/orders_delivered.sql");
        let of_orders = if run.upto.saturating_sub(run.from) > LONG_RUN { "true" } else { OF_ORDERS };
        let sql = with_parts(SQL, &[("of_orders", of_orders), SLICE]);
        let rows: Vec<ChangeRow> = self.fetch_all(ACTION, &sql, |query| run.bind(query)).await?;
        let change = |row: ChangeRow| LaneChange {
            lane: lane([row.origin, row.destination, row.carrier, row.service]),
            began: row.began,
        };
        Ok(rows.into_iter().map(change).collect())
    }

    /// What lanes did in a span of time (milliseconds since 1970, its end not included): of each order the delivery that counts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lane_pasts(&self, (since, until): (i64, i64)) -> Result<Vec<LanePast>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/lane_pasts.sql");
        let rows: Vec<PastRow> = self.fetch_all(ACTION, SQL, |query| span(query, since, until)).await?;
        let past = |row: PastRow| LanePast {
            lane: lane([row.origin, row.destination, row.carrier, row.service]),
            started: row.started,
            finished: row.finished,
        };
        Ok(rows.into_iter().map(past).collect())
    }

    /// What records were measured by at a time in a span (milliseconds since 1970, both ends included), on lanes of the carriers and
    /// services of `lanes`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn measured(
        &self,
        lanes: impl IntoIterator<Item = &Lane>,
        (since, until): (i64, i64),
    ) -> Result<Vec<Measured>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/measured.sql");
        let name = |part: &Option<String>| part.clone().unwrap_or_default();
        let family = |lane: &Lane| format!("{}\t{}", name(&lane.carrier), name(&lane.service));
        let families: Vec<String> = lanes.into_iter().map(family).collect::<BTreeSet<_>>().into_iter().collect();
        let bind = |query: Query| span(query, since, until).param("families", &families);
        let rows: Vec<MeasuredRow> = self.fetch_all(ACTION, SQL, bind).await?;
        Ok(rows.into_iter().map(measured).collect())
    }

    /// Records under some keys (milliseconds since 1970 and id), without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn bare_records(&self, keys: &[(i64, &str)]) -> Result<Vec<StoredRecord>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/records_by_key.sql");
        let (times, ids): (Vec<i64>, Vec<&str>) = keys.iter().copied().unzip();
        let sql = with_parts(SQL, &[COLUMNS, BARE]);
        let rows: Vec<StoredRow> =
            self.fetch_all(ACTION, &sql, |query| query.param("times", times).param("ids", ids)).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }
}

fn span(query: Query, since: i64, until: i64) -> Query {
    query.param("since", since.clamp(TIMES.0, TIMES.1)).param("until", until.clamp(TIMES.0, TIMES.1))
}

fn measured(row: MeasuredRow) -> Measured {
    Measured {
        record_id: row.record_id,
        occurred_at: row.occurred,
        lane: lane([row.origin, row.destination, row.carrier, row.service]),
        at: row.measured,
        capability_min: row.capability_min,
        level: row.level,
    }
}
