//! What lanes did, as much as their capability needs.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::Lane;

use crate::{Warehouse, WarehouseError};

/// One order's delivery on a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneTrip {
    /// The lane.
    pub lane: Lane,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if it has.
    pub finished_at: Option<Timestamp>,
}

#[derive(Row, Deserialize)]
struct TripRow {
    lane_origin: String,
    lane_destination: String,
    lane_carrier: String,
    lane_service: String,
    started_at: i64,
    finished_at: Option<i64>,
}

impl Warehouse {
    /// Deliveries of all lanes with the carriers and services of `lanes`, started in `[since, until)`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lane_trips(
        &self,
        lanes: impl IntoIterator<Item = &Lane>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<LaneTrip>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/facts/trips.sql");
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let mut families: Vec<String> =
            lanes.into_iter().map(|lane| format!("{}\t{}", part(&lane.carrier), part(&lane.service))).collect();
        families.sort();
        families.dedup();
        if families.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<TripRow> = self
            .fetch_all("reading what lanes did", SQL, |query| {
                let query = query.param("families", families);
                query.param("since", since.as_millisecond()).param("until", until.as_millisecond())
            })
            .await?;
        Ok(rows.into_iter().filter_map(trip).collect())
    }
}

fn trip(row: TripRow) -> Option<LaneTrip> {
    let given = |part: String| Some(part).filter(|part| !part.is_empty());
    let lane = Lane {
        origin: given(row.lane_origin),
        destination: given(row.lane_destination),
        carrier: given(row.lane_carrier),
        service: given(row.lane_service),
    };
    Some(LaneTrip {
        lane,
        started_at: Timestamp::from_millisecond(row.started_at).ok()?,
        finished_at: row.finished_at.and_then(|millis| Timestamp::from_millisecond(millis).ok()),
    })
}
