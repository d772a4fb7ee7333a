//! What lanes did, as much as their capability needs.

use std::collections::BTreeSet;

use clickhouse::{Row, query::Query};
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::Lane;

use crate::{Warehouse, WarehouseError, questions::with_parts, tide::Tide};

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

/// How wide a lane is taken. The discriminant is the number in the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Origin, destination, carrier and service.
    Lane = 1,
    /// Origin, carrier and service.
    OriginCarrierService = 2,
    /// Carrier and service.
    CarrierService = 3,
}

impl Width {
    /// From the narrowest on.
    pub const ALL: [Self; 3] = [Self::Lane, Self::OriginCarrierService, Self::CarrierService];
}

#[derive(Row, Deserialize)]
struct TripRow {
    origin: String,
    destination: String,
    carrier: String,
    service: String,
    starts: Vec<i64>,
    ends: Vec<i64>,
}

#[derive(Row, Deserialize)]
struct OrderCount {
    orders: u64,
}

const ACTION: &str = "reading what lanes did";
/// More orders are looked for by reading the column: asking every granule's filter for every key would take longer.
const MOST_BY_INDEX: (&str, &str) = ("use_index_for_in_with_subqueries_max_values", "2000");
/// Stands for the end of a trip that has none.
const OPEN: i64 = i64::MIN;

/// Where to read what lanes did: also from deliveries themselves where the projection has not seen some of them.
#[derive(Clone, Debug)]
pub struct TripsTold {
    sql: String,
}

const TRIPS: &str = include_str!("../../questions/facts/trips.sql");

impl TripsTold {
    fn of(trips: &str) -> Self {
        const BY_LANE: &str = include_str!("../../questions/facts/trips_by_lane.sql");
        const LANES: (&str, &str) = ("lanes", include_str!("../../questions/facts/trips_of_lanes.sql"));
        const WINDOW: (&str, &str) = ("window", include_str!("../../questions/facts/trips_window.sql"));
        Self { sql: with_parts(BY_LANE, &[("trips", trips), LANES, WINDOW]) }
    }
}

impl Warehouse {
    /// Where to read what lanes did as everything stands.
    pub(super) async fn trips_told_at(&self, tide: &Tide) -> Result<TripsTold, WarehouseError> {
        const TOLD_SINCE: &str = include_str!("../../questions/facts/trips_told_since.sql");
        const ORDERS: &str = include_str!("../../questions/facts/orders_told_since.sql");
        const OF_LANES: &str = include_str!("../../questions/facts/orders_of_lanes.sql");
        let Some(unseen) = tide.unseen() else { return Ok(TripsTold::of(TRIPS)) };
        let unseen = ("unseen", unseen.as_str());
        let sql = format!("SELECT count() AS orders FROM (\n{})", with_parts(ORDERS, &[unseen]));
        let told: Vec<OrderCount> = self.fetch_all(ACTION, &sql, |query| query).await?;
        if told.first().is_none_or(|told| told.orders == 0) {
            return Ok(TripsTold::of(TRIPS));
        }
        Ok(TripsTold::of(&with_parts(TOLD_SINCE, &[("trips", TRIPS), ("orders", &with_parts(OF_LANES, &[unseen]))])))
    }

    /// Deliveries that began in the span (its end not included) on lanes as wide as `width` takes them: at least those of `lanes`. Of
    /// each order one.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lane_trips(
        &self,
        lanes: impl IntoIterator<Item = &Lane>,
        width: Width,
        (since, until): (Timestamp, Timestamp),
        told: &TripsTold,
    ) -> Result<Vec<LaneTrip>, WarehouseError> {
        let lanes = Parts::of(lanes);
        if lanes.families.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<TripRow> = self
            .fetch_all(ACTION, &told.sql, |query| {
                let query =
                    lanes.bind(query.with_setting(MOST_BY_INDEX.0, MOST_BY_INDEX.1)).param("width", width as u8);
                query.param("since", since.as_millisecond()).param("until", until.as_millisecond())
            })
            .await?;
        Ok(rows.into_iter().flat_map(trips).collect())
    }
}

/// The names of some lanes' parts.
#[derive(Clone, Default)]
struct Parts {
    origins: BTreeSet<String>,
    destinations: BTreeSet<String>,
    carriers: BTreeSet<String>,
    services: BTreeSet<String>,
    families: BTreeSet<String>,
}

impl Parts {
    fn of<'a>(lanes: impl IntoIterator<Item = &'a Lane>) -> Self {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let mut parts = Self::default();
        for lane in lanes {
            parts.origins.insert(part(&lane.origin));
            parts.destinations.insert(part(&lane.destination));
            parts.carriers.insert(part(&lane.carrier));
            parts.services.insert(part(&lane.service));
            parts.families.insert(format!("{}\t{}", part(&lane.carrier), part(&lane.service)));
        }
        parts
    }

    fn bind(&self, query: Query) -> Query {
        let names = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>();
        query
            .param("origins", names(&self.origins))
            .param("destinations", names(&self.destinations))
            .param("carriers", names(&self.carriers))
            .param("services", names(&self.services))
            .param("families", names(&self.families))
    }
}

fn trips(row: TripRow) -> impl Iterator<Item = LaneTrip> {
    let lane = lane([row.origin, row.destination, row.carrier, row.service]);
    row.starts.into_iter().zip(row.ends).filter_map(move |(started, ended)| {
        Some(LaneTrip {
            lane: lane.clone(),
            started_at: Timestamp::from_millisecond(started).ok()?,
            finished_at: Some(ended)
                .filter(|ended| *ended != OPEN)
                .and_then(|ended| Timestamp::from_millisecond(ended).ok()),
        })
    })
}

/// A lane of its parts, origin first; an empty part is not given.
pub(crate) fn lane(parts: [String; 4]) -> Lane {
    let [origin, destination, carrier, service] = parts.map(|part| Some(part).filter(|part| !part.is_empty()));
    Lane { origin, destination, carrier, service }
}
