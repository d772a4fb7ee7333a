//! What a lane can do: the deliveries of a lane and of its wider families, and their ninth decile as of a time.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::Lane;

use crate::{
    lane::{carrier_and_service, without_destination},
    survival::{Curve, Life},
    time::{days_before, minutes},
    window::Window,
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

    /// The family of a lane, so wide.
    #[must_use]
    pub fn of(self, lane: &Lane) -> Lane {
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

/// Deliveries of lanes, each lane's in order of start, and which lanes each wider family has.
#[derive(Debug, Default)]
struct Trips {
    lanes: Vec<Vec<Trip>>,
    families: HashMap<(Level, Lane), Vec<usize>>,
}

/// Deliveries by lane and by its wider families. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Cohorts {
    trips: Arc<Trips>,
    /// What was asked for together.
    noted: HashMap<Lane, HashMap<Timestamp, Capability>>,
}

impl Cohorts {
    /// The cohorts of these deliveries.
    pub fn of<'a>(trips: impl IntoIterator<Item = (&'a Lane, Trip)>) -> Self {
        let mut lanes: HashMap<Lane, Vec<Trip>> = HashMap::new();
        for (lane, trip) in trips {
            match lanes.get_mut(lane) {
                Some(of_lane) => of_lane.push(trip),
                None => {
                    lanes.insert(lane.clone(), vec![trip]);
                }
            }
        }
        Self::of_lanes(lanes)
    }

    /// The cohorts of these lanes' deliveries; each lane is there once.
    pub fn of_lanes(lanes: impl IntoIterator<Item = (Lane, Vec<Trip>)>) -> Self {
        let mut trips = Trips::default();
        for (number, (lane, mut of_lane)) in lanes.into_iter().enumerate() {
            of_lane.sort_unstable();
            trips.lanes.push(of_lane);
            for level in Level::ALL {
                trips.families.entry((level, level.of(&lane))).or_default().push(number);
            }
        }
        Self { trips: Arc::new(trips), noted: HashMap::new() }
    }

    /// The same, with the answers to many questions at once: as the end of a lane's window goes on, only what enters and leaves it is
    /// looked at.
    #[must_use]
    pub fn noting(&self, questions: impl IntoIterator<Item = (Lane, Timestamp)>) -> Self {
        let mut asked: HashMap<Lane, BTreeSet<Timestamp>> = HashMap::new();
        for (lane, at) in questions {
            asked.entry(lane).or_default().insert(at);
        }
        let noted = asked.into_iter().map(|(lane, times)| (lane.clone(), self.capabilities(&lane, times))).collect();
        Self { trips: Arc::clone(&self.trips), noted }
    }

    fn capabilities(&self, lane: &Lane, mut times: BTreeSet<Timestamp>) -> HashMap<Timestamp, Capability> {
        let mut found = HashMap::with_capacity(times.len());
        for level in Level::ALL {
            if times.is_empty() {
                break;
            }
            let trips = self.of_family(level, lane);
            let mut window = Window::new(&trips);
            times.retain(|at| {
                window.advance(*at);
                if window.finished() < LEAST_FINISHED {
                    return true;
                }
                let (p90_min, deliveries) = (window.quantile(COVERED), window.deliveries() as u32);
                found.insert(*at, Capability { p90_min, level: Some(level), deliveries, as_of: *at });
                false
            });
        }
        found.extend(times.into_iter().map(|at| (at, Capability::unknown(at))));
        found
    }

    /// Deliveries of a family in order of start.
    fn of_family(&self, level: Level, lane: &Lane) -> Cow<'_, [Trip]> {
        match self.lanes(level, lane).collect::<Vec<_>>().as_slice() {
            [] => Cow::Borrowed(&[]),
            [alone] => Cow::Borrowed(alone),
            several => {
                let mut all = several.concat();
                all.sort_unstable();
                Cow::Owned(all)
            }
        }
    }

    fn lanes(&self, level: Level, lane: &Lane) -> impl Iterator<Item = &[Trip]> {
        let numbers = self.trips.families.get(&(level, level.of(lane))).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|number| self.trips.lanes.get(*number)).map(Vec::as_slice)
    }

    /// Lives of the deliveries that started in the 28 days before `at`, as seen at `at`.
    pub fn lives(&self, level: Level, lane: &Lane, at: Timestamp) -> Vec<Life> {
        let since = days_before(at, WINDOW_DAYS);
        let in_window = |trips: &'_ [Trip]| {
            let first = trips.partition_point(|trip| trip.started_at < since);
            let end = trips.partition_point(|trip| trip.started_at < at);
            first..end
        };
        let lanes = self.lanes(level, lane);
        lanes.flat_map(|trips| trips.get(in_window(trips)).unwrap_or_default()).map(|trip| life(trip, at)).collect()
    }

    /// The ninth decile of the lane as of `at`, from the narrowest family with enough finished deliveries.
    pub fn capability(&self, lane: &Lane, at: Timestamp) -> Capability {
        if let Some(noted) = self.noted.get(lane).and_then(|noted| noted.get(&at)) {
            return *noted;
        }
        for level in Level::ALL {
            let mut lives = self.lives(level, lane, at);
            if lives.iter().filter(|life| life.finished).count() >= LEAST_FINISHED {
                let deliveries = lives.len() as u32;
                let p90_min = Curve::of(&mut lives).quantile(COVERED);
                return Capability { p90_min, level: Some(level), deliveries, as_of: at };
            }
        }
        Capability::unknown(at)
    }
}

