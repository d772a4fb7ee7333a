//! What lanes did, as much as their capability needs.

use std::collections::BTreeSet;

use clickhouse::{Row, query::Query};
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::Lane;

use crate::{Warehouse, WarehouseError, questions::with_parts};

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
    started: i64,
    finished: Option<i64>,
}

#[derive(Row, Deserialize)]
struct OrderCount {
    orders: u64,
}

const ACTION: &str = "reading what lanes did";

/// Where to read what lanes did: also from deliveries themselves where the projection has not seen some of them.
#[derive(Clone, Debug)]
pub struct TripsTold {
    sql: String,
}

impl Warehouse {
    /// Where to read what lanes did now.
    ///
    /// # Errors
    /// What the server says.
    pub async fn trips_told(&self) -> Result<TripsTold, WarehouseError> {
        const TRIPS: &str = include_str!("../../questions/facts/trips.sql");
        const TOLD_SINCE: &str = include_str!("../../questions/facts/trips_told_since.sql");
        const ORDERS: &str = include_str!("../../questions/facts/orders_told_since.sql");
        const LANES: (&str, &str) = ("lanes", include_str!("../../questions/facts/trips_of_lanes.sql"));
        let orders = with_parts(ORDERS, &[("unseen", &self.unseen().await?)]);
        let sql = format!("SELECT count() AS orders FROM (\n{orders})");
        let told: Vec<OrderCount> = self.fetch_all(ACTION, &sql, |query| query).await?;
        let is_told = told.first().is_some_and(|told| told.orders > 0);
        let sql =
            if is_told { with_parts(TOLD_SINCE, &[("trips", TRIPS), ("orders", &orders)]) } else { TRIPS.to_owned() };
        Ok(TripsTold { sql: with_parts(&sql, &[LANES]) })
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
                let query = lanes.bind(query).param("width", width as u8);
                query.param("since", since.as_millisecond()).param("until", until.as_millisecond())
            })
            .await?;
        Ok(rows.into_iter().filter_map(trip).collect())
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

fn trip(row: TripRow) -> Option<LaneTrip> {
    Some(LaneTrip {
        lane: lane([row.origin, row.destination, row.carrier, row.service]),
        started_at: Timestamp::from_millisecond(row.started).ok()?,
        finished_at: row.finished.and_then(|millis| Timestamp::from_millisecond(millis).ok()),
    })
}

/// A lane of its parts, origin first; an empty part is not given.
pub(crate) fn lane(parts: [String; 4]) -> Lane {
    let [origin, destination, carrier, service] = parts.map(|part| Some(part).filter(|part| !part.is_empty()));
    Lane { origin, destination, carrier, service }
}
