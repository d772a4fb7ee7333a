//! What a lane can do: the deliveries of a lane and of its wider families, and their ninth decile as of a time.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::Lane;

use crate::{
    lane::{carrier_and_service, without_destination},
    survival::{Curve, Life},
    time::{days_before, minutes},
};

/// Days of deliveries that a capability looks back at.
pub const WINDOW_DAYS: i64 = 28;
/// Fewest finished deliveries that say anything.
pub const LEAST_FINISHED: usize = 20;
/// The share of deliveries a capability covers.
const COVERED: f64 = 0.9;

/// One delivery as far as a lane's capability goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trip {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if it has.
    pub finished_at: Option<Timestamp>,
}

/// How wide the lane had to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Origin, destination, carrier and service.
    Lane,
    /// Origin, carrier and service.
    OriginCarrierService,
    /// Carrier and service.
    CarrierService,
}

impl Level {
    /// From the narrowest on.
    pub const ALL: [Self; 3] = [Self::Lane, Self::OriginCarrierService, Self::CarrierService];

    /// The name in JSON and in stored rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lane => "lane",
            Self::OriginCarrierService => "origin_carrier_service",
            Self::CarrierService => "carrier_service",
        }
    }

    fn of(self, lane: &Lane) -> Lane {
        match self {
            Self::Lane => lane.clone(),
            Self::OriginCarrierService => without_destination(lane),
            Self::CarrierService => carrier_and_service(lane),
        }
    }
}

/// What a lane could do as of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Capability {
    /// Nine of ten deliveries took at most this long, minutes; `None` where the curve never gets there.
    pub p90_min: Option<u32>,
    /// What it rests on; `None` where even the widest family had too few finished deliveries.
    pub level: Option<Level>,
    /// Deliveries it rests on, finished or not.
    pub deliveries: u32,
    /// The time T it is seen from.
    pub as_of: Timestamp,
}

/// Deliveries by lane and by its wider families, each in order of start.
#[derive(Clone, Debug, Default)]
pub struct Cohorts {
    families: HashMap<(Level, Lane), Vec<Trip>>,
}

impl Cohorts {
    /// The cohorts of these deliveries.
    pub fn of<'a>(trips: impl IntoIterator<Item = (&'a Lane, Trip)>) -> Self {
        let mut families: HashMap<(Level, Lane), Vec<Trip>> = HashMap::new();
        for (lane, trip) in trips {
            for level in Level::ALL {
                families.entry((level, level.of(lane))).or_default().push(trip);
            }
        }
        families.values_mut().for_each(|trips| trips.sort_unstable());
        Self { families }
    }

    /// Lives of the deliveries that started in the 28 days before `at`, as seen at `at`.
    pub fn lives(&self, level: Level, lane: &Lane, at: Timestamp) -> Vec<Life> {
        let trips = self.families.get(&(level, level.of(lane))).map(Vec::as_slice).unwrap_or_default();
        let first = trips.partition_point(|trip| trip.started_at < days_before(at, WINDOW_DAYS));
        let end = trips.partition_point(|trip| trip.started_at < at);
        trips.get(first..end).unwrap_or_default().iter().map(|trip| life(trip, at)).collect()
    }

    /// The ninth decile of the lane as of `at`, from the narrowest family with enough finished deliveries.
    pub fn capability(&self, lane: &Lane, at: Timestamp) -> Capability {
        for level in Level::ALL {
            let mut lives = self.lives(level, lane, at);
            if lives.iter().filter(|life| life.finished).count() >= LEAST_FINISHED {
                let deliveries = lives.len() as u32;
                let p90_min = Curve::of(&mut lives).quantile(COVERED);
                return Capability { p90_min, level: Some(level), deliveries, as_of: at };
            }
        }
        Capability { p90_min: None, level: None, deliveries: 0, as_of: at }
    }
}

/// Finished later than `at`, or open then: known to have lasted until `at`.
fn life(trip: &Trip, at: Timestamp) -> Life {
    let finished = trip.finished_at.filter(|finished| *finished <= at);
    let lasted = minutes(trip.started_at, finished.unwrap_or(at));
    Life { minutes: u32::try_from(lasted.max(0)).unwrap_or(u32::MAX), finished: finished.is_some() }
}