impl Capability {
    const fn unknown(at: Timestamp) -> Self {
        Self { p90_min: None, level: None, deliveries: 0, as_of: at }
    }
}

/// Finished later than `at`, or open then: known to have lasted until `at`.
pub(crate) fn life(trip: &Trip, at: Timestamp) -> Life {
    let finished = trip.finished_at.filter(|finished| *finished <= at);
    let lasted = minutes(trip.started_at, finished.unwrap_or(at));
    Life { minutes: u32::try_from(lasted.max(0)).unwrap_or(u32::MAX), finished: finished.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
    }

    fn lane(origin: &str, destination: &str) -> Lane {
        let [origin, destination] = [origin, destination].map(|name| Some(name.to_owned()));
        Lane { origin, destination, carrier: Some("云雀".into()), service: None }
    }

    /// Deliveries that begin every so often and take anything from no time to weeks; some never end.
    fn trips(seed: u64, count: u64) -> Vec<(Lane, Trip)> {
        let drawn = |number: u64, of: u64| (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed).rotate_left(29) % of;
        let trip = |number: u64| {
            let started = drawn(number, 60 * 1_440) as i64;
            let lasted = drawn(number + 7, if number.is_multiple_of(9) { 30 * 1_440 } else { 4_000 }) as i64;
            let finished_at = (!number.is_multiple_of(13)).then(|| at(started + lasted));
            let lane = match number % 10 {
                0 => lane("京", "蓉"),
                1..=3 => lane("沪", "京"),
                _ => lane("沪", "蓉"),
            };
            (lane, Trip { started_at: at(started), finished_at })
        };
        (0..count).map(trip).collect()
    }

    #[test]
    fn many_asked_together_are_answered_as_each_alone() {
        for (seed, count) in [(1, 5), (2, 60), (3, 400), (4, 3_000)] {
            let trips = trips(seed, count);
            let cohorts = Cohorts::of(trips.iter().map(|(lane, trip)| (lane, *trip)));
            let lanes = [lane("沪", "蓉"), lane("沪", "京"), lane("京", "蓉"), lane("沪", "深"), Lane::default()];
            let questions = lanes.iter().flat_map(|lane| (-2..64).map(|day| (lane.clone(), at(day * 1_440 + day % 7))));
            let questions: Vec<(Lane, Timestamp)> = questions.collect();
            let together = cohorts.noting(questions.iter().rev().cloned());
            for (lane, at) in &questions {
                assert!(together.noted[lane].contains_key(at));
                assert_eq!(together.capability(lane, *at), cohorts.capability(lane, *at), "{count}, {lane:?}, {at}");
            }
            let known = questions.iter().filter(|(lane, at)| cohorts.capability(lane, *at).p90_min.is_some()).count();
            assert_eq!(known > 0, count > 20, "{count}");
        }
    }
}
